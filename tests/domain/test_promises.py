"""Kept or broken (11.4)."""

from datetime import date
from decimal import Decimal

from dso.domain.calendars import WorkingCalendar
from dso.domain.promises import Reduction, counts_on, hold_until, judge

FRIDAY = date(2026, 6, 12)
UNTIL = date(2026, 6, 17)


def paid(amount: str, on: date) -> Reduction:
    return Reduction(Decimal(amount), on)


def test_a_promise_holds_for_three_working_days_after_its_day() -> None:
    assert hold_until(FRIDAY, 3, WorkingCalendar()) == UNTIL


def test_a_promise_is_open_before_its_last_day() -> None:
    assert judge(asked=Decimal(100), reductions=[], until=UNTIL, today=date(2026, 6, 16)) is None


def test_a_promise_is_broken_on_its_last_day_when_nothing_came() -> None:
    assert judge(asked=Decimal(100), reductions=[], until=UNTIL, today=UNTIL) is False


def test_a_promise_is_broken_when_less_came_than_was_promised() -> None:
    came = [paid("99.99", FRIDAY)]
    assert judge(asked=Decimal(100), reductions=came, until=UNTIL, today=UNTIL) is False


def test_a_promise_is_kept_as_soon_as_enough_came() -> None:
    came = [paid("60", FRIDAY), paid("40", FRIDAY)]
    assert judge(asked=Decimal(100), reductions=came, until=UNTIL, today=FRIDAY) is True


def test_what_came_after_the_last_day_does_not_keep_a_promise() -> None:
    came = [paid("100", date(2026, 6, 18))]
    assert judge(asked=Decimal(100), reductions=came, until=UNTIL, today=date(2026, 6, 18)) is False


def test_a_payment_found_by_a_full_file_counts_from_the_file_before() -> None:
    day = counts_on(found_on=date(2026, 6, 19), cleared_on=None, previous_import_on=UNTIL, by_absence=True)
    assert day == UNTIL
    assert judge(asked=Decimal(100), reductions=[paid("100", day)], until=UNTIL, today=date(2026, 6, 19)) is True


def test_a_payment_day_of_the_ledger_counts_itself() -> None:
    found = date(2026, 6, 19)
    assert counts_on(found_on=found, cleared_on=FRIDAY, previous_import_on=None, by_absence=False) == FRIDAY


def test_the_first_file_has_none_before_it() -> None:
    assert counts_on(found_on=FRIDAY, cleared_on=None, previous_import_on=None, by_absence=True) == FRIDAY
