"""Promises: until when they hold an item, and whether they were kept (11.4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dso.domain.calendars import WorkingCalendar
from dso.domain.money import ZERO


@dataclass(frozen=True, slots=True)
class Reduction:
    """The remaining amount of an item fell by `amount`; `counts_on` is the day in the debtor's favour."""

    amount: Decimal
    counts_on: date


def hold_until(promised_on: date, offset_days: int, calendar: WorkingCalendar) -> date:
    """The day on which a promise is judged and its follow-up falls due: the promised day + offset in working days."""
    return calendar.add(promised_on, offset_days)


def counts_on(*, found_on: date, cleared_on: date | None, previous_import_on: date | None, by_absence: bool) -> date:
    """The day from which a payment counts for the debtor.

    Found by absence from a full file it may have come any day since the file before, so it counts from that day;
    a payment date given by the ledger counts itself.
    """
    if by_absence:
        return min(found_on, previous_import_on or found_on)
    return min(found_on, cleared_on or found_on)


def judge(*, asked: Decimal, reductions: Iterable[Reduction], until: date, today: date) -> bool | None:
    """Whether a promise was kept: True as soon as enough has come, False from its last day on, None while it runs.

    `asked` is the promised part, or what was remaining when it was promised.
    """
    came = sum((reduction.amount for reduction in reductions if reduction.counts_on <= until), ZERO)
    if came >= asked:
        return True
    return False if today >= until else None
