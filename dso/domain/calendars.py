"""Working days: the weekdays of an entity minus the public holidays it keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY = timedelta(days=1)
#: No country closes for longer; a calendar in which nothing is ever open is refused instead of searched for ever.
_LONGEST_CLOSING = 366


@dataclass(frozen=True)
class WorkingCalendar:
    """The days on which actions may fall: `weekdays` as 0 (Monday) to 6, `holidays` as days."""

    weekdays: frozenset[int] = frozenset(range(5))
    holidays: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether work is done on that day."""
        return day.weekday() in self.weekdays and day not in self.holidays

    def next_working(self, day: date) -> date:
        """That day, or the first working day after it."""
        for offset in range(_LONGEST_CLOSING):
            candidate = day + timedelta(days=offset)
            if self.is_working(candidate):
                return candidate
        raise ValueError(f"no working day within a year of {day}")

    def add(self, day: date, count: int) -> date:
        """The count-th working day after that day; 0 gives the day itself, working or not."""
        for _ in range(count):
            day = self.next_working(day + DAY)
        return day

    def back(self, day: date, count: int) -> date:
        """The count-th working day before that day; 0 gives the day itself, working or not."""
        for _ in range(count):
            day = self._working_before(day)
        return day

    def _working_before(self, day: date) -> date:
        for offset in range(1, _LONGEST_CLOSING):
            candidate = day - timedelta(days=offset)
            if self.is_working(candidate):
                return candidate
        raise ValueError(f"no working day within a year before {day}")

    def working_time(self, start: datetime, end: datetime, zone: tzinfo) -> timedelta:
        """Time between two instants that falls on working days of the zone, each counting its 24 hours.

        Weekends and holidays do not count, so a ledger of Friday evening is young on Monday morning.
        """
        total = timedelta(0)
        # Wall-clock subtraction within one zone ignores a change of the clock, so both are taken in UTC.
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        day = start.astimezone(zone).date()
        while (opens := _midnight(day, zone)) < end:
            closes = _midnight(day + DAY, zone)
            if self.is_working(day):
                total += max(min(end, closes) - max(start, opens), timedelta(0))
            day += DAY
        return total

    def with_holidays(self, more: Iterable[date]) -> "WorkingCalendar":
        """The same weekdays with further days off: the recipient's country's for automatic sending."""
        return WorkingCalendar(self.weekdays, self.holidays | frozenset(more))


def _midnight(day: date, zone: tzinfo) -> datetime:
    """The instant a day begins, in UTC so that a change of the clock is neither lost nor counted twice."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
