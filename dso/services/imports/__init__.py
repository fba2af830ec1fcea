"""Taking files in: read, typed, compared, then written all or nothing."""

from datetime import date, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, or_, select

from dso.db import db, on_postgresql, wide_cache
from dso.domain.codes import ImportKind
from dso.domain.errors import Forbidden
from dso.domain.imports.brake import Braked
from dso.domain.permissions import Capability
from dso.models import Customer, CustomField, Entity, ImportRun, User
from dso.queries.imports import OF_ALL
from dso.queries.scope import refuse_portfolio
from dso.services import states
from dso.services.imports import befores, items, mappings, parties, runs
from dso.services.imports.after import Taken, after_import
from dso.services.imports.collecting import seldom
from dso.services.imports.options import ImportOptions
from dso.services.imports.preparing import Prepared, prepare
from dso.services.imports.report import ImportReport

__all__ = ["KINDS", "ImportOptions", "ImportReport", "check_right", "preview", "run_import", "take_turns"]

#: Kinds that can be taken in.
KINDS = (ImportKind.CUSTOMERS, ImportKind.CONTACTS, ImportKind.ITEMS, ImportKind.USERS, ImportKind.RATES)
_SAMPLES = 50


def preview(
    entity: Entity,
    kind: ImportKind,
    path: Path,
    options: ImportOptions,
    *,
    today: date,
    now: datetime,
    actor: User | None = None,
) -> ImportReport:
    """What taking the file in would do for this person (None = a shell on the machine); nothing is written."""
    check_right(kind, actor)
    with seldom():
        return _preview(entity, kind, prepare(entity, kind, path, options), options, actor=actor, today=today, now=now)


def _preview(
    entity: Entity,
    kind: ImportKind,
    prepared: Prepared,
    options: ImportOptions,
    *,
    actor: User | None,
    today: date,
    now: datetime,
) -> ImportReport:
    if kind is ImportKind.ITEMS:
        work, report = items.compared(entity, items.stage(entity, prepared, today), today, listed=_SAMPLES)
        work.drop()
    else:
        others = parties.PartiesImport(entity, prepared, today=today, now=now, actor=actor)
        report = others.compare(listed=_SAMPLES)
        report.stops += others.notices()
    report.stops += mappings.strange_kind(entity, kind, prepared.table, options)
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

    The run is recorded, and what follows the rows (`after`) is done in the same transaction.
    """
    check_right(kind, actor)
    take_turns(entity, kind)
    prepared = prepare(entity, kind, path, options)
    strange = mappings.strange_kind(entity, kind, prepared.table, options)
    if strange and not options.force:
        raise Braked(strange)
    work = _items if kind is ImportKind.ITEMS else _parties
    with seldom():
        return work(entity, prepared, options, actor=actor, today=today, now=now)


def _items(
    entity: Entity, prepared: Prepared, options: ImportOptions, *, actor: User | None, today: date, now: datetime
) -> ImportReport:
    staged = items.stage(entity, prepared, today)
    options.begin_writing()
    take_turns(entity, prepared.kind)
    with wide_cache():
        return _items_written(entity, staged, options, actor=actor, today=today, now=now)


def _items_written(
    entity: Entity, staged: items.Staged, options: ImportOptions, *, actor: User | None, today: date, now: datetime
) -> ImportReport:
    if on_postgresql():
        _hold_accounts(entity, staged)
    work, report = items.compared(entity, staged, today, listed=0)
    items.refuse_braked(report, options)
    run = _begin(entity, work.prepared, options, actor=actor, today=today, now=now)
    writing = work.write(report, run, now=now)
    touched = writing.touched()
    work.drop()
    runs.end(run, report)
    if options.review:
        after_import(Taken(entity, run, report, touched, today, now))
    return report


def _parties(
    entity: Entity, prepared: Prepared, options: ImportOptions, *, actor: User | None, today: date, now: datetime
) -> ImportReport:
    options.begin_writing()
    take_turns(entity, prepared.kind)
    work = parties.PartiesImport(entity, prepared, today=today, now=now, actor=actor, source=options.source)
    if not options.force and (strange := work.notices()):
        raise Braked(strange)
    run = _begin(entity, prepared, options, actor=actor, today=today, now=now)
    report, touched = work.write(run)
    runs.end(run, report)
    if options.review:
        after_import(Taken(entity, run, report, touched, today, now))
    return report


def _begin(
    entity: Entity, prepared: Prepared, options: ImportOptions, *, actor: User | None, today: date, now: datetime
) -> ImportRun:
    run = runs.begin(entity, prepared, options, actor=actor, today=today, now=now)
    befores.begin(run)
    made = mappings.make_definitions(prepared.kind, prepared.mapping)
    befores.made(run, befores.table_of(CustomField), made)
    if options.remember:
        mappings.remember(entity, prepared.kind, prepared.table, prepared.proven, options, now=now)
    return run


def take_turns(entity: Entity, kind: ImportKind) -> None:
    """One file at a time for an entity, until the end of the transaction; SQLite has one writer anyway.

    What belongs to the installation waits for the files of all entities, in the order of their ids: whoever holds one
    asks for no other. The weaker lock leaves those alone who only name the entity in a new row.
    """
    rows = select(Entity.id).order_by(Entity.id).with_for_update(key_share=True)
    db.session.execute(rows if kind in OF_ALL else rows.where(Entity.id == entity.id)).all()


def _hold_accounts(entity: Entity, staged: items.Staged) -> None:
    """Nobody works on the items by hand until the end: what is compared is what is written on.

    Who edits a customer holds that row before the account. So do we, of the rows whose mark may change.
    """
    marked: ColumnElement[bool] = Customer.ledger_incomplete.is_(True)
    if staged.stage.stands:
        marked = or_(marked, Customer.id.in_(select(staged.stage.rejects.c.customer_id)))
    query = select(Customer.id).where(Customer.entity_id == entity.id, marked).order_by(Customer.id)
    db.session.execute(query.with_for_update(key_share=True)).all()
    states.lock(entity, None)


def check_right(kind: ImportKind, actor: User | None) -> None:
    """Forbidden unless the person may import, and for users files edit users; None is a shell on the machine."""
    if actor is None:
        return
    needed = [Capability.DATA_IMPORT, *([Capability.SETTINGS_EDIT] if kind is ImportKind.USERS else [])]
    for capability in needed:
        if not actor.can(capability):
            raise Forbidden("Your role does not include this.", capability=capability)
    refuse_portfolio(actor)
