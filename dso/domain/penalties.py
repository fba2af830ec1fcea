"""Late interest and the fixed recovery cost (3.11): simple interest per item, rounded once, sums of rounded items."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

from dso.domain.codes import ItemType, StatusType
from dso.domain.money import ZERO, rounded
from dso.domain.pool import PoolItem, nets

#: What was paid of an item, by day; below zero where its remaining amount rose again.
Paid = Sequence[tuple[date, Decimal]]
_NOTHING: Mapping[int, Paid] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Terms:
    """What lateness costs: percent a year, a fixed sum per overdue invoice, days of a year; None = nothing claimed.

    `dated` are rates from a day on, newest first: they say the rate where `rate` is None. `bands` are fixed sums from
    an amount on, largest first: they say the sum where `fixed` is None.
    """

    rate: Decimal | None = None
    fixed: Decimal | None = None
    day_base: int = 365
    dated: tuple[tuple[date, Decimal], ...] = ()
    bands: tuple[tuple[Decimal, Decimal], ...] = ()

    def of(self, due_on: date, amount: Decimal) -> "Terms":
        """The terms of one invoice: the rate in force when it became late, frozen from then on, and its fixed sum."""
        late_on = due_on + timedelta(days=1)
        dated = next((percent for from_on, percent in self.dated if from_on <= late_on), None)
        banded = next((cost for from_amount, cost in self.bands if from_amount <= amount), None)
        return replace(
            self,
            rate=dated if self.rate is None else self.rate,
            fixed=banded if self.fixed is None else self.fixed,
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """Interest and fixed cost of one item, or of several."""

    interest: Decimal = ZERO
    fixed_cost: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Both together."""
        return self.interest + self.fixed_cost


def interest(amount: Decimal, days_overdue: int, terms: Terms, currency: str) -> Decimal:
    """Simple interest from the day after the due date, rounded half up to the currency's decimals."""
    return _interest(amount * max(days_overdue, 0), terms, currency)


def _interest(owed: Decimal, terms: Terms, currency: str) -> Decimal:
    """Interest on amounts times the days they were owed, rounded once."""
    if terms.rate is None or owed <= 0:
        return ZERO
    return rounded(owed * terms.rate / (100 * terms.day_base), currency)


def bears(item: PoolItem, today: date) -> bool:
    """Whether an item can bear penalties: a late invoice, not wholly disputed, not issued before an insolvency."""
    insolvent = item.insolvent_on is not None and item.issued_on < item.insolvent_on
    return item.type is ItemType.INVOICE and item.remaining > 0 and item.due_on < today and not insolvent


def claims(
    items: Iterable[PoolItem], terms: Mapping[str, Terms], today: date, part_payments: Mapping[int, Paid] = _NOTHING
) -> dict[int, Claim]:
    """What each late item of an account costs, by item id; `terms` by currency.

    Unallocated credits cover the oldest items of their currency first, and what they cover bears nothing; disputed
    parts bear nothing either. What was paid since an item fell due bears interest for the days until then.
    """
    items = list(items)
    credit = _credits(items)
    found: dict[int, Claim] = {}
    for item in sorted(items, key=lambda one: (one.due_on, one.number, one.id)):
        if not bears(item, today):
            continue
        base = item.remaining - _disputed(item)
        covered = min(base, credit.get(item.currency, ZERO))
        credit[item.currency] = credit.get(item.currency, ZERO) - covered
        paid = part_payments.get(item.id, ())
        claim = _claim(item, base - covered, paid, terms.get(item.currency, Terms()), today)
        if claim.total:
            found[item.id] = claim
    return found


def _claim(item: PoolItem, base: Decimal, paid: Paid, terms: Terms, today: date) -> Claim:
    if base <= 0:
        return Claim()
    terms = terms.of(item.due_on, item.remaining)
    fixed = rounded(terms.fixed, item.currency) if terms.fixed is not None else ZERO
    owed = base * (today - item.due_on).days
    owed += sum((amount * (on - item.due_on).days for on, amount in paid if item.due_on < on <= today), ZERO)
    return Claim(_interest(owed, terms, item.currency), fixed)


def _credits(items: Iterable[PoolItem]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for item in items:
        if nets(item):
            sums[item.currency] = sums.get(item.currency, ZERO) - item.remaining
    return sums


def _disputed(item: PoolItem) -> Decimal:
    if item.status_type is not StatusType.DISPUTE:
        return ZERO
    return item.remaining if item.disputed_amount is None else min(item.disputed_amount, item.remaining)
