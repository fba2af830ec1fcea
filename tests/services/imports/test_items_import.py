"""Items files against the ledger: modes, clearing, reopening, all or nothing (1.3, 2.3, 11.5)."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from dso.db import db
from dso.domain.codes import ClearedBy, ImportKind, ItemType
from dso.domain.errors import Refused
from dso.domain.imports.profile import Undecided
from dso.models import Customer, CustomField, ImportRun, Item, ItemChange, RejectedRow
from dso.services import actions
from tests.counting import statements
from tests.factories import NOW, TODAY
from tests.services.imports.helpers import (
    ITEM_HEADERS,
    Importer,
    changes,
    counts,
    customer,
    item,
    money,
    reasons,
    snapshot,
)

F1 = "C1;F1;FAC;2026-09-01;2026-10-01;100.00;100.00"
F2 = "C1;F2;FAC;2026-09-02;2026-10-02;200.00;200.00"
F3 = "C2;F3;FAC;2026-09-03;2026-10-03;300.00;300.00"
LATER = TODAY + timedelta(days=1)
HEADERS_PAID = "customer;number;type;issue date;due date;amount;remaining;payment date"


def test_new_items_go_in_and_the_same_file_again_changes_nothing(take: Importer) -> None:
    assert counts(take.items(F1, F2, F3)) == {"new": 3}
    before = snapshot(take.entity)
    assert counts(take.items(F1, F2, F3)) == {"unchanged": 3}
    assert snapshot(take.entity) == before
    assert db.session.scalars(select(ItemChange)).all() == []


def test_changed_fields_are_taken_over_and_written_down_with_old_and_new(take: Importer) -> None:
    take.items(F1, F2)
    report = take.items("C1;F1;FAC;2026-09-01;2026-10-31;100.00;40.50", F2, today=LATER)
    assert counts(report) == {"changed": 1, "unchanged": 1}
    assert (item("F1").due_on, item("F1").remaining) == (date(2026, 10, 31), money("40.50"))
    assert changes("F1") == {"due_on": ("2026-10-01", "2026-10-31"), "remaining": ("1000000", "405000")}
    change = db.session.scalars(select(ItemChange)).first()
    assert change is not None
    assert (change.on, change.import_run_id) == (LATER, report.run_id)
    assert item("F1").last_import_id == report.run_id


def test_a_full_file_clears_what_is_absent_on_the_day_of_the_import(take: Importer) -> None:
    take.stock(F1, F2, F3)
    report = take.stock(F1, F3, today=LATER, force=True)
    assert counts(report) == {"cleared": 1, "unchanged": 2}
    gone = item("F2")
    assert (gone.cleared_on, gone.cleared_by) == (LATER, ClearedBy.ABSENCE)
    assert (gone.remaining, gone.cleared_amount) == (money("0"), money("200"))
    assert changes("F2")["cleared_on"] == (None, LATER.isoformat())
    assert changes("F2")["remaining"] == ("2000000", "0")


def test_a_partial_file_clears_nothing_by_absence(take: Importer) -> None:
    take.items(F1, F2, F3)
    assert counts(take.items(F1)) == {"unchanged": 1}
    assert item("F2").cleared_on is None


def test_an_item_that_comes_back_is_reopened_with_all_its_history(take: Importer) -> None:
    take.stock(F1, F2, F3)
    take.stock(F1, F3, force=True)
    report = take.stock(F1, F2, F3, today=LATER, force=True)
    assert counts(report) == {"reopened": 1, "unchanged": 2}
    back = item("F2")
    assert (back.cleared_on, back.cleared_by, back.remaining, back.cleared_amount) == (None, None, money("200"), None)
    assert changes("F2")["remaining"] == ("0", "2000000")


def test_a_real_payment_date_replaces_the_one_deduced_from_absence(take: Importer) -> None:
    take.stock(F1, F2, F3)
    take.stock(F1, F3, force=True)
    report = take.items(f"{F2};2026-11-12", headers=HEADERS_PAID, today=LATER)
    assert counts(report) == {"changed": 1}
    paid = item("F2")
    assert (paid.cleared_on, paid.cleared_by, paid.cleared_amount) == (date(2026, 11, 12), ClearedBy.FILE, money("200"))


def test_a_payment_date_clears_and_what_stood_before_is_kept(take: Importer) -> None:
    take.items("C1;F1;FAC;2026-09-01;2026-10-01;100.00;60.00", F2)
    report = take.items("C1;F1;FAC;2026-09-01;2026-10-01;100.00;0;2026-11-18", headers=HEADERS_PAID, force=True)
    assert counts(report) == {"cleared": 1}
    paid = item("F1")
    assert (paid.cleared_on, paid.cleared_by) == (date(2026, 11, 18), ClearedBy.FILE)
    assert (paid.remaining, paid.cleared_amount) == (money("0"), money("60"))


def test_nothing_remaining_clears_on_the_day_of_the_import_and_again_later_changes_nothing(take: Importer) -> None:
    take.items(F1, F2, F3)
    done = "C1;F1;FAC;2026-09-01;2026-10-01;100.00;0"
    assert counts(take.items(done, force=True)) == {"cleared": 1}
    assert (item("F1").cleared_on, item("F1").cleared_amount) == (TODAY, money("100"))
    assert counts(take.items(done, today=LATER)) == {"unchanged": 1}
    assert item("F1").cleared_on == TODAY


def test_a_new_item_may_be_cleared_already(take: Importer) -> None:
    report = take.items("C1;F9;FAC;2026-01-01;2026-02-01;100.00;;2026-02-15", headers=HEADERS_PAID)
    assert counts(report) == {"new": 1}
    assert report.remarks.total() == 0
    paid = item("F9")
    assert (paid.cleared_on, paid.cleared_by, paid.cleared_amount) == (date(2026, 2, 15), ClearedBy.FILE, money("100"))


def test_a_payment_date_in_the_future_leaves_the_item_open_and_expected(take: Importer) -> None:
    take.items(f"{F1};2026-12-24", headers=HEADERS_PAID)
    assert (item("F1").cleared_on, item("F1").expected_clearing_on) == (None, date(2026, 12, 24))
    assert counts(take.items(f"{F1};2026-12-24", headers=HEADERS_PAID, today=date(2026, 12, 25), force=True)) == {
        "cleared": 1
    }
    assert (item("F1").cleared_on, item("F1").expected_clearing_on) == (date(2026, 12, 24), None)


def test_unknown_customers_are_rejected_or_made_as_drafts_with_the_defaults(take: Importer) -> None:
    row = "N7;F5;FAC;2026-09-01;2026-10-01;5;5"
    assert reasons(take.items(row)) == ["2: there is no customer with the code N7"]
    rows = (row, "N8;F6;FAC;x;2026-10-01;5;5")
    assert take.items(*rows, create_customers=True, dry=True).created_customers == 1, "said before it is done"
    report = take.items(*rows, create_customers=True)
    assert counts(report) == {"new": 1, "rejected": 1}
    assert report.created_customers == 1
    made = customer("N7")
    assert (made.draft, made.business_name, made.interactive, made.penalties) == (True, "N7", True, False)
    assert item("F5").customer_id == item("F5").account_id == made.id
    assert db.session.scalar(select(Customer).where(Customer.code == "N8")) is None


def test_a_code_two_customers_share_is_rejected_and_their_unique_identifier_tells_them_apart(take: Importer) -> None:
    take.customers("S;One;s1", "S;Two;s2", headers="code;business name;unique_id")
    assert reasons(take.items("S;F5;FAC;2026-09-01;2026-10-01;5;5")) == ["2: two customers have the code S"]
    take.items("s2;F5;FAC;2026-09-01;2026-10-01;5;5")
    assert item("F5").customer.business_name == "Two"


def test_matched_erp_types_are_kept_and_an_unknown_one_later_holds_its_rows_back(take: Importer) -> None:
    take.items("C1;F1;ZF;2026-09-01;2026-10-01;5;5", types={"ZF": ItemType.INVOICE})
    report = take.items("C1;F2;ZF;2026-09-01;2026-10-01;5;5", "C1;F3;QQ;2026-09-01;2026-10-01;5;5")
    assert counts(report) == {"new": 1, "rejected": 1}
    assert reasons(report) == [
        '3: the ERP type "QQ" is not matched to a type yet: match it with the columns of the file'
    ]
    assert (item("F2").type, item("F2").erp_type) == (ItemType.INVOICE, "ZF")


def test_a_file_of_unknown_types_only_is_asked_about(take: Importer) -> None:
    with pytest.raises(Undecided, match="--type QQ=FAC"):
        take.items("C1;F3;QQ;2026-09-01;2026-10-01;5;5")


def test_a_sign_against_its_type_goes_in_as_odi_and_is_counted(take: Importer) -> None:
    report = take.items("C1;R1;RGL;2026-09-01;2026-10-01;50;50")
    assert counts(report) == {"new": 1}
    assert report.remarks.total() == 1
    assert item("R1").type is ItemType.MISCELLANEOUS


def test_rounding_is_half_up_and_counted(take: Importer) -> None:
    report = take.items("C1;F1;FAC;2026-09-01;2026-10-01;1200.00123;1200.005")
    assert report.rounded == 2
    assert (item("F1").amount, item("F1").remaining) == (money("1200"), money("1200.01"))


def test_a_file_without_remaining_leaves_a_partly_paid_item_as_it_is(take: Importer) -> None:
    take.items("C1;F1;FAC;2026-09-01;2026-10-01;100;40")
    report = take.items(
        "C1;F1;FAC;2026-09-01;2026-10-01;100", headers="customer;number;type;issue date;due date;amount"
    )
    assert counts(report) == {"unchanged": 1}
    assert item("F1").remaining == money("40")


def test_a_file_without_types_keeps_the_known_ones(take: Importer) -> None:
    take.items("C1;A1;AVO;2026-09-01;2026-10-01;-100;-100")
    report = take.items(
        "C1;A1;2026-09-01;2026-10-01;-100;-90", headers="customer;number;issue date;due date;amount;remaining"
    )
    assert counts(report) == {"changed": 1}
    assert item("A1").type is ItemType.CREDIT_NOTE


def test_custom_fields_are_made_on_the_fly_and_merged(take: Importer) -> None:
    take.items(
        f"{F1};red",
        headers="customer;number;type;issue date;due date;amount;remaining;Colour",
        columns={"Colour": "custom:colour"},
    )
    definition = db.session.scalars(select(CustomField)).one()
    assert (definition.subject, definition.code, definition.label) == ("item", "colour", "Colour")
    item("F1").custom = {"colour": "red", "by_hand": "kept"}
    db.session.flush()
    headers = "customer;number;type;issue date;due date;amount;remaining;Colour"
    assert counts(take.items(f"{F1};red", headers=headers)) == {"unchanged": 1}
    assert counts(take.items(f"{F1};blue", headers=headers)) == {"changed": 1}
    db.session.expire_all()
    assert item("F1").custom == {"by_hand": "kept", "colour": "blue"}


def test_a_custom_field_that_cannot_be_read_stays_as_it_is_known_and_the_item_goes_in(take: Importer) -> None:
    for code, kind in (("rank", "number"), ("seen", "date")):
        db.session.add(CustomField(subject="item", code=code, label=code.title(), type=kind))
    db.session.flush()
    head: Any = {
        "headers": "customer;number;type;issue date;due date;amount;remaining;Rank;Seen",
        "columns": {"Rank": "custom:rank", "Seen": "custom:seen"},
    }
    take.items(f"{F1};7;2026-09-01", **head)
    report = take.items(f"{F1};many;2026-09-02", f"{F2};few;soon", **head)
    assert (counts(report), customer("C1").ledger_incomplete) == ({"new": 1, "changed": 1}, False)
    db.session.expire_all()
    assert (item("F1").custom, item("F2").custom) == ({"rank": "7", "seen": "2026-09-02"}, {})
    told = [(each.line, each.column, each.value, str(each)) for each in report.remark_rows]
    assert told == [
        (2, "Rank", "many", "not a number: left out"), (3, "Rank", "few", "not a number: left out"),
        (3, "Seen", "soon", "not a date: left out"),
    ]  # fmt: skip
    assert counts(take.items(f"{F1};many;soon", **head)) == {"unchanged": 1}
    assert counts(take.items(f"{F1};many;", **head)) == {"changed": 1}
    db.session.expire_all()
    assert item("F1").custom == {"rank": "7"}


def test_a_preview_says_the_same_and_changes_nothing(take: Importer) -> None:
    take.stock(F1, F2, F3)
    before = snapshot(take.entity)
    rows = (
        "C1;F1;FAC;2026-09-01;2026-10-31;100.00;40.00",
        F3,
        "C2;F4;FAC;2026-09-01;2026-10-01;7;7",
        "C2;F5;FAC;2026-09-01;?;7;7",
    )
    report = take.stock(*rows, dry=True)
    assert snapshot(take.entity) == before
    assert len(db.session.scalars(select(ImportRun)).all()) == 1
    changed = report.parts["changed"].samples[0]
    assert (changed.line, changed.name, changed.customer) == (2, "F1", "C1")
    assert (changed.amount, changed.currency) == (money("40"), "EUR")
    assert report.parts["changed"].amounts == {"EUR": money("40")}
    assert [(each.field, each.old, each.new) for each in changed.changes] == [
        ("due_on", "2026-10-01", "2026-10-31"), ("remaining", "100.00", "40.00"),
    ]  # fmt: skip
    assert [sample.name for sample in report.parts["cleared"].samples] == ["F2"]
    assert report.parts["cleared"].amounts == {"EUR": money("200")}
    done = take.stock(*rows, force=True)
    assert done.as_json() == report.as_json()


def test_what_an_item_of_another_currency_was_is_told_in_the_one_it_had(take: Importer) -> None:
    headers = f"{ITEM_HEADERS};currency"
    take.items("C1;F1;FAC;2026-09-01;2026-10-01;100.40;100.40;EUR", headers=headers)
    report = take.items("C1;F1;FAC;2026-09-01;2026-10-01;16000;16000;JPY", headers=headers, dry=True)
    changed = report.parts["changed"]
    assert changed.amounts == {"JPY": money("16000")}
    assert [(each.amount, each.currency) for each in changed.samples] == [(money("16000"), "JPY")]
    told = {each.field: (each.old, each.new) for each in changed.samples[0].changes}
    assert told == {"currency": ("EUR", "JPY"), "amount": ("100.40", "16000"), "remaining": ("100.40", "16000")}


def test_the_effect_on_receivable_and_overdue_is_that_of_the_ledger_afterwards(take: Importer) -> None:
    take.items(F1, F2, F3, "C1;D1;DPA;2026-09-01;2026-10-01;1000;1000", "C1;A1;AVO;2026-11-18;2026-12-18;-30;-30")
    report = take.items("C1;F1;FAC;2026-09-01;2026-10-31;100.00;40.00", "C1;F8;FAC;2026-11-01;2026-12-01;11;11")
    assert (report.receivable_before, report.overdue_before) == (money("570"), money("600"))
    assert (report.receivable_after, report.overdue_after) == (money("521"), money("540"))
    again = take.items(F3)
    assert (again.receivable_before, again.overdue_before) == (money("521"), money("540"))
    assert again.as_json()["receivable_before"] == "521.00"


def test_a_run_keeps_who_when_what_counts_the_file_and_its_rejected_rows(take: Importer) -> None:
    from dso.services import files

    report = take.items(F1, "C1;F2;FAC;2026-09-02;;2x;200.00", file_name="open items.csv")
    run = db.session.get_one(ImportRun, report.run_id)
    assert (run.kind, run.on, run.at, run.file_name) == (ImportKind.ITEMS, TODAY, NOW, "open items.csv")
    assert (run.counts["new"], run.counts["rejected"]) == (1, 1)
    assert files.path_of(run.stored_as).read_bytes().startswith(b"customer;number")
    row = db.session.scalars(select(RejectedRow)).one()
    assert (row.line, row.column, row.value, row.reason, row.number) == (
        3,
        "amount",
        "2x",
        "this is not an amount",
        "F2",
    )


def test_the_ledgers_age_and_first_day_are_kept(take: Importer) -> None:
    take.entity.first_import_on = None
    take.items(F1)
    assert take.entity.ledger_at == NOW
    assert take.entity.first_import_on == TODAY


def test_the_touched_accounts_are_reviewed_in_the_same_transaction(take: Importer) -> None:
    take.items(F1, F2)
    state = customer("C1").state_row
    assert state is not None
    assert (state.receivable, state.overdue, state.open_items) == (money("300"), money("300"), 2)
    assert state.reason_code is not None


def test_a_crash_in_the_middle_leaves_the_ledger_as_it_was(take: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    take.stock(F1, F2, F3)
    before = snapshot(take.entity)

    def crash(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(actions, "review", crash)
    nested = db.session.begin_nested()
    with pytest.raises(RuntimeError, match="power cut"):
        take.stock(F1, "C1;F9;FAC;2026-09-01;2026-10-01;9;9", force=True)
    nested.rollback()
    db.session.expire_all()
    assert snapshot(take.entity) == before


def test_two_entities_have_ledgers_of_their_own(take: Importer, tmp_path: object) -> None:
    from tests import factories

    other = factories.an_entity()
    factories.a_customer(entity=other, code="C1")
    there = Importer(other, take._folder)
    take.stock(F1, F2)
    assert counts(there.stock(F1)) == {"new": 1}
    assert counts(take.stock(F1, F2)) == {"unchanged": 2}
    assert len(db.session.scalars(select(Item)).all()) == 3


def test_a_file_with_headers_only_is_refused(take: Importer) -> None:
    with pytest.raises(Refused, match="headers but no rows"):
        take.stock()


def test_scratch_tables_lost_between_reading_and_writing_are_made_again(take: Importer) -> None:
    def lose() -> None:
        names = db.session.execute(text("SELECT name FROM temp.sqlite_master WHERE type = 'table'")).scalars().all()
        for name in names:
            db.session.execute(text(f"DROP TABLE temp.{name}"))

    if db.session.get_bind().dialect.name == "sqlite":
        assert counts(take.items(F1, F2, begin_writing=lose)) == {"new": 2}


def test_a_full_file_of_which_every_row_is_rejected_clears_nothing(take: Importer) -> None:
    take.stock(F1, F2)
    report = take.stock("NOBODY;X1;FAC;2026-09-01;2026-10-01;5;5", force=True)
    assert counts(report) == {"rejected": 1}
    assert (item("F1").cleared_on, item("F2").cleared_on) == (None, None)


EXCL = f"{ITEM_HEADERS};amount excl. tax;remaining excl. tax"


@pytest.mark.parametrize(
    ("headers", "more"), [(ITEM_HEADERS, ""), (HEADERS_PAID, ";2026-11-01"), (EXCL, ";100;0"), (EXCL, ";100;100")]
)
def test_nothing_remains_without_tax_of_what_a_file_clears(take: Importer, headers: str, more: str) -> None:
    take.items("C1;T1;FAC;2026-09-01;2026-10-01;120;120;100;100", headers=EXCL)
    paid = f"C1;T1;FAC;2026-09-01;2026-10-01;120;0{more}"
    assert counts(take.items(paid, headers=headers, force=True)) == {"cleared": 1}
    assert {item("T1").remaining, item("T1").remaining_excl_tax} == {money("0")}
    assert changes("T1")["remaining_excl_tax"] == ("1000000", "0")


def test_what_remains_without_tax_of_a_reopened_item_is_not_known_without_its_column(take: Importer) -> None:
    take.items("C1;T1;FAC;2026-09-01;2026-10-01;120;120;100;100", headers=EXCL)
    take.items("C1;T1;FAC;2026-09-01;2026-10-01;120;0", force=True)
    assert counts(take.items("C1;T1;FAC;2026-09-01;2026-10-01;120;120")) == {"reopened": 1}
    assert item("T1").remaining_excl_tax is None


def test_what_a_file_does_to_known_items_is_done_before_new_ones_come(take: Importer) -> None:
    take.stock(F1, F2)
    with statements() as sent:
        take.stock(F1.replace("2026-10-01", "2026-10-02"), F1.replace("F1", "F9"), force=True)
    written = [each.split(" SET ")[0] for each in sent if each.startswith(("UPDATE items", "INSERT INTO items "))]
    assert written[-1].startswith("INSERT INTO items")
    assert "UPDATE items" in written
