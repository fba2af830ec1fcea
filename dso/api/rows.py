"""Rows of JSON as the rows of a file, so that they go the way of every file: identity, rejection, brake, history."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from marshmallow import ValidationError, fields

from dso.domain.codes import ImportKind
from dso.domain.imports.customs import LONGEST_CODE
from dso.domain.imports.fields import CUSTOM, FIELDS, Cell

Cells = dict[str, str]
_LINE_END = re.compile(r"\r\n|\n|\r")
_TYPES: dict[Cell, list[str]] = {
    Cell.AMOUNT: ["string", "number", "null"],
    Cell.YESNO: ["boolean", "string", "null"],
    Cell.GROUPS: ["array", "string", "null"],
}


class Row(fields.Field[Cells]):
    """A record by the field names of chapter 1; custom fields under `custom`. Loaded as cells of a file."""

    def __init__(self, kind: ImportKind, **more: Any) -> None:
        self._kind = kind
        properties: dict[str, Any] = {
            name: {"type": _TYPES.get(field.cell, ["string", "null"]), "description": field.label}
            for name, field in FIELDS[kind].items()
        }
        for name, field in FIELDS[kind].items():
            if field.cell is Cell.GROUPS:
                properties[name]["items"] = {"type": "string"}
        if kind is not ImportKind.CONTACTS:
            simple = {"type": ["string", "number", "boolean", "null"]}
            properties["custom"] = {"type": "object", "additionalProperties": simple, "propertyNames": _NAMES}
        super().__init__(
            metadata={"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1},
            **more,
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Cells:
        if not isinstance(value, dict):
            raise ValidationError("A row is an object of fields.")
        known = FIELDS[self._kind]
        unknown = sorted(set(value) - {*known, "custom"})
        if unknown:
            raise ValidationError(f"There is no field {unknown[0]} in {self._kind.value}.")
        cells = {name: _cell(name, each, known[name].cell) for name, each in value.items() if name != "custom"}
        cells |= self._customs(value.get("custom"))
        if not any(cell.strip(" \t\r\n\u00a0\u202f\x1a") for cell in cells.values()):
            raise ValidationError("This row says nothing.")
        return cells

    def _customs(self, given: Any) -> Cells:
        if given is None:
            return {}
        if self._kind is ImportKind.CONTACTS or not isinstance(given, dict):
            raise ValidationError("custom is an object of custom fields of a customer or an item.")
        found = {f"{CUSTOM}{code.strip()}": _cell(f"custom {code}", each, None) for code, each in given.items()}
        if any(not _CODE.fullmatch(name.removeprefix(CUSTOM)) for name in found):
            raise ValidationError(
                f"The code of a custom field has letters, digits and underscores, at most {LONGEST_CODE}."
            )
        return found


_NAMES = {"pattern": rf"^[0-9A-Za-z_]{{1,{LONGEST_CODE}}}$"}
_CODE = re.compile(rf"\w{{1,{LONGEST_CODE}}}")


#: What is expected of a field; of one's own any simple value.
_EXPECTED = {
    Cell.YESNO: "yes or no", Cell.GROUPS: "a list of texts", Cell.AMOUNT: "a number",
    None: "a text, a number, yes or no",
}  # fmt: skip


def _cell(name: str, value: Any, kind: Cell | None) -> str:
    """A value as the cell of its kind (None: a field of one's own); numbers came in as they were written."""
    if value is None:
        return ""
    if isinstance(value, bool) and kind in (Cell.YESNO, None):
        return "1" if value else "0"
    if isinstance(value, list) and kind is Cell.GROUPS and all(isinstance(each, str) for each in value):
        value = ",".join(value)
    if not isinstance(value, str):
        raise ValidationError(f"{name}: {_EXPECTED.get(kind, 'a text')} is expected.")
    if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise ValidationError(f"{name}: this text holds characters that are none.")
    return value


def columns(kind: ImportKind, rows: Sequence[Cells]) -> dict[str, str]:
    """Header to field of the file the rows make; required fields are among them, so that rows lack them one by one."""
    named = dict.fromkeys(name for name, field in FIELDS[kind].items() if field.required)
    for row in rows:
        named.update(dict.fromkeys(row))
    codes = {target: target.removeprefix(CUSTOM) for target in named}
    return {target if codes[target] in named else codes[target]: target for target in named}


class RowsFile:
    """The rows as a file; `lines` are the lines they begin on, known once it is written."""

    def __init__(self, rows: Sequence[Cells], headers: dict[str, str]) -> None:
        self._rows, self._headers = rows, headers
        self.lines: list[int] = []

    def chunks(self) -> Iterator[bytes]:
        """The file in pieces, UTF-8."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";", lineterminator="\n")
        writer.writerow(self._headers)
        line = 2
        for row in self._rows:
            cells = [row.get(target, "") for target in self._headers.values()]
            writer.writerow(cells)
            self.lines.append(line)
            line += 1 + sum(len(_LINE_END.findall(cell)) for cell in cells)
            if text.tell() > 1 << 20:
                yield _emptied(text)
        yield _emptied(text)


def _emptied(text: io.StringIO) -> bytes:
    written = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return written
