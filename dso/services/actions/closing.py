"""Items and specific actions that come to their end by themselves: expected clearings, actions whose items are paid."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, bindparam, exists, select, update

from dso.db import among, db, narrowed, read_again
from dso.domain.codes import OPEN_ACTION_STATES, ActionKind, ActionState, ClearedBy, EventKind
from dso.domain.money import ZERO
from dso.models import Action, ActionItem, Entity, Item
from dso.services import history, item_changes
from dso.services.actions.differences import take_back

PAID = "paid"
_ITEMS: Table = Item.__table__  # type: ignore[assignment]


def clear_expected(entity: Entity, *, today: date, now: datetime) -> int:
    """Items whose announced payment day has come are cleared with that day (11.5); how many."""
    query = select(Item.id, Item.remaining, Item.remaining_excl_tax, Item.expected_clearing_on).where(
        Item.entity_id == entity.id, Item.cleared_on.is_(None), Item.expected_clearing_on <= today
    )
    due = list(db.session.execute(query))
    if not due:
        return 0
    item_changes.record(_changes(entity, due, today, now))
    statement = (
        update(_ITEMS)
        .where(_ITEMS.c.id == bindparam("item"))
        .values(
            remaining=ZERO,
            remaining_excl_tax=bindparam("excl_tax"),
            cleared_on=bindparam("day"),
            cleared_by=ClearedBy.FILE,
            cleared_amount=bindparam("stood"),
            updated_at=now,
        )
    )
    rows = [
        {
            "item": one.id,
            "excl_tax": None if one.remaining_excl_tax is None else ZERO,
            "day": one.expected_clearing_on,
            "stood": one.remaining,
        }
        for one in due
    ]
    db.session.execute(statement, rows)
    closed = {one.id for one in due}
    read_again(lambda row: isinstance(row, Item) and row.id in closed)
    return len(due)


def _changes(entity: Entity, due: list[Any], today: date, now: datetime) -> list[dict[str, Any]]:
    common = {"entity_id": entity.id, "on": today, "at": now}
    rows = []
    for one in due:
        stood, day = item_changes.as_text(one.remaining), item_changes.as_text(one.expected_clearing_on)
        rows.append({**common, "item_id": one.id, "field": "remaining", "old": stood, "new": "0"})
        rows.append({**common, "item_id": one.id, "field": "cleared_on", "old": None, "new": day})
    return rows


def close_paid(entity: Entity, account_ids: Collection[int] | None, *, today: date, now: datetime) -> int:
    """Specific actions all of whose items are cleared end by themselves (3.7); how many."""
    paid = list(db.session.execute(_paid(entity, account_ids)))
    busy = take_back([one.id for one in paid], PAID)
    paid = [one for one in paid if one.id not in busy]
    if not paid:
        return 0
    ids = {one.id for one in paid}
    done = {"state": ActionState.DONE, "explanation": PAID, "done_on": today, "done_at": now, "updated_at": now}
    db.session.execute(update(Action).where(among(Action.id, ids)).values(done), execution_options=_FETCH)
    held = update(Item).where(among(Item.held_by_id, ids))
    db.session.execute(held.values(held_by_id=None), execution_options=_FETCH)
    text = "%(action)s ended by itself: paid"
    history.record_many(
        [history.entry(entity.id, one.customer_id, EventKind.ACTION, text, now=now, action=one.name) for one in paid]
    )
    return len(paid)


_FETCH = {"synchronize_session": "fetch"}


def _paid(entity: Entity, account_ids: Collection[int] | None) -> Any:
    mine = (ActionItem.action_id == Action.id, ActionItem.detached_at.is_(None))
    still_open = exists().where(*mine, Item.id == ActionItem.item_id, Item.cleared_on.is_(None))
    query = select(Action.id, Action.customer_id, Action.name).where(
        Action.entity_id == entity.id,
        Action.kind == ActionKind.SPECIFIC,
        Action.state.in_(OPEN_ACTION_STATES),
        exists().where(*mine),
        ~still_open,
    )
    return narrowed(query, Action.customer_id, account_ids)
