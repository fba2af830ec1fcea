"""What the review at the end of an import does to what people arranged before: kept, so that an undo brings it back.

A full file that clears wrongly ends follow-ups, takes promises for kept and moves leaders. All that is worked out from
the items, but the way back is not.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, MetaData, Table, Text, and_, cast, exists, insert, or_, select, text

from dso.db import among, db
from dso.domain.codes import OPEN_ACTION_STATES, Consumed
from dso.models import (
    Action,
    ActionItem,
    ConsumedStep,
    CustomerState,
    Entity,
    ImportRun,
    Item,
    Qualification,
    QualificationItem,
)
from dso.queries import accounts
from dso.services.imports import befores
from dso.services.imports.befores import table_of
from dso.services.imports.staging import schema

#: What a review writes into an open action, but for the count of its sendings, which never goes back.
_ACTION = (
    "type", "flavour", "name", "scenario_id", "step_id", "leader_id", "on", "user_dated", "basis", "mode",
    "to_confirm", "state", "explanation", "confirmed_at", "confirmed_by_id", "done_on", "done_at", "done_by_id",
)  # fmt: skip
_WATCHED: Mapping[Table, tuple[str, ...]] = {
    table_of(Action): _ACTION,
    table_of(ActionItem): ("detached_at",),
    table_of(QualificationItem): ("kept", "settled_on"),
    table_of(Item): ("held_by_id", "promise_broken"),
    table_of(CustomerState): ("leader_id", "leader_since_on"),
}


@dataclass(frozen=True)
class Standing:
    """The watched rows of some accounts as they stood, in scratch tables: the database compares them where they are."""

    copies: Mapping[Table, Table]


def standing(entity: Entity, customer_ids: Collection[int], run: ImportRun) -> Standing:
    """How the plan of these customers stands before the review of an import.

    Items the run itself made go when it is taken back: how they stood need not be known.
    """
    ids = accounts.with_pilots(entity, customer_ids)
    db.session.flush()
    return Standing(
        {table: _copy(table, where) for table, where in _wheres(entity, ids, run.entity_before["last_item"]).items()}
    )


def _copy(table: Table, where: Collection[ColumnElement[bool]]) -> Table:
    """The key and the watched columns of some rows in a table of this connection's own."""
    columns, copy = _columns(table), _scratch(table)
    # What an import that broke off left in a pooled connection.
    db.session.execute(text(f"DROP TABLE IF EXISTS {schema()}.{copy.name}"))
    copy.create(db.session.connection(), checkfirst=False)
    db.session.execute(insert(copy).from_select([each.name for each in columns], select(*columns).where(*where)))
    return copy


def _columns(table: Table) -> list[Column[Any]]:
    return [*table.primary_key.columns, *(table.c[name] for name in _WATCHED[table])]


@cache
def _scratch(table: Table) -> Table:
    """Where its rows are copied to; the same each time, so that statements are compiled once."""
    copies = [Column(each.name, each.type) for each in _columns(table)]
    return Table(f"imported_{table.name}", MetaData(), *copies, prefixes=["TEMPORARY"])


def _wheres(entity: Entity, ids: Collection[int], last_item: int) -> dict[Table, list[ColumnElement[bool]]]:
    """The rows a review may change."""
    opened = [Action.entity_id == entity.id, Action.state.in_(OPEN_ACTION_STATES), among(Action.customer_id, ids)]
    # Said so that SQLite goes by the index of held items and not through all of the entity.
    held = [Item.entity_id + 0 == entity.id, Item.held_by_id.is_not(None), among(Item.account_id, ids)]
    states = [
        CustomerState.entity_id == entity.id,
        CustomerState.leader_id.is_not(None),
        among(CustomerState.customer_id, ids),
    ]
    promised = _promised(entity, ids, last_item)
    of_items = select(Item.id).where(*held).union(select(QualificationItem.item_id).where(*promised))
    return {
        table_of(Action): opened,
        table_of(ActionItem): [ActionItem.action_id.in_(select(Action.id).where(*opened))],
        table_of(QualificationItem): promised,
        table_of(Item): [Item.id.in_(of_items)],
        table_of(CustomerState): states,
    }


def _promised(entity: Entity, ids: Collection[int], last_item: int) -> list[ColumnElement[bool]]:
    """The promises that stand on items; found by the acts that promise, few beside all items."""
    acts = select(Qualification.id).where(Qualification.entity_id == entity.id, Qualification.promised_on.is_not(None))
    stands = [
        Item.id == QualificationItem.item_id,
        Item.qualification_id == QualificationItem.qualification_id,
        Item.promise_until.is_not(None),
        among(Item.account_id, ids),
    ]
    named = QualificationItem.qualification_id.in_(acts)
    return [named, QualificationItem.item_id <= last_item, exists().where(*stands)]


def keep(run: ImportRun, before: Standing) -> None:
    """Write down what the review changed of what stood before, and the steps it passed over for known leaders."""
    db.session.flush()
    for table, copy in before.copies.items():
        befores.keep(run, table, [_image(table, row) for row in _changed(table, copy)])
        copy.drop(db.session.connection())
    last_item, last_step = run.entity_before["last_item"], run.entity_before["last_step"]
    steps = table_of(ConsumedStep)
    mine = select(CustomerState.customer_id).where(CustomerState.entity_id == run.entity_id)
    passed = (steps.c.id > last_step, steps.c.leader_id <= last_item, steps.c.how == Consumed.PASSED_OVER)
    befores.made_where(run, steps, *passed, steps.c.account_id.in_(mine))


def _changed(table: Table, copy: Table) -> list[tuple[Any, ...]]:
    """The rows that stand otherwise now, as they stood."""
    same = and_(*(copy.c[key.name] == key for key in table.primary_key.columns))
    otherwise = or_(*(_plain(table.c[name]).is_distinct_from(_plain(copy.c[name])) for name in _WATCHED[table]))
    return [tuple(row) for row in db.session.execute(select(copy).join(table, same).where(otherwise))]


def _plain(column: Column[Any]) -> ColumnElement[Any]:
    """PostgreSQL compares no JSON but as text."""
    return cast(column, Text) if isinstance(column.type, JSON) else column


def _image(table: Table, row: tuple[Any, ...]) -> tuple[int, dict[str, Any]]:
    """The other columns of a key of several stand in the image, which says which row it is of."""
    names = [*(column.name for column in table.primary_key.columns), *_WATCHED[table]]
    return row[0], dict(zip(names[1:], row[1:], strict=True))
