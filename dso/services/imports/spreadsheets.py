"""Excel workbooks read as tables, after a look at what they would unpack to."""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from dso.domain.errors import Refused
from dso.domain.imports.amounts import Exact
from dso.domain.imports.profile import Undecided
from dso.services.imports.text_files import CHUNK, MOST_COLUMNS

Read = TypeVar("Read")

#: What a workbook may unpack to, and how many cells its sheets may span: beyond, it would fill the memory.
MOST_BYTES = 600 * 1024 * 1024
MOST_CELLS = 30_000_000
_MOST_PARTS = 5_000
_OLDEST_BYTES = 100 * 1024 * 1024
_REFERENCE = re.compile(rb'r="([A-Z]{1,3})(\d{1,7})"')
_TOO_BIG = "The workbook unpacks to more than can be read: save the sheet as CSV."
_BROKEN = "The workbook cannot be read: open it in a spreadsheet program and save it again as XLSX, or as CSV."

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class SheetTable:
    """One sheet of a workbook as a table; typed cells come as text that says that it is exact."""

    encoding = ""
    separator = ""

    def __init__(self, path: Path, sheet: str = "") -> None:
        self.path = path
        _check(path)
        self._book = _opened(path)
        self.sheet = sheet or self._only_sheet()
        self._rows = self._loaded(self.sheet)
        self.headers = next((cells for _line, cells in self._cells()), [])

    def _only_sheet(self) -> str:
        """The one sheet that holds something; Undecided when there are several."""
        visible = [
            each.name
            for each in self._book.sheets_metadata
            if each.typ is SheetTypeEnum.WorkSheet and each.visible is SheetVisibleEnum.Visible
        ]
        filled = [name for name in visible if len(visible) == 1 or self._loaded(name).total_height]
        if not filled:
            raise Refused("The workbook holds no rows.")
        if len(filled) > 1:
            words = "The workbook has several sheets: %(sheets)s. Say which with --sheet."
            raise Undecided("sheet", filled, words, sheets=", ".join(filled))
        return filled[0]

    def _loaded(self, name: str) -> CalamineSheet:
        if name not in self._book.sheet_names:
            words = 'The workbook has no sheet "%(sheet)s". It has: %(sheets)s.'
            raise Refused(words, sheet=name, sheets=", ".join(self._book.sheet_names))
        return _guarded(lambda: self._book.get_sheet_by_name(name))

    def chunks(self) -> Iterator[tuple[list[list[str]], list[int]]]:
        """Rows below the header with their numbers, some thousands at a time; blank rows left out."""
        rows: list[list[str]] = []
        lines: list[int] = []
        below = self._cells()
        next(below, None)
        for line, cells in below:
            rows.append(cells)
            lines.append(line)
            if len(rows) == CHUNK:
                yield rows, lines
                rows, lines = [], []
        if rows:
            yield rows, lines

    def _cells(self) -> Iterator[tuple[int, list[str]]]:
        width = 0
        for line, row in enumerate(self._rows.iter_rows(), start=1):
            cells = [_text(value) for value in row]
            if not width:
                width = _width(cells)
            if any(cell.strip() for cell in cells):
                filled = max(width, _width(cells))
                yield line, cells[:filled]


def _width(cells: list[str]) -> int:
    """Cells up to the last one filled: a sheet is as wide as its widest stray format."""
    return max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)


def _text(value: Any) -> str:
    """A typed cell as text; numbers and days as exact ones."""
    if isinstance(value, str):
        return value.replace("\0", "")
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
        raise Refused(_BROKEN) from error
    except BaseException as error:
        raise Refused(_BROKEN) from error


def _check(path: Path) -> None:
    """Refuse what is no workbook, or would not fit: before the library touches it."""
    with path.open("rb") as file:
        magic = file.read(8)
    if magic == OLE_MAGIC:
        if path.stat().st_size > _OLDEST_BYTES:
            raise Refused(_TOO_BIG)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise Refused(_BROKEN) from error


def _check_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if "xl/workbook.xml" not in archive.namelist():
        raise Refused("The file is a ZIP archive but no XLSX workbook: send the workbook or the CSV file itself.")
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        raise Refused(_TOO_BIG)
    left = MOST_BYTES
    for part in parts:
        left -= _unpacked(archive, part, left)


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """How much a part really unpacks to, whatever its header says; a sheet may not span more cells than fit."""
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or part.flag_bits & 1:
        raise Refused(_BROKEN)
    is_sheet = part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")
    size, rest = 0, b""
    columns: set[bytes] = set()
    last_row = 0
    for chunk in _chunks(archive, part):
        size += len(chunk)
        if size > left:
            raise Refused(_TOO_BIG)
        if is_sheet:
            found = _REFERENCE.findall(rest + chunk)
            rest = chunk[-24:]
            columns.update({column for column, _row in found})
            last_row = max(last_row, max((int(row) for _column, row in found), default=0))
    widest = max((_number(column) for column in columns), default=0)
    if widest > MOST_COLUMNS * 16 or widest * last_row > MOST_CELLS:
        raise Refused(_TOO_BIG)
    return size


def _number(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked bytes of a part, read past what its header claims."""
    file = archive.fp
    assert file is not None  # noqa: S101 - an open archive has its file
    file.seek(part.header_offset)
    header = file.read(30)
    if header[:4] != ZIP_MAGIC:
        raise zipfile.BadZipFile(part.filename)
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    inflate = zlib.decompressobj(-15) if part.compress_type == zipfile.ZIP_DEFLATED else None
    left = part.compress_size
    while left > 0:
        packed = file.read(min(left, 1 << 16))
        if not packed:
            raise EOFError(part.filename)
        left -= len(packed)
        while inflate and packed:
            yield inflate.decompress(packed, 1 << 20)
            packed = inflate.unconsumed_tail
        if inflate is None:
            yield packed
