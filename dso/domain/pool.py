"""The pool of an account, its leader and what is chased: what the SQL of `queries/pool.py` is held to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from dso.domain.codes import NETTING_TYPES, ItemType, StatusType
from dso.domain.money import ZERO
from dso.domain.settings import CollectionSettings


class Aside(StrEnum):
    """Why an open debit of a chased type is not in the pool; in the order in which they are told."""

    IGNORED = "ignored"
    DISPUTE = "dispute"
    LITIGATION = "litigation"
    PROMISE = "promise"
    HELD = "held"
    INSOLVENT = "insolvent"
    METHOD = "method"
    SMALL = "small"
    NOT_CHASED = "not_chased"


@dataclass(frozen=True, slots=True)
class PoolItem:
    """An open item as the pool sees it; `payment_method` is the item's, else its customer's."""

    id: int
    number: str
    type: ItemType
    currency: str
    remaining: Decimal
    issued_on: date
    due_on: date
    ignored: bool = False
    held: bool = False
    status_type: StatusType | None = None
    disputed_amount: Decimal | None = None
    promise_until: date | None = None
    promise_broken: bool = False
    payment_method: str = ""
    insolvent_on: date | None = None


def method_spellings(methods: Iterable[str]) -> frozenset[str]:
    """The usual spellings of the payment methods that are not chased: what both Python and SQL compare with.

    SQLite folds the case of ASCII letters only, so the spellings are made here instead of folding in SQL.
    """
    words = [method.strip() for method in methods if method.strip()]
    return frozenset(
        spelling for word in words for spelling in (word, word.lower(), word.upper(), word.capitalize(), word.title())
    )


def partly_disputed(item: PoolItem) -> bool:
    """Whether only a part of the item is disputed, so that the rest goes on being chased."""
    return (
        item.status_type is StatusType.DISPUTE
        and item.disputed_amount is not None
        and item.disputed_amount < item.remaining
    )


def chased_amount(item: PoolItem) -> Decimal:
    """What is asked for of a debit in the pool: its remaining amount without a disputed part."""
    return item.remaining - (item.disputed_amount or ZERO) if partly_disputed(item) else item.remaining


def set_aside(item: PoolItem, settings: CollectionSettings, today: date) -> Aside | None:
    """What keeps an open debit out of the pool on a day; None when it is in it."""
    partly = partly_disputed(item)
    if item.type not in settings.chased_types:
        return Aside.NOT_CHASED
    if item.ignored:
        return Aside.IGNORED
    if item.status_type is StatusType.DISPUTE and not partly:
        return Aside.DISPUTE
    if item.status_type is StatusType.LITIGATION:
        return Aside.LITIGATION
    if item.promise_until is not None and item.promise_until >= today and not item.promise_broken:
        return Aside.PROMISE
    if item.held and not partly:
        return Aside.HELD
    return _set_aside_by_rule(item, settings)


def _set_aside_by_rule(item: PoolItem, settings: CollectionSettings) -> Aside | None:
    """What the settings and the customer keep out, whatever a person did with the item."""
    if item.insolvent_on is not None and item.issued_on < item.insolvent_on:
        return Aside.INSOLVENT
    if item.type is ItemType.INVOICE and item.payment_method in method_spellings(settings.methods_not_chased):
        return Aside.METHOD
    return Aside.SMALL if chased_amount(item) < settings.ignore_below else None


def is_chased(item: PoolItem, settings: CollectionSettings, today: date) -> bool:
    """Whether the item is a debit that may lead and be asked for."""
    return item.remaining > 0 and set_aside(item, settings, today) is None


def nets(item: PoolItem) -> bool:
    """Whether the item is a credit that covers debits of its currency (11.3)."""
    return (
        item.remaining < 0
        and item.type in NETTING_TYPES
        and not item.ignored
        and not item.held
        and item.status_type is not StatusType.DISPUTE
    )


def find_leader(items: Iterable[PoolItem], settings: CollectionSettings, today: date) -> PoolItem | None:
    """The chased debit with the oldest due date; ties: larger remaining amount, lower number, lower id."""
    return min(
        (item for item in items if is_chased(item, settings, today)),
        key=lambda item: (item.due_on, -item.remaining, item.number, item.id),
        default=None,
    )


def chaseable(
    items: Iterable[PoolItem], settings: CollectionSettings, today: date, *, by: date | None = None
) -> dict[str, Decimal]:
    """The chaseable amount per currency on the day `by` (today when None), credits netted; empty without a leader.

    `today` says what is held or promised; `by` which debits have fallen due.
    """
    items = list(items)
    leader = find_leader(items, settings, today)
    if leader is None:
        return {}
    until = max(by or today, leader.due_on)
    amounts: dict[str, Decimal] = {}
    for item in items:
        if is_chased(item, settings, today) and item.due_on <= until:
            amounts[item.currency] = amounts.get(item.currency, ZERO) + chased_amount(item)
        elif nets(item):
            amounts[item.currency] = amounts.get(item.currency, ZERO) + item.remaining
    return amounts


def enough(amounts: dict[str, Decimal], minimum: Decimal) -> bool:
    """Whether at least one currency is worth chasing: above zero and not below the minimum."""
    return any(amount > 0 and amount >= minimum for amount in amounts.values())
