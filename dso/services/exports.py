"""Tables as CSV and XLSX files: typed cells, and text that no spreadsheet takes for a formula (2.6, 8.3)."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

#: Beginnings a spreadsheet program may take for a formula or a command.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_CONTROLS = dict.fromkeys(code for code in range(32) if code not in (9, 10, 13))
#: Rows a sheet holds; more are in no spreadsheet.
SHEET_ROWS = 1_048_576


def neutral(text: str) -> str:
    """Text that stays text when a spreadsheet opens it."""
    text = text.translate(_CONTROLS)
    return f"'{text}" if text.startswith(_RISKY) else text


def as_csv(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file in UTF-8 with a mark by which spreadsheets know it; numbers with a point, ISO days."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutral(header) for header in headers])
    writer.writerows([_text(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, int) else neutral(str(value))


def as_xlsx(title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """An XLSX file of one sheet; amounts and days are typed, everything else is written as text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        amount = book.add_format({"num_format": "#,##0.00##"})
        for column, header in enumerate(headers):
            sheet.write_string(0, column, header, bold)
        for line, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                _put(sheet, line, column, value, day, amount)
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def _put(sheet: Any, line: int, column: int, value: Any, day: Any, amount: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value)
    elif isinstance(value, Decimal):
        sheet.write_number(line, column, value, amount)
    elif isinstance(value, int):
        sheet.write_number(line, column, value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        sheet.write_datetime(line, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001 - a day
    else:
        text = value.isoformat() if isinstance(value, datetime) else str(value).translate(_CONTROLS)
        sheet.write_string(line, column, text[:32_767])


def _sheet_name(title: str) -> str:
    return "".join(" " if sign in "[]:*?/\\'" else sign for sign in title)[:31] or "Sheet"
