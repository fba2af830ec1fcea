"""Taking imports back: the ledger as it was, whatever kind of file it was."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from dso.db import db
from dso.domain.codes import EventKind, ItemType
from dso.domain.errors import Refused
from dso.models import Contact, Customer, CustomerState, Event, Group, ImportBefore, ImportRun, Item
from dso.queries.reports.past import changed_since
from dso.services import actions
from dso.services.imports import undo
from tests import factories
from tests.counting import statements
from tests.factories import NOW, TODAY, a_user
from tests.services.imports.helpers import Importer, changes, counts, customer, item, money
from tests.services.imports.undo_helpers import dump, last_run, take_back

F1, F2, F3 = (f"C1;F{n};FAC;2026-09-01;2026-10-01;{n}00;{n}00" for n in (1, 2, 3))
LATER = TODAY + timedelta(days=3)
PAID = "customer;number;type;issue date;due date;amount;remaining;payment date"
GROUPED = "code;business name;groups;city"


def test_a_first_items_file_taken_back_leaves_an_empty_ledger(take: Importer) -> None:
    before = dump(take.entity)
    take.stock(F1, F2, F3)
    take_back(take.entity)
    assert dump(take.entity) == before
    assert db.session.scalar(select(func.count()).select_from(Item)) == 0


def test_items_changed_and_cleared_and_reopened_return_to_how_they_stood(take: Importer) -> None:
    take.stock(F1, F2, F3)
    take.stock(F1, F2, force=True)
    before = dump(take.entity)
    take.stock(F1.replace("100;100", "100;40"), F3, "C2;F9;FAC;2026-09-01;2026-10-01;9;9", force=True)
    assert dump(take.entity) != before
    take_back(take.entity, today=LATER, now=NOW + timedelta(days=3))
    assert dump(take.entity) == before


def test_clearing_with_a_payment_date_goes_back_with_every_column(take: Importer) -> None:
    take.items(F1, F2)
    before = dump(take.entity)
    take.items(f"{F1};2026-11-12", f"{F2};2027-01-31", headers=PAID, force=True)
    take_back(take.entity)
    assert dump(take.entity) == before


def test_what_absence_cleared_opens_again_and_says_so(take: Importer) -> None:
    take.stock(F1, F2, F3)
    take.stock(F1, F3, force=True)
    take_back(take.entity, today=LATER, now=NOW + timedelta(days=3))
    assert item("F2").cleared_on is None
    assert changes("F2")["cleared_on"] == (TODAY.isoformat(), None)
    assert changes("F2")["remaining"] == ("0", "2000000")


def test_figures_as_at_a_day_between_stay_what_was_recorded(take: Importer) -> None:
    take.stock(F1, F2, F3)
    take.stock(F1, F3, force=True, now=NOW + timedelta(hours=1))
    take_back(take.entity, today=LATER, now=NOW + timedelta(days=3))
    found = list(changed_since(take.entity, TODAY, NOW + timedelta(hours=14)))
    assert [(now.remaining, then.remaining) for now, then in found] == [(money("200"), money("0"))]


def test_customers_made_and_changed_go_back_with_groups_and_company_contacts(take: Importer) -> None:
    headers = f"{GROUPED};email;credit limit;colour"
    columns = {"colour": "custom:colour"}
    take.customers("C1;One;old,kept;Lyon;a@one.example;100.5;red", headers=headers, columns=columns)
    before = dump(take.entity)
    take.customers(
        "C1;Uno;new,kept;;b@one.example;;blue", "C7;Seven;new;Nice;c@seven.example;7;", headers=headers, columns=columns
    )
    take_back(take.entity)
    assert dump(take.entity) == before


def test_a_field_a_file_defined_goes_with_it(take: Importer) -> None:
    before = dump(take.entity)
    take.items(f"{F1};red", headers="customer;number;type;issue date;due date;amount;remaining;Colour",
               columns={"Colour": "custom:colour"})  # fmt: skip
    take_back(take.entity)
    assert dump(take.entity) == before


def test_a_pilot_named_by_a_file_takes_the_items_and_gives_them_back(take: Importer) -> None:
    take.items(F1)
    before = dump(take.entity)
    take.customers("C8;Eight;", "C1;One;C2", headers="code;business name;collected by")
    assert item("F1").account_id == customer("C2").id
    take_back(take.entity)
    assert dump(take.entity) == before


def test_contacts_added_and_changed_go_back_with_the_flag(take: Importer) -> None:
    take.contacts("C1;Ann;Old;ann@one.example;1;1")
    before = dump(take.entity)
    take.contacts("C1;Ann;Old;ann@one.example;2;0", "C1;Bob;New;bob@one.example;3;1")
    assert db.session.scalar(select(Contact.first_name).where(Contact.for_collection)) == "Bob"
    take_back(take.entity)
    assert dump(take.entity) == before


def test_a_flag_that_moved_from_a_contact_the_file_changed_too_goes_back(take: Importer) -> None:
    take.contacts("C1;Ann;Old;ann@one.example;1;1", "C1;Bob;New;bob@one.example;3;0")
    before = dump(take.entity)
    take.contacts("C1;Ann;Old;ann@one.example;2;0", "C1;Bob;New;bob@one.example;3;1")
    take_back(take.entity)
    assert dump(take.entity) == before


def test_what_a_file_that_was_taken_back_had_rejected_lacks_in_nobodys_ledger(take: Importer) -> None:
    before = dump(take.entity)
    take.stock(F1, "C1;F2;FAC;2026-09-01;2026-10-01;bad;200", force=True)
    assert customer("C1").ledger_incomplete
    take_back(take.entity)
    assert dump(take.entity) == before and not customer("C1").ledger_incomplete
    take.items(F1)
    assert not customer("C1").ledger_incomplete


def test_drafts_and_rejected_rows_and_holds_go_back(take: Importer) -> None:
    take.stock(F1, F2)
    take.stock(F1, "C1;F2;FAC;2026-09-01;2026-10-01;bad;200", force=True)
    assert customer("C1").ledger_incomplete
    before = dump(take.entity)
    take.stock(F1, F2, "NEW;F3;FAC;2026-09-01;2026-10-01;5;5", create_customers=True, force=True)
    assert not customer("C1").ledger_incomplete and customer("NEW").draft
    take_back(take.entity)
    assert dump(take.entity) == before


def test_undo_after_undo_leads_back_to_the_beginning(take: Importer) -> None:
    steps: list[Callable[[], object]] = [
        lambda: take.customers("C1;One;a;Lyon", "C3;Three;b;", headers=GROUPED),
        lambda: take.stock(F1, F2, "C3;F7;FAC;2026-09-01;2026-10-01;5;5"),
        lambda: take.contacts("C3;Ann;Old;ann@three.example;1;1"),
        lambda: take.stock(F1, F3, force=True),
    ]
    stands = [dump(take.entity)]
    for step in steps:
        step()
        stands.append(dump(take.entity))
    while len(stands) > 1:
        assert stands.pop() == dump(take.entity)
        take_back(take.entity)
    assert dump(take.entity) == stands[0]
    with pytest.raises(Refused, match="no import to take back"):
        last_run(take.entity)


def test_the_same_file_taken_in_again_does_what_it_did_the_first_time(take: Importer) -> None:
    take.stock(F1, F2)
    first = counts(take.stock(F1, F3, force=True))
    after = [row for row in dump(take.entity) if row[0] == "items"]
    run = take_back(take.entity)
    assert counts(take.stock(F1, F3, force=True)) == first
    again = [(name, text.replace(f"'last_import_id': {last_run(take.entity).id}", f"'last_import_id': {run.id}"))
             for name, text in dump(take.entity) if name == "items"]  # fmt: skip
    assert again == after


def test_history_keeps_the_import_and_says_it_was_taken_back(take: Importer) -> None:
    take.customers("C1;Uno")
    events = db.session.scalar(select(func.count()).select_from(Event)) or 0
    actor = a_user(may_import=True)
    run = last_run(take.entity)
    undo.undo(run, actor=actor, today=TODAY, now=NOW)
    told = db.session.scalars(select(Event).where(Event.kind == EventKind.IMPORT).order_by(Event.id)).all()
    assert [event.text for event in told][-2:] == [undo.TAKEN_BACK] * 2
    assert {event.customer_id for event in told[-2:]} == {None, customer("C1").id}
    assert db.session.scalar(select(func.count()).select_from(Event)) == events + 2
    assert (run.undone_at, run.undone_by_id) == (NOW, actor.id)


def test_a_run_is_taken_back_once(take: Importer) -> None:
    take.items(F1)
    run = take_back(take.entity)
    with pytest.raises(Refused, match="taken back already"):
        undo.undo(run, actor=None, today=TODAY, now=NOW)


def test_only_the_last_ten_runs_can_be_taken_back(take: Importer) -> None:
    for n in range(12):
        take.customers(f"C1;Name {n}")
    kept = select(func.count(func.distinct(ImportBefore.import_run_id)))
    assert db.session.scalar(kept) == 10
    old = db.session.scalars(select(ImportRun).order_by(ImportRun.id)).first()
    assert old is not None
    with pytest.raises(Refused, match="too long ago"):
        undo.check(old)


def test_a_file_taken_back_no_longer_speaks_to_the_brake(take: Importer) -> None:
    take.stock(F1, F2, F3)
    take.stock(F1, force=True)
    take_back(take.entity)
    report = take.stock(F1, "C1;F4;FAC;2026-09-01;2026-10-01;5;5", dry=True)
    assert report.stops


def test_customers_a_file_made_leave_no_trace_in_the_rollup(take: Importer) -> None:
    take.customers("C7;Seven;g;", headers=GROUPED)
    take_back(take.entity)
    assert db.session.scalar(select(Customer).where(Customer.code == "C7")) is None
    assert db.session.scalar(select(func.count()).select_from(Group)) == 0
    assert db.session.scalar(select(func.count()).select_from(CustomerState)) == 2


def _statements_of_undo(take: Importer, *rows: str) -> int:
    take.stock(*rows, force=True)
    with statements() as sent:
        undo.undo(last_run(take.entity), actor=None, today=TODAY, now=NOW)
    return len(sent)


def test_an_import_of_many_is_taken_back_in_as_many_statements_as_one_of_few(take: Importer) -> None:
    rows = [f"C1;G{n};FAC;2026-09-01;2026-10-01;5;5" for n in range(60)]
    take.stock(*rows)
    actions.review(take.entity, None, today=TODAY, now=NOW)
    few = _statements_of_undo(take, *rows[2:], "C1;N0;FAC;2026-09-01;2026-10-01;5;5")
    assert _statements_of_undo(take, *rows[30:], *(row.replace(";G", ";N") for row in rows)) == few


def test_another_entity_is_left_alone(take: Importer) -> None:
    take.items(F1)
    other = factories.an_item(factories.a_customer(entity=factories.an_entity()), type=ItemType.INVOICE)
    take_back(take.entity)
    assert db.session.get(Item, other.id) is not None
