"""Writing the timeline."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from dso.db import db
from dso.domain.codes import EventKind
from dso.models import Customer, Entity, Event, User, event_items


def record(
    customer: Customer,
    kind: EventKind,
    text: str,
    *,
    actor: User | None,
    now: datetime,
    item_ids: Collection[int] = (),
    actor_name: str = "",
    **params: Any,
) -> Event:
    """Write one entry. `text` is English with %(name)s places filled from `params`, so that it can be translated."""
    event = Event(
        entity_id=customer.entity_id,
        customer_id=customer.id,
        kind=kind,
        text=text,
        data={"params": {name: str(value) for name, value in params.items()}} if params else {},
        actor_id=actor.id if actor else None,
        actor_name=actor_name,
        at=now,
    )
    db.session.add(event)
    if item_ids:
        db.session.flush()
        rows = [{"event_id": event.id, "item_id": item_id} for item_id in sorted(set(item_ids))]
        db.session.execute(insert(event_items), rows)
    return event


def entry(
    entity_id: int, customer_id: int, kind: EventKind, text: str, *, now: datetime, **params: str
) -> dict[str, Any]:
    """One of the entries of `record_many`, of something that came by itself; `text` as for `record`."""
    return {
        "entity_id": entity_id,
        "customer_id": customer_id,
        "kind": kind,
        "text": text,
        "data": {"params": params},
        "actor_id": None,
        "at": now,
    }


def record_many(rows: list[dict[str, Any]]) -> None:
    """Write many entries at once; keys are the columns of `Event`."""
    if rows:
        db.session.execute(insert(Event), [{"data": {}, "pinned": False, "actor_name": "", **row} for row in rows])


def record_setting(
    entity: Entity | None, name: str, before: str, after: str, *, actor: User | None, now: datetime
) -> None:
    """Write down who changed which setting from what to what; it stands on no customer's timeline."""
    db.session.add(
        Event(
            entity_id=entity.id if entity else None,
            customer_id=None,
            kind=EventKind.SETTING,
            text="Setting %(name)s changed from %(before)s to %(after)s",
            data={"params": {"name": name, "before": before, "after": after}},
            actor_id=actor.id if actor else None,
            at=now,
        )
    )
