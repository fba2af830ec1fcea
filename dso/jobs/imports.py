"""What is worked beside the request, files and undos: claim, commit, work, record with the work, commit."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app

from dso import clock
from dso import db as database
from dso.db import db, reading
from dso.domain.errors import Forbidden, Refused
from dso.domain.imports.brake import Braked
from dso.domain.imports.mapping import FileMapping
from dso.jobs.telling import Stopping, Teller
from dso.models import Entity, ImportUpload, User
from dso.queries import import_tasks, settings
from dso.queries.scope import entities_of
from dso.services import imports
from dso.services.imports import ImportOptions, folder, tasks, undo, uploads
from dso.services.imports.kept_reports import kept
from dso.services.imports.options import FOLDER
from dso.services.imports.telling import estimated_rows

log = logging.getLogger("dso.jobs")


def work(worker: str, goes_on: Callable[[], bool]) -> Mapping[str, Any]:
    """Work on all that waits, one file after the other; a file whose worker died is begun again."""
    counts: Counter[str] = Counter()
    with reading():
        waiting = import_tasks.is_anything_waiting()
    db.session.commit()
    if not waiting:
        return counts
    counts["interrupted"] = tasks.take_up_interrupted()
    db.session.commit()
    while goes_on() and (mine := tasks.claim(worker, now=clock.now())):
        db.session.commit()
        counts[_work(mine, goes_on)] += 1
    return counts


def _work(mine: tasks.Claim, goes_on: Callable[[], bool]) -> str:
    """One file; what became of it, recorded and committed."""
    settings.forget()
    try:
        with reading():
            return _do(mine, goes_on)
    except Exception as error:  # noqa: BLE001 - whatever it was, it is written down, and logged where it is ours
        db.session.rollback()
        outcome = _undone(mine, error)
        db.session.commit()
        return outcome


def _undone(mine: tasks.Claim, error: Exception) -> str:
    """Nothing of the file was written; why is. The brake asks a person; the watched folder has nobody to ask."""
    match error:
        case Stopping():
            tasks.put_back(mine)
            return "put_back"
        case tasks.Elsewhere():
            return "elsewhere"
        case Braked() if db.session.get_one(ImportUpload, mine.upload_id).origin is None:
            tasks.braked(mine, now=clock.now())
            return "braked"
        case Refused():
            tasks.refused(mine, error)
            return "refused"
    log.error("the work on upload %s broke off", mine.upload_id, exc_info=error)
    tasks.give_back(mine)
    return "broken"


def _do(mine: tasks.Claim, goes_on: Callable[[], bool]) -> str:
    upload = db.session.get_one(ImportUpload, mine.upload_id)
    if upload.undoes_id is not None:
        _take_back(upload, upload.undoes_id, mine)
        return "taken_back"
    url = current_app.config["SQLALCHEMY_DATABASE_URI"]
    with Teller(url, mine, estimated_rows(uploads.path(upload)), goes_on) as tell:
        if upload.task == "preview":
            _preview(upload, mine, tell)
            return "previewed"
        _run(upload, mine, tell)
        return "taken_in"


def _preview(upload: ImportUpload, mine: tasks.Claim, tell: Teller) -> None:
    entity = db.session.get_one(Entity, upload.entity_id)
    today, now = clock.today(entity.timezone), clock.now()
    mark = import_tasks.ledger_mark(entity, today)
    options = _options(upload, tell)
    path, actor = uploads.path(upload), _author(upload)
    report = imports.preview(entity, upload.kind, path, options, actor=actor, today=today, now=now)
    values = {**kept(report), "mark": mark, "found_at": now.isoformat()}
    _write(lambda: tasks.previewed(mine, values))


def _author(upload: ImportUpload) -> User | None:
    """Who asked, by whose rights it is done; None for a file of the watched folder.

    Forbidden when the company is not that person's any more: of the role the services ask.
    """
    if upload.author_id is None:
        return None
    author = db.session.get_one(User, upload.author_id)
    if upload.entity_id not in {entity.id for entity in entities_of(author)}:
        name = db.session.get_one(Entity, upload.entity_id).name
        raise Forbidden('There is no company "%(name)s" that you may see.', name=name)
    return author


def _run(upload: ImportUpload, mine: tasks.Claim, tell: Teller) -> None:
    """The import and the word that it is done are one transaction."""
    entity = db.session.get_one(Entity, upload.entity_id)

    def begin_writing() -> None:
        tell.hush()
        _begin_writing(mine)

    options = _options(upload, tell, force=upload.force, begin_writing=begin_writing)
    path, today, now = uploads.path(upload), clock.today(entity.timezone), clock.now()
    report = imports.run_import(entity, upload.kind, path, options, actor=_author(upload), today=today, now=now)
    tasks.taken_in(mine.upload_id, report.run_id)
    db.session.commit()


def _take_back(upload: ImportUpload, run_id: int, mine: tasks.Claim) -> None:
    """The undo and the word that it is done are one transaction; nothing is read before it that could be told."""
    _begin_writing(mine)
    entity = db.session.get_one(Entity, upload.entity_id)
    today, now = clock.today(entity.timezone), clock.now()
    undo.undo(undo.get(entity, run_id), actor=_author(upload), today=today, now=now)
    tasks.taken_back(mine)
    db.session.commit()


def _options(upload: ImportUpload, tell: Teller, **more: Any) -> ImportOptions:
    from_folder = upload.origin is not None
    mapping = folder.mapping(upload) if from_folder else FileMapping.from_json(upload.mapping)
    return ImportOptions(
        file_name=upload.file_name,
        mapping=mapping,
        stored_as=upload.stored_as or "",
        source=FOLDER if from_folder else "web",
        tell=tell,
        remember=uploads.is_decided(upload),
        **more,
    )


def _begin_writing(mine: tasks.Claim) -> None:
    _write(lambda: tasks.writing(mine, now=clock.now()))
    tasks.hold(mine)


def _write(work_: Callable[[], None]) -> None:
    """End the reading transaction, write, commit; what comes after may write as well."""
    db.session.commit()
    database.may_write.set(True)
    work_()
    db.session.commit()
