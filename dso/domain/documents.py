"""What a message, a letter or a statement lists: lines, tables per currency, their totals. No text, no layout."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from dso.domain import pool
from dso.domain.codes import RECEIVABLE_TYPES, ItemType, StatusType
from dso.domain.money import ZERO
from dso.domain.pool import PoolItem
from dso.domain.settings import CollectionSettings


@dataclass(frozen=True, slots=True)
class Line:
    """An open item as a document shows it; `remaining` is what the list counts of it."""

    item: PoolItem
    customer_id: int
    customer_code: str
    customer_name: str
    amount: Decimal
    remaining: Decimal
    days_late: int
    order_number: str = ""
    #: Language to the label of the status that the debtor reads; none = the status is not shown.
    labels: Mapping[str, str] = field(default_factory=dict)
    #: The comment of the status where it is visible to the customer.
    comment: str = ""
    promised_on: date | None = None
    assigned_to: str = ""
    document_url: str = ""
    penalties: Decimal = ZERO

    @property
    def disputed(self) -> Decimal:
        """How much of the item is in dispute; credits can be disputed as well."""
        if self.item.status_type is not StatusType.DISPUTE:
            return ZERO
        part = self.item.disputed_amount
        return self.item.remaining if part is None or part > abs(self.item.remaining) else part


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of one currency, oldest first, and their sums."""

    currency: str
    lines: tuple[Line, ...]
    title: str = ""

    @property
    def total(self) -> Decimal:
        """Sum of what the lines count for."""
        return sum((line.remaining for line in self.lines), ZERO)

    @property
    def disputed(self) -> Decimal:
        """Part of the total that is in dispute."""
        return sum((line.disputed for line in self.lines), ZERO)

    @property
    def penalties(self) -> Decimal:
        """Sum of the late penalties of the lines."""
        return sum((line.penalties for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything open on an account: what counts per currency, and down-payment requests apart."""

    tables: tuple[Table, ...]
    down_payments: tuple[Table, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is open."""
        return not self.tables and not self.down_payments


def _ordered(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda line: (line.item.due_on, line.item.number, line.item.id)))


def tables(lines: Iterable[Line], *, first: str = "") -> tuple[Table, ...]:
    """One table per currency; the currency `first` before the others, which follow by code."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.item.currency, []).append(line)
    codes = sorted(found, key=lambda code: (code != first, code))
    return tuple(Table(code, _ordered(found[code])) for code in codes)


def by_account(lines: Iterable[Line], *, first: str = "") -> tuple[Table, ...]:
    """One table per account and currency, accounts by code; the title names the account."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        found.setdefault((line.customer_code, line.customer_name), []).append(line)
    return tuple(
        replace(table, title=f"{name} ({code})")
        for (code, name), own in sorted(found.items())
        for table in tables(own, first=first)
    )


def statement(lines: Iterable[Line], *, first: str = "") -> Statement:
    """The statement of account of all open lines (4.1)."""
    counted: list[Line] = []
    apart: list[Line] = []
    for line in lines:
        (counted if line.item.type in RECEIVABLE_TYPES else apart).append(line)
    return Statement(tables(counted, first=first), tables(apart, first=first))


@dataclass(frozen=True, slots=True)
class Chased:
    """The pool of an account on a day, as the decision to chase counts it: the lists of a dunning text.

    `due` is what is asked for (its totals are the chaseable amount of 3.1 to the cent), `overdue` the part of it that
    is late, `not_due` the rest of the pool. Credits stand where there is a debit of their currency for them to net.
    """

    due: tuple[Line, ...]
    overdue: tuple[Line, ...]
    not_due: tuple[Line, ...]


def chased(lines: Iterable[Line], settings: CollectionSettings, today: date) -> Chased:
    """Split the open lines of an account into what is asked for, what of it is late, and what is not due."""
    lines = list(lines)
    leader = pool.find_leader((line.item for line in lines), settings, today)
    if leader is None:
        return Chased((), (), ())
    until = max(today, leader.due_on)
    debits = [_as_chased(line) for line in lines if pool.is_chased(line.item, settings, today)]
    netting = [line for line in lines if pool.nets(line.item)]
    due = [line for line in debits if line.item.due_on <= until]
    overdue = [line for line in debits if line.item.due_on < today]
    later = [line for line in debits if line.item.due_on >= today]
    late_currencies = {line.item.currency for line in overdue}
    return Chased(
        due=(*due, *netting),
        overdue=(*overdue, *_of(netting, late_currencies.__contains__)),
        not_due=(*later, *_of(netting, lambda currency: currency not in late_currencies)),
    )


def together(found: Iterable[Chased]) -> Chased:
    """The lists of several accounts in one text; what nets an account nets no other."""
    parts = tuple(found)
    names = ("due", "overdue", "not_due")
    return Chased(*(tuple(line for part in parts for line in getattr(part, name)) for name in names))


def chosen(lines: Iterable[Line]) -> Chased:
    """The same lists for an action on chosen items: all of them are asked for, whatever holds them."""
    lines = tuple(lines)
    late = tuple(line for line in lines if line.days_late > 0 or line.item.remaining < 0)
    return Chased(lines, late, tuple(line for line in lines if line not in late))


def _as_chased(line: Line) -> Line:
    return replace(line, remaining=pool.chased_amount(line.item))


def _of(lines: Iterable[Line], wanted: Callable[[str], bool]) -> list[Line]:
    return [line for line in lines if wanted(line.item.currency)]


def totals(lines: Iterable[Line], *, first: str = "") -> dict[str, Decimal]:
    """What lines add up to per currency, in the order of their tables."""
    return {table.currency: table.total for table in tables(lines, first=first)}


def asked_for(amounts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The amounts a sentence asks for: those above zero, else all of them."""
    positive = {currency: amount for currency, amount in amounts.items() if amount > 0}
    return positive or dict(amounts)


def short_type(line: Line) -> ItemType | None:
    """The type worth a word beside the number: any but an invoice."""
    return None if line.item.type is ItemType.INVOICE else line.item.type
