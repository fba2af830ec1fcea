"""Credit risk of a debtor from its receivable, backlog, guarantees and limit (chapter 7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dso.domain.money import ZERO


@dataclass(frozen=True)
class Cover:
    """What secures a debtor, in the entity's currency."""

    insurer: Decimal | None = None
    temporary: Decimal | None = None
    temporary_start: date | None = None
    temporary_end: date | None = None
    #: Amount and last day of each further guarantee; no day = without end.
    others: Iterable[tuple[Decimal, date | None]] = ()


def guarantees(cover: Cover, on: date) -> Decimal:
    """What is secured on a day: the temporary guarantee only inside its span, the others until they expire."""
    total = cover.insurer or ZERO
    begun = cover.temporary_start is None or cover.temporary_start <= on
    lasting = cover.temporary_end is None or on <= cover.temporary_end
    if cover.temporary is not None and begun and lasting:
        total += cover.temporary
    return total + sum((amount for amount, until in cover.others if until is None or on <= until), ZERO)


def outstanding(receivable: Decimal, order_backlog: Decimal | None) -> Decimal:
    """X = R + order backlog."""
    return receivable + (order_backlog or ZERO)


def actual_risk(outstanding_amount: Decimal, secured: Decimal) -> Decimal:
    """max(0, max(0, X) − guarantees)."""
    return max(ZERO, max(ZERO, outstanding_amount) - secured)


def available(credit_limit: Decimal | None, receivable: Decimal) -> Decimal | None:
    """Credit limit − R; None without a limit."""
    return None if credit_limit is None else credit_limit - receivable
