"""Sentences of the import screens: what a person has to say is asked with the name of the field, not of an option."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import pgettext

from dso import formats
from dso.domain.codes import FieldType, ImportKind
from dso.domain.errors import Refused
from dso.domain.imports.constants import WrongConstant
from dso.domain.imports.fields import FIELDS, Cell
from dso.domain.imports.mapping import FileMapping
from dso.domain.imports.profile import Undecided
from dso.domain.imports.rejects import general
from dso.http.errors import sentence
from dso.http.locales import regional
from dso.http.reasons import filled
from dso.services.imports import mappings, tasks


def said(error: Refused) -> str:
    """The refusal; a question names the place on the screen where it is answered."""
    if isinstance(error, WrongConstant):
        return _with_labels(Refused(error.message, **{**error.params, "reason": reason_of(error)}))
    if not isinstance(error, Undecided):
        return _with_labels(error)
    column = error.columns[0] if error.columns else ""
    if error.mixed:
        return str(
            _(
                'The column "%(column)s" mixes both orders of day and month: %(day_first)s has the day first, '
                "%(month_first)s the month. Say which one counts: rows with the other one are rejected.",
                column=column,
                day_first=error.params["day_first"],
                month_first=error.params["month_first"],
            )
        )
    questions = {
        "day_order": _(
            'The dates of the column "%(column)s" fit day/month and month/day: say which comes first.',
            column=column,
        ),
        "decimal": _(
            'The amounts of the column "%(column)s" fit a decimal comma and a decimal point: say which it is.',
            column=column,
        ),
        "sheet": _(
            "The workbook has the sheets %(sheets)s: choose one.",
            sheets=", ".join(error.columns),
        ),
        "types": _("None of the types of your ERP is known: match them below."),
    }
    return str(questions.get(error.question) or sentence(error))


def reason_of(error: WrongConstant) -> str:
    """Why a value cannot stand in every row, in the viewer's language."""
    return filled(error.reason, error.places)


def _with_labels(error: Refused) -> str:
    """The sentence with the labels of the fields it names, not their names in files."""
    labels = {name: field.label for fields in FIELDS.values() for name, field in fields.items()}
    told = {
        param: ", ".join(str(_(labels[name])) if name in labels else name for name in str(value).split(", "))
        for param, value in error.params.items()
        if param in ("field", "fields")
    }
    return sentence(Refused(error.message, **{**error.params, **told}))


def failure_words(problem: Mapping[str, Any]) -> str:
    """Why a file failed, as kept with it; of the brake what it found, since no option is to be named here."""
    stops = [filled(stop["message"], stop["params"]) for stop in problem.get("stops", [])]
    if stops:
        return str(_("Stopped before saving: %(reasons)s.", reasons="; ".join(stops)))
    return said(tasks.refusal(dict(problem)))


def part_words(kind: ImportKind = ImportKind.ITEMS) -> dict[str, str]:
    """What the parts of a difference are called; only items are cleared and reopened."""
    words = {
        "new": pgettext("rows of a file", "New"),
        "changed": pgettext("rows of a file", "Changed"),
        "cleared": pgettext("rows of a file", "Cleared"),
        "reopened": pgettext("rows of a file", "Reopened"),
        "unchanged": pgettext("rows of a file", "Unchanged"),
    }
    items = kind is ImportKind.ITEMS
    return {part: str(word) for part, word in words.items() if items or part not in ("cleared", "reopened")}


def remark_words(remarks: Mapping[str, int]) -> dict[str, int]:
    """How many remarks say what, in the viewer's language; the most frequent first."""
    return {general(str(_(reason))): count for reason, count in sorted(remarks.items(), key=lambda pair: -pair[1])}


def constant_words(kind: ImportKind, mapping: FileMapping) -> dict[str, str]:
    """What the fields that come from no column are called: rejected rows name them where others name a column."""
    return {name: str(_(FIELDS[kind][name].label)) for name in mapping.constants if name in FIELDS[kind]}


def field_words(kind: ImportKind, mapping: FileMapping) -> dict[str, str]:
    """What the fields of a difference are called."""
    own = {name: label for name, (label, _type) in mappings.own_fields(kind, mapping).items()}
    own |= {
        "draft": _("Draft"),
        "company_contact": _("Company contact"),
        "cleared_by": _("Cleared by"),
        "cleared_amount": _("Amount when cleared"),
        "expected_clearing_on": _("Expected payment"),
        "custom": _("Own fields"),
    }
    return {**own, **{name: str(_(field.label)) for name, field in FIELDS[kind].items()}}


#: Fields of a difference that no column of a file carries.
_DERIVED = {"cleared_amount": Cell.AMOUNT, "expected_clearing_on": Cell.DATE}


def value_words(kind: ImportKind, mapping: FileMapping) -> Callable[[str, str | None], str]:
    """How a value of a difference is written: amounts and days as the reader writes them, nothing as a dash."""
    cells = {**{name: field.cell for name, field in FIELDS[kind].items()}, **_DERIVED}
    own = {name: type_ for name, (_label, type_) in mappings.own_fields(kind, mapping).items()}

    def words(field: str, text: str | None) -> str:
        if not text:
            return "–"
        if text in ("True", "False"):
            return str(_("yes") if text == "True" else _("no"))
        if cells.get(field) is Cell.AMOUNT or own.get(field) is FieldType.NUMBER:
            # Amounts have the decimals of their currency, which before may have been another one.
            return formats.number(Decimal(text), len(text.partition(".")[2]), regional())
        if cells.get(field) is Cell.DATE or own.get(field) is FieldType.DATE:
            return formats.day(date.fromisoformat(text), regional())
        return text

    return words
