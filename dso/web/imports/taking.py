"""The difference before anything is saved, taking the file in, and its result."""

import csv
import io
from collections.abc import Iterator

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
from dso.services import imports
from dso.services.exports import neutral
from dso.services.imports import uploads
from dso.web.imports import bp
from dso.web.imports.choosing import kind_words
from dso.web.imports.mapping import get_upload, options
from dso.web.imports.wording import said


def _difference(upload: ImportUpload, status: int = 200, stopped: str = "") -> Response:
    """The preview page; what cannot be read leads back to the columns with the sentence."""
    entity = current_entity()
    today = clock.today(entity.timezone)
    mapping = FileMapping.from_json(upload.mapping)
    try:
        report = imports.preview(
            entity, upload.kind, uploads.path(upload), options(upload, mapping), today=today, now=clock.now()
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
        words=_words(),
        kinds=kind_words(),
        items=run.kind is ImportKind.ITEMS,
    )


@bp.get("/<int:run_id>/rejected.csv")
@requires(Capability.DATA_IMPORT)
def rejected(run_id: int) -> Response:
    """The rejected rows with their reasons, formula-safe."""
    run = queries.get_run(current_entity(), run_id)
    rows = stream_with_context(_lines(run_id))
    headers = {"Content-Disposition": f'attachment; filename="rejected-{run.id}.csv"'}
    return Response(rows, mimetype="text/csv; charset=utf-8", headers=headers)


def _lines(run_id: int) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow([_("Line"), _("Column"), _("Value"), _("Reason")])
    yield text.getvalue().encode("utf-8-sig")
    for row in queries.all_rejects(run_id):
        text.seek(0)
        text.truncate()
        reason = str(_(row.reason)) % row.params if row.params else _(row.reason)
        writer.writerow([row.line, *(neutral(cell) for cell in (row.column, row.value, reason))])
        yield text.getvalue().encode()
