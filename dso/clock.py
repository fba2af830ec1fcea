"""The one clock: the only place that asks the machine what time it is. `DSO_NOW` or `at()` freeze it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_override: ContextVar[datetime | None] = ContextVar("dso_clock", default=None)


def parse_instant(text: str) -> datetime:
    """An ISO instant or day as an aware UTC datetime; without an offset it is UTC. ValueError otherwise."""
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def now() -> datetime:
    """The present instant in UTC."""
    override = _override.get()
    if override is not None:
        return override
    frozen = os.environ.get("DSO_NOW")
    return parse_instant(frozen) if frozen else datetime.now(UTC)


def today(timezone: str = "UTC") -> date:
    """The calendar day it is now in a time zone (IANA name)."""
    return now().astimezone(ZoneInfo(timezone)).date()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Within the block it is this instant: tests, the demo and `--date` work another day with it."""
    token = _override.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _override.reset(token)
