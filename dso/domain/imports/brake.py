"""The brake: what stops an items file before anything is saved (2.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from dso.domain.errors import Refused
from dso.domain.money import ZERO, plain

#: Shares in percent that are no setting: credits falling, the receivable rising against the last full file.
CREDITS_FALL = 50
RECEIVABLE_RISES = 30
#: A currency with fewer of the open items than this share says nothing of the whole.
_MINOR = 10


@dataclass(frozen=True)
class Sums:
    """What open items of one currency come to; credits are negative."""

    items: int = 0
    receivable: Decimal = ZERO
    overdue: Decimal = ZERO
    credits: Decimal = ZERO

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.items + other.items,
            self.receivable + other.receivable,
            self.overdue + other.overdue,
            self.credits + other.credits,
        )

    def __sub__(self, other: "Sums") -> "Sums":
        return self + Sums(-other.items, -other.receivable, -other.overdue, -other.credits)


Measures = Mapping[str, Sums]


def added(one: Measures, other: Measures) -> dict[str, Sums]:
    """Sums per currency, added."""
    return {key: one.get(key, Sums()) + other.get(key, Sums()) for key in {**one, **other}}


def taken(one: Measures, other: Measures) -> dict[str, Sums]:
    """Sums per currency, the second taken from the first."""
    return {key: one.get(key, Sums()) - other.get(key, Sums()) for key in {**one, **other}}


@dataclass(frozen=True)
class FullFile:
    """What the last full file of the entity left behind."""

    rows: int
    measures: Measures
    #: Its newest issue date, days to come left aside.
    newest: date | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain values, amounts as text."""
        sums = {
            currency: [each.items, f"{each.receivable:f}", f"{each.overdue:f}", f"{each.credits:f}"]
            for currency, each in self.measures.items()
        }
        return {"rows": self.rows, "sums": sums, "newest": self.newest.isoformat() if self.newest else None}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "FullFile | None":
        """From plain values; None when there are none."""
        if "rows" not in values:
            return None
        sums = {
            currency: Sums(items, Decimal(receivable), Decimal(overdue), Decimal(credits_))
            for currency, (items, receivable, overdue, credits_) in values["sums"].items()
        }
        newest = values.get("newest")
        return cls(values["rows"], sums, date.fromisoformat(newest) if newest else None)


@dataclass(frozen=True)
class Effect:
    """What an items file would do."""

    full: bool
    rows: int
    before: Measures
    after: Measures
    cleared: Measures
    recurrencied: int = 0
    last: FullFile | None = None
    #: Rejected rows of which nobody can say whose they are: nothing is cleared by absence then.
    unidentified: int = 0


@dataclass(frozen=True)
class Stop:
    """One reason to stop, with its figures."""

    message: str
    params: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params


class Braked(Refused):
    """The file stops before saving and asks; `stops` say why, each with its figures."""

    def __init__(self, stops: Sequence[Stop]) -> None:
        self.stops = list(stops)
        reasons = "; ".join(str(stop) for stop in stops)
        super().__init__("Stopped before saving: %(reasons)s. Import with --force if this is right.", reasons=reasons)


def stops(effect: Effect, percent: int) -> list[Stop]:
    """Why the file stops; empty when it may go in. `percent` is the share that may be cleared, 0 = no limit."""
    found = _clearing(effect, percent) if percent else []
    if effect.recurrencied:
        words = "known items whose currency would change: %(count)s"
        found.append(Stop(words, {"count": str(effect.recurrencied)}))
    if effect.full and effect.last is not None:
        found += _against_last(effect, effect.last, percent)
    return found


def _clearing(effect: Effect, percent: int) -> list[Stop]:
    total = sum(each.items for each in effect.before.values())
    count = sum(each.items for each in effect.cleared.values())
    found = []
    if total and count * 100 > total * percent:
        words = "%(count)s of %(total)s open items would be cleared (%(share)s %%)"
        params = {"count": str(count), "total": str(total), "share": _share(Decimal(count), Decimal(total))}
        found.append(Stop(words, params))
    for currency in _major(effect.before):
        cleared, whole = effect.cleared.get(currency, Sums()).receivable, effect.before[currency].receivable
        if whole > 0 and cleared * 100 > whole * percent:
            words = "%(amount)s of %(total)s %(currency)s receivable would be cleared (%(share)s %%)"
            params = {
                "amount": plain(cleared, currency),
                "total": plain(whole, currency),
                "currency": currency,
                "share": _share(cleared, whole),
            }
            found.append(Stop(words, params))
    return found


def _against_last(effect: Effect, last: FullFile, percent: int) -> list[Stop]:
    found = []
    # A file cut off within a row clears nothing: what is missing shows in its rows alone.
    cut = percent and effect.unidentified and (last.rows - effect.rows) * 100 > last.rows * percent
    if cut or effect.rows * 2 < last.rows:
        words = "rows of the file: %(rows)s, of the last full file: %(last)s"
        found.append(Stop(words, {"rows": str(effect.rows), "last": str(last.rows)}))
    for currency in _major(last.measures):
        old, new = last.measures[currency], effect.after.get(currency, Sums())
        if old.credits < 0 and (old.credits - new.credits) * 100 < old.credits * CREDITS_FALL:
            words = "credits would fall from %(old)s to %(new)s %(currency)s"
            found.append(Stop(words, _from_to(old.credits, new.credits, currency)))
        if old.receivable > 0 and (new.receivable - old.receivable) * 100 > old.receivable * RECEIVABLE_RISES:
            words = "the receivable would rise from %(old)s to %(new)s %(currency)s"
            found.append(Stop(words, _from_to(old.receivable, new.receivable, currency)))
    return found


def _from_to(old: Decimal, new: Decimal, currency: str) -> dict[str, str]:
    return {"old": plain(old, currency), "new": plain(new, currency), "currency": currency}


def _major(measures: Measures) -> list[str]:
    total = sum(each.items for each in measures.values())
    return sorted(currency for currency, each in measures.items() if each.items * 100 >= total * _MINOR and each.items)


def _share(part: Decimal, whole: Decimal) -> str:
    return f"{part * 100 / whole:.0f}"
