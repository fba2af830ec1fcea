"""Buckets of 6.2 and quantities of 1.7."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dso.domain.aging import buckets, overdue_percent, place

USUAL = (30, 60, 90)
DAY = date(2026, 11, 20)


def test_thirty_sixty_ninety_make_five_buckets() -> None:
    assert [(bucket.label, bucket.start, bucket.end) for bucket in buckets(USUAL)] == [
        ("not due", None, 0),
        ("1–30", 1, 30),
        ("31–60", 31, 60),
        ("61–90", 61, 90),
        ("> 90", 91, None),
    ]


def test_no_bounds_leave_one_overdue_bucket() -> None:
    assert [bucket.label for bucket in buckets(())] == ["not due", "> 0"]


@pytest.mark.parametrize(
    ("days", "position"), [(-400, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (4000, 4)]
)
def test_day_thirty_is_the_last_of_the_first_bucket_and_an_item_due_today_is_not_overdue(
    days: int, position: int
) -> None:
    assert place(days, USUAL) == position


@given(st.integers(-500, 500), st.lists(st.integers(1, 400), max_size=6, unique=True).map(sorted))
def test_each_day_lies_in_exactly_the_bucket_it_is_placed_in(days: int, bounds: list[int]) -> None:
    due_on = DAY - timedelta(days=days)
    holding = []
    for position, bucket in enumerate(buckets(bounds)):
        first, last = bucket.due_between(DAY)
        if (first is None or due_on >= first) and (last is None or due_on <= last):
            holding.append(position)
    assert holding == [place(days, bounds)]


def test_overdue_percent_is_of_the_receivable() -> None:
    assert overdue_percent(Decimal(200), Decimal(50)) == Decimal(25)


def test_overdue_percent_is_zero_when_neither_is_above_zero_and_unknown_when_only_the_receivable_is_not() -> None:
    assert overdue_percent(Decimal(-5), Decimal(-5)) == 0
    assert overdue_percent(Decimal(0), Decimal(0)) == 0
    assert overdue_percent(Decimal(-5), Decimal(10)) is None
