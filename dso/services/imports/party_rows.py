"""What the row of a customers, contacts, users or rates file would do, and the customers such rows name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from dso.db import db
from dso.domain.imports.parties import PartyRow
from dso.models import Customer, Entity

#: Changes of one field: old and new.
Changes = Mapping[str, tuple[Any, Any]]


@dataclass
class Diff:
    """What one row would do: make a record, change it, or leave it."""

    row: PartyRow
    name: str
    customer: str
    #: None = a new record.
    known: Any = None
    changes: Changes = field(default_factory=dict)

    @property
    def part(self) -> str:
        """The part of the report it belongs to."""
        if self.known is None:
            return "new"
        return "changed" if self.changes else "unchanged"


def unique_ids(entity: Entity) -> dict[str, int]:
    """Customers by unique identifier."""
    query = select(Customer.unique_id, Customer.id).where(Customer.unique_id.is_not(None))
    return dict(db.session.execute(query.where(Customer.entity_id == entity.id)).all())  # type: ignore[arg-type]


def customer_ids(entity: Entity, *, alone: bool = False) -> dict[str, int | None]:
    """Customers by unique identifier first, then by code; None for a code two of them share.

    `alone`: by code only, and only those that have no unique identifier.
    """
    query = select(Customer.code, Customer.unique_id, Customer.id).where(Customer.entity_id == entity.id)
    if alone:
        query = query.where(Customer.unique_id.is_(None))
    by_code: dict[str, int | None] = {}
    by_unique_id: dict[str, int | None] = {}
    for code, unique_id, customer_id in db.session.execute(query):
        by_code[code] = None if code in by_code else customer_id
        if unique_id is not None:
            by_unique_id[unique_id] = customer_id
    return {**by_code, **by_unique_id}
