"""Excel workbooks read as tables, after a look at what they would unpack to."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from dso.domain.errors import Refused
from dso.domain.formulas import original
from dso.domain.imports.amounts import Exact
from dso.domain.imports.profile import Undecided
from dso.domain.imports.tables import TITLE_ROWS
from dso.services.imports.text_files import CHUNK, MOST_COLUMNS
from dso.services.imports.workbooks import BROKEN, Marks, check

Read = TypeVar("Read")


@dataclass(frozen=True)
class SheetChoice:
    """A sheet that holds something."""

    name: str
    rows: int


class SheetTable:
    """One sheet of a workbook as a table; typed cells come as text that says that it is exact."""

    encoding = ""
    broken = 0
    separator = ""

    def __init__(self, path: Path, sheet: str = "") -> None:
        self.path = path
        marks = check(path)
        self._book = _opened(path)
        self.sheet = sheet or self._only_sheet()
        self._rows = _loaded(self._book, self.sheet)
        self._marks = marks.get(self.sheet, Marks())
        self._width = 0
        self._titles = 0
        self.first_rows = [cells for _line, cells in islice(self._cells(), TITLE_ROWS)]
        self.begin_at(0)

    def begin_at(self, place: int) -> None:
        """The headers are in this one of the first rows; what stands above are titles."""
        self._titles = place
        headers: Sequence[str] = self.first_rows[place] if self.first_rows else []
        self._width = _width(headers)
        if self._width > MOST_COLUMNS:
            raise Refused("The sheet has more than a thousand columns: this is no table.")
        self.headers = list(headers[: self._width])

    def _only_sheet(self) -> str:
        """The one sheet that holds something; Undecided when there are several."""
        filled = [choice.name for choice in _choices(self._book)]
        if not filled:
            raise Refused("The workbook holds no rows.")
        if len(filled) > 1:
            words = "The workbook has several sheets: %(sheets)s. Say which with --sheet."
            raise Undecided("sheet", filled, words, sheets=", ".join(filled))
        return filled[0]

    def chunks(self) -> Iterator[tuple[list[list[str]], list[int]]]:
        """Rows below the header with their numbers, some thousands at a time; blank rows left out."""
        rows: list[list[str]] = []
        lines: list[int] = []
        for line, cells in islice(self._cells(), self._titles + 1, None):
            rows.append(cells)
            lines.append(line)
            if len(rows) == CHUNK:
                yield rows, lines
                rows, lines = [], []
        if rows:
            yield rows, lines

    def _cells(self) -> Iterator[tuple[int, list[str]]]:
        first_column = self._rows.start[1] if self._rows.start else 0
        padded = {column - first_column: digits for column, digits in self._marks.padded.items()}
        errors: dict[int, dict[int, str]] = {}
        for (line, column), word in self._marks.errors.items():
            errors.setdefault(line, {})[column - first_column] = word
        for line, row in enumerate(self._rows.iter_rows(), start=1):
            cells = [_text(value) for value in row]
            for place, word in errors.get(line, {}).items():
                if 0 <= place < len(cells):
                    cells[place] = word
            for place, digits in padded.items():
                if place < len(cells) and type(cells[place]) is Exact and cells[place].isdigit():
                    cells[place] = Exact(cells[place].zfill(digits))
            if any(cell.strip() for cell in cells):
                yield line, cells[: max(self._width, _width(cells))]


def look_into(path: Path) -> None:
    """Refused in words for what is no workbook, is broken, locked or too big."""
    check(path)
    _opened(path)


def sheet_choices(path: Path) -> list[SheetChoice]:
    """The sheets of a workbook that hold something, hidden ones left out."""
    check(path)
    return _choices(_opened(path))


def _choices(book: CalamineWorkbook) -> list[SheetChoice]:
    visible = [
        each.name
        for each in book.sheets_metadata
        if each.typ is SheetTypeEnum.WorkSheet and each.visible is SheetVisibleEnum.Visible
    ]
    return [SheetChoice(name, rows) for name in visible if (rows := _loaded(book, name).total_height)]


def _loaded(book: CalamineWorkbook, name: str) -> CalamineSheet:
    if name not in book.sheet_names:
        words = 'The workbook has no sheet "%(sheet)s". It has: %(sheets)s.'
        raise Refused(words, sheet=name, sheets=", ".join(book.sheet_names))
    return _guarded(lambda: book.get_sheet_by_name(name))


def _width(cells: Sequence[str]) -> int:
    """Cells up to the last one filled: a sheet is as wide as its widest stray format."""
    return max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)


def _text(value: Any) -> str:
    """A typed cell as text; numbers and days as exact ones."""
    if isinstance(value, str):
        return original(value.replace("\0", ""))
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return Exact(value)
    if isinstance(value, float):
        return Exact(int(value)) if value.is_integer() else Exact(format(Decimal(repr(value)), "f"))
    if isinstance(value, datetime):
        return Exact(value.date().isoformat())
    if isinstance(value, date):
        return Exact(value.isoformat())
    return str(value) if isinstance(value, time | timedelta) else ""


def _opened(path: Path) -> CalamineWorkbook:
    return _guarded(lambda: CalamineWorkbook.from_path(path))


def _guarded(read: Callable[[], Read]) -> Read:
    """The library's own errors and panics (which are no `Exception`) as a sentence."""
    try:
        return read()
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except (CalamineError, Exception) as error:
        raise Refused(BROKEN) from error
    except BaseException as error:
        raise Refused(BROKEN) from error
