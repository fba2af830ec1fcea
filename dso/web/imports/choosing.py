"""Choosing a file, templates to fill in, and the files taken in so far."""

import csv
import io
from typing import BinaryIO, cast

from flask import Response, make_response, request, send_file, url_for
from flask_babel import gettext as _

from dso import clock
from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.errors import Forbidden, NotFound, Refused
from dso.domain.imports.fields import FIELDS
from dso.domain.permissions import Capability
from dso.http.addresses import id_of
from dso.http.entity import choose_entity, current_entity
from dso.http.errors import sentence
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.http.sources import source_words
from dso.models import Entity, ImportUpload
from dso.queries import import_tasks
from dso.queries import imports as queries
from dso.services import files, lists
from dso.services.imports import KINDS, check_right, uploads
from dso.web.criteria import sort_and_page, within
from dso.web.downloads import table_answer
from dso.web.imports import bp
from dso.web.imports.standing import watcher
from dso.web.imports.wording import failure_words, part_words

#: Files taken in on one page.
SIZES = (50, 100, 250)


def kind_words() -> dict[ImportKind, str]:
    """What the kinds are called."""
    return {
        ImportKind.CUSTOMERS: _("Customers"),
        ImportKind.CONTACTS: _("Contacts"),
        ImportKind.ITEMS: _("Open items"),
        ImportKind.USERS: _("Users"),
        ImportKind.RATES: _("Exchange rates"),
    }


def offered() -> dict[ImportKind, str]:
    """The kinds the viewer may take in and look back at: users only for who edits users."""
    edits = viewer().can(Capability.SETTINGS_EDIT)
    return {kind: word for kind, word in kind_words().items() if edits or kind is not ImportKind.USERS}


def get_run(run_id: int) -> queries.RunRow:
    """A file taken in; NotFound when it is not the company's, Forbidden when its kind is not the viewer's to see."""
    found = queries.get_run(current_entity(), run_id)
    check_right(found.kind, viewer())
    return found


def undoable_id(entity: Entity) -> int | None:
    """The run the viewer is offered to take back: users files only to those who may edit users.

    None while that is being done, or waits for its turn: then it is on its way.
    """
    run_id = queries.undoable_id(entity)
    task = import_tasks.undo_of(run_id) if run_id is not None else None
    if run_id is None or (task is not None and task.state in import_tasks.BUSY):
        return None
    return run_id if queries.get_run(entity, run_id).kind in offered() else None


@bp.get("")
@requires(Capability.DATA_IMPORT)
def index() -> Response:
    """Choose the kind and the file; below it what was taken in before."""
    return _index(request.args.get("kind", "items"))


def _index(kind: str, words: str = "") -> Response:
    """The page; `words`: why the file sent was not kept."""
    entity = current_entity()
    _sort, number, size = sort_and_page(SIZES, SIZES[0])
    total = queries.how_many(entity)
    number = within(number, size, total)
    return page(
        "imports/index.html",
        None if words else "imports/_history.html",
        status=422 if words else 200,
        words=words,
        kinds=kind_words(),
        offered=offered(),
        parts=part_words(),
        runs=queries.history(entity, limit=size, offset=(number - 1) * size),
        total=total,
        number=number,
        size=size,
        undoable_id=undoable_id(entity),
        ways=[each for each in import_tasks.on_their_way(entity, viewer()) if each.kind in offered()],
        why=_why,
        nobody_works=watcher(clock.now()),
        kept_days=uploads.LIFE.days,
        me=viewer().id,
        source=source_words,
        entity=entity,
        kind=kind,
    )


def _why(way: import_tasks.OnItsWay) -> str:
    """Why a file failed, in words; empty while it did not."""
    return failure_words(way.problem) if way.problem else ""


@bp.get("/history.<form>")
@requires(Capability.DATA_IMPORT)
def history(form: str) -> Response:
    """The files taken in, all of them, as a file."""
    entity = current_entity()
    return table_answer(lists.runs(entity), f"imports-{clock.today(entity.timezone)}", form)


@bp.post("")
@requires(Capability.DATA_IMPORT)
def send() -> Response:
    """Keep the file and go on to its columns; what is no table is refused at once."""
    kind = request.form.get("kind", "")
    if "entity" in request.form:
        # The company the page spoke of: another may have been chosen since, in another tab.
        choose_entity(id_of(request.form["entity"]) or 0)
    try:
        upload = _received(kind)
    except Forbidden:
        raise
    except Refused as error:
        db.session.rollback()
        return _index(kind, sentence(error))
    db.session.commit()
    return go(url_for("imports.columns", upload_id=upload.id))


def _received(kind: str) -> ImportUpload:
    if kind not in {each.value for each in KINDS}:
        raise Refused("Choose what the file holds.")
    check_right(ImportKind(kind), viewer())
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Refused("Choose a file first.")
    stream = cast(BinaryIO, sent.stream)
    return uploads.receive(current_entity(), ImportKind(kind), sent.filename, stream, actor=viewer(), now=clock.now())


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
    run = get_run(run_id)
    return send_file(files.path_of(run.stored_as), as_attachment=True, download_name=run.file)
