"""Choosing a file, templates to fill in, and the files taken in so far."""

import csv
import io
from typing import BinaryIO, cast

from flask import Response, make_response, request, send_file, url_for
from flask_babel import gettext as _

from dso import clock
from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.errors import NotFound, Refused
from dso.domain.imports.fields import FIELDS
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.queries import import_tasks
from dso.queries import imports as queries
from dso.services import files, lists
from dso.services.imports import KINDS, uploads
from dso.web.downloads import table_answer
from dso.web.imports import bp
from dso.web.imports.wording import source_words


def kind_words() -> dict[ImportKind, str]:
    """What the kinds are called."""
    return {
        ImportKind.CUSTOMERS: _("Customers"),
        ImportKind.CONTACTS: _("Contacts"),
        ImportKind.ITEMS: _("Open items"),
        ImportKind.USERS: _("Users"),
        ImportKind.RATES: _("Exchange rates"),
    }


@bp.get("")
@requires(Capability.DATA_IMPORT)
def index() -> Response:
    """Choose the kind and the file; below it what was taken in before."""
    entity = current_entity()
    return page(
        "imports/index.html",
        kinds=kind_words(),
        runs=queries.history(entity, limit=50),
        ways=import_tasks.on_their_way(entity, viewer()),
        me=viewer().id,
        source=source_words,
        entity=entity,
        kind=request.args.get("kind", "items"),
    )


@bp.get("/history.<form>")
@requires(Capability.DATA_IMPORT)
def history(form: str) -> Response:
    """The files taken in, all of them, as a file."""
    entity = current_entity()
    return table_answer(lists.runs(entity), f"imports-{clock.today(entity.timezone)}", form)


@bp.post("")
@requires(Capability.DATA_IMPORT)
def send() -> Response:
    """Keep the file and go on to its columns."""
    kind = request.form.get("kind", "")
    if kind not in {each.value for each in KINDS}:
        raise Refused("Choose what the file holds.")
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Refused("Choose a file first.")
    stream = cast(BinaryIO, sent.stream)
    upload = uploads.receive(current_entity(), ImportKind(kind), sent.filename, stream, actor=viewer(), now=clock.now())
    db.session.commit()
    return go(url_for("imports.columns", upload_id=upload.id))


@bp.get("/template/<kind>.csv")
@requires(Capability.DATA_IMPORT)
def template(kind: str) -> Response:
    """A file with every column of a kind and no rows."""
    if kind not in {each.value for each in KINDS}:
        raise NotFound("There is no such template.")
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerow(name for name, field in FIELDS[ImportKind(kind)].items() if not field.own)
    response = make_response(text.getvalue().encode("utf-8-sig"))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return response


@bp.get("/<int:run_id>/file")
@requires(Capability.DATA_IMPORT)
def original(run_id: int) -> Response:
    """The original file of a run."""
    run = queries.get_run(current_entity(), run_id)
    return send_file(files.path_of(run.stored_as), as_attachment=True, download_name=run.file)
