"""Keeping the rollup rows of customers: figures, and what happens next and why. Only differences are written."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dso.db import db, narrowed, on_postgresql, read_again
from dso.models import CustomerState, Entity, Item
from dso.queries import rollup, settings

_STATES: Table = CustomerState.__table__  # type: ignore[assignment]


def refresh(entity: Entity, customer_ids: Collection[int] | None, *, today: date) -> None:
    """Compute the figures of customers again (None = all of the entity) and write those that changed."""
    lock(entity, customer_ids)
    write(entity, customer_ids, figures(entity, customer_ids, today=today))


def figures(entity: Entity, customer_ids: Collection[int] | None, *, today: date) -> dict[int, dict[str, Any]]:
    """The columns of figures as they should stand today, by customer."""
    overdue_from = settings.collection_settings(entity).overdue_from
    found = rollup.figures(entity, overdue_from=overdue_from, today=today, ids=customer_ids)
    return {
        customer_id: {**found.get(customer_id, _NOTHING).as_row(), "as_of": today}
        for customer_id in rollup.customer_ids(entity, customer_ids)
    }


_NOTHING = rollup.Figures()


def lock(entity: Entity, customer_ids: Collection[int] | None) -> None:
    """Hold the rollup rows until the end of the transaction, so that two who decide on an account take turns.

    Rows that are missing are made. SQLite has one writer at a time and needs no lock.
    """
    db.session.flush()
    mine = select(_STATES.c.customer_id).where(_STATES.c.entity_id == entity.id)
    mine = narrowed(mine, _STATES.c.customer_id, customer_ids)
    there = set(db.session.scalars(mine))
    missing = [each for each in rollup.customer_ids(entity, customer_ids) if each not in there]
    if missing:
        _make(entity, missing)
    db.session.execute(mine.order_by(_STATES.c.customer_id).with_for_update()).all()


def lock_items(items: Collection[Item]) -> None:
    """Hold the accounts of items, then read the items as they stand: of two who change one the second sees the first's.

    The accounts go in the order of their ids, so that two who work on several of them take turns.
    """
    accounts: dict[int, set[int]] = {}
    for item in items:
        accounts.setdefault(item.entity_id, set()).update((item.customer_id, item.account_id))
    for entity_id in sorted(accounts):
        lock(db.session.get_one(Entity, entity_id), accounts[entity_id])
    fresh = select(Item).where(Item.id.in_([item.id for item in items]))
    db.session.scalars(fresh.execution_options(populate_existing=True)).all()


def _make(entity: Entity, customer_ids: Iterable[int]) -> None:
    rows = [{"customer_id": each, "entity_id": entity.id, **_NOTHING.as_row()} for each in customer_ids]
    statement = (postgresql if on_postgresql() else sqlite).insert(_STATES)
    db.session.execute(statement.values(reason_text="", reason_data={}).on_conflict_do_nothing(), rows)


def write(entity: Entity, ids: Collection[int] | None, wanted: Mapping[int, Mapping[str, Any]]) -> None:
    """Bring the rollup rows of these customers (None = all) to what is wanted in the columns named; only differences.

    Nearly always all name the same columns: then it is one statement.
    """
    names = list(dict.fromkeys(name for columns in {tuple(each) for each in wanted.values()} for name in columns))
    query = select(_STATES.c.customer_id, *(_STATES.c[name] for name in names)).where(_STATES.c.entity_id == entity.id)
    changed: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for key, *values in db.session.execute(narrowed(query, _STATES.c.customer_id, ids)):
        row, standing = wanted.get(key, {}), dict(zip(names, values, strict=True))
        if any(standing[name] != value for name, value in row.items()):
            changed.setdefault(tuple(row), []).append({"key": key, **row})
    for columns, rows in changed.items():
        statement = update(_STATES).where(_STATES.c.customer_id == bindparam("key"))
        db.session.execute(statement.values({name: bindparam(name) for name in columns}), rows)
    if changed:
        read_again(lambda row: isinstance(row, CustomerState))
