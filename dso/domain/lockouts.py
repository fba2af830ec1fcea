"""How long a log-in waits after wrong passwords: nothing at first, then a delay that doubles (8.2)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

#: Failures older than this count no more.
WINDOW = timedelta(hours=24)
#: Wrong passwords for one e-mail address before it has to wait; a network address may stand for a whole office.
FREE_PER_EMAIL = 5
FREE_PER_ADDRESS = 25
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=1)


def delay(failures: int, free: int) -> timedelta:
    """How long after the latest of so many failures nothing is tried: 0, then 1, 2, 4 … 60 minutes."""
    if failures < free:
        return timedelta(0)
    doublings: int = min(failures - free, 16)
    return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)


def locked_until(failed_at: Sequence[datetime], free: int, now: datetime) -> datetime | None:
    """The instant from which a log-in may be tried again; None when it may be tried now.

    `failed_at` are the failures since the last success, in any order.
    """
    counted = [at for at in failed_at if now - at < WINDOW]
    if not counted:
        return None
    until = max(counted) + delay(len(counted), free)
    return until if until > now else None
