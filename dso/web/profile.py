"""What a person keeps about himself: name, signature, language, password, who stands in."""

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _
from flask_login import login_user
from wtforms import DateField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from dso import clock
from dso.db import db
from dso.domain.errors import Forbidden, Refused
from dso.http.entity import current_entity
from dso.http.errors import sentence
from dso.http.forms import Form, choices
from dso.http.guard import signed_in, viewer
from dso.http.locales import LANGUAGE_NAMES
from dso.http.pages import go, page
from dso.models import User
from dso.queries.users import active_users
from dso.services import users

bp = Blueprint("profile", __name__)


class ProfileForm(Form):
    """The own name, numbers, signature."""

    first_name = StringField(validators=[Length(max=100)])
    last_name = StringField(validators=[InputRequired(), Length(max=100)])
    job_title = StringField(validators=[Length(max=100)])
    phone = StringField(validators=[Length(max=60)])
    mobile = StringField(validators=[Length(max=60)])
    language = SelectField()
    signature = TextAreaField(validators=[Length(max=2000)])


class OwnPasswordForm(Form):
    """The password until now and the new one twice."""

    old = PasswordField(validators=[InputRequired()])
    password = PasswordField(validators=[InputRequired()])
    again = PasswordField(validators=[InputRequired()])


class AbsenceForm(Form):
    """Who stands in, and when."""

    deputy = SelectField(coerce=int)
    absent_from = DateField(validators=[Optional()])
    absent_to = DateField(validators=[Optional()])


def _page(user: User, status: int = 200, **forms: Form) -> Response:
    context = {
        "form": forms.get("form") or _profile_form(user, posted=False),
        "password_form": forms.get("password_form") or OwnPasswordForm(formdata=None),
        "absence_form": forms.get("absence_form") or absence_form(user, posted=False),
    }
    return page("profile/show.html", status=status, user=user, **context)


def _profile_form(user: User, *, posted: bool) -> ProfileForm:
    form = ProfileForm() if posted else ProfileForm(formdata=None, obj=user)
    form.language.choices = choices([("", _("As the browser says")), *LANGUAGE_NAMES.items()])
    return form


def absence_form(user: User, *, posted: bool) -> AbsenceForm:
    """The form of a user's absence with the people who may stand in."""
    values = {"deputy": user.deputy_id or 0, "absent_from": user.absent_from, "absent_to": user.absent_to}
    form = AbsenceForm(data=values) if posted else AbsenceForm(formdata=None, data=values)
    others = [(each.id, each.full_name) for each in active_users(current_entity()) if each.id != user.id]
    form.deputy.choices = choices([(0, _("nobody")), *others])
    return form


def keep_absence(form: AbsenceForm, user: User, *, actor: User) -> bool:
    """Name who stands in for a user; False when the form does not hold, with the reason beside its field."""
    if not form.validate():
        return False
    deputy = db.session.get(User, form.deputy.data) if form.deputy.data else None
    try:
        users.set_absence(user, deputy, form.absent_from.data, form.absent_to.data, actor=actor)
    except Forbidden:
        raise
    except Refused as refusal:
        form.absent_to.errors = [sentence(refusal)]
        return False
    db.session.commit()
    flash(_("Saved."), "ok")
    return True


@bp.get("/profile")
@signed_in()
def show() -> Response:
    """The own profile."""
    return _page(viewer())


@bp.post("/profile")
@signed_in()
def save() -> Response:
    """Keep what a person changed about himself."""
    form = _profile_form(viewer(), posted=True)
    if not form.validate():
        return _page(viewer(), 422, form=form)
    names = ("first_name", "last_name", "job_title", "phone", "mobile", "language", "signature")
    users.update_profile(viewer(), **{name: form[name].data or "" for name in names})
    db.session.commit()
    flash(_("Saved."), "ok")
    return go(url_for("profile.show"))


@bp.post("/profile/password")
@signed_in()
def password() -> Response:
    """Change the own password; other sessions end, this one goes on."""
    form, user = OwnPasswordForm(), viewer()
    if form.validate() and form.password.data != form.again.data:
        form.again.errors = [_("The two passwords differ.")]
    if form.errors:
        return _page(user, 422, password_form=form)
    address = request.remote_addr or ""
    try:
        users.change_password(user, form.old.data or "", form.password.data or "", address, now=clock.now())
    except Refused as refusal:
        field = form.old if isinstance(refusal, users.WrongPassword | users.TooManyTries) else form.password
        field.errors = [sentence(refusal)]
        db.session.commit()
        return _page(user, 422, password_form=form)
    login_user(user)
    db.session.commit()
    flash(_("Your password is changed; you are logged out everywhere else."), "ok")
    return go(url_for("profile.show"))


@bp.post("/profile/absence")
@signed_in()
def absence() -> Response:
    """Name who stands in."""
    user = viewer()
    form = absence_form(user, posted=True)
    if keep_absence(form, user, actor=user):
        return go(url_for("profile.show"))
    return _page(user, 422, absence_form=form)
