"""Files that are not what they are taken for: of another company, or of another year; the brake stops them (2.3)."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from dso.domain.imports.brake import Stop

#: A full file of a ledger at work is never this much older than the one before it.
LATEST_BEHIND = timedelta(days=45)
#: Nor is a partial one that brings so many new items; old ones come singly.
PARTLY_BEHIND = timedelta(days=180)
_MANY = 20


def another_entity(codes: Collection[str], unknown: Collection[str], elsewhere: Mapping[str, int]) -> list[Stop]:
    """A stop where at least half of a file's customers are unknown here and known to one other company.

    `elsewhere`: how many of the unknown codes each of the other companies knows, by its name.
    """
    name = max(elsewhere, key=lambda each: elsewhere[each], default="")
    if not name or elsewhere[name] * 2 < len(codes):
        return []
    words = "customers in the file: %(codes)s, unknown here: %(unknown)s, customers of %(name)s: %(count)s"
    counts = {"codes": str(len(codes)), "unknown": str(len(unknown)), "count": str(elsewhere[name])}
    return [Stop(words, {**counts, "name": name})]


def is_many(new: int, opened: int) -> bool:
    """Whether a partial file brings so many new items that they are a ledger of their own: half of the open ones."""
    return new >= _MANY and new * 2 > opened


def another_year(newest: date | None, last_full: date | None, ledger: date | None, behind: timedelta) -> list[Stop]:
    """A stop where the newest issue date of a file is far older than that of the last full one, or of the open items.

    All three leave days to come aside; None where there are none.
    """
    if newest is None:
        return []
    if last_full and newest < last_full - behind:
        words = "the newest issue date in the file is %(newest)s, in the last full file it was %(last)s"
        return [Stop(words, {"newest": newest.isoformat(), "last": last_full.isoformat()})]
    if ledger and newest < ledger - behind:
        words = "the newest issue date in the file is %(newest)s, that of the open items is %(last)s"
        return [Stop(words, {"newest": newest.isoformat(), "last": ledger.isoformat()})]
    return []
