"""Working days: weekdays, holidays, counting, and the age of a ledger."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dso.domain.calendars import WorkingCalendar

PARIS = ZoneInfo("Europe/Paris")
#: May 2026 in France: Friday the 1st and 8th, Ascension on Thursday the 14th.
MAY = WorkingCalendar(holidays=frozenset({date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14)}))
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def test_a_working_day_is_its_own_next_working_day() -> None:
    assert MAY.next_working(date(2026, 5, 4)) == date(2026, 5, 4)


def test_a_holiday_before_a_weekend_moves_to_monday() -> None:
    assert MAY.next_working(date(2026, 5, 8)) == date(2026, 5, 11)


def test_three_working_days_after_a_thursday_before_a_holiday_are_the_next_wednesday() -> None:
    assert MAY.add(date(2026, 5, 7), 3) == date(2026, 5, 13)


def test_five_working_days_back_skip_weekend_and_holiday() -> None:
    assert MAY.back(date(2026, 5, 12), 5) == date(2026, 5, 4)


def test_no_working_days_added_is_the_day_itself() -> None:
    assert MAY.add(date(2026, 5, 9), 0) == date(2026, 5, 9)


def test_a_leap_day_is_a_day_like_any_other() -> None:
    assert WorkingCalendar().add(date(2028, 2, 28), 1) == date(2028, 2, 29)


def test_a_calendar_in_which_nothing_is_open_says_so() -> None:
    with pytest.raises(ValueError, match="no working day"):
        WorkingCalendar(frozenset()).next_working(date(2026, 5, 4))


def test_a_weekend_does_not_age_the_ledger() -> None:
    friday_evening = datetime(2026, 6, 5, 18, tzinfo=PARIS)
    monday_morning = datetime(2026, 6, 8, 8, tzinfo=PARIS)
    assert WorkingCalendar().working_time(friday_evening, monday_morning, PARIS) == timedelta(hours=14)


def test_a_holiday_does_not_age_the_ledger() -> None:
    before = datetime(2026, 5, 13, 20, tzinfo=PARIS)
    after = datetime(2026, 5, 15, 6, tzinfo=PARIS)
    assert MAY.working_time(before, after, PARIS) == timedelta(hours=10)


def test_the_day_the_clock_goes_forward_has_23_hours() -> None:
    every_day = WorkingCalendar(frozenset(range(7)))
    start = datetime(2026, 3, 29, 0, tzinfo=PARIS)
    assert every_day.working_time(start, datetime(2026, 3, 30, 0, tzinfo=PARIS), PARIS) == timedelta(hours=23)


def test_a_ledger_from_the_future_has_no_age() -> None:
    assert WorkingCalendar().working_time(
        datetime(2026, 6, 9, tzinfo=UTC), datetime(2026, 6, 8, tzinfo=UTC), UTC
    ) == timedelta(0)


@given(days, st.integers(0, 30))
def test_going_forward_and_back_by_working_days_meets(day: date, count: int) -> None:
    start = MAY.next_working(day)
    assert MAY.back(MAY.add(start, count), count) == start


@given(days)
def test_the_next_working_day_is_never_before_and_always_worked(day: date) -> None:
    found = MAY.next_working(day)
    assert found >= day
    assert MAY.is_working(found)
