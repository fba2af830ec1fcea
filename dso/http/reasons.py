"""Reasons said in the viewer's language: the stored sentences with days and amounts as the viewer writes them."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Flask
from flask_babel import gettext

from dso import formats
from dso.domain import reasons
from dso.domain.imports.fields import FIELDS
from dso.http.locales import regional

#: A day as sentences keep it; 20261104 is a number of an item.
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
#: Values that say how many, where they are numbers.
_COUNTS = frozenset(("count", "total", "rows", "codes", "unknown"))
_WHOLE = re.compile(r"[0-9]{1,15}")
#: What people read for the fields an import changed.
FIELD_WORDS = {
    "company_contact": "Company contact",
    **{name: field.label for listed in FIELDS.values() for name, field in listed.items()},
}


def said(data: Any, text: str) -> str:
    """The sentences of `CustomerState.reason_data`; the stored English text when there are none."""
    stored = data.get("phrases", []) if isinstance(data, Mapping) else data
    phrases = reasons.from_data(stored or [])
    return " ".join(_phrase(phrase) for phrase in phrases) or text


def trace(data: Any) -> list[str]:
    """The rules that decided, one sentence each: what "why?" shows."""
    stored = data.get("trace", []) if isinstance(data, Mapping) else []
    return [_phrase(phrase) for phrase in reasons.from_data(stored)]


def _phrase(phrase: reasons.Phrase) -> str:
    values = {name: _value(name, value, phrase.params) for name, value in phrase.params.items()}
    return str(gettext(phrase.sentence)) % values


def _value(name: str, value: str | int, all_values: Mapping[str, str | int]) -> str:
    if name == "type":
        words: Iterable[tuple[Any, str]] = reasons.TYPE_WORDS.items()
        return next((str(gettext(word)) for code, word in words if value in (code.value, word)), str(value))
    if name == "fields":
        return ", ".join(_field(word) for word in str(value).split(", "))
    if name in ("amount", "minimum") or (name in ("total", "old", "new") and "currency" in all_values):
        return _amount(str(value), str(all_values.get("currency", "")))
    if _is_count(name, value, all_values):
        return formats.number(int(value), 0, regional())
    if name == "field":
        return str(gettext(str(value))) if value else ""
    try:
        return formats.day(date.fromisoformat(str(value)), regional()) if _DAY.fullmatch(str(value)) else str(value)
    except ValueError:
        return str(value)


def _is_count(name: str, value: str | int, all_values: Mapping[str, str | int]) -> bool:
    """Whether a value says how many; "last" beside rows does, alone it is a year or a day."""
    counts = name in _COUNTS or (name == "last" and "rows" in all_values)
    return counts and _WHOLE.fullmatch(str(value)) is not None


def _field(name: str) -> str:
    return str(gettext(FIELD_WORDS[name])) if name in FIELD_WORDS else name.replace("_", " ")


def _amount(text: str, currency: str) -> str:
    try:
        return formats.amount(Decimal(text), currency, regional())
    except InvalidOperation:
        return text


def register(app: Flask) -> None:
    """`{{ state.reason_data | reason(state.reason_text) }}` and `{{ event.text | said(params) }}` in templates."""
    app.jinja_env.filters.update(reason=said, trace=trace, said=filled)


def filled(sentence: str, params: Mapping[str, Any]) -> str:
    """A timeline sentence in the viewer's language with its values; as it stands when they do not fit (a note).

    It translates by itself: gettext of templates fills in values at once, and would fail without them.
    """
    sentence = str(gettext(sentence)) if sentence else ""
    if not params:
        return sentence
    try:
        return sentence % {name: _value(name, value, params) for name, value in params.items()}
    except (KeyError, ValueError, TypeError):
        return sentence
