"""What the review at the end of an import does to what people arranged before: kept, so that an undo brings it back.

A full file that clears wrongly ends follow-ups, takes promises for kept and moves leaders. All that is worked out from
the items, but the way back is not.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, select

from dso.db import db
from dso.domain.codes import OPEN_ACTION_STATES, Consumed
from dso.models import Action, ActionItem, ConsumedStep, CustomerState, Entity, ImportRun, Item, QualificationItem
from dso.queries import accounts
from dso.services.imports import befores
from dso.services.imports.befores import table_of

_BATCH = 500
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
#: Key of a row to the watched columns.
Rows = dict[tuple[int, ...], tuple[Any, ...]]


@dataclass(frozen=True)
class Standing:
    """The watched rows of some accounts as they stand."""

    rows: Mapping[Table, Rows]
    accounts: Collection[int] | None


def standing(entity: Entity, customer_ids: Collection[int] | None) -> Standing:
    """How the plan of these customers (None = all) stands before the review of an import."""
    ids = None if customer_ids is None else accounts.with_pilots(entity, customer_ids)
    return Standing({table: _read(table, where) for table, where in _wheres(entity, ids).items()}, ids)


def _wheres(entity: Entity, ids: Collection[int] | None) -> dict[Table, list[ColumnElement[bool]]]:
    """The rows a review may change."""
    opened = [Action.entity_id == entity.id, Action.state.in_(OPEN_ACTION_STATES)]
    held = [Item.entity_id == entity.id, Item.held_by_id.is_not(None)]
    states = [CustomerState.entity_id == entity.id, CustomerState.leader_id.is_not(None)]
    promised = [Item.entity_id == entity.id, Item.promise_until.is_not(None)]
    if ids is not None:
        opened.append(Action.customer_id.in_(ids))
        held.append(Item.account_id.in_(ids))
        promised.append(Item.account_id.in_(ids))
        states.append(CustomerState.customer_id.in_(ids))
    of_items = select(Item.id).where(*held).union(select(Item.id).where(*promised))
    acts = select(Item.qualification_id).where(*promised, Item.qualification_id.is_not(None))
    return {
        table_of(Action): opened,
        table_of(ActionItem): [ActionItem.action_id.in_(select(Action.id).where(*opened))],
        table_of(QualificationItem): [QualificationItem.qualification_id.in_(acts)],
        table_of(Item): [Item.id.in_(of_items)],
        table_of(CustomerState): states,
    }


def _read(table: Table, where: Collection[ColumnElement[bool]]) -> Rows:
    keys = list(table.primary_key.columns)
    query = select(*keys, *(table.c[name] for name in _WATCHED[table])).where(*where)
    return {tuple(row[: len(keys)]): tuple(row[len(keys) :]) for row in db.session.execute(query)}


def keep(run: ImportRun, before: Standing) -> None:
    """Write down what the review changed of what stood before, and the steps it passed over for known leaders."""
    for table, rows in before.rows.items():
        changed = [(key, was) for key, was, now in _pairs(table, rows) if was != now]
        befores.keep(run, table, (_image(table, key, was) for key, was in changed))
    last_item, last_step = run.entity_before["last_item"], run.entity_before["last_step"]
    steps = table_of(ConsumedStep)
    mine = select(CustomerState.customer_id).where(CustomerState.entity_id == run.entity_id)
    passed = (steps.c.id > last_step, steps.c.leader_id <= last_item, steps.c.how == Consumed.PASSED_OVER)
    befores.made_where(run, steps, *passed, steps.c.account_id.in_(mine))


def _pairs(table: Table, rows: Rows) -> list[tuple[tuple[int, ...], tuple[Any, ...], tuple[Any, ...] | None]]:
    """Every row with what stands in it now."""
    first = next(iter(table.primary_key.columns))
    ids = sorted({key[0] for key in rows})
    found: list[tuple[tuple[int, ...], tuple[Any, ...], tuple[Any, ...] | None]] = []
    for start in range(0, len(ids), _BATCH):
        now = _read(table, [first.in_(ids[start : start + _BATCH])])
        found += [(key, rows[key], values) for key, values in now.items() if key in rows]
    return found


def _image(table: Table, key: tuple[int, ...], values: tuple[Any, ...]) -> tuple[int, dict[str, Any]]:
    """The other columns of a key of several stand in the image, which says which row it is of."""
    others = [column.name for column in table.primary_key.columns][1:]
    return key[0], {**dict(zip(others, key[1:], strict=True)), **dict(zip(_WATCHED[table], values, strict=True))}
