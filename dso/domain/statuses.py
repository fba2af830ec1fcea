"""Rules of tagging items with a status: what may be promised or disputed, and how a part is spread over items."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from dso.domain.codes import DEBIT_TYPES, ItemType, StatusType
from dso.domain.errors import Refused
from dso.domain.money import ZERO, fits, plain

#: A promise further away than this is a typing error.
FARTHEST_PROMISE = timedelta(days=2 * 366)
#: Days of grace after a dispute was rejected (3.7).
GRACE_DAYS = 10
#: Status types that always create their specific action, whatever was chosen for "next" (3.6).
ALWAYS_FOLLOWED = (StatusType.DISPUTE, StatusType.LITIGATION)


@dataclass(frozen=True)
class Tagged:
    """An item about to be tagged; `remaining` is what is open of it."""

    id: int
    number: str
    type: ItemType
    currency: str
    due_on: date
    remaining: Decimal


def check(status: StatusType | None, items: Sequence[Tagged], promised_on: date | None, today: date) -> None:
    """Refused when the status cannot stand on these items; None removes a status and is always allowed."""
    if not items:
        raise Refused("Tick at least one item.")
    if promised_on is not None and status is not StatusType.PROMISE:
        raise Refused("Only a promise has a promised date.")
    if status in (StatusType.PROMISE, StatusType.DISPUTE):
        _check_open_debits(status, items)
    if promised_on is not None:
        if promised_on < today:
            raise Refused("A promise needs a date from today on.")
        if promised_on > today + FARTHEST_PROMISE:
            raise Refused("A promise may lie two years ahead at most.")


def _check_open_debits(status: StatusType, items: Sequence[Tagged]) -> None:
    for item in items:
        if item.remaining == ZERO:
            raise Refused("%(number)s is cleared already.", number=item.number)
        if status is StatusType.PROMISE and (item.remaining < ZERO or item.type not in _PROMISABLE):
            raise Refused("%(number)s is no debt, so its payment cannot be promised.", number=item.number)


_PROMISABLE = (*DEBIT_TYPES, ItemType.MISCELLANEOUS)


def spread(amount: Decimal | None, items: Sequence[Tagged]) -> dict[int, Decimal | None]:
    """A promised or disputed part over its items, oldest first, to the cent; None for an item taken whole.

    Refused when the amount is not between zero and what is open, has too many decimals, or mixes currencies.
    """
    if amount is None:
        return {item.id: None for item in items}
    currencies = {item.currency for item in items}
    if len(currencies) > 1:
        raise Refused("A part can be given for items of one currency only.")
    total = sum((item.remaining for item in items), ZERO)
    currency = currencies.pop()
    if amount <= ZERO or not fits(amount, currency):
        raise Refused("%(amount)s %(currency)s is no amount that can be taken.", amount=amount, currency=currency)
    if amount > total:
        left = plain(total, currency)
        raise Refused("Only %(total)s %(currency)s are open on these items.", total=left, currency=currency)
    shares: dict[int, Decimal | None] = {}
    rest = amount
    for item in sorted(items, key=lambda each: (each.due_on, each.number)):
        share = min(rest, item.remaining)
        shares[item.id] = None if share == item.remaining else share
        rest -= share
    return shares
