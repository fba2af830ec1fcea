"""The people who work here: add, invite, change, deactivate."""

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext as _
from wtforms import EmailField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from dso import clock
from dso.db import db
from dso.domain.codes import Role
from dso.domain.errors import Forbidden, Refused
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.errors import sentence
from dso.http.forms import CheckboxesField, Form, choices
from dso.http.guard import requires, viewer
from dso.http.locales import LANGUAGE_NAMES
from dso.http.pages import go, page
from dso.models import User
from dso.queries import settings
from dso.queries import users as queries
from dso.queries.scope import entities_of
from dso.services import lists, users
from dso.web.downloads import table_answer
from dso.web.profile import AbsenceForm, absence_form, keep_absence
from dso.web.settings.tabs import tabs

bp = Blueprint("users", __name__, url_prefix="/settings/users")
_edits = requires(Capability.SETTINGS_EDIT)


class UserForm(Form):
    """What a manager decides about a user."""

    email = EmailField(validators=[Length(max=254)])
    first_name = StringField(validators=[Length(max=100)])
    last_name = StringField(validators=[InputRequired(), Length(max=100)])
    role = SelectField()
    may_import = SelectField()
    entities = CheckboxesField(coerce=int)
    language = SelectField()
    job_title = StringField(validators=[Length(max=100)])
    phone = StringField(validators=[Length(max=60)])
    mobile = StringField(validators=[Length(max=60)])


def role_names() -> dict[Role, str]:
    """Roles by name, the most powerful first."""
    return {
        Role.ADMIN: _("Administrator"),
        Role.CREDIT_MANAGER: _("Credit manager"),
        Role.COLLECTOR: _("Collector"),
        Role.SALES_ADMIN: _("Sales administration"),
        Role.SALES: _("Sales"),
        Role.CONTROLLER: _("Financial controller"),
        Role.EXECUTIVE: _("Executive"),
        Role.GUEST: _("Guest"),
    }


def _form(user: User | None, *, posted: bool) -> UserForm:
    values: dict[str, object] = {"role": Role.COLLECTOR.value, "may_import": ""}
    if user is not None:
        names = ("email", "first_name", "last_name", "role", "language", "job_title", "phone", "mobile")
        values = {name: getattr(user, name) for name in names}
        values["may_import"] = "yes" if user.may_import else "no"
        values["entities"] = [entity.id for entity in user.entities]
    form = UserForm(data=values) if posted else UserForm(formdata=None, data=values)
    roles = role_names().items()
    form.role.choices = choices((r.value, n) for r, n in roles if r is not Role.ADMIN or viewer().role is Role.ADMIN)
    by_role = [("", _("as the role has it"))] if user is None else []
    form.may_import.choices = choices([*by_role, ("yes", _("yes")), ("no", _("no"))])
    form.entities.choices = choices((entity.id, entity.name) for entity in entities_of(viewer()))
    form.language.choices = choices([("", _("as the browser says")), *LANGUAGE_NAMES.items()])
    return form


def _wanted(form: UserForm) -> dict[str, object]:
    chosen = set(form.entities.data or ())
    names = ("first_name", "last_name", "language", "job_title", "phone", "mobile")
    return {
        **{name: form[name].data or "" for name in names},
        "role": Role(form.role.data),
        "may_import": {"yes": True, "no": False}.get(form.may_import.data),
        "entities": [entity for entity in entities_of(viewer()) if entity.id in chosen],
    }


@bp.get("")
@_edits
def index() -> Response:
    """Everybody, active ones first."""
    rows = queries.user_rows(viewer())
    several = len(entities_of(viewer())) > 1
    return page("users/index.html", rows=rows, several=several, tabs=tabs(), me=viewer())


@bp.get("/list.<form>")
@_edits
def download(form: str) -> Response:
    """Everybody, as a file."""
    entity = current_entity()
    return table_answer(lists.people(viewer(), entity), f"users-{clock.today(entity.timezone)}", form)


@bp.route("/new", methods=["GET", "POST"])
@_edits
def new() -> Response:
    """Add somebody and send the invitation; the link is shown this once."""
    form = _form(None, posted=True)
    if not form.is_submitted():
        return _show_form(None, form)
    if form.validate():
        try:
            wanted = users.NewUser(email=form.email.data or "", **_wanted(form))  # type: ignore[arg-type]
            user = users.add(wanted, actor=viewer(), now=clock.now())
        except Forbidden:
            raise
        except Refused as refusal:
            form.email.errors = [sentence(refusal)]
        else:
            return _invited(user)
    return _show_form(None, form, 422)


def _show_form(user: User | None, form: UserForm, status: int = 200, *, absence: AbsenceForm | None = None) -> Response:
    return page(
        "users/edit.html",
        status=status,
        user=user,
        form=form,
        several=len(form.entities.choices) > 1,
        absence_form=absence or (absence_form(user, posted=False) if user else None),
        linked=user is not None and queries.is_linked(user),
    )


def _invited(user: User) -> Response:
    link = users.link_of(users.invite(user, actor=viewer(), now=clock.now()))
    db.session.commit()
    return page("users/invited.html", user=user, link=link, live=settings.is_live(), tabs=tabs())


@bp.route("/<int:user_id>", methods=["GET", "POST"])
@_edits
def edit(user_id: int) -> Response:
    """Change somebody."""
    user = queries.get_user(viewer(), user_id)
    form = _form(user, posted=True)
    if not form.is_submitted():
        return _show_form(user, form)
    if form.validate():
        try:
            users.update(user, users.UserChanges(**_wanted(form)), actor=viewer())  # type: ignore[arg-type]
        except Forbidden:
            raise
        except Refused as refusal:
            db.session.rollback()
            form.role.errors = [sentence(refusal)]
        else:
            db.session.commit()
            flash(_("Saved."), "ok")
            return go(url_for("users.index"))
    return _show_form(user, form, 422)


@bp.post("/<int:user_id>/invite")
@_edits
def invite(user_id: int) -> Response:
    """Send a new link to choose a password; the ones before end."""
    return _invited(queries.get_user(viewer(), user_id))


@bp.post("/<int:user_id>/deactivate")
@_edits
def deactivate(user_id: int) -> Response:
    """No log-in any more; everything the user did stays."""
    user = queries.get_user(viewer(), user_id)
    users.deactivate(user, actor=viewer())
    flash(_("%(name)s can no longer log in.", name=user.full_name), "ok")
    db.session.commit()
    return go(url_for("users.index"))


@bp.post("/<int:user_id>/activate")
@_edits
def activate(user_id: int) -> Response:
    """Let somebody log in again."""
    user = queries.get_user(viewer(), user_id)
    users.activate(user, actor=viewer())
    flash(_("%(name)s can log in again.", name=user.full_name), "ok")
    db.session.commit()
    return go(url_for("users.index"))


@bp.post("/<int:user_id>/absence")
@_edits
def absence(user_id: int) -> Response:
    """Name who stands in for somebody."""
    user = queries.get_user(viewer(), user_id)
    form = absence_form(user, posted=True)
    if keep_absence(form, user, actor=viewer()):
        return go(url_for("users.edit", user_id=user.id))
    return _show_form(user, _form(user, posted=False), 422, absence=form)
