"""Fields of requests and answers that marshmallow does not have, and schemas made from our own tables."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from marshmallow import Schema, ValidationError, fields
from sqlalchemy import JSON, BigInteger, Boolean, Date, Integer
from sqlalchemy.orm import DeclarativeBase

from dso.db import Code, Money, UtcDateTime
from dso.domain.imports.dates import YEARS

AnyField: TypeAlias = fields.Field[Any]


class Amount(fields.String):
    """An exact amount: a string with a point and the currency's decimals."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.metadata = {"pattern": r"^-?\d+(\.\d+)?$", "example": "1234.50", **self.metadata}


class Day(fields.Date):
    """An ISO day within the years ledgers have."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or len(value) != len("2026-11-20"):
            raise ValidationError("This is not a day such as 2026-11-20.")
        day = super()._deserialize(value, *args, **kwargs)
        if day.year not in YEARS:
            raise ValidationError("This day is out of reach.")
        return day


class Switch(fields.Boolean):
    """Yes or no: 1, 0, true, false."""

    truthy = {"1", "true", "True", "TRUE", "yes"}  # noqa: RUF012 - the names and types are marshmallow's
    falsy = {"0", "false", "False", "FALSE", "no", ""}  # noqa: RUF012


class Text(fields.String):
    """A text a database takes: no NUL, no half characters."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, *args, **kwargs)
        if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
            raise ValidationError("This text holds characters that are none.")
        return text


def of_table(model: type[DeclarativeBase], names: Iterable[str]) -> dict[str, AnyField]:
    """Fields of an answer from the columns of a table."""
    columns = model.__table__.c
    return {name: _of_column(columns[name]) for name in names}


def _of_column(column: Any) -> AnyField:
    common: dict[str, Any] = {"required": True, "allow_none": column.nullable}
    if isinstance(column.type, Money):
        return Amount(**common)
    if isinstance(column.type, Code):
        return fields.String(
            **common, metadata={"enum": [*column.type.enum.__members__.values(), *([None] if column.nullable else [])]}
        )
    if isinstance(column.type, JSON):
        return fields.Dict(keys=fields.String(), **common)
    if isinstance(column.type, UtcDateTime):
        return fields.AwareDateTime(**common)
    kinds: tuple[tuple[type, type[AnyField]], ...] = (
        (Date, fields.Date),
        (Boolean, fields.Boolean),
        (BigInteger, fields.Integer),
        (Integer, fields.Integer),
    )
    made = next((field for kind, field in kinds if isinstance(column.type, kind)), fields.String)
    return made(**common)


def texts(*names: str, nullable: bool = True) -> dict[str, AnyField]:
    """Texts of an answer."""
    return {name: fields.String(required=True, allow_none=nullable) for name in names}


def amounts(*names: str, nullable: bool = False) -> dict[str, AnyField]:
    """Amounts of an answer."""
    return {name: Amount(required=True, allow_none=nullable) for name in names}


def days(*names: str) -> dict[str, AnyField]:
    """Days of an answer, null where there is none."""
    return {name: fields.Date(required=True, allow_none=True) for name in names}


def numbers(*names: str) -> dict[str, AnyField]:
    """Numbers with decimals of an answer: percent and days, null where unknown."""
    return {name: fields.Float(required=True, allow_none=True) for name in names}


def switches(*names: str) -> dict[str, AnyField]:
    """Yes or no in an answer."""
    return {name: fields.Boolean(required=True) for name in names}


def schema(name: str, given: Mapping[str, AnyField]) -> type[Schema]:
    """A schema under a name the document shows."""
    return Schema.from_dict(dict(given), name=name)
