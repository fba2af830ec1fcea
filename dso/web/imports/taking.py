"""The difference before anything is saved, taking the file in, and its result."""

from collections.abc import Sequence
from datetime import datetime

from flask import Response, flash, request, url_for

from dso import clock
from dso import db as database
from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.errors import Forbidden, Refused
from dso.domain.imports import rejects
from dso.domain.imports.brake import Braked, Stop
from dso.domain.imports.mapping import FileMapping
from dso.domain.imports.profile import Undecided
from dso.domain.imports.rejects import Reject
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.http.reasons import filled
from dso.http.sources import source_words
from dso.models import ImportUpload
from dso.queries import import_tasks
from dso.queries import imports as queries
from dso.services import files, imports, lists
from dso.services.imports import ImportReport, beside, tasks, uploads
from dso.services.imports.kept_reports import report_from
from dso.services.imports.rejected_rows import rejected_rows
from dso.web.criteria import sort_and_page, within
from dso.web.downloads import table_answer
from dso.web.imports import bp
from dso.web.imports.choosing import get_run, kind_words, undoable_id
from dso.web.imports.mapping import get_upload, is_another, is_under_way, options
from dso.web.imports.wording import (
    constant_words,
    field_words,
    part_words,
    remark_words,
    said,
    value_words,
)

#: Records on one page of changes.
_SIZE = 50


def _difference(upload: ImportUpload, status: int = 200, stopped: Sequence[Stop] = ()) -> Response:
    """The difference worked out now; what cannot be read leads back to the columns with the sentence."""
    entity = current_entity()
    today = clock.today(entity.timezone)
    mapping = FileMapping.from_json(upload.mapping)
    try:
        report = imports.preview(
            entity,
            upload.kind,
            uploads.path(upload),
            options(upload, mapping),
            today=today,
            now=clock.now(),
            actor=viewer(),
        )
    except Forbidden:
        raise
    except Refused as error:
        flash(said(error), "info" if isinstance(error, Undecided) else "error")
        return go(url_for("imports.columns", upload_id=upload.id))
    return _shown(upload, report, status, stopped)


def _of_strangers(kind: ImportKind, found: Sequence[Reject] | Sequence[queries.RejectRow]) -> bool:
    """Whether items were rejected because nobody knows their customer."""
    return kind is ImportKind.ITEMS and any(each.reason == rejects.UNKNOWN_CUSTOMER for each in found)


def _shown(
    upload: ImportUpload,
    report: ImportReport,
    status: int = 200,
    stopped: Sequence[Stop] = (),
    found_at: datetime | None = None,
) -> Response:
    mapping = FileMapping.from_json(upload.mapping)
    return page(
        "imports/preview.html",
        status=status,
        upload=upload,
        report=report,
        entity=current_entity(),
        stops=report.stops or stopped,
        found_at=found_at,
        looked_at=uploads.looked_at(upload),
        unknown=_of_strangers(upload.kind, report.rejects),
        remarked=remark_words(report.remarks),
        words=part_words(),
        constants=constant_words(upload.kind, mapping),
        fields=field_words(upload.kind, mapping),
        value=value_words(upload.kind, mapping),
        kinds=kind_words(),
    )


@bp.get("/files/<int:upload_id>/preview")
@requires(Capability.DATA_IMPORT)
def preview(upload_id: int) -> Response:
    """What taking the file in would do; nothing is written. A large file is compared beside the request."""
    upload, entity = get_upload(upload_id), current_entity()
    if is_under_way(upload):
        return go(url_for("imports.progress", upload_id=upload_id))
    kept = upload.report
    if kept and kept["mark"] == import_tasks.ledger_mark(entity, clock.today(entity.timezone)):
        return _shown(upload, report_from(kept), found_at=datetime.fromisoformat(kept["found_at"]))
    if kept or beside.takes_in_beside(entity, upload):
        return _beside(upload_id, "preview")
    return _difference(upload)


def _beside(upload_id: int, task: str, *, force: bool = False) -> Response:
    _begin_writing()
    tasks.ask(upload_id, task, force=force, now=clock.now())
    db.session.commit()
    return go(url_for("imports.progress", upload_id=upload_id))


@bp.post("/files/<int:upload_id>/run")
@requires(Capability.DATA_IMPORT)
def run(upload_id: int) -> Response:
    """Take the file in, all or nothing; the brake stops before saving unless it is released."""
    entity, upload, force = current_entity(), get_upload(upload_id), "force" in request.form
    if is_under_way(upload):
        return go(url_for("imports.progress", upload_id=upload_id))
    if is_another(upload):
        return go(url_for("imports.preview", upload_id=upload_id))
    if beside.takes_in_beside(entity, upload):
        return _beside(upload_id, "run", force=force)
    try:
        run_id = _take_in(upload, force)
    except tasks.Elsewhere:
        db.session.rollback()
        return go(url_for("imports.progress", upload_id=upload_id))
    except Braked as stop:
        db.session.rollback()
        return _difference(get_upload(upload_id), 409, stop.stops)
    except Forbidden:
        raise
    except Refused as error:
        db.session.rollback()
        flash(said(error), "error")
        return go(url_for("imports.columns", upload_id=upload_id))
    db.session.commit()
    return go(url_for("imports.result", run_id=run_id))


def _take_in(upload: ImportUpload, force: bool) -> int | None:
    """Within the request: read without holding the database's write lock, then written and recorded in one piece."""
    upload_id, entity, actor, kind, path = upload.id, current_entity(), viewer(), upload.kind, uploads.path(upload)

    def begin_writing() -> None:
        _begin_writing()
        tasks.hold_free(upload_id)

    mapping = FileMapping.from_json(upload.mapping)
    chosen = options(upload, mapping, force=force, source="web", begin_writing=begin_writing)
    today, now = clock.today(entity.timezone), clock.now()
    db.session.commit()
    database.may_write.set(False)
    report = imports.run_import(entity, kind, path, chosen, actor=actor, today=today, now=now)
    tasks.taken_in(upload_id, report.run_id)
    return report.run_id


def _begin_writing() -> None:
    db.session.commit()
    database.may_write.set(True)


@bp.get("/<int:run_id>")
@requires(Capability.DATA_IMPORT)
def result(run_id: int) -> Response:
    """What was done: counts, rejected rows, where to look next."""
    entity = current_entity()
    run = get_run(run_id)
    rejected = queries.rejects(run_id, limit=200)
    return page(
        "imports/result.html",
        run=run,
        entity=entity,
        rejects=rejected,
        unknown=_of_strangers(run.kind, rejected),
        constants=constant_words(run.kind, _mapping_of(run)),
        remarks=run.remarks,
        remarked=remark_words(run.remarked),
        words=part_words(),
        undoable_id=undoable_id(entity),
        kinds=kind_words(),
        source=source_words,
        items=run.kind is ImportKind.ITEMS,
    )


@bp.get("/<int:run_id>/changes")
@requires(Capability.DATA_IMPORT)
def changes(run_id: int) -> Response:
    """The records the run made, or changed with every field from what to what."""
    entity = current_entity()
    found = get_run(run_id)
    part = "new" if request.args.get("part") == "new" else "changed"
    total = found.touched(part)
    number = within(sort_and_page((_SIZE,), _SIZE)[1], _SIZE, total)
    if found.kind is not ImportKind.ITEMS:
        rows = queries.touched_customers(found, entity, page=number, size=_SIZE)
    elif part == "new":
        rows = queries.new_items(found, entity, page=number, size=_SIZE)
    else:
        rows = queries.changed_items(found, page=number, size=_SIZE)
    return page(
        "imports/changes.html",
        run=found,
        shown=part,
        words=part_words(),
        rows=rows,
        total=total,
        page=number,
        size=_SIZE,
        fields=field_words(found.kind, _mapping_of(found)),
        value=value_words(found.kind, _mapping_of(found)),
        items=found.kind is ImportKind.ITEMS,
    )


@bp.get("/<int:run_id>/changes.<form>")
@requires(Capability.DATA_IMPORT)
def download_changes(run_id: int, form: str) -> Response:
    """The same as a file: a row for each field of each record."""
    found = get_run(run_id)
    part = "new" if request.args.get("part") == "new" else "changed"
    return table_answer(lists.run_changes(found, current_entity(), part), f"changes-{found.id}", form)


@bp.get("/<int:run_id>/rejected.<form>")
@requires(Capability.DATA_IMPORT)
def rejected(run_id: int, form: str) -> Response:
    """The rejected rows as they stood in the file, with line and reason; formula-safe."""
    found = get_run(run_id)
    mapping = _mapping_of(found)
    path = files.path_of(found.stored_as)
    table = rejected_rows(path, found.kind, mapping, queries.all_rejects(run_id), _reason)
    return table_answer(table, f"rejected-{found.id}", form)


def _mapping_of(run: queries.RunRow) -> FileMapping:
    return FileMapping.from_json(run.options.get("mapping", {}))


def _reason(row: queries.RejectRow) -> str:
    return filled(row.reason, row.params)
