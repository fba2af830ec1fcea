"""The company: who it is, where debtors pay to, its logo, its mail server."""

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    ColorField,
    FileField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from dso import clock
from dso.db import db
from dso.domain.errors import NotFound, Refused
from dso.domain.languages import SHIPPED
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.errors import sentence
from dso.http.forms import Form, choices, email_address
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.models import BankAccount, Entity
from dso.queries import entities as queries
from dso.queries.debtors import logo as logo_of
from dso.services import entities, mail_tests
from dso.web.settings.tabs import tabs

bp = Blueprint("company", __name__, url_prefix="/settings/company")
_edits = requires(Capability.COMPANY_EDIT)


class CompanyForm(Form):
    """Who the company is."""

    legal_name = StringField(validators=[InputRequired(), Length(max=200)])
    legal_id = StringField(validators=[Length(max=50)])
    vat_number = StringField(validators=[Length(max=50)])
    address = TextAreaField(validators=[Length(max=1000)])
    phone = StringField(validators=[Length(max=50)])
    email = StringField(validators=[Length(max=254), email_address])
    website = StringField(
        validators=[Length(max=200), Optional(), Regexp("https?://", message=_l("Begin with https:// or http://."))]
    )
    language = SelectField()
    colour = ColorField(validators=[Regexp(r"#[0-9a-fA-F]{6}\Z")])
    footer_en = TextAreaField(validators=[Length(max=2000)])
    footer_fr = TextAreaField(validators=[Length(max=2000)])
    footer_de = TextAreaField(validators=[Length(max=2000)])


class AccountForm(Form):
    """A bank account."""

    currency = StringField(validators=[InputRequired(), Regexp(r"[A-Za-z]{3}\Z")])
    holder = StringField(validators=[Length(max=200)])
    bank = StringField(validators=[Length(max=200)])
    iban = StringField(validators=[Length(max=60)])
    bic = StringField(validators=[Length(max=20)])
    details = TextAreaField(validators=[Length(max=1000)])


class MailForm(Form):
    """The mail server. The secret is never shown again; an empty field keeps it."""

    host = StringField(validators=[Length(max=200)])
    port = IntegerField(validators=[InputRequired(), NumberRange(1, 65535)])
    security = SelectField()
    user = StringField(validators=[Length(max=200)])
    secret = PasswordField(validators=[Length(max=500)])
    no_secret = BooleanField()
    mail_from = StringField(validators=[Length(max=254)])
    mail_bcc = StringField(validators=[Length(max=254)])


class LogoForm(Form):
    """A picture."""

    file = FileField()


def _company_form(entity: Entity, *, posted: bool) -> CompanyForm:
    values = {f"footer_{language}": entity.legal_footer.get(language, "") for language in SHIPPED}
    form = CompanyForm(obj=entity, data=values) if posted else CompanyForm(None, obj=entity, data=values)
    names = {"en": _("English"), "fr": _("French"), "de": _("German")}
    form.language.choices = choices((language, names[language]) for language in SHIPPED)
    return form


def _mail_form(entity: Entity, *, posted: bool) -> MailForm:
    values = {
        "host": entity.smtp_host,
        "port": entity.smtp_port,
        "security": entity.smtp_security,
        "user": entity.smtp_user,
        "mail_from": entity.mail_from,
        "mail_bcc": entity.mail_bcc,
    }
    form = MailForm(data=values) if posted else MailForm(None, data=values)
    names = {"starttls": _("STARTTLS"), "tls": _("TLS from the start"), "none": _("none")}
    form.security.choices = choices((each, names[each]) for each in entities.SECURITIES)
    return form


def _show(status: int = 200, **changed: Form) -> Response:
    entity = current_entity()
    return page(
        "company/show.html",
        status=status,
        tabs=tabs(),
        entity=entity,
        form=changed.get("form") or _company_form(entity, posted=False),
        mail_form=changed.get("mail_form") or _mail_form(entity, posted=False),
        logo_form=changed.get("logo_form") or LogoForm(None),
    )


@bp.get("")
@_edits
def show() -> Response:
    """All of the company on one page."""
    return _show()


@bp.post("")
@_edits
def save() -> Response:
    """Keep who the company is."""
    entity = current_entity()
    form = _company_form(entity, posted=True)
    if form.validate():
        names = ("legal_name", "legal_id", "vat_number", "address", "phone", "email", "website", "language", "colour")
        footer = {language: form[f"footer_{language}"].data or "" for language in SHIPPED}
        data = entities.CompanyData(**{name: form[name].data or "" for name in names}, legal_footer=footer)
        try:
            entities.update_company(entity, data)
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(sentence(refusal))
        else:
            return _saved("company")
    return _show(422, form=form)


def _saved(anchor: str) -> Response:
    db.session.commit()
    flash(_("Saved."), "ok")
    return go(url_for("company.show", _anchor=anchor))


@bp.get("/logo")
@_edits
def logo() -> Response:
    """The logo as it is kept."""
    entity = current_entity()
    content = logo_of(entity)
    if content is None:
        raise NotFound("There is no logo.")
    return Response(content, mimetype=entity.logo_type)


@bp.post("/logo")
@_edits
def save_logo() -> Response:
    """Take a picture, or remove the one there is."""
    form = LogoForm()
    if request.form.get("remove"):
        entities.remove_logo(current_entity())
        return _saved("logo")
    file = request.files.get("file")
    try:
        entities.set_logo(current_entity(), file.read(entities.LARGEST_LOGO + 1) if file else b"")
    except Refused as refusal:
        form.file.errors = [sentence(refusal)]
        return _show(422, logo_form=form)
    return _saved("logo")


@bp.post("/mail")
@_edits
def save_mail() -> Response:
    """Keep the mail server."""
    form = _mail_form(current_entity(), posted=True)
    if form.validate():
        secret = "" if form.no_secret.data else form.secret.data or None
        names = ("host", "security", "user", "mail_from", "mail_bcc")
        words = {name: form[name].data or "" for name in names}
        server = entities.MailServer(**words, port=form.port.data or 0, secret=secret)
        try:
            entities.set_mail_server(current_entity(), server)
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(sentence(refusal))
        else:
            return _saved("mail")
    return _show(422, mail_form=form)


@bp.post("/mail/test")
@_edits
def test_mail() -> Response:
    """Send a test message to oneself by the server that is kept, and say how it went."""
    entity, person = current_entity(), viewer()
    attempt = mail_tests.prepare(entity, person)
    # Nothing is open while the mail server is talked to.
    db.session.commit()
    result = mail_tests.send(attempt)
    if result.sent:
        entities.note_test_message(entity, person.email, actor=person, now=clock.now())
        db.session.commit()
        flash(_("The mail server took a test message for %(address)s.", address=person.email), "ok")
    else:
        reason, colon, more = result.words.partition(": ")
        flash(_("The test message was not sent: %(words)s", words=f"{_(reason)}{colon}{more}"), "error")
    return go(url_for("company.show", _anchor="mail"))


def _account_page(form: AccountForm, account: BankAccount | None, status: int = 200) -> Response:
    return page("company/account.html", status=status, form=form, account=account)


@bp.route("/accounts/new", methods=["GET", "POST"])
@_edits
def new_account() -> Response:
    """Add a bank account."""
    entity = current_entity()
    form = AccountForm(data={"currency": entity.currency, "holder": entity.legal_name})
    if not form.is_submitted():
        return _account_page(form, None)
    return _keep_account(form, None)


@bp.route("/accounts/<int:account_id>", methods=["GET", "POST"])
@_edits
def edit_account(account_id: int) -> Response:
    """Change a bank account."""
    account = queries.get_account(current_entity(), account_id)
    form = AccountForm(obj=account)
    if not form.is_submitted():
        return _account_page(form, account)
    return _keep_account(form, account)


def _keep_account(form: AccountForm, account: BankAccount | None) -> Response:
    if form.validate():
        names = ("holder", "bank", "iban", "bic", "details")
        typed = entities.Account(
            currency=(form.currency.data or "").upper(), **{name: form[name].data or "" for name in names}
        )
        try:
            entities.save_account(current_entity(), typed, account)
        except Refused as refusal:
            field = form.bic if "BIC" in refusal.message else form.iban
            field.errors = [sentence(refusal)]
        else:
            return _saved("accounts")
    return _account_page(form, account, 422)


@bp.post("/accounts/<int:account_id>/remove")
@_edits
def remove_account(account_id: int) -> Response:
    """Tell debtors this account no longer."""
    entity = current_entity()
    entities.remove_account(entity, queries.get_account(entity, account_id))
    return _saved("accounts")
