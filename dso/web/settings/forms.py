"""A form per section of the settings, made from its controls."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from wtforms import EmailField, Field, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from dso.domain.codes import Role, StatusType
from dso.domain.settings import rule
from dso.formats import number
from dso.http.forms import AmountField, CheckboxesField, Form, choices
from dso.http.locales import regional
from dso.models import Entity
from dso.queries import settings
from dso.queries.scenarios import assignable
from dso.queries.statuses import active_statuses
from dso.queries.users import active_users
from dso.web.settings.controls import Control, Kind, Section

_COLLECTING = (Role.ADMIN, Role.CREDIT_MANAGER, Role.COLLECTOR)


def options_of(control: Control, entity: Entity) -> list[tuple[str, str]]:
    """What can be chosen for a setting: value and words."""
    if control.kind is Kind.SWITCH:
        return [("on", _("on")), ("off", _("off"))]
    if control.kind is Kind.SCENARIO:
        return [("", _("none")), *((scenario.name, scenario.name) for scenario in assignable(entity))]
    if control.kind is Kind.USER:
        return [("", _("nobody")), *((user.email, user.full_name) for user in active_users(entity, _COLLECTING))]
    if control.kind is Kind.STATUS:
        promises = (status for status in active_statuses() if status.type is StatusType.PROMISE)
        return [(status.name, status.name) for status in promises]
    return [(value, str(words)) for value, words in control.options]


def _field(control: Control) -> Any:
    if control.kind is Kind.WHOLE:
        return IntegerField(validators=[InputRequired(), NumberRange(0, 100_000)])
    if control.kind is Kind.AMOUNT:
        return AmountField(validators=[InputRequired()])
    if control.kind is Kind.SEVERAL:
        return CheckboxesField()
    if control.kind is Kind.EMAIL:
        return EmailField(validators=[Optional(), Length(max=254)])
    if control.kind is Kind.TEXT:
        return StringField(validators=[Length(max=500)])
    return SelectField()


def _shown(control: Control, entity: Entity | None) -> object:
    """The value as its field takes it."""
    text = settings.get(entity, control.name)
    if control.kind is Kind.SEVERAL:
        return [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    if control.kind is Kind.WHOLE:
        return int(text)
    if control.kind is Kind.SWITCH:
        return "on" if settings.value(entity, control.name) else "off"
    return settings.value(entity, control.name) if control.kind is Kind.AMOUNT else text


def section_form(section: Section, entity: Entity, scope: Entity | None, *, posted: bool) -> Form:
    """The form of a section with the values of a company, or (scope None) of all companies."""
    fields = {control.field: _field(control) for control in section.controls}
    made = type(f"{section.key.title()}Form", (Form,), fields)
    values = {control.field: _shown(control, scope) for control in section.controls}
    form: Form = made(data=values, prefix=section.key) if posted else made(None, data=values, prefix=section.key)
    for control in section.controls:
        field = form[control.field]
        if isinstance(field, SelectField) or control.kind is Kind.SEVERAL:
            field.choices = choices(_with_current(options_of(control, entity), field.data))
    return form


def _with_current(options: list[tuple[str, str]], current: Any) -> Iterable[tuple[str, str]]:
    """The options, and what is chosen now although it is no longer offered."""
    known = {value for value, _words in options}
    missing = [current] if isinstance(current, str) and current not in known else []
    return [*options, *((value, value) for value in missing)]


def text_of(control: Control, field: Field) -> str:
    """What the form says, as the setting keeps it."""
    if control.kind is Kind.SEVERAL:
        return control.joint.join(field.data or ())
    if control.kind is Kind.AMOUNT:
        return "" if field.data is None else f"{field.data.normalize():f}"
    return "" if field.data is None else str(field.data).strip()


def default_words(control: Control, entity: Entity) -> str:
    """The default in the words of the page."""
    default = rule(control.name).default
    known = dict(options_of(control, entity))
    if control.kind is Kind.SEVERAL:
        return ", ".join(known.get(part, part) for part in default.split(",") if part) or _("none")
    if control.kind is Kind.AMOUNT:
        return number(int(default), 0, regional())
    return known.get(default, default) or _("empty")
