"""Items as they stood at the end of a past day, from the recorded changes of their fields (1.7)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import RECEIVABLE_TYPES, ItemType
from dso.domain.money import from_units
from dso.models import Entity, Item, ItemChange

#: Fields that decide where an item stands in a balance, under the names changes are recorded by.
_FIELDS = ("remaining", "due_on", "customer", "type", "currency")


@dataclass(frozen=True, slots=True)
class Past:
    """What a balance needs to know of an item; `known` is whether it was in the ledger yet."""

    customer_id: int
    currency: str
    type: ItemType
    due_on: date
    remaining: Decimal
    known: bool = True

    @property
    def counts(self) -> bool:
        """Whether it is in the receivable: known, open, of a type that counts."""
        return self.known and bool(self.remaining) and self.type in RECEIVABLE_TYPES


def changed_since(entity: Entity, as_of: date, end: datetime) -> Iterator[tuple[Past, Past]]:
    """Every item changed after a day, as it stands now and as it stood at the end of that day: one statement.

    `end` is the instant at which the day was over; an item made later stood nowhere on it.
    """
    query = (
        select(
            Item.id,
            Item.customer_id,
            Item.currency,
            Item.type,
            Item.due_on,
            Item.remaining,
            Item.created_at,
            ItemChange.field,
            ItemChange.old,
        )
        .join(Item, Item.id == ItemChange.item_id)
        .where(ItemChange.entity_id == entity.id, ItemChange.on > as_of, ItemChange.field.in_(_FIELDS))
        .order_by(ItemChange.item_id, ItemChange.id.desc())
    )
    for _item_id, rows in groupby(db.session.execute(query), key=lambda row: row[0]):
        changes = list(rows)
        known = changes[0].created_at < end
        # Newest first: the oldest change after the day is read last and says what stood before it.
        yield _now(changes[0], known), _then(changes[0], {row.field: row.old for row in changes}, known)


def _now(row: Any, known: bool) -> Past:
    return Past(row.customer_id, row.currency, row.type, row.due_on, row.remaining, known)


def _then(row: Any, old: Mapping[str, str | None], known: bool) -> Past:
    customer, kind = old.get("customer"), old.get("type")
    due_on, remaining = old.get("due_on"), old.get("remaining")
    return Past(
        int(customer) if customer else row.customer_id,
        old.get("currency") or row.currency,
        ItemType(kind) if kind else row.type,
        date.fromisoformat(due_on) if due_on else row.due_on,
        from_units(int(remaining)) if remaining else row.remaining,
        known,
    )
