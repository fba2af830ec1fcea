"""Files taken in: history, one run, its rejected rows, files sent and not taken in yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from dso.db import db
from dso.domain.codes import EventKind, ImportKind, ImportMode
from dso.domain.errors import NotFound, OfAnotherCompany, Refused
from dso.domain.imports.fields import FIELDS, Cell
from dso.domain.imports.unconverted import Unconverted
from dso.domain.money import from_units, plain
from dso.models import Customer, Entity, Event, ImportRun, ImportUpload, Item, ItemChange, RejectedRow, User
from dso.queries import streams
from dso.queries.import_names import Names
from dso.queries.items.rows import person
from dso.queries.scope import entities_of

_BATCH = 1_000
#: Runs of an entity that can be taken back one after the other; of older ones nothing is kept.
KEPT_RUNS = 10
#: Kinds whose records belong to the installation: those of every company come one after the other.
OF_ALL = (ImportKind.USERS, ImportKind.RATES)
#: Source of the runs of a dump whose history came in with them.
WITH_HISTORY = "dump"
#: Fields of items kept in ten-thousandths, and those nobody reads.
_AMOUNTS = {"amount", "amount_excl_tax", "remaining", "remaining_excl_tax", "cleared_amount"}
#: Those of customers, all in the entity's currency.
_LIMITS = {name for name, each in FIELDS[ImportKind.CUSTOMERS].items() if each.cell is Cell.AMOUNT}
_INSIDE = {"issued_year", "account_id", "cleared_by", "customer"}


@dataclass(frozen=True, slots=True)
class RunRow:
    """One file taken in."""

    id: int
    kind: ImportKind
    mode: ImportMode | None
    on: date
    at: datetime
    by: str
    file: str
    stored_as: str
    counts: dict[str, Any]
    options: dict[str, Any]
    undone_at: datetime | None = None
    undone_by: str = ""
    #: The door it came by: "web", "cli", "folder", "api NAME"; empty for what came before that was noted.
    source: str = ""

    @property
    def remarks(self) -> list[dict[str, Any]]:
        """Remarks on rows that are not rejected: line, column, value, reason, params."""
        return list(self.options.get("remarks", []))

    @property
    def remarked(self) -> dict[str, int]:
        """How many remarks say what: all of them, by sentence with places."""
        return dict(self.counts.get("remarks", {}))

    def count(self, name: str) -> int:
        """One of its counts."""
        return int(self.counts.get(name, 0))

    @property
    def is_all_rejected(self) -> bool:
        """Whether it had rows and none of them went in."""
        return 0 < self.count("rows") <= self.count("rejected")

    def touched(self, part: str) -> int:
        """How many records it made ("new"), or changed; those of customers and contacts files are told together."""
        if self.kind is not ImportKind.ITEMS:
            return self.count("new") + self.count("changed")
        if part == "new":
            return self.count("new")
        return self.count("changed") + self.count("cleared") + self.count("reopened")

    def amount(self, name: str) -> Decimal | None:
        """`receivable_before`, `receivable_after`, `overdue_before` or `overdue_after`, in the entity's currency.

        None where an older version did not keep it.
        """
        return Decimal(self.counts[name]) if name in self.counts else None

    @property
    def unconverted(self) -> list[Unconverted]:
        """What these amounts leave out, since there is no rate."""
        return [Unconverted.from_json(each) for each in self.counts.get("unconverted", [])]


@dataclass(frozen=True, slots=True)
class RejectRow:
    """One row that did not go in."""

    line: int
    column: str
    value: str
    reason: str
    params: dict[str, str]

    @property
    def sentence(self) -> str:
        """The reason in English."""
        return self.reason % self.params if self.params else self.reason


def _runs(entity: Entity) -> Any:
    undoer = aliased(User)
    return (
        select(
            ImportRun.id, ImportRun.kind, ImportRun.mode, ImportRun.on, ImportRun.at, person(User),
            ImportRun.file_name, ImportRun.stored_as, ImportRun.counts, ImportRun.options,
            ImportRun.undone_at, person(undoer), ImportRun.source,
        )
        .outerjoin(User, User.id == ImportRun.actor_id)
        .outerjoin(undoer, undoer.id == ImportRun.undone_by_id)
        .where(ImportRun.entity_id == entity.id)
        .order_by(ImportRun.id.desc())
    )  # fmt: skip


def history(
    entity: Entity, *, limit: int | None = None, offset: int = 0, customer_id: int | None = None
) -> list[RunRow]:
    """Files taken in, the latest first; of a customer, those that made or changed items of it."""
    query = _runs(entity).limit(limit).offset(offset)
    if customer_id is not None:
        changed = select(ItemChange.import_run_id).join(Item, Item.id == ItemChange.item_id)
        latest = select(Item.last_import_id).where(Item.customer_id == customer_id, Item.last_import_id.is_not(None))
        changed = changed.where(Item.customer_id == customer_id, ItemChange.import_run_id.is_not(None))
        query = query.where(or_(ImportRun.id.in_(changed), ImportRun.id.in_(latest)))
    return [RunRow(*row) for row in db.session.execute(query)]


def how_many(entity: Entity) -> int:
    """How many files were taken in."""
    return db.session.scalar(select(func.count()).where(ImportRun.entity_id == entity.id)) or 0


def stream(entity: Entity) -> Iterator[RunRow]:
    """All files taken in, the latest first, for exports: one statement."""
    return (RunRow(*tuple(row)) for row in streams.rows(_runs(entity)))


def get_run(entity: Entity, run_id: int) -> RunRow:
    """One run; NotFound when it is not the entity's."""
    row = db.session.execute(_runs(entity).where(ImportRun.id == run_id)).first()
    if row is None:
        raise NotFound("There is no such import.")
    return RunRow(*row)


def last_run(entity: Entity) -> ImportRun | None:
    """The last run that is not taken back."""
    query = select(ImportRun).where(ImportRun.entity_id == entity.id, ImportRun.undone_at.is_(None))
    return db.session.scalar(query.order_by(ImportRun.id.desc()).limit(1))


def why_not_undone(run: ImportRun) -> Refused | None:
    """Why a run can never be taken back (again): it is already, or nothing is kept of how things stood before it."""
    if run.undone_at is not None:
        return Refused("The import of %(file)s is taken back already.", file=run.file_name)
    if run.source == WITH_HISTORY:
        words = "%(file)s came in with the history of a whole dump: that is taken back by beginning with a new company."
        return Refused(words, file=run.file_name)
    if "last_event" not in run.entity_before:
        return Refused("The import of %(file)s was taken in before imports could be taken back.", file=run.file_name)
    later = select(ImportRun.id).where(ImportRun.entity_id == run.entity_id, ImportRun.id > run.id)
    if len(db.session.scalars(later.limit(KEPT_RUNS)).all()) == KEPT_RUNS:
        words = "The import of %(file)s is too long ago: the last %(n)s can be taken back."
        return Refused(words, file=run.file_name, n=KEPT_RUNS)
    return None


def undoable_id(entity: Entity) -> int | None:
    """The run that can be taken back if nothing depends on it: the last one that was not, if how it stood is kept."""
    run = last_run(entity)
    return run.id if run is not None and why_not_undone(run) is None else None


def rejects(run_id: int, *, limit: int = 200) -> Sequence[RejectRow]:
    """The first rejected rows of a run, in the order of the file."""
    return list(_rejects(run_id, limit))


def all_rejects(run_id: int) -> Iterator[RejectRow]:
    """Every rejected row of a run, in the order of the file, a thousand at a time."""
    return _rejects(run_id, None)


def _rejects(run_id: int, limit: int | None) -> Iterator[RejectRow]:
    query = select(
        RejectedRow.line, RejectedRow.column, RejectedRow.value, RejectedRow.reason, RejectedRow.params
    ).where(RejectedRow.import_run_id == run_id)
    query = query.order_by(RejectedRow.line, RejectedRow.id).limit(limit)
    with db.session.execute(query, execution_options={"yield_per": _BATCH}) as found:
        for row in found:
            yield RejectRow(*row)


@dataclass(frozen=True, slots=True)
class TouchedRow:
    """A record an import made or changed: where it is, and from what to what each field went (none when it is new)."""

    id: int
    name: str
    customer_id: int
    customer: str
    amount: Decimal | None
    currency: str
    changes: Sequence[tuple[str, str | None, str | None]] = ()


def new_items(run: RunRow, entity: Entity, *, page: int, size: int) -> list[TouchedRow]:
    """Items a run made."""
    rows = db.session.execute(_new_items(run, entity).limit(size).offset((page - 1) * size))
    return [TouchedRow(*row) for row in rows]


def _new_items(run: RunRow, entity: Entity) -> Any:
    mine = (Item.entity_id == entity.id, *_between(run, entity))
    query = select(Item.id, Item.number, Customer.id, Customer.code, Item.amount, Item.currency)
    return query.join(Customer, Customer.id == Item.customer_id).where(*mine).order_by(Item.id)


def _between(run: RunRow, entity: Entity) -> Sequence[ColumnElement[bool]]:
    """Keys after the last one there was when the run began, up to the last one when any later run did.

    Any: keys of items that were taken away can be given again.
    """
    mark = ImportRun.entity_before["last_item"].as_integer()
    first = db.session.scalar(select(mark).where(ImportRun.id == run.id))
    if first is None:
        return [Item.created_at == run.at]
    last = db.session.scalar(select(func.min(mark)).where(ImportRun.entity_id == entity.id, ImportRun.id > run.id))
    return [Item.id > first] if last is None else [Item.id > first, Item.id <= last]


def changed_items(run: RunRow, *, page: int, size: int) -> list[TouchedRow]:
    """Items a run changed, cleared or reopened, with every field."""
    return _changed(run, db.session.scalars(_changed_ids(run).limit(size).offset((page - 1) * size)).all())


def _changed_ids(run: RunRow) -> Any:
    query = select(ItemChange.item_id).where(ItemChange.import_run_id == run.id)
    return query.distinct().order_by(ItemChange.item_id)


def _changed(run: RunRow, ids: Sequence[int]) -> list[TouchedRow]:
    query = select(Item.id, Item.number, Customer.id, Customer.code, Item.amount, Item.currency)
    query = query.join(Customer, Customer.id == Item.customer_id).where(Item.id.in_(ids)).order_by(Item.id)
    rows = db.session.execute(query).all()
    fields = select(ItemChange.item_id, ItemChange.field, ItemChange.old, ItemChange.new)
    fields = fields.where(ItemChange.import_run_id == run.id, ItemChange.item_id.in_(ids))
    found = db.session.execute(fields.order_by(ItemChange.id)).all()
    currencies = {row.id: row.currency for row in rows}
    before = {**currencies, **{item_id: old for item_id, field, old, _new in found if field == "currency"}}
    changes: dict[int, list[tuple[str, str | None, str | None]]] = {}
    for item_id, field, old, new in found:
        if field not in _INSIDE:
            told = (field, _value(field, old, before[item_id]), _value(field, new, currencies[item_id]))
            changes.setdefault(item_id, []).append(told)
    return [TouchedRow(*row, tuple(changes.get(row.id, ()))) for row in rows]


def _value(field: str, value: str | None, currency: str) -> str | None:
    """A value of `item_changes` as people read it: amounts with the currency's decimals."""
    return plain(from_units(int(value)), currency) if value and field in _AMOUNTS else value


def touched_customers(run: RunRow, entity: Entity, *, page: int, size: int) -> list[TouchedRow]:
    """Customers a customers or contacts file made or changed, with every field; people by name."""
    rows = db.session.execute(_entries(run, entity).limit(size).offset((page - 1) * size)).all()
    return _told(rows, entity.currency)


def _entries(run: RunRow, entity: Entity) -> Any:
    mine = (
        Event.entity_id == entity.id,
        Event.at == run.at,
        Event.kind.in_([EventKind.IMPORT, EventKind.CONTACT]),
        Event.data["import_run_id"].as_integer() == run.id,
    )
    query = select(Event.id, Event.text, Event.data, Customer.id, Customer.code, Customer.business_name)
    return query.join(Customer, Customer.id == Event.customer_id).where(*mine).order_by(Event.id)


def _told(rows: Sequence[Any], currency: str, *, emails: bool = False) -> list[TouchedRow]:
    changes = [data.get("changes", {}) for _id, _text, data, *_customer in rows]
    names = Names(((field, each) for found in changes for field in found for each in found[field]), emails=emails)
    return [
        TouchedRow(customer_id, data["params"].get("name", name), customer_id, code, None, "", told)
        for (_id, _text, data, customer_id, code, name), found in zip(rows, changes, strict=True)
        for told in [_fields(found, names, currency)]
    ]


def touched(run: RunRow, entity: Entity, part: str) -> Iterator[TouchedRow]:
    """Every record a run made ("new") or changed, for exports: a part of them in memory at a time; people by e-mail."""
    if run.kind is not ImportKind.ITEMS:
        for rows in streams.parts(_entries(run, entity)):
            yield from _told(rows, entity.currency, emails=True)
    elif part == "new":
        yield from (TouchedRow(*tuple(row)) for row in streams.rows(_new_items(run, entity)))
    else:
        for ids in streams.parts(_changed_ids(run)):
            yield from _changed(run, [row[0] for row in ids])


def _fields(changes: Mapping[str, Any], names: Names, currency: str) -> Sequence[tuple[str, str | None, str | None]]:
    told = ((name, [_said(name, each, names, currency) for each in pair]) for name, pair in changes.items())
    return tuple((name, old, new) for name, (old, new) in told if changes[name][0] != changes[name][1])


def _said(name: str, value: Any, names: Names, currency: str) -> str | None:
    if name in _LIMITS and value:
        return plain(Decimal(value), currency)
    return None if value is None else str(names.of(name, value))


def get_upload(entity: Entity, user: User, upload_id: int) -> ImportUpload:
    """A file the user sent and did not take in yet; NotFound when it is somebody else's, or of a company lost since.

    OfAnotherCompany when it was sent for another one than `entity`.
    """
    upload = db.session.get(ImportUpload, upload_id)
    if upload is not None and upload.author_id == user.id and upload.undoes_id is None:
        if upload.entity_id == entity.id:
            return upload
        if name := next((each.name for each in entities_of(user) if each.id == upload.entity_id), ""):
            words = "This file was sent for %(company)s: choose that company first."
            raise OfAnotherCompany(words, upload.entity_id, company=name)
    raise NotFound("This file is no longer there: send it again.")
