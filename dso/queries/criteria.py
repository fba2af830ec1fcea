"""What lists can be searched by: fields of a kind, each with the SQL of its condition (3.9)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from dso.db import on_postgresql
from dso.domain.codes import FieldType
from dso.models import CustomField

#: The choice that stands for "has none".
NONE = "none"


class Kind(StrEnum):
    """How a field is searched and which value it takes."""

    #: Contains, upper and lower case alike; a text.
    TEXT = "text"
    #: Equals one of several pasted words; a tuple of texts.
    WORDS = "words"
    #: One of several choices, "none" among them where it can be empty; a tuple of texts.
    CHOICE = "choice"
    #: A span of days, of whole numbers, of amounts; a `Span`.
    DAYS = "days"
    NUMBERS = "numbers"
    AMOUNTS = "amounts"
    #: Yes or no; a bool.
    YESNO = "yesno"


SPANS = (Kind.DAYS, Kind.NUMBERS, Kind.AMOUNTS)


@dataclass(frozen=True)
class Span:
    """From and to, both included; None = no end on that side."""

    start: Any = None
    end: Any = None

    def __bool__(self) -> bool:
        return self.start is not None or self.end is not None


Value = str | tuple[str, ...] | Span | bool
#: Field name to value; what an address says, what a saved search will keep.
Criteria = Mapping[str, Value]
Where = Callable[[Any, date], ColumnElement[bool]]


@dataclass(frozen=True)
class Field:
    """Something to search by: `where(value, today)` is its condition."""

    name: str
    kind: Kind
    where: Where
    #: Label of a custom field; the product's own are named by the pages.
    label: str = ""
    choices: tuple[str, ...] = ()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The choices of a custom list as value and word."""
        return [(choice, choice) for choice in self.choices]


def conditions(fields: Mapping[str, Field], criteria: Criteria, today: date) -> list[ColumnElement[bool]]:
    """The conditions of all criteria, to be joined by AND; names nobody knows are left out."""
    return [fields[name].where(value, today) for name, value in criteria.items() if name in fields]


def contains(column: Any, text: str) -> ColumnElement[bool]:
    """The column contains the text, upper and lower case alike.

    SQLite's LIKE folds the case of ASCII letters only, so a text with others is tried in its usual spellings; folding
    the column instead makes a search over a million items take seconds.
    """
    spellings = {text} if text.isascii() else {text, text.lower(), text.upper(), text.capitalize(), text.title()}
    if not on_postgresql():
        return or_(*(column.contains(spelling, autoescape=True) for spelling in sorted(spellings)))
    escaped = text.replace("/", "//").replace("%", "/%").replace("_", "/_")
    matching: ColumnElement[bool] = column.ilike(f"%{escaped}%", escape="/")
    return matching


def starts_with(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """The column starts with exactly this text, by its index.

    SQLite uses an index for a range but not for LIKE; PostgreSQL's ranges follow the language, its LIKE the index.
    """
    if not on_postgresql():
        return and_(column >= text, column < text + "\U0010ffff")
    return column.startswith(text, autoescape=True)


def between(column: Any, span: Span) -> ColumnElement[bool]:
    """The column lies in the span."""
    lower = true() if span.start is None else column >= span.start
    upper = true() if span.end is None else column <= span.end
    return and_(lower, upper)


def late_between(column: Any, span: Span, today: date) -> ColumnElement[bool]:
    """A due date that is so many days in the past."""
    last = None if span.start is None else today - timedelta(days=span.start)
    first = None if span.end is None else today - timedelta(days=span.end)
    return between(column, Span(first, last))


def ids(values: Iterable[str]) -> list[int]:
    """The keys among the choices."""
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19]


def chosen(column: Any, values: Sequence[str]) -> ColumnElement[bool]:
    """The column holds one of the chosen keys, or nothing where "none" was chosen."""
    known = column.in_(ids(values))
    return or_(known, column.is_(None)) if NONE in values else known


def any_of(column: Any, values: Sequence[str], allowed: Iterable[str]) -> ColumnElement[bool]:
    """The column holds one of the chosen codes; codes that are none match nothing."""
    known = column.in_(sorted(set(values) & set(allowed)))
    return or_(known, column.is_(None)) if NONE in values else known


def yes(condition: ColumnElement[bool]) -> Where:
    """A yes-or-no field over a condition that is never null."""
    return lambda value, _today: condition if value else ~condition


def amounts(column: Any) -> Where:
    """A span of exact amounts."""
    return lambda span, _today: between(column, span)


def days(column: Any) -> Where:
    """A span of days."""
    return lambda span, _today: between(column, span)


def text(column: Any) -> Where:
    """A text the column contains."""
    return lambda value, _today: contains(column, value)


_CUSTOM_KINDS = {FieldType.YESNO: Kind.YESNO, FieldType.LIST: Kind.CHOICE, FieldType.DATE: Kind.DAYS}


def custom_fields(definitions: Iterable[CustomField], column: InstrumentedAttribute[dict[str, Any]]) -> list[Field]:
    """Custom fields as things to search by; their names begin with "c_" so that they meet no other."""
    return [
        Field(
            f"c_{each.code}",
            _CUSTOM_KINDS.get(each.type, Kind.TEXT),
            _custom(column, each.code, each.type),
            each.label,
            tuple(each.choices),
        )
        for each in definitions
    ]


def _custom(column: InstrumentedAttribute[dict[str, Any]], code: str, type: FieldType) -> Where:
    held = column[code]
    if type is FieldType.YESNO:
        return yes(func.coalesce(held.as_boolean(), false()).is_(True))
    if type is FieldType.LIST:
        return lambda values, _today: held.as_string().in_(values)
    if type is FieldType.DATE:
        return lambda span, _today: between(held.as_string(), Span(_iso(span.start), _iso(span.end)))
    return lambda value, _today: contains(held.as_string(), value)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
