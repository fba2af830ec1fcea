"""Writing down every change of an item, so that a report as at a past day gives that day's figures (1.7)."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert

from dso.db import db
from dso.domain.money import to_units
from dso.models import Item, ItemChange, User


def as_text(value: object) -> str | None:
    """A value as `item_changes` keeps it: amounts in ten-thousandths, days as ISO dates, yes/no as 1/0."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return str(to_units(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def change(item: Item, actor: User | None, today: date, now: datetime, **values: Any) -> bool:
    """Set fields of one item and write down those that differ; whether anything did.

    For a handful of items a person touched; bulk work writes `record` rows by set statements.
    """
    rows = []
    for field, new in values.items():
        old = getattr(item, field)
        if old != new:
            rows.append(
                {
                    "entity_id": item.entity_id,
                    "item_id": item.id,
                    "on": today,
                    "at": now,
                    "field": field,
                    "old": as_text(old),
                    "new": as_text(new),
                    "actor_id": actor.id if actor else None,
                }
            )
            setattr(item, field, new)
    if rows:
        item.updated_at = now
        record(rows)
    return bool(rows)


def record(rows: Iterable[dict[str, Any]]) -> None:
    """Insert many changes at once; keys are the columns of `ItemChange`."""
    prepared = [{"import_run_id": None, "actor_id": None, **row} for row in rows]
    if prepared:
        db.session.execute(insert(ItemChange), prepared)
