"""Taking files in: read, typed, compared, then written all or nothing."""

from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select, text

from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.errors import Refused
from dso.models import Entity, ImportRun, User
from dso.services import actions
from dso.services.imports import items, mappings, parties, runs
from dso.services.imports.options import ImportOptions
from dso.services.imports.preparing import Prepared, prepare
from dso.services.imports.report import ImportReport

__all__ = ["KINDS", "ImportOptions", "ImportReport", "preview", "run_import"]

#: Kinds that can be taken in; users and rates come later.
KINDS = (ImportKind.CUSTOMERS, ImportKind.CONTACTS, ImportKind.ITEMS)
#: Above this many touched customers the whole entity is reviewed.
_MOST_TOUCHED = 2_000
_SAMPLES = 50
#: New records after which the database's statistics are refreshed.
_MANY = 500


def preview(
    entity: Entity, kind: ImportKind, path: Path, options: ImportOptions, *, today: date, now: datetime
) -> ImportReport:
    """What taking the file in would do; nothing is written."""
    _check_kind(kind)
    prepared = prepare(entity, kind, path, options)
    if kind is not ImportKind.ITEMS:
        return parties.PartiesImport(entity, prepared, today=today, now=now).compare(listed=_SAMPLES)
    staged = items.stage(entity, prepared, today)
    work, report = items.compared(entity, staged, today, listed=_SAMPLES)
    work.drop()
    return report


def run_import(
    entity: Entity,
    kind: ImportKind,
    path: Path,
    options: ImportOptions,
    *,
    actor: User | None,
    today: date,
    now: datetime,
) -> ImportReport:
    """Take a file in, all or nothing: Refused in words, Braked before saving, else what was done.

    Afterwards, in the same transaction, the touched accounts are reviewed and the run is recorded.
    """
    _check_kind(kind)
    _take_turns(entity)
    prepared = prepare(entity, kind, path, options)
    if kind is ImportKind.ITEMS:
        return _items(entity, prepared, options, actor=actor, today=today, now=now)
    return _parties(entity, prepared, options, actor=actor, today=today, now=now)


def _items(
    entity: Entity, prepared: Prepared, options: ImportOptions, *, actor: User | None, today: date, now: datetime
) -> ImportReport:
    staged = items.stage(entity, prepared, today)
    options.begin_writing()
    _take_turns(entity)
    work, report = items.compared(entity, staged, today, listed=0)
    items.refuse_braked(report, options)
    run = _begin(entity, work.prepared, options, actor=actor, today=today, now=now)
    writing = work.write(report, run, now=now)
    touched = writing.touched(_MOST_TOUCHED)
    work.drop()
    runs.end(run, report)
    _refresh_statistics(report)
    db.session.expire_all()
    actions.review(entity, touched, today=today, now=now)
    return report


def _parties(
    entity: Entity, prepared: Prepared, options: ImportOptions, *, actor: User | None, today: date, now: datetime
) -> ImportReport:
    options.begin_writing()
    _take_turns(entity)
    work = parties.PartiesImport(entity, prepared, today=today, now=now)
    run = _begin(entity, prepared, options, actor=actor, today=today, now=now)
    report, touched = work.write(run)
    runs.end(run, report)
    _refresh_statistics(report)
    db.session.expire_all()
    actions.review(entity, None if len(touched) > _MOST_TOUCHED else touched, today=today, now=now)
    return report


def _begin(
    entity: Entity, prepared: Prepared, options: ImportOptions, *, actor: User | None, today: date, now: datetime
) -> ImportRun:
    mappings.make_definitions(prepared.kind, prepared.mapping)
    mappings.remember(entity, prepared.kind, prepared.table, prepared.mapping, now=now)
    return runs.begin(entity, prepared, options, actor=actor, today=today, now=now)


def _refresh_statistics(report: ImportReport) -> None:
    """Let PostgreSQL know what just came in: without, it plans the review of a new ledger as if it were empty."""
    if db.session.get_bind().dialect.name == "postgresql" and report.count("new") >= _MANY:
        db.session.execute(text("ANALYZE customers, contacts, items, customer_states"))


def _take_turns(entity: Entity) -> None:
    """One file at a time for an entity, until the end of the transaction; SQLite has one writer anyway.

    The weaker lock leaves those alone who only name the entity in a new row.
    """
    db.session.execute(select(Entity.id).where(Entity.id == entity.id).with_for_update(key_share=True))


def _check_kind(kind: ImportKind) -> None:
    if kind not in KINDS:
        words = "Files of this kind cannot be taken in yet: %(kind)s."
        raise Refused(words, kind=kind.value)
