"""Cells of what was done, read as the values they were written from (`services/dump.py: exact`); files of them."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Integer, String, Text
from sqlalchemy.types import TypeEngine

from dso.db import Code, Money, UtcDateTime
from dso.domain.errors import Refused
from dso.domain.formulas import original

#: Rows worked on together.
AT_ONCE = 1_000
#: A message with its text may be long: no cell of a dump is longer.
_LONGEST = 64 * 1024 * 1024
_WHOLE = range(-(2**63), 2**63)
#: Structured columns that are lists, and of what.
_LISTS: dict[str, type] = {"cc": str, "bcc": str, "attachments": dict}
_LARGEST = Decimal(10) ** 14


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a file with its place."""

    path: Path
    number: int
    cells: dict[str, str]

    def whole(self, column: str) -> int:
        """The whole number in a cell; Refused when there is none."""
        try:
            return number(self.cells[column])
        except ValueError as error:
            raise self.refused(column) from error

    def refused(self, column: str) -> Refused:
        """Why nothing comes in: a cell that no dump holds."""
        words = '%(file)s, line %(line)s, %(column)s: "%(value)s" is nothing a dump writes. Nothing was taken in.'
        value = self.cells.get(column, "")[:100]
        return Refused(words, file=self.path, line=self.number, column=column, value=value)


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(_LONGEST)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def parts(path: Path, headers: list[str]) -> Iterator[list[Line]]:
    """The rows of a file, a thousand at a time; Refused when it is no such file or a row is damaged."""
    found: list[Line] = []
    for line in _lines(path, headers):
        found.append(line)
        if len(found) == AT_ONCE:
            yield found
            found = []
    if found:
        yield found


def _lines(path: Path, headers: list[str]) -> Iterator[Line]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file, _long_cells():
            reader = csv.reader(file, strict=True)
            if next(reader, None) != headers:
                words = "%(file)s has not the columns of a dump of this version: %(columns)s."
                raise Refused(words, file=path, columns=", ".join(headers))
            begins = reader.line_num + 1
            for row in reader:
                if len(row) != len(headers):
                    words = "%(file)s, line %(line)s: %(found)s cells instead of %(wanted)s. Nothing was taken in."
                    raise Refused(words, file=path, line=begins, found=len(row), wanted=len(headers))
                yield Line(path, begins, dict(zip(headers, map(original, row), strict=True)))
                begins = reader.line_num + 1
    except (OSError, UnicodeError, csv.Error) as error:
        raise Refused("%(file)s cannot be read: %(reason)s", file=path, reason=error) from error


def value(line: Line, column: Column[Any]) -> Any:
    """The value of a cell for its column; Refused when it cannot be one."""
    cell = line.cells[column.name]
    try:
        return _value(cell, column)
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise line.refused(column.name) from error


def _value(cell: str, column: Column[Any]) -> Any:
    kind = column.type
    if not cell and column.nullable:
        return None
    if isinstance(kind, String):
        return _text(cell, kind)
    if isinstance(kind, Boolean):
        return {"yes": True, "no": False}[cell] if cell in ("yes", "no") else _not(cell)
    if isinstance(kind, JSON):
        return _json(cell, column)
    return _typed(cell, kind)


def _not(cell: str) -> Any:
    raise ValueError(cell)


def _text(cell: str, kind: String) -> str:
    if not isinstance(kind, Text) and kind.length is not None and len(cell) > kind.length:
        raise ValueError(cell)
    return cell


def _json(cell: str, column: Column[Any]) -> Any:
    """A structured value: lists of texts, files with name and kind, or an object."""
    found = json.loads(cell)
    if column.name not in _LISTS:
        return found if isinstance(found, dict) else _not(cell)
    if not isinstance(found, list) or not all(isinstance(each, _LISTS[column.name]) for each in found):
        raise ValueError(cell)
    if any(not {"name", "kind"} <= set(each) for each in found if isinstance(each, dict)):
        raise ValueError(cell)
    return found


def _typed(cell: str, kind: TypeEngine[Any]) -> Any:
    if isinstance(kind, Code):
        return kind.enum(cell)
    if isinstance(kind, Money):
        amount = Decimal(cell)
        return amount if amount.is_finite() and abs(amount) < _LARGEST and amount == round(amount, 4) else _not(cell)
    if isinstance(kind, UtcDateTime):
        instant = datetime.fromisoformat(cell)
        return instant if instant.tzinfo is not None else _not(cell)
    if isinstance(kind, Date):
        return date.fromisoformat(cell)
    if not isinstance(kind, Integer):
        raise TypeError(kind)
    return number(cell)


def number(cell: str) -> int:
    """A whole number; ValueError when it is none, or none a database keeps."""
    found = int(cell)
    return found if found in _WHOLE else _not(cell)
