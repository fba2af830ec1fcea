"""The scenario file: read strictly, so that a wrong word is named instead of lost (10.2, 11.9)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from dso.domain.codes import MESSAGE_TYPES, NEVER_AUTOMATIC, ContactRole, Flavour, Mode, StartRule, StepType
from dso.domain.errors import Refused

E = TypeVar("E", bound=StrEnum)
#: Working days after which a call nobody made is passed over, unless the file says otherwise (3.2).
CALL_PASSED_OVER_AFTER = 5
#: No trigger lies farther away than this.
_FARTHEST = 3_650
_SCENARIO_WORDS = {"name", "language", "start", "library", "active", "steps"}
_STEP_WORDS = {
    "name", "type", "flavour", "after_due", "after_previous", "mode", "recipients", "sender", "attachments", "also_by",
    "pass_over_after", "minimum_leader", "once_in_days", "templates",
}  # fmt: skip
_RECIPIENT_WORDS = {"to", "colleagues", "cc"}
_ATTACHMENTS = ("statement", "invoices")


@dataclass(frozen=True)
class TemplateText:
    """Subject and body in one language."""

    subject: str = ""
    body: str = ""


@dataclass(frozen=True)
class StepFile:
    """One step as the file has it."""

    name: str
    type: StepType
    mode: Mode
    flavour: Flavour = Flavour.PLAIN
    after_due: int | None = None
    after_previous: int | None = None
    recipients: Mapping[str, list[str]] = field(default_factory=dict)
    sender: str = ""
    attachments: tuple[str, ...] = ()
    also_by: StepType | None = None
    pass_over_after: int | None = None
    minimum_leader: Decimal | None = None
    once_in_days: int | None = None
    templates: Mapping[str, TemplateText] = field(default_factory=dict)


@dataclass(frozen=True)
class ScenarioFile:
    """A whole scenario as the file has it."""

    name: str
    language: str = "en"
    start: StartRule = StartRule.FIRST
    library: bool = False
    active: bool = True
    steps: tuple[StepFile, ...] = ()


def read(data: object) -> ScenarioFile:
    """The scenario of a decoded JSON file; Refused with the place and the reason."""
    if not isinstance(data, dict):
        raise Refused("A scenario file holds one JSON object.")
    _known(data, _SCENARIO_WORDS, "the scenario")
    library = _yes(data, "library", default=False)
    steps = data.get("steps", [])
    if not isinstance(steps, list):
        raise Refused('"steps" is a list.')
    found = tuple(_step(step, place, library) for place, step in enumerate(steps, 1))
    names = [step.name for step in found]
    for name in names:
        if names.count(name) > 1:
            raise Refused('Two steps are named "%(name)s".', name=name)
    return ScenarioFile(
        name=_text(data, "name", "the scenario", limit=100),
        language=_text(data, "language", "the scenario", limit=20, default="en"),
        start=_word(StartRule, data.get("start", "first"), "start"),
        library=library,
        active=_yes(data, "active", default=True),
        steps=found,
    )


def _step(data: object, place: int, library: bool) -> StepFile:
    if not isinstance(data, dict):
        raise Refused("Step %(place)s is no JSON object.", place=place)
    name = _text(data, "name", f"step {place}", limit=100)
    where = f'step "{name}"'
    _known(data, _STEP_WORDS, where)
    type_ = _word(StepType, data.get("type"), f"{where}, type")
    also_by = data.get("also_by")
    step = StepFile(
        name=name,
        type=type_,
        mode=_word(Mode, data.get("mode", _usual_mode(type_)), f"{where}, mode"),
        flavour=_word(Flavour, data.get("flavour", "plain"), f"{where}, flavour"),
        after_due=_whole(data, "after_due", where, lowest=-_FARTHEST),
        after_previous=_whole(data, "after_previous", where),
        recipients=_recipients(data.get("recipients"), where),
        sender=_text(data, "sender", where, limit=254, default=""),
        attachments=_attachments(data.get("attachments", []), where),
        also_by=_word(StepType, also_by, f"{where}, also_by") if also_by else None,
        pass_over_after=_pass_over(data, type_, where, library),
        minimum_leader=_amount(data.get("minimum_leader"), f"{where}, minimum_leader"),
        once_in_days=_whole(data, "once_in_days", where, lowest=1),
        templates=_templates(data.get("templates", {}), where),
    )
    check_step(step, library=library)
    return step


def check_step(step: StepFile, *, library: bool) -> None:
    """What holds for every step, from a file or from the editor."""
    triggers = (step.after_due is not None) + (step.after_previous is not None)
    if triggers > 1:
        raise Refused('Step "%(name)s" has two triggers: after_due or after_previous.', name=step.name)
    if not triggers and not library:
        raise Refused('Step "%(name)s" has no trigger: give after_due or after_previous.', name=step.name)
    if step.mode is not Mode.MANUAL and (step.type in NEVER_AUTOMATIC or step.type not in MESSAGE_TYPES):
        raise Refused('Step "%(name)s": a step of type %(type)s is never automatic.', name=step.name, type=step.type)
    if step.flavour is not Flavour.PLAIN and step.type is not StepType.EMAIL:
        raise Refused('Step "%(name)s": only an e-mail has a flavour.', name=step.name)
    if step.also_by is not None and (step.also_by not in MESSAGE_TYPES or step.type not in MESSAGE_TYPES):
        raise Refused('Step "%(name)s": only messages go by a second channel.', name=step.name)
    if step.also_by is step.type:
        raise Refused('Step "%(name)s": the second channel is the first one.', name=step.name)


def _usual_mode(type_: StepType) -> Mode:
    """The mode proposed when none is given: to be confirmed, manual for what is never automatic."""
    return Mode.MANUAL if type_ in NEVER_AUTOMATIC else Mode.CONFIRM


def _pass_over(data: Mapping[str, Any], type_: StepType, where: str, library: bool) -> int | None:
    """Calls are passed over after five working days unless the file says otherwise (null = never)."""
    if "pass_over_after" not in data:
        return CALL_PASSED_OVER_AFTER if type_ is StepType.PHONE and not library else None
    return _whole(data, "pass_over_after", where, lowest=1)


def _known(data: Mapping[str, Any], words: set[str], where: str) -> None:
    for word in data:
        if word not in words:
            raise Refused('%(where)s: nobody knows the word "%(word)s".', where=where, word=word)


def _text(data: Mapping[str, Any], word: str, where: str, *, limit: int, default: str | None = None) -> str:
    value = data.get(word, default)
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise Refused('%(where)s: "%(word)s" is missing.', where=where, word=word)
    if len(value) > limit:
        raise Refused('%(where)s: "%(word)s" is longer than %(limit)s.', where=where, word=word, limit=limit)
    return value.strip()


def _yes(data: Mapping[str, Any], word: str, *, default: bool) -> bool:
    value = data.get(word, default)
    if not isinstance(value, bool):
        raise Refused('"%(word)s" is true or false.', word=word)
    return value


def _word(enum: type[E], value: object, where: str) -> E:
    try:
        return enum(str(value))
    except ValueError as error:
        words = ", ".join(enum)
        raise Refused('%(where)s: "%(value)s" is none of %(words)s.', where=where, value=value, words=words) from error


def _whole(data: Mapping[str, Any], word: str, where: str, *, lowest: int = 0) -> int | None:
    value = data.get(word)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= _FARTHEST:
        raise Refused(
            '%(where)s: "%(word)s" is a whole number of days from %(low)s to %(high)s.',
            where=where,
            word=word,
            low=lowest,
            high=_FARTHEST,
        )
    return value


def _amount(value: object, where: str) -> Decimal | None:
    if value is None:
        return None
    try:
        amount = Decimal(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or amount < 0 or amount != round(amount, 4):
        raise Refused('%(where)s: write an amount as text, such as "1000.00".', where=where)
    return amount


def _recipients(value: object, where: str) -> dict[str, list[str]]:
    if value is None:
        return {}
    given = {"to": value} if isinstance(value, str | list) else value
    if not isinstance(given, dict):
        raise Refused('%(where)s: "recipients" is a list or an object.', where=where)
    _known(given, _RECIPIENT_WORDS, where)
    found = {name: [words] if isinstance(words, str) else words for name, words in given.items()}
    for words in found.values():
        if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
            raise Refused('%(where)s: "recipients" holds lists of words.', where=where)
    for word in found.get("to", []):
        if "@" not in word and word != "collection" and word not in set(ContactRole):
            raise Refused('%(where)s: nobody is "%(word)s".', where=where, word=word)
    return {name: words for name, words in found.items() if words}


def _attachments(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or any(word not in _ATTACHMENTS for word in value):
        words = ", ".join(_ATTACHMENTS)
        raise Refused('%(where)s: "attachments" is a list of %(words)s.', where=where, words=words)
    return tuple(value)


def _templates(value: object, where: str) -> dict[str, TemplateText]:
    if not isinstance(value, dict):
        raise Refused('%(where)s: "templates" is an object of languages.', where=where)
    found = {}
    for language, text in value.items():
        if not isinstance(text, dict) or set(text) - {"subject", "body"}:
            raise Refused('%(where)s, %(language)s: a text has "subject" and "body".', where=where, language=language)
        if not all(isinstance(part, str) for part in text.values()):
            raise Refused("%(where)s, %(language)s: subject and body are text.", where=where, language=language)
        found[language] = TemplateText(text.get("subject", ""), text.get("body", ""))
    return found
