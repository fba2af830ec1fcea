"""Where a debtor stands, and which lines a search leaves."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dso.domain.codes import ItemType, StatusType
from dso.domain.documents import Line, statement
from dso.domain.pool import PoolItem
from dso.domain.positions import Position, View, label_in, position

TODAY = date(2026, 11, 20)
BOUNDS = (30, 60, 90)


def line(amount: str, days_late: int = 0, number: str = "FC1", **values: Any) -> Line:
    due = TODAY - timedelta(days=days_late)
    facts = {"type": ItemType.INVOICE, "currency": "EUR", "status_type": None, "disputed_amount": None}
    for name in ("type", "currency", "status_type", "disputed_amount"):
        if name in values:
            facts[name] = values.pop(name)
    item = PoolItem(
        id=len(number) * 1000 + days_late,
        number=number,
        remaining=Decimal(amount),
        issued_on=due - timedelta(days=30),
        due_on=due,
        ignored=False,
        held=False,
        promise_until=None,
        payment_method="",
        insolvent_on=None,
        **facts,  # type: ignore[arg-type]
    )
    return Line(item, 1, "C1", "Garnier", Decimal(amount), Decimal(amount), days_late, **values)


def standing(*lines: Line) -> Position:
    return position(statement(lines).tables[0], BOUNDS)


def test_credits_are_netted_and_the_buckets_add_up_to_the_total() -> None:
    found = standing(line("1000", 62), line("500", 12), line("200", -5), line("-300", 10))
    assert (found.total, found.overdue, found.not_due) == (Decimal(1400), Decimal(1200), Decimal(200))
    assert [amount for _bucket, amount in found.aging] == [Decimal(n) for n in (200, 200, 0, 1000, 0)]
    assert sum(amount for _bucket, amount in found.aging) == found.total


def test_what_is_due_today_is_not_overdue() -> None:
    found = standing(line("100", 0), line("50", 1))
    assert (found.overdue, found.not_due) == (Decimal(50), Decimal(100))


def test_the_oldest_delay_is_of_a_debit() -> None:
    assert standing(line("100", 12), line("-100", 400)).oldest_days == 12
    assert standing(line("100", -12)).oldest_days == 0


def test_the_disputed_part_stands_beside_the_total() -> None:
    part: dict[str, Any] = {"status_type": StatusType.DISPUTE, "disputed_amount": Decimal(30)}
    found = standing(line("100"), line("80", **part), line("40", status_type=StatusType.DISPUTE))
    assert (found.total, found.disputed, found.undisputed) == (Decimal(220), Decimal(70), Decimal(150))


def test_down_payment_requests_are_no_part_of_the_position() -> None:
    lines = [line("100"), line("5000", type=ItemType.DOWN_PAYMENT)]
    assert position(statement(lines).tables[0], BOUNDS).total == Decimal(100)


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        (View(), True),
        (View(text="fc2"), True),
        (View(text="po-7 fc2"), True),
        (View(text="nothing"), False),
        (View(text="price"), True),
        (View(overdue=True), True),
        (View(status="Price query"), True),
        (View(status="Other"), False),
        (View(issued_from=TODAY), False),
        (View(issued_to=TODAY - timedelta(days=32)), True),
        (View(issued_to=TODAY - timedelta(days=33)), False),
        (View(issued_from=TODAY - timedelta(days=32)), True),
    ],
)
def test_a_line_is_shown_when_it_fits_everything_asked_for(view: View, shown: bool) -> None:
    assert view.shows(line("100", 2, "FC2", order_number="PO-77"), "Price query") is shown


def test_only_an_empty_view_leaves_nothing_out() -> None:
    assert not View(sort="-amount").narrows
    assert View(overdue=True).narrows and View(text="x").narrows


def test_lines_are_ordered_by_any_column_both_ways_with_ties_by_due_date() -> None:
    lines = [line("10", 1, "B"), line("30", 3, "A"), line("10", 2, "C")]

    def numbers(sort: str) -> list[str]:
        return [each.item.number for each in View(sort=sort).ordered(lines)]

    assert numbers("due") == ["A", "C", "B"]
    assert numbers("number") == ["A", "B", "C"]
    assert numbers("-number") == ["C", "B", "A"]
    assert numbers("remaining") == ["C", "B", "A"]
    assert numbers("late") == ["B", "C", "A"]
    assert numbers("what") == ["A", "C", "B"]


@pytest.mark.parametrize(
    ("languages", "label"),
    [(("fr",), "Litige"), (("fr-CA", "en"), "Litige"), (("de", "en"), "Dispute"), (("de",), ""), (("es",), "")],
)
def test_a_label_is_taken_in_the_first_language_that_has_one(languages: tuple[str, ...], label: str) -> None:
    assert label_in({"en": "Dispute", "fr": "Litige", "es": ""}, *languages) == label
