"""Taking the last import back: what it touches and what depends on it, then doing it."""

from flask import Response, flash, url_for
from flask_babel import gettext as _

from dso import clock
from dso.db import db
from dso.domain.errors import Refused
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.errors import sentence
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.queries import imports as queries
from dso.queries.import_dependents import Dependent
from dso.services.imports import undo
from dso.web.imports import bp
from dso.web.imports.choosing import get_run, kind_words
from dso.web.imports.wording import part_words

#: Rows from which on taking back is felt as waiting: some two seconds.
LARGE = 20_000


@bp.get("/<int:run_id>/undo")
@requires(Capability.DATA_IMPORT)
def confirm_undo(run_id: int) -> Response:
    """What taking the import back would touch, and what stands in its way."""
    found = get_run(run_id)
    try:
        dependents = undo.dependents(undo.get(current_entity(), run_id))
    except Refused as error:
        return _refused(error)
    return _asked(found, dependents)


def _refused(error: Refused) -> Response:
    flash(sentence(error), "error")
    return go(url_for("imports.index"))


def _asked(run: queries.RunRow, dependents: list[Dependent], status: int = 200) -> Response:
    return page(
        "imports/undo.html",
        status=status,
        run=run,
        dependents=dependents,
        words=part_words(run.kind),
        kinds=kind_words(),
        large=LARGE,
    )


@bp.post("/<int:run_id>/undo")
@requires(Capability.DATA_IMPORT)
def take_back(run_id: int) -> Response:
    """Take the import back whole; 409 with the list when something depends on it."""
    entity, found = current_entity(), get_run(run_id)
    try:
        undo.undo(undo.get(entity, run_id), actor=viewer(), today=clock.today(entity.timezone), now=clock.now())
    except undo.Depends as error:
        db.session.rollback()
        return _asked(found, error.dependents, 409)
    except Refused as error:
        db.session.rollback()
        return _refused(error)
    flash(_("The import of %(file)s is taken back: everything stands as it did before.", file=found.file), "ok")
    db.session.commit()
    return go(url_for("imports.index"))
