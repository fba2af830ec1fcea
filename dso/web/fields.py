"""Custom fields of customers and items."""

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from dso.db import db
from dso.domain.codes import FieldType
from dso.domain.errors import Refused
from dso.domain.permissions import Capability
from dso.http.errors import sentence
from dso.http.forms import Form, choices
from dso.http.guard import requires
from dso.http.pages import go, page
from dso.models import CustomField
from dso.queries.entities import custom_fields, get_field
from dso.services import custom_fields as service
from dso.services import lists
from dso.web.downloads import table_answer
from dso.web.settings.tabs import tabs

bp = Blueprint("fields", __name__, url_prefix="/settings/fields")
_edits = requires(Capability.SETTINGS_EDIT)


class FieldForm(Form):
    """What is kept of a field."""

    subject = SelectField()
    type = SelectField()
    label = StringField(validators=[InputRequired(), Length(max=100)])
    choices = TextAreaField(validators=[Length(max=5000)])


def type_names() -> dict[FieldType, str]:
    """Types of fields by name."""
    return {
        FieldType.TEXT: _("Text"),
        FieldType.NUMBER: _("Figure"),
        FieldType.DATE: _("Date"),
        FieldType.YESNO: _("Yes or no"),
        FieldType.LIST: _("Choice from a list"),
        FieldType.LINK: _("Link"),
    }


def _form(field: CustomField | None) -> FieldForm:
    values = {"subject": request.args.get("subject", "customer"), "type": "text"}
    if field is not None:
        values = {"subject": field.subject, "type": field.type.value, "label": field.label}
        values["choices"] = "\n".join(field.choices)
    form = FieldForm(data=values)
    form.subject.choices = choices([("customer", _("customers")), ("item", _("items"))])
    form.type.choices = choices((each.value, words) for each, words in type_names().items() if words)
    return form


def _data(form: FieldForm) -> service.FieldData:
    return service.FieldData(form.label.data or "", (form.choices.data or "").splitlines())


@bp.get("")
@_edits
def index() -> Response:
    """All custom fields."""
    return page("fields/index.html", tabs=tabs(), rows=custom_fields(), types=type_names())


@bp.get("/list.<form>")
@_edits
def download(form: str) -> Response:
    """The custom fields as a file."""
    return table_answer(lists.fields(), "fields", form)


def _show(form: FieldForm, field: CustomField | None, status: int = 200) -> Response:
    return page("fields/edit.html", status=status, form=form, field=field)


@bp.route("/new", methods=["GET", "POST"])
@_edits
def new() -> Response:
    """Add a field."""
    form = _form(None)
    if not form.is_submitted():
        return _show(form, None)
    if form.validate():
        try:
            service.add(form.subject.data, FieldType(form.type.data), _data(form))
        except Refused as refusal:
            form.label.errors = [sentence(refusal)]
        else:
            return _saved()
    return _show(form, None, 422)


@bp.route("/<int:field_id>", methods=["GET", "POST"])
@_edits
def edit(field_id: int) -> Response:
    """Change label or choices of a field."""
    field = get_field(field_id)
    form = _form(field)
    if not form.is_submitted():
        return _show(form, field)
    form.subject.data, form.type.data = field.subject, field.type.value
    if form.validate():
        try:
            service.update(field, _data(form))
        except Refused as refusal:
            form.choices.errors = [sentence(refusal)]
        else:
            return _saved()
    return _show(form, field, 422)


@bp.post("/<int:field_id>/remove")
@_edits
def remove(field_id: int) -> Response:
    """Show a field no longer."""
    service.remove(get_field(field_id))
    return _saved()


def _saved() -> Response:
    db.session.commit()
    flash(_("Saved."), "ok")
    return go(url_for("fields.index"))
