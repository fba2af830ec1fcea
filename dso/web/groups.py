"""Labels on customers: list, add, rename, remove."""

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from dso.db import db
from dso.domain.errors import Refused
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.errors import sentence
from dso.http.guard import requires
from dso.http.pages import go, page
from dso.queries.entities import get_group, group_rows
from dso.services import groups, lists
from dso.web.downloads import table_answer
from dso.web.settings.tabs import tabs

bp = Blueprint("groups", __name__, url_prefix="/settings/groups")
_edits = requires(Capability.GROUPS_EDIT)


def _show(status: int = 200, problem: str = "", typed: str = "", group_id: int = 0) -> Response:
    rows = group_rows(current_entity())
    return page(
        "groups/index.html", status=status, tabs=tabs(), rows=rows, problem=problem, typed=typed, group_id=group_id
    )


@bp.get("")
@_edits
def index() -> Response:
    """The groups of the company."""
    return _show()


@bp.get("/list.<form>")
@_edits
def download(form: str) -> Response:
    """The groups as a file."""
    return table_answer(lists.groups(current_entity()), "groups", form)


@bp.post("")
@_edits
def add() -> Response:
    """Add a group."""
    name = request.form.get("name", "")
    try:
        groups.add(current_entity(), name)
    except Refused as refusal:
        return _show(422, sentence(refusal), name)
    return _saved(_("Saved."))


@bp.post("/<int:group_id>")
@_edits
def rename(group_id: int) -> Response:
    """Give a group another name."""
    group, name = get_group(current_entity(), group_id), request.form.get("name", "")
    try:
        groups.rename(group, name)
    except Refused as refusal:
        return _show(422, sentence(refusal), name, group_id)
    return _saved(_("Saved."))


@bp.post("/<int:group_id>/remove")
@_edits
def remove(group_id: int) -> Response:
    """Take the label off its customers and forget it."""
    group = get_group(current_entity(), group_id)
    words = _("The group %(name)s is gone.", name=group.name)
    groups.remove(group)
    return _saved(words)


def _saved(words: str) -> Response:
    db.session.commit()
    flash(words, "ok")
    return go(url_for("groups.index"))
