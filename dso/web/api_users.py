"""Programs that may talk to the API: list, let one in, revoke."""

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext as _
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from dso import clock
from dso.db import db
from dso.domain.errors import Forbidden, Refused
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.errors import sentence
from dso.http.forms import Form, choices
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.queries import api_users as queries
from dso.queries.users import get_user, user_rows
from dso.services import api_users, lists
from dso.web.downloads import table_answer
from dso.web.settings.tabs import tabs

bp = Blueprint("api_users", __name__, url_prefix="/settings/api-users")
_edits = requires(Capability.SETTINGS_EDIT)


class ProgramForm(Form):
    """A program to be let in."""

    name = StringField(validators=[InputRequired(), Length(max=100)])
    user = SelectField(coerce=int)


def _form() -> ProgramForm:
    form = ProgramForm(data={"user": viewer().id})
    people = [row for row in user_rows(viewer()) if row.active]
    form.user.choices = choices((row.id, f"{row.name} ({row.email})") for row in people)
    return form


def _show(form: ProgramForm, status: int = 200) -> Response:
    return page("api_users/index.html", status=status, form=form, rows=queries.program_rows(viewer()), tabs=tabs())


@bp.get("")
@_edits
def index() -> Response:
    """The programs, and a form for one more."""
    return _show(_form())


@bp.get("/list.<form>")
@_edits
def download(form: str) -> Response:
    """The programs as a file; no secret is in it."""
    entity = current_entity()
    return table_answer(lists.programs(viewer(), entity), f"programs-{clock.today(entity.timezone)}", form)


@bp.post("")
@_edits
def add() -> Response:
    """Let a program in; its secret is shown this once."""
    form = _form()
    if not form.validate():
        return _show(form, 422)
    try:
        user = get_user(viewer(), form.user.data)
        made, secret = api_users.make(form.name.data or "", user, actor=viewer(), now=clock.now())
    except Forbidden:
        raise
    except Refused as refusal:
        db.session.rollback()
        form.name.errors = [sentence(refusal)]
        return _show(form, 422)
    db.session.commit()
    return page("api_users/made.html", program=made, secret=secret)


@bp.post("/<int:program_id>/revoke")
@_edits
def revoke(program_id: int) -> Response:
    """End a program's log-in at once."""
    program = queries.get_program(viewer(), program_id)
    api_users.revoke(program, actor=viewer(), now=clock.now())
    db.session.commit()
    flash(_("%(name)s may no longer talk to the API.", name=program.name), "ok")
    return go(url_for("api_users.index"))
