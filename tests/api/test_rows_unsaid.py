"""What a row of JSON does not say of an item stays as it was, whatever other rows of the request say."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import ClearedBy, ItemType
from dso.models import Item
from tests.api.conftest import Program, said
from tests.api.test_rows import CUSTOMERS, an_item

PAID = {"cleared_on": "2026-11-02"}


@pytest.fixture
def writer(program: Program) -> Program:
    said(program.post("customers", {"rows": CUSTOMERS}))
    return program


def the(session: Session, number: str) -> Item:
    session.expire_all()
    return session.scalars(select(Item).where(Item.number == number)).one()


def write(program: Program, *rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = program.post("items", {"rows": list(rows), **more})
    done: dict[str, Any] = said(answer)
    assert answer.status_code == 200, done
    return done


@pytest.mark.parametrize("unsaid", [{}, {"remaining": None}, {"remaining": ""}, {"remaining": " "}])
def test_what_remains_of_a_partly_paid_item_stays(writer: Program, session: Session, unsaid: dict[str, Any]) -> None:
    write(writer, an_item("F1", remaining="40.00"), an_item("F2", remaining="60.00"))
    write(writer, an_item("F1", project="x", **unsaid), an_item("F2", remaining="55.00"))
    assert (the(session, "F1").remaining, the(session, "F2").remaining) == (Decimal(40), Decimal(55))


def test_every_field_another_row_says_stays(writer: Program, session: Session) -> None:
    values = {
        "type": "ODI", "due_on": "2026-12-24", "amount_excl_tax": "80.00", "project": "P",
        "remaining_excl_tax": "32.00", "order_number": "B7", "ordered_on": "2026-09-01", "ignored": True,
        "expected_clearing_on": "2027-01-05", "custom": {"site": "Lyon"}, "remaining": "40.00",
    }  # fmt: skip
    write(writer, an_item("F1", **values))
    before = {name: getattr(the(session, "F1"), name) for name in (*values, "currency", "erp_type", "cleared_on")}
    others = {**values, "type": "FAC", "currency": "USD", "custom": {"site": "Nice", "door": "3"}}
    done = write(writer, an_item("F1", due_on=None), an_item("F2", **others))
    assert (done["new"], done["unchanged"]) == (1, 1)
    assert {name: getattr(the(session, "F1"), name) for name in before} == before
    assert the(session, "F1").custom == {"site": "Lyon"} and the(session, "F1").type is ItemType.MISCELLANEOUS


def test_own_fields_a_row_does_not_name_stay_beside_those_it_does(writer: Program, session: Session) -> None:
    write(writer, an_item("F1", custom={"site": "Lyon", "door": "3"}))
    write(writer, an_item("F1", custom={"site": "Nice"}), an_item("F2", custom={"door": "4"}))
    assert the(session, "F1").custom == {"site": "Nice", "door": "3"}


def test_an_item_paid_stays_paid_until_a_row_says_that_something_remains(writer: Program, session: Session) -> None:
    write(writer, an_item("F1", **PAID), an_item("F2"))
    for row in (an_item("F1", project="q"), an_item("F1", project="r", cleared_on=None, remaining=None)):
        assert write(writer, row, an_item("F2", remaining="50.00"))["reopened"] == 0
        assert write(writer, row)["reopened"] == 0
        paid = the(session, "F1")
        assert (paid.cleared_on, paid.remaining) == (date(2026, 11, 2), Decimal(0))
        assert paid.cleared_amount == Decimal(100)
        assert paid.cleared_by is ClearedBy.FILE and paid.project == row["project"]
    assert write(writer, an_item("F1", remaining="30.00"))["reopened"] == 1
    assert (the(session, "F1").cleared_on, the(session, "F1").remaining) == (None, Decimal(30))


def test_an_item_paid_that_comes_among_all_open_ones_is_open_again(writer: Program, session: Session) -> None:
    write(writer, an_item("F1", **PAID), an_item("F2"))
    assert write(writer, an_item("F1"), an_item("F2"), mode="stock")["reopened"] == 1
    assert the(session, "F1").remaining == Decimal(100)


def test_a_new_item_without_a_due_date_is_rejected_as_ever(writer: Program, session: Session) -> None:
    write(writer, an_item("F1"))
    results = said(writer.post("items", {"rows": [an_item("F1", due_on=""), an_item("F2", due_on="")]}))["results"]
    assert [each["result"] for each in results] == ["taken", "rejected"]
    assert (results[1]["column"], results[1]["reason"]) == (
        "due_on", "the due date is missing and the customer has no payment term in days",
    )  # fmt: skip
    assert the(session, "F1").due_on == date(2026, 10, 31)


def test_with_empty_clears_an_empty_field_says_so(writer: Program, session: Session) -> None:
    write(writer, an_item("F1", project="P"))
    write(writer, an_item("F1", project=None), empty_clears=True)
    assert the(session, "F1").project == ""


@pytest.mark.parametrize("beside", [{}, {"currency": "EUR"}])
def test_amounts_of_an_item_in_another_currency_need_the_currency(
    writer: Program, session: Session, beside: dict[str, Any]
) -> None:
    write(writer, an_item("F1", amount="5.005", currency="KWD"), an_item("F2", amount="7.00", currency="USD"))
    rows = [an_item("F1", amount="6.005"), an_item("F2", amount="€8.00"), an_item("F3", **beside)]
    answer = writer.post("items", {"rows": rows})
    results = said(answer)["results"]
    assert [each["result"] for each in results] == ["rejected", "rejected", "taken"]
    words = "item {} is in {}: say the currency of its amounts"
    assert [each["reason"] for each in results[:2]] == [words.format("F1", "KWD"), words.format("F2", "USD")]
    assert (the(session, "F1").amount, the(session, "F1").currency) == (Decimal("5.005"), "KWD")
    write(writer, an_item("F2", amount="$8.00", currency="USD"))
    assert (the(session, "F2").amount, the(session, "F2").currency) == (Decimal(8), "USD")


def test_a_row_may_leave_out_what_a_new_item_needs_whether_others_say_it_or_not(
    writer: Program, session: Session
) -> None:
    write(writer, an_item("F1", remaining="40.00"), an_item("F2"))
    row = an_item("F1", remaining="30.00")
    del row["due_on"]
    assert write(writer, row)["changed"] == 1 and write(writer, row, an_item("F2"))["unchanged"] == 2
    assert (the(session, "F1").due_on, the(session, "F1").remaining) == (date(2026, 10, 31), Decimal(30))
    answer = writer.post("customers", {"rows": [{"code": "C1", "city": "Lyon"}]})
    assert said(answer)["results"][0]["reason"] == "Business name is missing"


def test_identifiers_are_of_all_rows_or_of_none(writer: Program) -> None:
    answer = writer.post("items", {"rows": [an_item("F1", unique_id="U1"), an_item("F2")]})
    assert answer.status_code == 422 and "Either all rows have a unique_id or none" in said(answer)["error"]


@pytest.mark.parametrize(
    ("before", "amount", "after"),
    [("60", "101", "60"), ("100", "101", "101"), ("60", "50", "50"), ("60", "-10", "-10"), ("110", "90", "90")],
)
def test_a_corrected_amount_leaves_what_remains_of_a_partly_paid_item(
    writer: Program, session: Session, before: str, amount: str, after: str
) -> None:
    write(writer, an_item("F1", remaining=before))
    write(writer, an_item("F1", amount=amount))
    assert (the(session, "F1").amount, the(session, "F1").remaining) == (Decimal(amount), Decimal(after))


def test_a_new_item_without_them_is_open_for_its_amount_in_the_company_s_currency(
    writer: Program, session: Session
) -> None:
    write(writer, an_item("F1"), an_item("F2", remaining="5.00", type="FAC", currency="USD"))
    fresh = the(session, "F1")
    assert (fresh.remaining, fresh.currency, fresh.type) == (Decimal(100), "EUR", ItemType.INVOICE)


def test_amounts_have_a_point_whatever_other_rows_hold(writer: Program, session: Session) -> None:
    answer = writer.post("items", {"rows": [an_item("F1", amount=1.234), an_item("F2", amount="1,5")]})
    assert (answer.status_code, said(answer)["rounded"]) == (207, 1)
    assert [each["result"] for each in said(answer)["results"]] == ["taken", "rejected"]
    assert the(session, "F1").amount == Decimal("1.23")


@pytest.mark.parametrize("wrong", [{"amount": True}, {"number": ["a"]}, {"number": True}, {"custom": {"a": ["b"]}}])
def test_a_value_of_another_kind_than_its_field_is_refused(writer: Program, wrong: dict[str, Any]) -> None:
    answer = writer.post("items", {"rows": [an_item("F1") | wrong]})
    assert answer.status_code == 422 and "is expected" in said(answer)["error"]
