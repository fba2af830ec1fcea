"""Searches in the address: criteria read from it, and the chips that show and remove them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext as _

from dso import formats
from dso.domain.money import parse_amount
from dso.http.addresses import address
from dso.http.locales import regional
from dso.queries.criteria import SPANS, Criteria, Field, Kind, Span, Value

_LONGEST = 200
#: More pasted words than this are no search any more.
_MOST_WORDS = 2_000


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _whole(text: str) -> int:
    number = int(text)
    if abs(number) > 100_000:
        raise ValueError(text)
    return number


_ENDS: Mapping[Kind, Callable[[str], Any]] = {Kind.DAYS: _day, Kind.NUMBERS: _whole, Kind.AMOUNTS: parse_amount}


def _end(kind: Kind, name: str) -> Any:
    text = request.args.get(name, "").strip()
    try:
        return _ENDS[kind](text) if text else None
    except ValueError:
        return None


def _value(field: Field) -> Value | None:
    if field.kind in SPANS:
        span = Span(_end(field.kind, f"{field.name}_from"), _end(field.kind, f"{field.name}_to"))
        return span or None
    texts = [text.strip() for text in request.args.getlist(field.name) if text.strip()]
    if not texts:
        return None
    if field.kind is Kind.TEXT:
        return texts[0][:_LONGEST]
    if field.kind is Kind.YESNO:
        return {"yes": True, "no": False}.get(texts[0])
    if field.kind is Kind.WORDS:
        words = [word for text in texts for word in text.replace(";", ",").replace("\n", ",").split(",")]
        return tuple(word.strip() for word in words if word.strip())[:_MOST_WORDS]
    return tuple(texts)


def from_address(fields: Mapping[str, Field]) -> Criteria:
    """The criteria of this request's address; what cannot be read is left out."""
    found = {name: _value(field) for name, field in fields.items()}
    return {name: value for name, value in found.items() if value is not None}


def unread(fields: Mapping[str, Field], labels: Mapping[str, str]) -> list[str]:
    """What the address says but cannot be read, as "Due: soon"."""
    found = []
    for name, field in fields.items():
        said = [f"{name}_from", f"{name}_to"] if field.kind in SPANS else [name] if field.kind is Kind.YESNO else []
        texts = [text for text in (request.args.get(each, "").strip() for each in said) if text]
        bad = [text for text in texts if not _readable(field.kind, text)]
        found += [f"{labels.get(name) or field.label or name}: {text[:40]}" for text in bad]
    return found


def _readable(kind: Kind, text: str) -> bool:
    if kind is Kind.YESNO:
        return text in ("yes", "no")
    try:
        _ENDS[kind](text)
    except ValueError:
        return False
    return True


def sort_and_page(sizes: Iterable[int], default: int) -> tuple[str, int, int]:
    """Column to sort by, page, rows a page."""
    number = request.args.get("page", type=int) or 1
    size = request.args.get("size", type=int) or default
    return request.args.get("sort", ""), min(max(number, 1), 1_000_000), size if size in sizes else default


def within(number: int, size: int, total: int) -> int:
    """The page, or the last one there is."""
    return min(number, max(1, -(-total // size)))


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address without it."""

    text: str
    remove_url: str


Names = Mapping[str, Mapping[str, str]]


def chips(
    fields: Mapping[str, Field], criteria: Criteria, labels: Mapping[str, str], names: Names, hidden: Iterable[str] = ()
) -> list[Chip]:
    """One chip per criterion; `labels` name the fields, `names` the choices of a field."""
    left_out = set(hidden)
    return [
        Chip(f"{labels.get(name) or fields[name].label or name}: {_said(value, names.get(name, {}))}", _without(name))
        for name, value in criteria.items()
        if name not in left_out
    ]


def _without(name: str) -> str:
    gone = {name, f"{name}_from", f"{name}_to", "page"}
    kept = {key: values for key, values in request.args.lists() if key not in gone and not key.startswith("_")}
    return address(request.endpoint or "", kept, **(request.view_args or {}))


def _said(value: Value, names: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, Span):
        start, end = _written(value.start), _written(value.end)
        if value.end is None:
            return str(_("from %(start)s", start=start))
        return str(_("to %(end)s", end=end)) if value.start is None else f"{start} – {end}"
    words = (value,) if isinstance(value, str) else value
    shown = [names.get(word, word) for word in words[:3]]
    return ", ".join(shown) + ("…" if len(words) > len(shown) else "")


def _written(end: Any) -> str:
    if isinstance(end, date):
        return formats.day(end, regional())
    if isinstance(end, Decimal):
        return formats.number(end, 2, regional())
    return "" if end is None else str(end)
