"""Signing in and out, choosing a password by a link, and the choices of the frame."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user, login_user, logout_user
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired

from dso import clock
from dso.db import db
from dso.domain import passwords
from dso.domain.errors import Refused
from dso.domain.permissions import Capability
from dso.extensions import limiter, login_manager
from dso.http.addresses import id_of
from dso.http.entity import choose_entity, current_entity
from dso.http.errors import sentence
from dso.http.forms import Form
from dso.http.guard import public, signed_in, viewer
from dso.http.locales import LANGUAGES
from dso.http.pages import go, page, safe_target
from dso.models import User
from dso.queries.users import open_invitation
from dso.services import users
from dso.services.users import SignInState
from dso.services.users.invitations import hashed

bp = Blueprint("auth", __name__)
#: Guesses a minute from one network address before the delay by address has something to count.
_PER_MINUTE = "60 per minute"
_THEMES = ("light", "dark")


class LoginForm(Form):
    """Who comes in."""

    email = EmailField(validators=[InputRequired()])
    password = PasswordField(validators=[InputRequired()])
    next = HiddenField()


class PasswordForm(Form):
    """A password to be chosen, typed twice."""

    password = PasswordField(validators=[InputRequired()])
    again = PasswordField(validators=[InputRequired()])

    def matches(self) -> bool:
        """Whether both are filled in and the same; writes beside the field what is wrong."""
        if not self.validate():
            return False
        if self.password.data != self.again.data:
            self.again.errors = [_("The two passwords differ.")]
        return not self.again.errors


@login_manager.user_loader
def load_user(token: str) -> User | None:
    """The user of a session cookie; None when the password changed since, or the user is no longer active."""
    user_id, _colon, key = token.partition(":")
    user = db.session.get(User, id_of(user_id) or 0)
    return user if user and user.active and user.session_key == key else None


@login_manager.unauthorized_handler
def ask_to_log_in() -> ResponseReturnValue:
    """On to the log-in, and back afterwards; a form that was posted is not repeated."""
    if request.headers.get("HX-Request"):
        parts = urlsplit(request.headers.get("HX-Current-URL", ""))
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        response = make_response("", 401)
        response.headers["HX-Redirect"] = url_for("auth.login", next=safe_target(target, "") or None)
        return response
    target = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else ""
    return redirect(url_for("auth.login", next=target if target not in ("", "/") else None), 303)


@bp.get("/")
@signed_in()
def home() -> Response:
    """The first page of the role; of a company that has just begun the list of its first steps."""
    if viewer().can(Capability.SETTINGS_EDIT) and current_entity().first_import_on is None:
        return go(url_for("settings.first_steps"))
    return go(url_for("todo.index"))


@bp.route("/login", methods=["GET", "POST"])
@public()
@limiter.limit(_PER_MINUTE, methods=["POST"])
def login() -> Response:
    """Ask for e-mail and password; let in, or say in words why not."""
    form = LoginForm()
    if request.method != "POST":
        if current_user.is_authenticated:
            return go(safe_target(request.args.get("next"), url_for("auth.home")))
        form.next.data = request.args.get("next", "")
        return page("auth/login.html", form=form)
    if not form.validate():
        return _again(form, _("Fill in your e-mail address and your password."))
    attempt = users.sign_in(form.email.data or "", form.password.data or "", request.remote_addr or "", now=clock.now())
    if attempt.state is SignInState.RENEW and attempt.user:
        return _renew(attempt.user)
    db.session.commit()
    if attempt.state is not SignInState.IN or attempt.user is None:
        return _refuse(form, attempt)
    _let_in(attempt.user)
    return go(safe_target(form.next.data, url_for("auth.home")))


def _again(form: LoginForm, problem: str, status: int = 422) -> Response:
    return page("auth/login.html", status=status, form=form, problem=problem)


def _let_in(user: User) -> None:
    """A session that has nothing of whoever used this browser before."""
    session.clear()
    login_user(user)


def _renew(user: User) -> Response:
    token = users.issue(user, now=clock.now(), life=timedelta(hours=1))
    flash(_("Your password is old: choose a new one."), "info")
    db.session.commit()
    return go(url_for("auth.invitation", token=token))


def _refuse(form: LoginForm, attempt: users.SignIn) -> Response:
    words = {
        SignInState.WRONG: _("This e-mail address and this password do not go together."),
        SignInState.IDLE: _("This account was not used for too long. Ask an administrator to activate it again."),
    }
    if attempt.state is not SignInState.LOCKED:
        return _again(form, words[attempt.state])
    response = _again(form, _wait_words(attempt.wait), 429)
    response.headers["Retry-After"] = str(int(attempt.wait.total_seconds()) + 1)
    return response


def _wait_words(wait: timedelta) -> str:
    minutes = -(-int(wait.total_seconds() + 0.999) // 60)
    words: str = ngettext(
        "Too many wrong passwords. Try again in %(num)s minute.",
        "Too many wrong passwords. Try again in %(num)s minutes.",
        max(minutes, 1),
    )
    return words


@bp.post("/logout")
@signed_in()
def logout() -> Response:
    """End this browser's session."""
    logout_user()
    session.clear()
    return go(url_for("auth.login"))


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@public()
@limiter.limit(_PER_MINUTE)
def invitation(token: str) -> Response:
    """Choose a password by a link. Looking changes nothing; only the form does."""
    found = open_invitation(hashed(token), clock.now())
    if found is None:
        return page("auth/spent.html", status=404)
    form = PasswordForm()
    if request.method != "POST":
        return page("auth/invitation.html", form=form, user=found.user, longest=passwords.LONGEST)
    if form.matches():
        try:
            user = users.accept(token, form.password.data or "", now=clock.now())
        except Refused as refusal:
            form.password.errors = [sentence(refusal)]
        else:
            db.session.commit()
            flash(_("Your password is set. Log in with it."), "ok")
            session.pop("_user_id", None)
            return go(url_for("auth.login", email=user.email))
    return page("auth/invitation.html", status=422, form=form, user=found.user, longest=passwords.LONGEST)


@bp.post("/entity")
@bp.post("/entity/<int:entity_id>")
@signed_in()
def entity(entity_id: int | None = None) -> Response:
    """Work on another company from now on."""
    chosen = request.form.get("entity", "")
    choose_entity(entity_id if entity_id is not None else id_of(chosen) or 0)
    return go(safe_target(request.form.get("next"), url_for("auth.home")))


@bp.post("/appearance")
@signed_in()
def appearance() -> Response:
    """Light or dark for this browser, the language for this user."""
    response = go(safe_target(request.form.get("next"), url_for("auth.home")))
    theme = request.form.get("theme")
    if theme in _THEMES:
        response.set_cookie("theme", theme, max_age=365 * 86400, samesite="Lax", secure=request.is_secure)
    elif theme is not None:
        response.delete_cookie("theme")
    language = request.form.get("language")
    if language in LANGUAGES:
        users.set_language(viewer(), language)
        db.session.commit()
    return response
