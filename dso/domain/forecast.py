"""The day on which an open item is expected to be paid (6.4)."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from dso.domain.codes import ItemType, StatusType
from dso.domain.money import ZERO

_FORECAST = (ItemType.INVOICE, ItemType.MISCELLANEOUS, ItemType.DRAFT)


def expected_on(
    type: ItemType,
    remaining: Decimal,
    due_on: date,
    status: StatusType | None,
    promised_on: date | None,
    delay_tenths: int | None,
) -> date | None:
    """The promised day, else the due date and the customer's average delay; early payers count as punctual.

    None for credits, what is cleared, litigation, and disputes, whose end nobody knows.
    """
    if remaining <= ZERO or type not in _FORECAST or status in (StatusType.LITIGATION, StatusType.DISPUTE):
        return None
    if status is StatusType.PROMISE and promised_on is not None:
        return promised_on
    days = (Decimal(max(delay_tenths or 0, 0)) / 10).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return due_on + timedelta(days=int(days))
