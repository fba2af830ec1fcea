"""Bringing changed records back to how they stood before an import: items from their changes, others from images."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    Table,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    type_coerce,
    update,
)

from dso.db import Base, Money, among, db, on_postgresql
from dso.domain.codes import OPEN_ACTION_STATES, ActionKind, ActionState, ImportKind
from dso.models import Action, Customer, Entity, ImportRun, Item, ItemChange, Message, User
from dso.services.actions.differences import take_back
from dso.services.imports import befores
from dso.services.imports.accounts_of_items import move_items
from dso.services.imports.befores import ROWS, of, read, table_of
from dso.services.imports.removing import WHY

_QUIET = {"synchronize_session": False}
_ITEMS = table_of(Item)
#: Fields noted under another name than their column's.
_COLUMNS = {"customer": "customer_id"}


def items(run: ImportRun, *, actor: User | None, today: date, now: datetime) -> None:
    """Set every field the run changed back, in one statement, and note that on this day."""
    mine = ItemChange.import_run_id == run.id
    fields = list(db.session.scalars(select(ItemChange.field).where(mine).distinct().order_by(ItemChange.field)))
    if not fields:
        return
    pivot = [func.max(case((ItemChange.field == name, ItemChange.old))).label(f"old_{name}") for name in fields]
    pivot += [func.max(case((ItemChange.field == name, 1), else_=0)).label(f"has_{name}") for name in fields]
    was = select(ItemChange.item_id, *pivot).where(mine).group_by(ItemChange.item_id).cte("was")
    values: dict[str, Any] = {}
    for name in fields:
        column = _ITEMS.c[_COLUMNS.get(name, name)]
        values[column.name] = case((was.c[f"has_{name}"] == 1, _value(column, was.c[f"old_{name}"])), else_=column)
    values |= {"last_import_id": _last_import(run), "updated_at": literal(now, _ITEMS.c.updated_at.type)}
    statement = update(_ITEMS).where(_ITEMS.c.id == was.c.item_id).values(values)
    db.session.execute(statement, execution_options=_QUIET)
    _note(run, actor, today, now)


def _value(column: Column[Any], text: Any) -> Any:
    """What `item_changes` keeps as text, as the column takes it."""
    kind = column.type
    if isinstance(kind, Money):
        return type_coerce(cast(text, BigInteger), kind)
    if isinstance(kind, Integer | BigInteger):
        return cast(text, BigInteger)
    # SQLite keeps the rest as it is written down.
    return cast(text, kind) if on_postgresql() else type_coerce(text, kind)


def _last_import(run: ImportRun) -> Any:
    """The run that touched an item last before this one."""
    earlier = (ImportRun.entity_id == run.entity_id, ImportRun.id < run.id, ImportRun.undone_at.is_(None))
    changed = select(func.max(ItemChange.import_run_id)).join(ImportRun, ImportRun.id == ItemChange.import_run_id)
    changed = changed.where(ItemChange.item_id == _ITEMS.c.id, *earlier).correlate(_ITEMS)
    items_file = (ImportRun.kind == ImportKind.ITEMS, ImportRun.entity_before["last_item"].as_integer() < _ITEMS.c.id)
    made = select(func.max(ImportRun.id)).where(*items_file, *earlier).correlate(_ITEMS)
    return func.coalesce(changed.scalar_subquery(), made.scalar_subquery())


def _note(run: ImportRun, actor: User | None, today: date, now: datetime) -> None:
    """The way back is a change too: figures as at a day before it stay what they were."""
    values: dict[str, Any] = {
        "entity_id": literal(run.entity_id),
        "item_id": ItemChange.item_id,
        "on": literal(today, ItemChange.on.type),
        "at": literal(now, ItemChange.at.type),
        "field": ItemChange.field,
        "old": ItemChange.new,
        "new": ItemChange.old,
        "import_run_id": literal(run.id),
        "actor_id": literal(actor.id, BigInteger) if actor else cast(null(), BigInteger),
    }
    found = select(*values.values()).where(ItemChange.import_run_id == run.id)
    db.session.execute(insert(ItemChange).from_select(list(values), found, include_defaults=False))


def records(run: ImportRun, now: datetime) -> None:
    """Set the other records back to their images."""
    _make_room(run)
    for name in befores.subjects(run):
        table = Base.metadata.tables[name]
        images = of(run, table)
        if ROWS in next(iter(images.values()))[0]:
            _relink(table, images)
        else:
            _restore(table, images, now)
    _count_again(run)
    customers = of(run, table_of(Customer))
    move_items([key for key, found in customers.items() if any("collected_by_id" in image for image in found)])


def _relink(table: Table, images: Mapping[int, list[dict[str, Any]]]) -> None:
    key, _others = befores.link_columns(table)
    db.session.execute(delete(table).where(among(key, images)))
    rows = [
        {key.name: record, **{name: read(table, name, value) for name, value in row.items()}}
        for record, found in images.items()
        for row in found[0][ROWS]
    ]
    if rows:
        db.session.execute(insert(table), rows)


def _restore(table: Table, images: Mapping[int, list[dict[str, Any]]], now: datetime) -> None:
    """One statement for all rows with the same columns.

    A flag only one may have is taken from whoever got it before anybody is given it back.
    """
    first, *others = [column.name for column in table.primary_key.columns]
    alike: dict[tuple[bool, tuple[str, ...]], list[dict[str, Any]]] = {}
    for record, found in images.items():
        for image in _folded(found, others):
            shape = bool(image.get("for_collection")), tuple(sorted(image))
            alike.setdefault(shape, []).append({first: record, **image})
    for (_flagged, names), rows in sorted(alike.items(), key=lambda pair: pair[0]):
        written = [name for name in names if name not in others]
        statement = update(table).where(*(table.c[name] == bindparam(f"key_{name}") for name in (first, *others)))
        values: dict[str, Any] = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in written}
        if "updated_at" in table.c:
            values["updated_at"] = now
        marked = [
            {
                **{f"key_{name}": row[name] for name in (first, *others)},
                **{f"new_{name}": read(table, name, row[name]) for name in written},
            }
            for row in rows
        ]
        db.session.execute(statement.values(values), marked)


def _folded(images: list[dict[str, Any]], others: list[str]) -> list[dict[str, Any]]:
    """Of several images of one row the oldest value of each column counts."""
    if others:
        return images
    whole: dict[str, Any] = {}
    for image in images:
        whole = {**image, **whole}
    return [whole]


def _make_room(run: ImportRun) -> None:
    """One open action of the scenario stands on an account: those planned since give way to those that come back."""
    images = of(run, table_of(Action))
    if not images:
        return
    back = befores.changed_by(run, table_of(Action))
    accounts = select(Action.customer_id).where(Action.id.in_(back)).scalar_subquery()
    instead = select(Action.id).where(
        Action.customer_id.in_(accounts), Action.kind == ActionKind.SCENARIO, Action.state.in_(OPEN_ACTION_STATES)
    )
    ids = list(db.session.scalars(instead))
    take_back(ids, WHY)
    gone = update(Action).where(among(Action.id, ids), Action.id.not_in(back))
    db.session.execute(gone.values(state=ActionState.CANCELLED, explanation=WHY), execution_options=_QUIET)


def _count_again(run: ImportRun) -> None:
    """What waited in the outbox waits to be decided again: its message was taken back, a new one counts as the next."""
    back = Action.id.in_(befores.changed_by(run, table_of(Action)))
    used = exists().where(and_(Message.action_id == Action.id, Message.occurrence == Action.occurrence))
    waiting = case((Action.confirmed_at.is_not(None), ActionState.CONFIRMED), else_=ActionState.PLANNED)
    queued = update(Action).where(back, Action.state == ActionState.QUEUED).values(state=waiting)
    opened = update(Action).where(back, Action.state.in_(OPEN_ACTION_STATES), used)
    for statement in (queued, opened.values(occurrence=Action.occurrence + 1)):
        db.session.execute(statement, execution_options=_QUIET)


def entity(entity: Entity, run: ImportRun) -> None:
    """What of the entity itself the run had changed."""
    for name in ("ledger_at", "first_import_on"):
        setattr(entity, name, read(table_of(Entity), name, run.entity_before[name]))
    db.session.flush()
