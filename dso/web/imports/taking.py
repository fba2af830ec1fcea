"""The difference before anything is saved, taking the file in, and its result."""

import csv
import io
from collections.abc import Iterable, Iterator

from flask import Response, flash, request, stream_with_context, url_for
from flask_babel import gettext as _

from dso import clock
from dso import db as database
from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.errors import Refused
from dso.domain.imports.brake import Braked
from dso.domain.imports.mapping import FileMapping
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.errors import sentence
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.models import ImportUpload
from dso.queries import imports as queries
from dso.services import files, imports
from dso.services.imports import uploads
from dso.services.imports.rejected_rows import rejected_rows
from dso.web.imports import bp
from dso.web.imports.choosing import kind_words
from dso.web.imports.mapping import get_upload, options
from dso.web.imports.wording import field_words, said, value_words

#: Records on one page of changes.
_SIZE = 50


def _difference(upload: ImportUpload, status: int = 200, stopped: str = "") -> Response:
    """The preview page; what cannot be read leads back to the columns with the sentence."""
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
    except Refused as error:
        flash(said(error), "error")
        return go(url_for("imports.columns", upload_id=upload.id))
    return page(
        "imports/preview.html",
        status=status,
        upload=upload,
        report=report,
        entity=entity,
        stopped=stopped,
        words=_words(),
        fields=field_words(upload.kind),
        value=value_words(upload.kind),
        kinds=kind_words(),
    )


def _words() -> dict[str, str]:
    return {
        "new": _("New"),
        "changed": _("Changed"),
        "cleared": _("Cleared"),
        "reopened": _("Reopened"),
        "unchanged": _("Unchanged"),
    }


@bp.get("/files/<int:upload_id>/preview")
@requires(Capability.DATA_IMPORT)
def preview(upload_id: int) -> Response:
    """What taking the file in would do; nothing is written."""
    return _difference(get_upload(upload_id))


@bp.post("/files/<int:upload_id>/run")
@requires(Capability.DATA_IMPORT)
def run(upload_id: int) -> Response:
    """Take the file in, all or nothing; the brake stops before saving unless it is released."""
    upload = get_upload(upload_id)
    entity, actor = current_entity(), viewer()
    today, now = clock.today(entity.timezone), clock.now()
    chosen = options(
        upload, FileMapping.from_json(upload.mapping), force="force" in request.form, begin_writing=_begin_writing
    )
    path = uploads.path(upload)
    # A long file is read without holding the database's write lock; the writing begins with `_begin_writing`.
    db.session.commit()
    database.may_write.set(False)
    try:
        report = imports.run_import(entity, upload.kind, path, chosen, actor=actor, today=today, now=now)
    except Braked as stop:
        db.session.rollback()
        return _difference(get_upload(upload_id), 409, sentence(stop))
    except Refused as error:
        db.session.rollback()
        flash(said(error), "error")
        return go(url_for("imports.columns", upload_id=upload_id))
    uploads.done(get_upload(upload_id))
    db.session.commit()
    return go(url_for("imports.result", run_id=report.run_id))


def _begin_writing() -> None:
    db.session.commit()
    database.may_write.set(True)


@bp.get("/<int:run_id>")
@requires(Capability.DATA_IMPORT)
def result(run_id: int) -> Response:
    """What was done: counts, rejected rows, where to look next."""
    run = queries.get_run(current_entity(), run_id)
    return page(
        "imports/result.html",
        run=run,
        rejects=queries.rejects(run_id, limit=200),
        remarks=run.remarks,
        words=_words(),
        kinds=kind_words(),
        items=run.kind is ImportKind.ITEMS,
    )


@bp.get("/<int:run_id>/changes")
@requires(Capability.DATA_IMPORT)
def changes(run_id: int) -> Response:
    """The records the run made, or changed with every field from what to what."""
    entity = current_entity()
    found = queries.get_run(entity, run_id)
    part = "new" if request.args.get("part") == "new" else "changed"
    number = max(request.args.get("page", 1, type=int), 1)
    if found.kind is not ImportKind.ITEMS:
        total, rows = queries.touched_customers(found, entity, page=number, size=_SIZE)
    elif part == "new":
        total, rows = queries.new_items(found, entity, page=number, size=_SIZE)
    else:
        total, rows = queries.changed_items(found, page=number, size=_SIZE)
    return page(
        "imports/changes.html",
        run=found,
        part=part,
        rows=rows,
        total=total,
        page=number,
        size=_SIZE,
        fields=field_words(found.kind),
        value=value_words(found.kind),
        items=found.kind is ImportKind.ITEMS,
    )


@bp.get("/<int:run_id>/rejected.csv")
@requires(Capability.DATA_IMPORT)
def rejected(run_id: int) -> Response:
    """The rejected rows as they stood in the file, with line and reason; formula-safe."""
    found = queries.get_run(current_entity(), run_id)
    mapping = FileMapping.from_json(found.options.get("mapping", {}))
    path = files.path_of(found.stored_as)
    rows = rejected_rows(path, found.kind, mapping, queries.all_rejects(run_id), _reason)
    headers = {"Content-Disposition": f'attachment; filename="rejected-{found.id}.csv"'}
    return Response(stream_with_context(_lines(rows)), mimetype="text/csv; charset=utf-8", headers=headers)


def _reason(row: queries.RejectRow) -> str:
    sentence_ = str(_(row.reason))
    return sentence_ % row.params if row.params else sentence_


def _lines(rows: Iterable[list[str]]) -> Iterator[bytes]:
    yield "\ufeff".encode()
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    for row in rows:
        writer.writerow(row)
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
