"""Files on their way in: how far they are, trying again, and leaving it."""

from flask import Response, flash, url_for
from flask_babel import gettext as _

from dso import clock
from dso.db import db
from dso.domain.errors import Refused
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.models import ImportUpload
from dso.queries import import_tasks
from dso.services.imports import check_right, failures, tasks
from dso.web.imports import bp
from dso.web.imports.choosing import kind_words
from dso.web.imports.mapping import get_upload, is_another
from dso.web.imports.standing import standing
from dso.web.imports.wording import failure_words, said


@bp.get("/files/<int:upload_id>/progress", endpoint="progress")
@requires(Capability.DATA_IMPORT)
def progress_page(upload_id: int) -> Response:
    """Where the file is; once there is something to decide or to see, on to that."""
    upload = get_upload(upload_id)
    elsewhere = _what_is_next(upload)
    if elsewhere is not None:
        return go(elsewhere)
    return page(
        "imports/progress.html",
        part="imports/_progress.html",
        upload=upload,
        kinds=kind_words(),
        **standing(upload, clock.now()),
    )


def _what_is_next(upload: ImportUpload) -> str | None:
    """The page that has what came of it; None while it is at work, or failed for a reason of ours."""
    if upload.import_run_id is not None:
        return url_for("imports.result", run_id=upload.import_run_id)
    if upload.state == "done":
        return url_for("imports.preview", upload_id=upload.id)
    problem = upload.problem or {}
    if upload.state == "failed" and problem.get("refused"):
        flash(said(tasks.refusal(problem)), "error")
        return url_for("imports.columns", upload_id=upload.id, edit=1)
    if upload.state:
        return None
    return url_for("imports.preview" if upload.mapping else "imports.columns", upload_id=upload.id)


@bp.post("/files/<int:upload_id>/again")
@requires(Capability.DATA_IMPORT)
def again(upload_id: int) -> Response:
    """Put a file that failed back in the queue."""
    upload = get_upload(upload_id)
    if upload.state == "failed":
        tasks.ask(upload_id, upload.task, force=upload.force, now=clock.now())
        db.session.commit()
    elif upload.state not in import_tasks.BUSY:
        raise Refused("Only a file whose work failed can be tried again.")
    return go(url_for("imports.progress", upload_id=upload_id))


@bp.post("/files/<int:upload_id>/take-on")
@requires(Capability.DATA_IMPORT)
def take_on(upload_id: int) -> Response:
    """Go on with a file that came without a person and failed, as if one had sent it oneself."""
    upload = import_tasks.get_nobody_s(current_entity(), upload_id) or get_upload(upload_id)
    check_right(upload.kind, viewer())
    # The program said how it is to be read, and the brake stopped it: the difference is what is to be looked at.
    read = "preview" if upload.mapping and "stops" in (upload.problem or {}) else "columns"
    if upload.author_id is None:
        problem = upload.problem or {}
        # What the brake found stands on the difference, where it is to be released.
        words = failure_words(problem) if problem and "stops" not in problem else ""
        failures.take_on(upload, actor=viewer(), now=clock.now())
        db.session.commit()
        if words:
            flash(words, "error")
    return go(url_for(f"imports.{read}", upload_id=upload_id))


@bp.post("/files/<int:upload_id>/cancel")
@requires(Capability.DATA_IMPORT)
def cancel(upload_id: int) -> Response:
    """Leave it: the file is forgotten, nothing of it was taken in."""
    upload = import_tasks.get_nobody_s(current_entity(), upload_id) or get_upload(upload_id)
    check_right(upload.kind, viewer())
    if is_another(upload):
        return go(url_for("imports.index"))
    name = upload.file_name
    tasks.cancel(upload)
    db.session.commit()
    flash(_("%(name)s was left out: nothing of it was taken in.", name=name), "info")
    return go(url_for("imports.index"))
