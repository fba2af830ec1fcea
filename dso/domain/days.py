"""When an entity's day begins: which instant, and which beginning was the latest."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def opens_at(day: date, start: time, timezone: str) -> datetime:
    """The instant of a wall-clock time on a day, in UTC.

    A time the clock skips in spring is the instant it would have been; one that comes twice in autumn is the first:
    each day opens once.
    """
    return datetime.combine(day, start, tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def latest_opening(now: datetime, start: time, timezone: str) -> datetime:
    """The latest instant not after `now` at which a day opened: today's, or yesterday's before the hour."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    opened = opens_at(today, start, timezone)
    return opened if opened <= now else opens_at(today - timedelta(days=1), start, timezone)
