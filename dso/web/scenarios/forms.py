"""The forms of the scenario editor, and a step as the service takes it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, EmailField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation

from dso.domain.codes import ColleagueRole, ContactRole, Flavour, Mode, StartRule, StepType
from dso.domain.languages import SHIPPED
from dso.domain.scenario_files import StepFile, TemplateText
from dso.formats import locale
from dso.http.forms import AmountField, CheckboxesField, Form, choices
from dso.http.locales import language as page_language
from dso.models import Scenario, Step

AFTER_DUE, BEFORE_DUE, AFTER_PREVIOUS, NO_TRIGGER = "after_due", "before_due", "after_previous", "none"
_FARTHEST = 3650
#: Types whose text may go a second way; of others the field is hidden and says what it said before.
_TWO_WAYS = (StepType.EMAIL, StepType.LETTER, StepType.SMS)
#: Name of the field that holds a text, with its language.
_TEXT_FIELD = re.compile(r"body_[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?\Z")


class ScenarioForm(Form):
    """A scenario without its steps."""

    name = StringField(validators=[InputRequired(), Length(max=100)])
    language = SelectField()
    start = SelectField()
    library = BooleanField()


def _days_of_trigger(form: "StepForm", field: IntegerField) -> None:
    """A trigger needs its days."""
    if form.trigger.data != NO_TRIGGER and not (field.raw_data and field.raw_data[0].strip()):
        raise StopValidation(_("Say after how many days."))


def _address_when_chosen(form: "StepForm", field: EmailField) -> None:
    """An address is needed where one was chosen."""
    if form.sender.data == "address" and not field.data:
        raise StopValidation(_("Give the address."))


class StepForm(Form):
    """A step without its texts."""

    name = StringField(validators=[InputRequired(), Length(max=100)])
    type = SelectField()
    trigger = SelectField()
    days = IntegerField(validators=[_days_of_trigger, Optional(), NumberRange(0, _FARTHEST)])
    flavour = SelectField()
    mode = SelectField()
    to = CheckboxesField()
    to_other = StringField(validators=[Length(max=500)])
    colleagues = CheckboxesField()
    cc = StringField(validators=[Length(max=500)])
    sender = SelectField()
    sender_address = EmailField(validators=[_address_when_chosen, Optional(), Length(max=254)])
    attachments = CheckboxesField()
    also_by = SelectField()
    pass_over_after = IntegerField(validators=[Optional(), NumberRange(1, 365)])
    minimum_leader = AmountField(validators=[Optional()])
    once_in_days = IntegerField(validators=[Optional(), NumberRange(1, 365)])


def type_names() -> dict[StepType, str]:
    """Types of steps by name."""
    return {
        StepType.EMAIL: _("E-mail"),
        StepType.LETTER: _("Letter"),
        StepType.REGISTERED_LETTER: _("Registered letter"),
        StepType.SMS: _("Text message"),
        StepType.PHONE: _("Phone call"),
        StepType.TASK: _("Task"),
        StepType.HANDOVER: _("Litigation hand-over"),
    }


def start_names() -> dict[StartRule, str]:
    """Where the next oldest invoice enters the plan."""
    return {
        StartRule.FIRST: _("at the first step"),
        StartRule.MATCHING: _("at the step that fits its lateness"),
        StartRule.CONTINUE: _("after the last step that already named it"),
    }


def language_names(more: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Languages of texts: the shipped ones and those in use, each by name."""
    codes = dict.fromkeys([*SHIPPED, *more])
    return [(code, locale(code).get_display_name(page_language()) or code) for code in codes if code]


def scenario_form(scenario: Scenario | None, *, posted: bool) -> ScenarioForm:
    """The form with the values of a scenario, or those a new one begins with."""
    values = {"language": "en", "start": StartRule.CONTINUE.value}
    if scenario is not None:
        values = {"name": scenario.name, "language": scenario.language, "start": scenario.start.value}
    form = ScenarioForm(data=values) if posted else ScenarioForm(None, data=values)
    form.language.choices = choices(language_names([scenario.language] if scenario else ()))
    form.start.choices = choices((rule.value, words) for rule, words in start_names().items())
    return form


def step_form(step: Step | None, *, library: bool, posted: bool) -> StepForm:
    """The form with the values of a step; a new one is an e-mail to be confirmed."""
    values = _values(step) if step else _first_values(library=library)
    form = StepForm(data=values) if posted else StepForm(None, data=values)
    for name, pairs in _choices(library=library).items():
        form[name].choices = choices(pairs)
    return form


def _first_values(*, library: bool) -> dict[str, Any]:
    return {
        "type": StepType.EMAIL.value,
        "trigger": NO_TRIGGER if library else AFTER_DUE,
        "days": None if library else 7,
        "flavour": Flavour.INTERACTIVE.value,
        "mode": Mode.CONFIRM.value,
        "to": ["collection"],
        "sender": "",
        "also_by": "",
    }


def _values(step: Step) -> dict[str, Any]:
    trigger, days = NO_TRIGGER, None
    if step.after_due is not None:
        trigger, days = (AFTER_DUE if step.after_due >= 0 else BEFORE_DUE), abs(step.after_due)
    elif step.after_previous is not None:
        trigger, days = AFTER_PREVIOUS, step.after_previous
    to = step.recipients.get("to") or ["collection"]
    by_address = "@" in step.sender
    return {
        "name": step.name,
        "type": step.type.value,
        "trigger": trigger,
        "days": days,
        "flavour": step.flavour.value,
        "mode": step.mode.value,
        "to": [word for word in to if "@" not in word],
        "to_other": ", ".join(word for word in to if "@" in word),
        "colleagues": step.recipients.get("colleagues", []),
        "cc": ", ".join(step.recipients.get("cc", [])),
        "sender": "address" if by_address else step.sender,
        "sender_address": step.sender if by_address else "",
        "attachments": step.attachments,
        "also_by": step.also_by.value if step.also_by else "",
        "pass_over_after": step.pass_over_after,
        "minimum_leader": step.minimum_leader,
        "once_in_days": step.once_in_days,
    }


def _choices(*, library: bool) -> dict[str, list[tuple[str, str]]]:
    triggers = [
        (AFTER_DUE, _("days after its due date")),
        (BEFORE_DUE, _("days before its due date")),
        (AFTER_PREVIOUS, _("days after the previous action")),
    ]
    types = type_names()
    return {
        "type": [(each.value, words) for each, words in types.items()],
        "trigger": [(NO_TRIGGER, _("none: chosen by hand"))] if library else triggers,
        "flavour": [
            (Flavour.PLAIN.value, _("plain")),
            (Flavour.INTERACTIVE.value, _("with a link to the answer page")),
            (Flavour.INTERNAL.value, _("to colleagues, with a link for them")),
        ],
        "mode": [
            (Mode.CONFIRM.value, _("automatic, once confirmed")),
            (Mode.AUTOMATIC.value, _("automatic")),
            (Mode.MANUAL.value, _("manual")),
        ],
        "to": [("collection", _("contact for collection")), *_contact_roles()],
        "colleagues": _colleague_roles(),
        "sender": [
            ("", _("the collector of the customer")),
            ("manager", _("a credit manager")),
            ("address", _("one address")),
        ],
        "attachments": [
            ("statement", _("statement of account as PDF")),
            ("invoices", _("the invoices, where there are files")),
        ],
        "also_by": [
            ("", _("no second way")),
            *((each.value, types[each]) for each in (StepType.EMAIL, StepType.LETTER, StepType.SMS)),
        ],
    }


def _contact_roles() -> list[tuple[str, str]]:
    names = {
        ContactRole.ACCOUNTANT: _("accountants"),
        ContactRole.BUYER: _("buyers"),
        ContactRole.DIRECTOR: _("directors"),
        ContactRole.COMPANY: _("the company's own address"),
        ContactRole.OTHER: _("other contacts"),
    }
    return [(role.value, words) for role, words in names.items()]


def _colleague_roles() -> list[tuple[str, str]]:
    names = {
        ColleagueRole.SALES: _("sales"),
        ColleagueRole.SALES_ADMIN: _("sales administration"),
        ColleagueRole.MANAGER: _("manager"),
        ColleagueRole.OTHER: _("others"),
    }
    return [(role.value, words) for role, words in names.items()]


def texts_of(step: Step | None) -> dict[str, TemplateText]:
    """The texts of a step by language, the shipped languages first and always there."""
    found = {text.language: TemplateText(text.subject, text.body) for text in step.templates} if step else {}
    order = [*SHIPPED, *(code for code in sorted(found) if code not in SHIPPED)]
    return {code: found.get(code, TemplateText()) for code in order}


def posted_texts(form: Mapping[str, str]) -> dict[str, TemplateText]:
    """The texts a person typed: fields subject_xx and body_xx."""
    codes = [name.removeprefix("body_") for name in form if _TEXT_FIELD.match(name)]
    return {code: TemplateText(form.get(f"subject_{code}", "").strip(), form[f"body_{code}"].strip()) for code in codes}


def step_file(form: StepForm, texts: Mapping[str, TemplateText]) -> StepFile:
    """What was typed as the service takes it; languages without a text are left out."""
    trigger, days = form.trigger.data, form.days.data
    is_email = form.type.data == StepType.EMAIL.value
    recipients = {
        "to": [*(form.to.data or ()), *_addresses(form.to_other.data)],
        "colleagues": list(form.colleagues.data or ()),
        "cc": _addresses(form.cc.data),
    }
    return StepFile(
        name=form.name.data or "",
        type=StepType(form.type.data),
        mode=Mode(form.mode.data),
        flavour=Flavour(form.flavour.data) if is_email else Flavour.PLAIN,
        after_due={AFTER_DUE: days, BEFORE_DUE: -(days or 0)}.get(trigger),
        after_previous=days if trigger == AFTER_PREVIOUS else None,
        recipients={word: found for word, found in recipients.items() if found},
        sender=(form.sender_address.data or "").strip() if form.sender.data == "address" else form.sender.data or "",
        attachments=tuple(form.attachments.data or ()),
        also_by=StepType(form.also_by.data) if form.also_by.data and form.type.data in _TWO_WAYS else None,
        pass_over_after=form.pass_over_after.data,
        minimum_leader=form.minimum_leader.data,
        once_in_days=form.once_in_days.data,
        templates={code: text for code, text in texts.items() if text.subject or text.body},
    )


def _addresses(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").replace(";", ",").split(",") if part.strip()]
