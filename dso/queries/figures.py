"""The figures of one account as they stand now, per currency: receivable, overdue, not due, aging (1.7, 6.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from dso.db import db
from dso.domain.aging import Bucket, buckets, overdue_percent
from dso.domain.codes import MEMORANDUM_TYPES
from dso.domain.money import ZERO
from dso.models import Customer, Entity, Item
from dso.queries import settings
from dso.queries.criteria import Span, between


@dataclass(frozen=True, slots=True)
class CurrencyFigures:
    """What an account owes in one currency."""

    currency: str
    receivable: Decimal
    overdue: Decimal
    #: Oldest due date of an open debit.
    oldest_due_on: date | None
    open_items: int
    #: One amount per bucket, "not due" first; they add up to the receivable.
    amounts: tuple[Decimal, ...]

    @property
    def not_due(self) -> Decimal:
        """N = R − O."""
        return self.receivable - self.overdue

    @property
    def percent(self) -> Decimal | None:
        """O / R in percent; None where it says nothing."""
        return overdue_percent(self.receivable, self.overdue)

    def oldest_delay(self, today: date) -> int:
        """Days the oldest open debit is late; 0 when none is."""
        return max((today - self.oldest_due_on).days, 0) if self.oldest_due_on else 0


def bounds(entity: Entity) -> tuple[int, ...]:
    """Upper bounds of the overdue buckets but the last, as the entity set them."""
    found = settings.value(entity, "figures.buckets")
    return tuple(found) if isinstance(found, tuple) else ()


def bucket_condition(bucket: Bucket, as_of: date) -> ColumnElement[bool]:
    """The items of a bucket by their due date."""
    first, last = bucket.due_between(as_of)
    return between(Item.due_on, Span(first, last))


def account(customer: Customer) -> ColumnElement[bool]:
    """The items on an account's statement: its own, and of a pilot those of the accounts it collects."""
    ours = or_(Customer.id == customer.id, Customer.collected_by_id == customer.id)
    return Item.customer_id.in_(select(Customer.id).where(ours))


def of_customer(customer: Customer, *, today: date) -> list[CurrencyFigures]:
    """The account's figures per currency, the entity's own first; one statement beside the settings."""
    entity = customer.entity
    cutoff = today - timedelta(days=settings.number(entity, "figures.overdue_from"))
    parts = [bucket_condition(bucket, today) for bucket in buckets(bounds(entity))]
    query = (
        select(
            Item.currency,
            func.sum(Item.remaining),
            func.sum(case((Item.due_on < cutoff, Item.remaining), else_=0)),
            func.min(case((Item.remaining > 0, Item.due_on))),
            func.count(),
            *(func.sum(case((part, Item.remaining), else_=0)) for part in parts),
        )
        .where(account(customer), and_(Item.cleared_on.is_(None), in_receivable(Item.type)))
        .group_by(Item.currency)
    )
    found = [
        CurrencyFigures(currency, receivable, overdue, oldest, count, tuple(amounts))
        for currency, receivable, overdue, oldest, count, *amounts in db.session.execute(query)
    ]
    return sorted(found, key=lambda one: (one.currency != entity.currency, one.currency))


def in_receivable(kind: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Whether items of a type count in the receivable; said by the few that do not, which is found out faster."""
    return kind.not_in(MEMORANDUM_TYPES)


def nothing(currency: str, parts: Sequence[Bucket]) -> CurrencyFigures:
    """The figures of an account that owes nothing."""
    return CurrencyFigures(currency, ZERO, ZERO, None, 0, tuple(ZERO for _ in parts))
