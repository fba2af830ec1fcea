"""What the address of a request asks: of which company and customer, which part of a list, changed since when."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import request
from marshmallow import Schema, ValidationError, fields, validate

from dso.api.fields import Switch, Text
from dso.db import LARGEST_ID
from dso.domain.errors import NotFound, Refused
from dso.http.addresses import address
from dso.http.guard import viewer
from dso.models import Customer, Entity
from dso.queries.finding import by_code
from dso.queries.paging import Slice
from dso.queries.scope import entities_of

T = TypeVar("T")
#: Rows of one part of a list.
MOST = 500


def word(description: str = "") -> Text:
    """A word, empty where nobody asked."""
    said = {"description": description} if description else {}
    return Text(load_default="", validate=validate.Length(max=200), metadata=said)


#: Of which customers.
OF_ONE = word("Unique identifier or code of a customer.")
OF_GROUP = word("Name of a group.")
OF_COLLECTOR = word("E-mail address of the collector.")


class OfEntity(Schema):
    """Which selling company."""

    entity = word("Name of the selling company; needed where you see several.")


class Paged(OfEntity):
    """Which part of a list."""

    limit = fields.Integer(load_default=100, validate=validate.Range(1, MOST), metadata={"description": "Rows."})
    after = fields.Integer(
        load_default=0,
        validate=validate.Range(0, LARGEST_ID),
        metadata={"description": "Rows with greater ids; `next` of an answer carries it."},
    )


def _is_in_time(instant: datetime) -> None:
    """ValidationError for the first and last hours of time, which are in no calendar everywhere on earth."""
    try:
        instant.astimezone(UTC)
    except OverflowError as error:
        raise ValidationError("There is no such instant.") from error


class Listed(Paged):
    """Which part of a list, and how new."""

    changed_since = fields.AwareDateTime(
        load_default=None,
        allow_none=False,
        default_timezone=UTC,
        validate=_is_in_time,
        metadata={"description": "Changed at this instant or later, such as 2026-11-20T06:00:00Z."},
    )


class OfCustomer(Listed):
    """Of which customer."""

    customer = OF_ONE


def code_of(enum: Any) -> fields.String:
    """One of the words of an enum."""
    return fields.String(load_default=None, allow_none=False, validate=validate.OneOf([each.value for each in enum]))


def switch() -> Switch:
    """Yes, no, or not asked."""
    return Switch(load_default=None, allow_none=False, metadata={"enum": ["1", "0", "true", "false"], "type": "string"})


def chosen_entity(name: str) -> Entity:
    """The selling company of a name, or the only one; NotFound, or Refused where a name is needed."""
    allowed = entities_of(viewer())
    if name:
        allowed = [each for each in allowed if each.name == name]
    if not allowed:
        raise NotFound('There is no company "%(name)s" that you may see.', name=name)
    if len(allowed) > 1:
        raise Refused('There are several companies: name one with entity=NAME, in JSON as "entity".')
    return allowed[0]


def chosen_customer(entity: Entity, code: str) -> Customer:
    """The customer of a unique identifier or code; NotFound, or Refused where two have the code."""
    found = by_code(viewer(), code, entity.name)
    if not found:
        raise NotFound('There is no customer "%(code)s" in %(entity)s.', code=code, entity=entity.name)
    if len(found) > 1:
        raise Refused('Two customers have the code "%(code)s": name the unique identifier.', code=code)
    return found[0]


def asked_part(query: dict[str, Any]) -> Slice:
    """The part of a list that is asked for."""
    return Slice(query["after"], query["limit"])


def part_answer(
    rows: Sequence[T], part: Slice, key: Callable[[T], int], shape: Callable[[T], dict[str, Any]]
) -> dict[str, Any]:
    """The rows of a part, and the address of the next one."""
    return {"rows": [shape(row) for row in part.cut(rows)[0]], "next": next_part(rows, part, key)}


def next_part(rows: Sequence[T], part: Slice, key: Callable[[T], int]) -> str | None:
    """The address of the part after these rows, which are one more than it where others follow; else None."""
    shown, more = part.cut(rows)
    asked = {name: value for name, value in request.args.items() if name != "after"}
    return address(request.endpoint or "", asked, after=key(shown[-1])) if more else None
