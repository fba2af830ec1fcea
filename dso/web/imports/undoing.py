"""Taking the last import back: what it touches and what depends on it, then doing it, at once or beside the request."""

from flask import Response, flash, url_for
from flask_babel import gettext as _

from dso import clock
from dso.db import db
from dso.domain.errors import Forbidden, Refused
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.errors import sentence
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.models import Entity, ImportRun
from dso.queries import import_tasks
from dso.queries import imports as queries
from dso.queries.import_dependents import Dependent
from dso.services.imports import beside, tasks, undo
from dso.web.imports import bp
from dso.web.imports.choosing import get_run, kind_words
from dso.web.imports.standing import problem_words, standing
from dso.web.imports.wording import part_words


@bp.get("/<int:run_id>/undo")
@requires(Capability.DATA_IMPORT)
def confirm_undo(run_id: int) -> Response:
    """What taking the import back would touch, and what stands in its way; or why it could not be taken back."""
    found, task = get_run(run_id), import_tasks.undo_of(run_id)
    if task is not None and task.state in import_tasks.BUSY:
        return go(url_for("imports.undo_progress", run_id=run_id))
    try:
        dependents = undo.dependents(undo.get(current_entity(), run_id))
    except Refused as error:
        return _refused(error)
    return _asked(found, dependents, problem=problem_words(task) if task else "")


def _refused(error: Refused) -> Response:
    flash(sentence(error), "error")
    return go(url_for("imports.index"))


def _asked(run: queries.RunRow, dependents: list[Dependent], status: int = 200, problem: str = "") -> Response:
    return page(
        "imports/undo.html",
        status=status,
        run=run,
        dependents=dependents,
        problem=problem,
        words=part_words(run.kind),
        kinds=kind_words(),
    )


@bp.post("/<int:run_id>/undo")
@requires(Capability.DATA_IMPORT)
def take_back(run_id: int) -> Response:
    """Take the import back whole, beside the request where that takes long; 409 with the list of what depends on it."""
    entity, found = current_entity(), get_run(run_id)
    try:
        run = undo.get(entity, run_id)
        if beside.takes_back_beside(entity, run):
            return _beside(entity, run)
        undo.undo(run, actor=viewer(), today=clock.today(entity.timezone), now=clock.now())
    except undo.Depends as error:
        db.session.rollback()
        return _asked(found, error.dependents, 409)
    except Refused as error:
        db.session.rollback()
        return _refused(error)
    flash(_("The import of %(file)s is taken back: everything stands as it did before.", file=found.file), "ok")
    db.session.commit()
    return go(url_for("imports.index"))


def _beside(entity: Entity, run: ImportRun) -> Response:
    """Leave it to the clock process; what stands in the way now is said now, unless it waits for its turn anyway."""
    undo.check(run)
    if not import_tasks.is_busy(entity) and (dependents := undo.dependents(run)):
        raise undo.Depends(dependents)
    tasks.ask_back(run, beside.touched(run), actor=viewer(), now=clock.now())
    db.session.commit()
    return go(url_for("imports.undo_progress", run_id=run.id))


@bp.get("/<int:run_id>/undo/progress")
@requires(Capability.DATA_IMPORT)
def undo_progress(run_id: int) -> Response:
    """How far it is; once it is done on to the result, and where something stood in the way on to what it was."""
    # In this order: a task that is gone says that the run, read after it, has its word.
    task, found = import_tasks.undo_of(run_id), get_run(run_id)
    if found.undone_at is not None:
        return go(url_for("imports.result", run_id=run_id))
    if task is None or (task.problem or {}).get("refused"):
        return go(url_for("imports.confirm_undo", run_id=run_id))
    return page(
        "imports/undoing.html",
        part="imports/_undoing.html",
        run=found,
        kinds=kind_words(),
        upload=task,
        mine=task.author_id == viewer().id,
        **standing(task, clock.now()),
    )


@bp.post("/<int:run_id>/undo/cancel")
@requires(Capability.DATA_IMPORT)
def cancel_undo(run_id: int) -> Response:
    """Leave the import as it is: nobody takes it back any more, unless that is being done already."""
    task, found = import_tasks.undo_of(run_id), get_run(run_id)
    if task is None or found.undone_at is not None:
        return go(url_for("imports.result", run_id=run_id))
    if task.author_id != viewer().id:
        raise Forbidden("Only who asked for it can leave it.")
    tasks.cancel(task)
    db.session.commit()
    flash(_("The import of %(file)s stays as it is: nothing of it was taken back.", file=found.file), "info")
    return go(url_for("imports.index"))
