"""Which item a row of a file is, and what becomes of rows that cannot be taken (1.3, 2.3, 11.5)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from dso.db import db
from dso.domain.imports.mapping import FileMapping
from dso.models import Item
from tests.services.agenda import reason_of
from tests.services.imports.helpers import STOCK, Importer, changes, counts, customer, item, money, reasons

F1 = "C1;F1;FAC;2026-09-01;2026-10-01;100.00;100.00"
F2 = "C1;F2;FAC;2026-09-02;2026-10-02;200.00;200.00"
F3 = "C2;F3;FAC;2026-09-03;2026-10-03;300.00;300.00"
HEADERS_UID = "customer;number;type;issue date;due date;amount;remaining;unique_id"


def test_two_rows_with_one_identity_are_both_rejected_and_the_known_item_stays(take: Importer) -> None:
    take.stock(F1, F2, F3)
    twice = "C1;F2;FAC;2026-03-01;2026-04-01;1.00;1.00"
    report = take.stock(F1, F2, twice, F3)
    assert counts(report) == {"unchanged": 2, "rejected": 2}
    assert reasons(report) == [
        "3: item number F2 is not unique in 2026: map a unique identifier",
        "4: item number F2 is not unique in 2026: map a unique identifier",
    ]
    assert item("F2").remaining == money("200")


def test_the_same_number_in_another_year_is_another_item(take: Importer) -> None:
    report = take.items(F1, "C1;F1;FAC;2025-03-01;2025-04-01;1.00;1.00")
    assert counts(report) == {"new": 2}


def test_a_row_that_would_move_an_item_to_another_customer_is_rejected(take: Importer) -> None:
    take.stock(F1, F2, F3)
    report = take.stock("C2;F1;FAC;2026-09-01;2026-10-01;100.00;100.00", F2, F3)
    assert reasons(report) == ["2: item number F1 is not unique in 2026: map a unique identifier"]
    assert item("F1").customer.code == "C1"
    assert item("F1").cleared_on is None


def test_with_a_unique_identifier_an_item_may_move_and_be_renumbered(take: Importer) -> None:
    take.items(f"{F1};u1", headers=HEADERS_UID)
    report = take.items("C2;F1b;FAC;2026-09-01;2026-10-01;100.00;100.00;u1", headers=HEADERS_UID)
    assert counts(report) == {"changed": 1}
    moved = item("F1b")
    assert (moved.customer.code, moved.account_id) == ("C2", customer("C2").id)
    assert changes("F1b")["customer"] == (str(customer("C1").id), str(customer("C2").id))


def test_with_unique_identifiers_one_number_may_stand_twice(take: Importer) -> None:
    report = take.items(f"{F1};u1", "C1;F1;FAC;2026-09-01;2026-11-01;50;50;u2", headers=HEADERS_UID)
    assert counts(report) == {"new": 2}
    again = take.items(f"{F1};u1", "C1;F1;FAC;2026-09-01;2026-11-01;50;50;u1", headers=HEADERS_UID)
    assert reasons(again) == [
        "2: the unique identifier u1 stands in the file twice",
        "3: the unique identifier u1 stands in the file twice",
    ]


def test_a_later_file_without_identifiers_cannot_tell_such_items_apart(take: Importer) -> None:
    take.stock(f"{F1};u1", "C1;F1;FAC;2026-09-01;2026-11-01;50;50;u2", headers=HEADERS_UID)
    report = take.stock(F1)
    assert reasons(report) == ["2: item number F1 is not unique in 2026: map a unique identifier"]
    assert {each.cleared_on for each in db.session.scalars(select(Item))} == {None}


def test_the_first_file_with_unique_identifiers_adopts_known_items_by_number_and_year(take: Importer) -> None:
    take.stock(F1, F2)
    report = take.stock(f"{F1};u1", f"{F2};u2", f"{F3};u3", headers=HEADERS_UID, force=True)
    assert counts(report) == {"new": 1, "changed": 2}
    assert item("F1").unique_id == "u1"
    assert counts(take.stock(f"{F1};u1", f"{F2};u2", f"{F3};u3", headers=HEADERS_UID)) == {"unchanged": 3}


def test_an_empty_cell_in_a_mapped_unique_identifier_is_rejected_and_nothing_is_cleared_by_absence(
    take: Importer,
) -> None:
    take.stock(f"{F1};u1", f"{F2};u2", headers=HEADERS_UID)
    report = take.stock(f"{F1};u1", f"{F3};", headers=HEADERS_UID)
    assert reasons(report) == ["3: the unique identifier is empty"]
    assert report.unidentified == 1
    assert item("F2").cleared_on is None


def test_an_issue_date_corrected_over_new_year_is_the_same_item_and_reported(take: Importer) -> None:
    take.stock("C1;F7;FAC;2025-12-31;2026-01-31;70;70", F1, F2)
    report = take.stock("C1;F7;FAC;2026-01-02;2026-01-31;70;70", F1, F2)
    assert counts(report) == {"changed": 1, "unchanged": 2}
    assert (item("F7").issued_on, item("F7").issued_year) == (date(2026, 1, 2), 2026)
    assert "issue date corrected from 2025-12-31 to 2026-01-02" in str(report.remark_rows[0])


def test_a_yearly_invoice_with_the_number_of_last_year_is_a_new_one(take: Importer) -> None:
    take.stock("C1;7;FAC;2025-10-31;2025-11-30;70;70", F1, F2)
    report = take.stock("C1;7;FAC;2025-10-31;2025-11-30;70;70", "C1;7;FAC;2026-10-31;2026-11-30;70;70", F1, F2)
    assert counts(report) == {"new": 1, "unchanged": 3}


def test_the_due_date_may_belong_to_the_identity(take: Importer) -> None:
    columns = dict(
        zip(
            "customer number type issued_on due_on amount remaining".split(),
            "customer number type issued_on due_on amount remaining".split(),
            strict=True,
        )
    )
    mapping = FileMapping(columns=columns, key_due=True)
    rows = ["C1;F1;FAC;2026-09-01;2026-10-01;50;50", "C1;F1;FAC;2026-09-01;2026-11-01;50;50"]
    headers = ";".join(columns)
    assert counts(take.items(*rows, headers=headers, mapping=mapping)) == {"new": 2}
    assert counts(take.items(*rows, headers=headers, mapping=mapping)) == {"unchanged": 2}


def test_present_but_rejected_is_not_absent_and_sending_to_the_customer_is_held_until_a_clean_import(
    take: Importer,
) -> None:
    take.stock(F1, F2, F3)
    report = take.stock(F1, "C1;F2;FAC;2026-09-02;2026-10-02;2x0.00;200.00", F3)
    assert counts(report) == {"unchanged": 2, "rejected": 1}
    assert (item("F2").cleared_on, item("F2").remaining) == (None, money("200"))
    assert (customer("C1").ledger_incomplete, customer("C2").ledger_incomplete) == (True, False)
    assert counts(take.stock(F1, F2, F3)) == {"unchanged": 3}
    assert customer("C1").ledger_incomplete is False


def test_the_reason_of_an_account_follows_when_its_ledger_becomes_whole_though_none_of_its_items_changed(
    take: Importer,
) -> None:
    take.stock(F1, F2, F3)
    take.stock(F1, "C1;F2;FAC;2026-09-02;2026-10-02;2x0.00;200.00", F3)
    assert reason_of(customer("C1")) == "ledger_incomplete"
    take.stock(F1, F2, F3)
    assert reason_of(customer("C1")) != "ledger_incomplete"


def test_a_rejected_new_payment_makes_its_customers_ledger_incomplete_too(take: Importer) -> None:
    take.stock(F1, F2, F3)
    take.stock(F1, F2, F3, "C2;R1;RGL;2026-11-01;2026-11-01;-3oo;-300")
    assert customer("C2").ledger_incomplete is True


def test_a_rejected_row_of_an_unknown_customer_holds_the_customer_its_known_item_has(take: Importer) -> None:
    take.stock(F1, F2, F3)
    take.stock("C9;F1;FAC;2026-09-01;2026-10-01;100.00;100.00", F2, F3)
    assert customer("C1").ledger_incomplete is True


def test_a_partial_file_makes_a_ledger_whole_only_by_bringing_the_row(take: Importer) -> None:
    take.items(F1, F3)
    take.items("C1;F2;FAC;2026-09-02;2026-10-02;2x0.00;200.00")
    take.items(F1)
    assert customer("C1").ledger_incomplete is True
    take.items(F2)
    assert customer("C1").ledger_incomplete is False


def test_a_rejected_row_whose_identity_cannot_be_read_stops_clearing_by_absence(take: Importer) -> None:
    take.stock(F1, F2, F3)
    report = take.stock(F1, "Total;;;;;600.00;600.00", F3)
    assert counts(report) == {"unchanged": 2, "rejected": 1}
    assert report.unidentified == 1
    assert item("F2").cleared_on is None
    # Programs read it too: nothing paid and nothing known look alike in the counts.
    assert report.as_json()["unidentified"] == 1
    assert "unidentified" not in take.stock(F1, F2, F3).as_json()


def _in_instalments() -> FileMapping:
    return FileMapping(columns={each: each for each in INSTALMENTS.split(";")}, key_due=True)


def _of_number(number: str) -> list[tuple[str, Decimal, date | None]]:
    query = select(Item.due_on, Item.remaining, Item.cleared_on).where(Item.number == number).order_by(Item.due_on)
    return [(row[0].isoformat(), row[1], row[2]) for row in db.session.execute(query)]


INSTALMENTS = "customer;number;type;issued_on;due_on;amount;remaining"
I1 = "C1;I1;FAC;2026-06-01;2026-07-01;100;100"
I2 = "C1;I1;FAC;2026-06-01;2026-08-01;300;300"
BOTH_STAND = [("2026-07-01", money("100"), None), ("2026-08-01", money("300"), None)]


def test_a_row_whose_number_two_instalments_have_changes_neither_and_clears_neither(take: Importer) -> None:
    take.items(I1, I2, headers=INSTALMENTS, mapping=_in_instalments())
    report = take.stock("C1;I1;FAC;2026-06-01;2026-07-01;100;40", force=True)
    assert reasons(report) == ["2: item number I1 is not unique in 2026: map a unique identifier"]
    assert (counts(report), _of_number("I1")) == ({"rejected": 1}, BOTH_STAND)
    assert customer("C1").ledger_incomplete


def test_a_row_whose_due_date_two_items_with_unique_identifiers_have_changes_neither(take: Importer) -> None:
    take.items(f"{F1};u1", "C1;F1;FAC;2026-09-01;2026-10-01;50;50;u2", headers=HEADERS_UID)
    row = "C1;F1;FAC;2026-09-01;2026-10-01;100;40"
    report = take.stock(row, headers=INSTALMENTS, mapping=replace(_in_instalments(), mode=STOCK), force=True)
    assert reasons(report) == ["2: item number F1 is not unique in 2026: map a unique identifier"]
    assert [each.remaining for each in db.session.scalars(select(Item).order_by(Item.id))] == [
        money("100"),
        money("50"),
    ]


def test_a_row_that_tells_instalments_apart_finds_its_own(take: Importer) -> None:
    take.items(I1, I2, headers=INSTALMENTS, mapping=_in_instalments())
    paid = I1.replace("100;100", "100;40")
    report = take.items(paid, I2, headers=INSTALMENTS, mapping=_in_instalments())
    assert counts(report) == {"changed": 1, "unchanged": 1}
    assert _of_number("I1") == [("2026-07-01", money("40"), None), BOTH_STAND[1]]


def test_a_known_row_is_read_again_where_another_item_came_to_have_its_number(take: Importer) -> None:
    take.stock(I1, F2)
    take.items(I2, headers=INSTALMENTS, mapping=_in_instalments())
    report = take.stock(I1, F2, force=True)
    assert counts(report) == {"unchanged": 1, "rejected": 1}
    assert _of_number("I1") == BOTH_STAND


def test_unique_identifiers_adopt_the_instalment_of_their_own_due_date(take: Importer) -> None:
    rows = [row.replace("300;300", "100;100") for row in (I1, I2)]
    take.items(*rows, headers=INSTALMENTS, mapping=_in_instalments())
    report = take.items(f"{rows[1]};u2", f"{rows[0]};u1", headers=HEADERS_UID)
    assert counts(report) == {"changed": 2}
    assert [(each.due_on.month, each.unique_id) for each in db.session.scalars(select(Item).order_by(Item.id))] == [
        (7, "u1"),
        (8, "u2"),
    ]


def test_an_issue_date_corrected_over_new_year_is_no_guess_between_two_items(take: Importer) -> None:
    rows = [f"C1;F7;FAC;2025-12-31;2026-0{month}-28;70;70" for month in (1, 2)]
    take.items(*rows, headers=INSTALMENTS, mapping=_in_instalments())
    report = take.stock("C1;F7;FAC;2026-01-02;2026-02-28;70;70", force=True)
    assert reasons(report) == ["2: item number F7 is not unique in 2026: map a unique identifier"]
    assert {each.cleared_on for each in db.session.scalars(select(Item))} == {None}
