"""Tables as CSV and XLSX files, row by row: typed cells, text that no spreadsheet takes for a formula (2.6, 8.3)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO

import xlsxwriter

from dso.domain.formulas import neutral, printable

#: Rows a sheet holds; more are in no spreadsheet.
SHEET_ROWS = 1_048_576
_FULL = "The sheet is full: the CSV file has all rows."
#: Characters of a CSV file handed on at once.
_PIECE = 1 << 16
#: Characters a column of a sheet shows: too narrow for a day or an amount, it would show ###.
_DAY, _MOMENT, _AMOUNT, _WIDEST = 12, 20, 17, 48


@dataclass(frozen=True)
class Table:
    """A table on its way out; its rows are made as they are written, so that none of them is kept."""

    title: str
    headers: Sequence[str]
    rows: Iterable[Sequence[Any]]
    #: Of a CSV file.
    separator: str = ","


class Plain(str):
    """A text that is known to be no formula, such as an amount as a file wrote it."""

    __slots__ = ()


def csv_pieces(table: Table) -> Iterator[bytes]:
    """A CSV file, piece by piece, in UTF-8 with a mark spreadsheets know it by; numbers with a point, ISO days."""
    out = io.StringIO("\ufeff")
    out.seek(1)
    writer = csv.writer(out, delimiter=table.separator, lineterminator="\r\n")
    writer.writerow([_text(header) for header in table.headers])
    for row in table.rows:
        writer.writerow([_text(value) for value in row])
        if out.tell() > _PIECE:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def as_csv(table: Table) -> bytes:
    """A small table as a whole CSV file."""
    return b"".join(csv_pieces(table))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, int | Plain) else neutral(printable(str(value)))


def write_xlsx(table: Table, out: BinaryIO) -> None:
    """An XLSX file of one sheet; numbers, days, yes and no are typed, everything else is text.

    Rows go to a temporary file as they come. A full sheet says so in its last row.
    """
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(_sheet_name(table.title))
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        amount = book.add_format({"num_format": "#,##0.00##"})
        sheet.freeze_panes(1, 0)
        widths: dict[int, int] = {}
        for column, header in enumerate(table.headers):
            sheet.write_string(0, column, printable(header), bold)
            widths[column] = len(header) + 2
        for line, row in enumerate(_fitting(table.rows), 1):
            for column, value in enumerate(row):
                width = _put(sheet, line, column, value, (day, moment, amount))
                if width > widths.get(column, 0):
                    widths[column] = width
        for column, width in widths.items():
            sheet.set_column(column, column, min(width, _WIDEST))


def _fitting(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The rows below the header, as many as a sheet holds; where there are more, its last one says so."""
    found = iter(rows)
    yield from islice(found, SHEET_ROWS - 2)
    rest = list(islice(found, 2))
    yield from rest if len(rest) < 2 else [[_FULL]]


def as_xlsx(table: Table) -> bytes:
    """A small table as a whole XLSX file."""
    out = io.BytesIO()
    write_xlsx(table, out)
    return out.getvalue()


def _put(sheet: Any, line: int, column: int, value: Any, formats: tuple[Any, Any, Any]) -> int:
    """Write a cell; the characters it takes."""
    day, moment, amount = formats
    if value is None or value == "":
        return 0
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value)
        return 6
    if isinstance(value, Decimal):
        sheet.write_number(line, column, value, amount)
        return _AMOUNT
    if isinstance(value, int):
        sheet.write_number(line, column, value)
        return len(str(value)) + 1
    if isinstance(value, datetime):
        sheet.write_datetime(line, column, value.replace(tzinfo=None), moment)
        return _MOMENT
    if isinstance(value, date):
        sheet.write_datetime(line, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001 - a day
        return _DAY
    text = printable(str(value))[:32_767]
    sheet.write_string(line, column, text)
    return len(text) + 1


def _sheet_name(title: str) -> str:
    return "".join(" " if sign in "[]:*?/\\'" else sign for sign in title)[:31] or "Sheet"
