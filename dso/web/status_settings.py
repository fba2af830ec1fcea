"""The team's statuses: names, what the debtor reads, what follows."""

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from dso.db import db
from dso.domain.codes import Mode, StatusType
from dso.domain.errors import Refused
from dso.domain.languages import SHIPPED
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.errors import sentence
from dso.http.forms import Form, choices
from dso.http.guard import requires
from dso.http.pages import go, page
from dso.models import Status
from dso.queries.entities import all_statuses, any_status
from dso.queries.statuses import library_steps
from dso.services import lists, status_settings
from dso.web.downloads import table_answer
from dso.web.settings.tabs import tabs

bp = Blueprint("status_settings", __name__, url_prefix="/settings/statuses")
_edits = requires(Capability.SETTINGS_EDIT)


class StatusForm(Form):
    """What is kept of a status."""

    type = SelectField()
    name = StringField(validators=[InputRequired(), Length(max=100)])
    label_en = StringField(validators=[Length(max=100)])
    label_fr = StringField(validators=[Length(max=100)])
    label_de = StringField(validators=[Length(max=100)])
    follow_up_days = IntegerField(validators=[InputRequired(), NumberRange(0, 365)])
    mode = SelectField()
    template = SelectField(coerce=int)


def type_names() -> dict[StatusType, str]:
    """The five types by name."""
    return {
        StatusType.ONGOING: _("Ongoing"),
        StatusType.PROMISE: _("Promise"),
        StatusType.DISPUTE: _("Dispute"),
        StatusType.DISPUTE_RESOLVED: _("Dispute resolved"),
        StatusType.LITIGATION: _("Litigation"),
    }


def _form(status: Status | None) -> StatusForm:
    values: dict[str, object] = {"type": request.args.get("type", "ongoing"), "follow_up_days": 7, "mode": "manual"}
    if status is not None:
        values = {"type": status.type.value, "name": status.name, "follow_up_days": status.follow_up_days}
        values |= {"mode": status.mode.value, "template": status.template_step_id or 0}
        values |= {f"label_{language}": status.labels.get(language, "") for language in SHIPPED}
    form = StatusForm(data=values)
    form.type.choices = choices((each.value, words) for each, words in type_names().items())
    modes = {Mode.MANUAL: _("manual"), Mode.CONFIRM: _("automatic, to be confirmed"), Mode.AUTOMATIC: _("automatic")}
    form.mode.choices = choices((each.value, words) for each, words in modes.items())
    texts = [(step.id, step.name) for step in library_steps(current_entity())]
    kept = status.template_step_id if status else None
    foreign = [(kept, _("a text of another company"))] if kept and kept not in dict(texts) else []
    form.template.choices = choices([(0, _("none")), *foreign, *texts])
    return form


def _data(form: StatusForm) -> status_settings.StatusData:
    return status_settings.StatusData(
        name=form.name.data or "",
        labels={language: form[f"label_{language}"].data or "" for language in SHIPPED},
        follow_up_days=form.follow_up_days.data or 0,
        mode=Mode(form.mode.data),
        template_step_id=form.template.data or None,
    )


@bp.get("")
@_edits
def index() -> Response:
    """All statuses by type."""
    rows = all_statuses()
    by_type = [(type, words, [row for row in rows if row.type is type]) for type, words in type_names().items()]
    texts = {step.id: step.name for step in library_steps(current_entity())}
    return page("status_settings/index.html", tabs=tabs(), by_type=by_type, texts=texts)


@bp.get("/list.<form>")
@_edits
def download(form: str) -> Response:
    """The statuses as a file."""
    return table_answer(lists.statuses(), "statuses", form)


def _show(form: StatusForm, status: Status | None, code: int = 200) -> Response:
    return page("status_settings/edit.html", status=code, form=form, row=status)


@bp.route("/new", methods=["GET", "POST"])
@_edits
def new() -> Response:
    """Add a status."""
    form = _form(None)
    if not form.is_submitted():
        return _show(form, None)
    if form.validate():
        try:
            status_settings.add(StatusType(form.type.data), _data(form))
        except Refused as refusal:
            form.name.errors = [sentence(refusal)]
        else:
            return _saved()
    return _show(form, None, 422)


@bp.route("/<int:status_id>", methods=["GET", "POST"])
@_edits
def edit(status_id: int) -> Response:
    """Change a status; its type stays."""
    row = any_status(status_id)
    form = _form(row)
    if not form.is_submitted():
        return _show(form, row)
    form.type.data = row.type.value
    if form.validate():
        try:
            status_settings.update(row, _data(form))
        except Refused as refusal:
            form.name.errors = [sentence(refusal)]
        else:
            return _saved()
    return _show(form, row, 422)


def _saved() -> Response:
    db.session.commit()
    flash(_("Saved."), "ok")
    return go(url_for("status_settings.index"))


@bp.post("/<int:status_id>/active")
@_edits
def set_active(status_id: int) -> Response:
    """Offer a status, or no longer."""
    status_settings.set_active(any_status(status_id), request.form.get("active") == "1")
    return _saved()
