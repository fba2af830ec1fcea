"""What lies in the archive of an XLSX workbook: held against what fits, and what its reader does not tell.

The reader gives numbers without their formats and nothing at all for cells in error; both are in the archive.
"""

import html
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dso.domain.errors import Refused
from dso.services.imports.archives import WORKBOOK, unpacking
from dso.services.imports.text_files import MOST_COLUMNS

#: What a workbook may unpack to, and how many cells its sheets may span: beyond, it would fill the memory.
MOST_BYTES = 600 * 1024 * 1024
MOST_CELLS = 30_000_000
_MOST_PARTS = 5_000
_MOST_ERRORS = 200_000
_OLDEST_BYTES = 100 * 1024 * 1024
_REFERENCE = re.compile(rb'r="([A-Z]{1,3})(\d{1,7})"')
_ERROR = re.compile(rb'<c\b([^>]*\bt="e"[^>]*)>(?:<f\b[^>]*/>|<f\b.*?</f>)?<v>([^<]{1,20})</v>', re.DOTALL)
_STYLED = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})\d+"[^>]*?\bs="(\d+)"')
_ZEROS = re.compile(rb'numFmtId="(\d+)"[^>]*?formatCode="(0{2,20})"')
_SHEET = re.compile(r'<(?:\w+:)?sheet\b[^>]*?\bname="([^"]*)"[^>]*?\br:id="([^"]*)"')
_LINK = re.compile(r"<Relationship\b[^>]*>")
TOO_BIG = "The workbook unpacks to more than can be read: save the sheet as CSV."
BROKEN = "The workbook cannot be read: open it in a spreadsheet program and save it again as XLSX, or as CSV."
_LOCKED = "The workbook is protected with a password: save it without one."

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass
class Marks:
    """What the archive says of one sheet beside its values."""

    #: Line and column, counted from 1 and 0, to the word of the error ("#N/A").
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    #: Column to the number of digits its whole numbers are shown with.
    padded: dict[int, int] = field(default_factory=dict)


def check(path: Path) -> dict[str, Marks]:
    """What is said of each sheet, by its name; Refused for what is no workbook, or would not fit."""
    with path.open("rb") as file:
        magic = file.read(8)
    if magic == OLE_MAGIC:
        _check_old(path)
        return {}
    with unpacking(BROKEN), zipfile.ZipFile(path) as archive:
        return _check_parts(archive)


def _check_old(path: Path) -> None:
    """An XLS file; or an XLSX file within the envelope of its password."""
    if path.stat().st_size > _OLDEST_BYTES:
        raise Refused(TOO_BIG)
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        raise Refused(_LOCKED)


def _check_parts(archive: zipfile.ZipFile) -> dict[str, Marks]:
    parts = archive.infolist()
    if WORKBOOK not in archive.namelist():
        raise Refused("The file is a ZIP archive but no XLSX workbook: send the workbook or the CSV file itself.")
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        raise Refused(TOO_BIG)
    small: dict[str, bytes] = {}
    left = MOST_BYTES
    others = [part for part in parts if not _is_sheet(part.filename)]
    for part in others:
        unpacked = _Unpacked(keep=part.filename in _SMALL)
        left -= unpacked.read(archive, part, left)
        small[part.filename] = unpacked.kept
    styles = _padding(small.get("xl/styles.xml", b""))
    found: dict[str, Marks] = {}
    for part in parts:
        if _is_sheet(part.filename):
            sheet = _Sheet(styles)
            left -= sheet.read(archive, part, left)
            found[part.filename] = sheet.marks
    return {name: found[part] for name, part in _sheet_parts(small).items() if part in found}


def _is_sheet(name: str) -> bool:
    return name.startswith("xl/worksheets/") and name.endswith(".xml")


_SMALL = (WORKBOOK, "xl/_rels/workbook.xml.rels", "xl/styles.xml")
#: Of these three, no more than this is looked at.
_MOST_SMALL = 4 * 1024 * 1024


class _Unpacked:
    """A part of the archive, unpacked in pieces."""

    def __init__(self, *, keep: bool = False) -> None:
        self.kept, self._keep = b"", keep

    def read(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
        """How much it really unpacks to, whatever its header says."""
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused(BROKEN)
        if part.flag_bits & 1:
            raise Refused(_LOCKED)
        size = 0
        for chunk in _chunks(archive, part):
            size += len(chunk)
            if size > left:
                raise Refused(TOO_BIG)
            self.take(chunk)
        self.end()
        return size

    def take(self, chunk: bytes) -> None:
        """One piece."""
        if self._keep and len(self.kept) < _MOST_SMALL:
            self.kept += chunk

    def end(self) -> None:
        """All pieces were taken."""


class _Sheet(_Unpacked):
    """A sheet: it may not span more cells than fit; cells in error and padded numbers are noted."""

    def __init__(self, styles: dict[bytes, int]) -> None:
        super().__init__()
        self.marks = Marks()
        self._styles, self._rest = styles, b""
        self._columns: set[bytes] = set()
        self._last_row = 0

    def take(self, chunk: bytes) -> None:
        """Whole cells of the piece; the last one may go on in the next."""
        data = self._rest + chunk
        end = max(data.rfind(b"<c "), len(data) - (1 << 16), 0)
        self._note(data[:end])
        self._rest = data[end:]

    def _note(self, data: bytes) -> None:
        found = _REFERENCE.findall(data)
        self._columns.update({column for column, _row in found})
        self._last_row = max(self._last_row, max((int(row) for _column, row in found), default=0))
        if b't="e"' in data and len(self.marks.errors) < _MOST_ERRORS:
            for attributes, word in _ERROR.findall(data):
                for column, row in _REFERENCE.findall(attributes):
                    self.marks.errors[int(row), _number(column) - 1] = word.decode("utf-8", "replace")
        if self._styles:
            for column, style in set(_STYLED.findall(data)):
                if style in self._styles:
                    self.marks.padded[_number(column) - 1] = self._styles[style]

    def end(self) -> None:
        """Hold what was found against what fits."""
        self._note(self._rest)
        widest = max((_number(column) for column in self._columns), default=0)
        if widest > MOST_COLUMNS * 16 or widest * self._last_row > MOST_CELLS:
            raise Refused(TOO_BIG)


def _padding(styles: bytes) -> dict[bytes, int]:
    """Style number to digits, for formats such as 00000: by them spreadsheets show the zeros codes begin with."""
    digits = {number: len(zeros) for number, zeros in _ZEROS.findall(styles)}
    _before, _, cells = styles.partition(b"<cellXfs")
    formats = re.findall(rb'<xf\b[^>]*?\bnumFmtId="(\d+)"', cells.partition(b"</cellXfs>")[0])
    return {str(place).encode(): digits[number] for place, number in enumerate(formats) if number in digits}


def _sheet_parts(small: dict[str, bytes]) -> dict[str, str]:
    """Name of a sheet to its place in the archive."""
    links: dict[str, str] = {}
    for link in _LINK.findall(small.get(_SMALL[1], b"").decode("utf-8", "replace")):
        values = dict(re.findall(r'\b(Id|Target)="([^"]*)"', link))
        target = values.get("Target", "")
        links[values.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    book = small.get(_SMALL[0], b"").decode("utf-8", "replace")
    return {html.unescape(name): links[number] for name, number in _SHEET.findall(book) if number in links}


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
