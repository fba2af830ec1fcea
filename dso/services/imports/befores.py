"""How records stood before a run touched them, written down in its transaction: what an undo brings back.

Items are the exception: every change by a file is in `item_changes`, and new ones are known by their ids. Only what the
review at the end changes of them is here.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    Select,
    Table,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    true,
)

from dso.db import Base, Json, Money, UtcDateTime, among, db
from dso.models import ConsumedStep, Customer, Entity, Event, ImportBefore, ImportRun, Item, ItemChange
from dso.queries.imports import KEPT_RUNS

#: In the image of a link table: all rows of one record.
ROWS = "rows"
_QUIET = {"synchronize_session": False}


def table_of(model: type[Base]) -> Table:
    """The table of a model."""
    return model.__table__  # type: ignore[return-value]


def begin(run: ImportRun) -> None:
    """Note where the ledger ends when a run begins: what comes later has a higher id, even within one instant."""
    entity = db.session.get_one(Entity, run.entity_id)
    run.entity_before = {
        "ledger_at": plain(entity.ledger_at),
        "first_import_on": plain(entity.first_import_on),
        "last_item": db.session.scalar(select(func.max(Item.id))) or 0,
        "last_event": db.session.scalar(select(func.max(Event.id))) or 0,
        "last_step": db.session.scalar(select(func.max(ConsumedStep.id))) or 0,
    }
    prune(run)


def prune(run: ImportRun) -> None:
    """Forget what runs too old to be taken back have kept."""
    mine = select(ImportRun.id).where(ImportRun.entity_id == run.entity_id)
    latest = list(db.session.scalars(mine.order_by(ImportRun.id.desc()).limit(KEPT_RUNS)))
    if len(latest) == KEPT_RUNS:
        old = mine.where(ImportRun.id < latest[-1])
        db.session.execute(delete(ImportBefore).where(ImportBefore.import_run_id.in_(old)), execution_options=_QUIET)


def made(run: ImportRun, table: Table, ids: Iterable[int]) -> None:
    """The run made these records, which are written already."""
    chosen = list(ids)
    if chosen:
        made_where(run, table, among(table.c.id, chosen))


def changing(run: ImportRun, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """The run is about to write these values (column to value, with the `id`)."""
    columns = {row["id"]: sorted(name for name in row if name not in ("id", "updated_at")) for row in rows}
    names = sorted(set().union(*columns.values())) if columns else []
    query = select(table.c.id, *(table.c[name] for name in names)).where(among(table.c.id, columns))
    found = db.session.execute(query).mappings()
    _keep(run, table, ((row["id"], {name: plain(row[name]) for name in columns[row["id"]]}) for row in found))


def setting(run: ImportRun, table: Table, where: ColumnElement[bool] | None, **before: Any) -> None:
    """The run is about to set columns of the rows that fit, all of which hold these values: one statement."""
    image = literal({name: plain(value) for name, value in before.items()}, Json)
    values: dict[str, Any] = {"import_run_id": literal(run.id), "subject": literal(table.name), "record_id": table.c.id}
    found = select(*values.values(), image).where(true() if where is None else where)
    db.session.execute(insert(ImportBefore).from_select([*values, "before"], found, include_defaults=False))


def made_where(run: ImportRun, table: Table, *where: ColumnElement[bool]) -> None:
    """The run made the rows that fit: one statement."""
    values: dict[str, Any] = {"import_run_id": literal(run.id), "subject": literal(table.name), "record_id": table.c.id}
    found = select(*values.values(), cast(null(), Json)).where(*where)
    db.session.execute(insert(ImportBefore).from_select([*values, "before"], found, include_defaults=False))


def linking(run: ImportRun, table: Table, ids: Collection[int]) -> None:
    """The run is about to change the rows a table has for these customers (or records named by its first column)."""
    key, others = link_columns(table)
    chosen = sorted(ids)
    if not chosen:
        return
    rows: dict[int, list[dict[str, Any]]] = {each: [] for each in chosen}
    query = select(key, *others).where(among(key, chosen)).order_by(*table.primary_key.columns)
    for row in db.session.execute(query):
        rows[row[0]].append({each.name: plain(value) for each, value in zip(others, row[1:], strict=True)})
    _keep(run, table, ((each, {ROWS: found}) for each, found in rows.items()))


def link_columns(table: Table) -> tuple[Column[Any], list[Column[Any]]]:
    """Whom the rows of a table belong to, and what they say; a number of their own says nothing."""
    key = table.c.customer_id if "customer_id" in table.c else next(iter(table.columns))
    return key, [each for each in table.columns if each is not key and each.name != "id"]


def keep(run: ImportRun, table: Table, images: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """Write down images somebody made; the value of the first key column, then column to value."""
    _keep(run, table, ((key, {name: plain(value) for name, value in image.items()}) for key, image in images))


def after(run: ImportRun, subject: str, images: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """Write down how records stand now, under a subject of its own: what differs later was changed since."""
    _insert(run, subject, images)


def _keep(run: ImportRun, table: Table, images: Iterable[tuple[int, Mapping[str, Any] | None]]) -> None:
    _insert(run, table.name, images)


def _insert(run: ImportRun, subject: str, images: Iterable[tuple[int, Mapping[str, Any] | None]]) -> None:
    rows = [{"import_run_id": run.id, "subject": subject, "record_id": key, "before": before} for key, before in images]
    if rows:
        db.session.execute(insert(ImportBefore), rows)


def of(run: ImportRun, table: Table) -> dict[int, list[dict[str, Any]]]:
    """What stood before, by record, oldest image first; a record the run made is not among them."""
    query = select(ImportBefore.record_id, ImportBefore.before).where(
        ImportBefore.import_run_id == run.id, ImportBefore.subject == table.name
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for key, before in db.session.execute(query.order_by(ImportBefore.id)):
        if before is not None:
            found.setdefault(key, []).append(before)
    return found


def subjects(run: ImportRun) -> list[str]:
    """Tables with records the run changed, in an order in which nothing names what is not back yet."""
    query = select(ImportBefore.subject).where(ImportBefore.import_run_id == run.id, ImportBefore.before.is_not(None))
    found = set(db.session.scalars(query.distinct()))
    return [table.name for table in Base.metadata.sorted_tables if table.name in found]


def made_by(run: ImportRun, table: Table) -> Any:
    """The ids of the records a run made, as a query."""
    return select(ImportBefore.record_id).where(
        ImportBefore.import_run_id == run.id, ImportBefore.subject == table.name, ImportBefore.before.is_(None)
    )


def changed_by(run: ImportRun, *tables: Table) -> Any:
    """The ids of the records a run changed, as a query."""
    return select(ImportBefore.record_id).where(
        ImportBefore.import_run_id == run.id,
        ImportBefore.subject.in_([table.name for table in tables]),
        ImportBefore.before.is_not(None),
    )


def left_accounts(run: ImportRun) -> Select[Any]:
    """The customers and accounts from which the run moved items."""
    moved = (ItemChange.field.in_(("customer", "account_id")), ItemChange.old.is_not(None))
    return select(cast(ItemChange.old, BigInteger)).where(ItemChange.import_run_id == run.id, *moved).distinct()


def left_pilots(run: ImportRun) -> Select[Any]:
    """The pilots under whom the customers stood whom the run moved."""
    pilot = ImportBefore.before["collected_by_id"].as_integer()
    mine = (ImportBefore.import_run_id == run.id, ImportBefore.subject == Customer.__tablename__)
    return select(pilot).where(*mine, pilot.is_not(None)).distinct()


def forget(run: ImportRun) -> None:
    """What was kept has been brought back."""
    db.session.execute(delete(ImportBefore).where(ImportBefore.import_run_id == run.id), execution_options=_QUIET)


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def read(table: Table, name: str, value: Any) -> Any:
    """A value as its column takes it."""
    kind = table.c[name].type
    if value is None:
        return None
    if isinstance(kind, Money):
        return Decimal(value)
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value
