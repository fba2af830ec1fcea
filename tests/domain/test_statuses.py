"""Rules of tagging: promises, parts, spreading."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dso.domain.codes import ItemType, StatusType
from dso.domain.errors import Refused
from dso.domain.statuses import Tagged, check, spread

TODAY = date(2026, 11, 20)


def tagged(id: int = 1, remaining: str = "100", **values: object) -> Tagged:
    defaults = {"number": f"F{id}", "type": ItemType.INVOICE, "currency": "EUR", "due_on": TODAY}
    return Tagged(id=id, remaining=Decimal(remaining), **{**defaults, **values})  # type: ignore[arg-type]


def test_a_promise_on_a_credit_note_is_refused() -> None:
    credit = tagged(remaining="-50", type=ItemType.CREDIT_NOTE)
    with pytest.raises(Refused, match="F1 is no debt"):
        check(StatusType.PROMISE, [credit], TODAY, TODAY)


def test_a_promise_on_a_cleared_item_is_refused() -> None:
    with pytest.raises(Refused, match="cleared already"):
        check(StatusType.PROMISE, [tagged(remaining="0")], TODAY, TODAY)


@pytest.mark.parametrize("days", [-1, -400, 800])
def test_a_promise_for_a_day_that_is_over_or_far_away_is_refused(days: int) -> None:
    with pytest.raises(Refused, match="promise"):
        check(StatusType.PROMISE, [tagged()], TODAY + timedelta(days=days), TODAY)


def test_a_promise_for_today_is_taken() -> None:
    check(StatusType.PROMISE, [tagged()], TODAY, TODAY)


def test_a_promised_date_on_another_status_is_refused() -> None:
    with pytest.raises(Refused, match="Only a promise"):
        check(StatusType.DISPUTE, [tagged()], TODAY, TODAY)


def test_tagging_nothing_is_refused() -> None:
    with pytest.raises(Refused, match="at least one"):
        check(None, [], None, TODAY)


def test_a_part_goes_to_the_oldest_item_first_and_what_it_covers_whole_counts_whole() -> None:
    older = tagged(1, "100", due_on=TODAY - timedelta(days=9))
    newer = tagged(2, "100")
    assert spread(Decimal("130"), [newer, older]) == {1: None, 2: Decimal("30")}


@pytest.mark.parametrize("amount", ["0", "-1", "100.01", "10.001"])
def test_a_part_outside_what_is_open_or_finer_than_a_cent_is_refused(amount: str) -> None:
    with pytest.raises(Refused):
        spread(Decimal(amount), [tagged()])


def test_what_is_open_is_said_with_the_decimals_of_its_currency() -> None:
    with pytest.raises(Refused, match=r"Only 100\.00 EUR are open"):
        spread(Decimal("100.01"), [tagged(1, "100.0000")])


def test_a_part_over_two_currencies_is_refused() -> None:
    with pytest.raises(Refused, match="one currency"):
        spread(Decimal("10"), [tagged(1), tagged(2, currency="USD")])


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=8), st.data())
def test_the_shares_of_a_part_add_up_to_it(cents: list[int], data: st.DataObject) -> None:
    items = [tagged(n, str(Decimal(each).scaleb(-2))) for n, each in enumerate(cents)]
    part = Decimal(data.draw(st.integers(1, sum(cents)))).scaleb(-2)
    shares = spread(part, items)
    assert sum((items[n].remaining if share is None else share for n, share in shares.items()), Decimal(0)) == part
