"""Opening a file as a table, by what it is and not by what it is called."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dso.domain.codes import ImportKind
from dso.domain.errors import Refused
from dso.domain.imports.ecb import is_wide
from dso.domain.imports.encodings import Damaged, checked
from dso.domain.imports.headers import distinct, is_known
from dso.domain.imports.tables import Chunk, Chunked, check_headers, header_place
from dso.services.imports.archives import unpacking
from dso.services.imports.packed import BROKEN, PackedText, packed_text
from dso.services.imports.rate_files import WideRates, XmlRates
from dso.services.imports.spreadsheets import SheetChoice, SheetTable, look_into, sheet_choices
from dso.services.imports.text_files import Scanned, Source, TextTable, line_of, scan
from dso.services.imports.workbooks import OLE_MAGIC, ZIP_MAGIC

#: How files begin that are often sent instead of a table.
_OTHERS = {
    b"%PDF": "The file is a PDF document and no table: export the list as CSV or XLSX.",
    b"\x89PNG": "The file is a picture and no table: export the list as CSV or XLSX.",
    b"\xff\xd8\xff": "The file is a picture and no table: export the list as CSV or XLSX.",
    b"GIF8": "The file is a picture and no table: export the list as CSV or XLSX.",
    b"\x1f\x8b": "The file is compressed: unpack it and send the table itself.",
    b"PK\x05\x06": "The file is compressed: unpack it and send the table itself.",
    b"7z\xbc\xaf": "The file is compressed: unpack it and send the table itself.",
    b"Rar!": "The file is compressed: unpack it and send the table itself.",
    b"{\\rtf": "The file is a text document and no table: export the list as CSV or XLSX.",
    b"<!DOCTYP": "The file is a web page and no table: export the list as CSV or XLSX.",
    b"<html": "The file is a web page and no table: export the list as CSV or XLSX.",
}
_XML = "The file is an XML document and no table: export the list as CSV or XLSX."


class Rows(Chunked, Protocol):
    """What a text file and a sheet have in common."""

    headers: list[str]
    encoding: str
    separator: str
    sheet: str


class _File(Rows, Protocol):
    """A file just opened."""

    first_rows: list[list[str]]

    def begin_at(self, place: int) -> None:
        """The headers are in this one of the first rows; what stands above are titles."""
        ...


@dataclass(frozen=True)
class Table:
    """An opened file: its headers, told apart, and its rows, which can be read again and again."""

    headers: list[str]
    rows: Rows
    sha256: str
    #: The encoding its bytes speak for, whatever was said; "" where there is none to recognise.
    recognised: str = ""

    def chunks(self) -> Iterator[Chunk]:
        """Rows below the header with the lines they begin on, some thousands at a time."""
        return self.rows.chunks()


def open_table(path: Path, kind: ImportKind, *, encoding: str = "", separator: str = "", sheet: str = "") -> Table:
    """The file as a table; Refused in words when it is none."""
    with path.open("rb") as file:
        magic = file.read(200).removeprefix(b"\xef\xbb\xbf").lstrip()
    if magic.startswith(b"<?xml") or b"<gesmes:" in magic:
        return _xml_table(path, kind)
    rows, digest, recognised = _opened(path, kind, encoding, separator, sheet)
    if not rows.first_rows:
        raise Refused("The file is empty.")

    def known(header: str) -> bool:
        return is_known(kind, header)

    rows.begin_at(header_place(rows.first_rows, known))
    check_headers(rows.headers, any(map(known, rows.headers)))
    if kind is ImportKind.RATES and isinstance(rows, TextTable) and is_wide(rows.headers):
        rows = WideRates(rows)
    return Table(distinct(rows.headers), rows, digest, recognised)


def sheets(path: Path, kind: ImportKind) -> list[SheetChoice]:
    """The sheets to choose among; empty for text, and for a workbook of which only one can be meant."""
    with path.open("rb") as file:
        magic = file.read(8)
    found = sheet_choices(path) if _is_workbook(magic) and not _packed(path, kind, magic) else []
    return found if len(found) > 1 else []


def refuse_what_is_no_table(path: Path, kind: ImportKind) -> None:
    """Refused in words for what no separator, encoding or sheet would make a table of: looked at by its beginning."""
    with path.open("rb") as file:
        start = file.read(1 << 16)
    magic = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe") and len(start) < 1 << 16:
        raise Refused("The file is empty.")
    if magic.startswith(b"<?xml") and kind is not ImportKind.RATES:
        raise Refused(_XML)
    _refuse_others(magic)
    if packed := _packed(path, kind, start):
        _refuse_others(packed.beginning())
    elif _is_workbook(start):
        look_into(path)


def _is_workbook(beginning: bytes) -> bool:
    return beginning.startswith((ZIP_MAGIC, OLE_MAGIC))


def _refuse_others(beginning: bytes) -> None:
    for each, words in _OTHERS.items():
        if beginning.startswith(each):
            raise Refused(words)


def _xml_table(path: Path, kind: ImportKind) -> Table:
    if kind is not ImportKind.RATES:
        raise Refused(_XML)
    rows = XmlRates(path)
    return Table(rows.headers, rows, _sha256(path))


def _opened(path: Path, kind: ImportKind, encoding: str, separator: str, sheet: str) -> tuple[_File, str, str]:
    """Its rows, its SHA-256, and the encoding recognised."""
    with path.open("rb") as file:
        magic = file.read(8)
    if packed := _packed(path, kind, magic):
        _refuse_others(packed.beginning())
        with unpacking(BROKEN):
            found = scan(packed)
        return _text(packed, found, encoding, separator), _sha256(path), found.encoding
    if _is_workbook(magic):
        return SheetTable(path, sheet), _sha256(path), ""
    _refuse_others(magic)
    found = scan(path)
    return _text(path, found, encoding, separator), found.sha256, found.encoding


def _packed(path: Path, kind: ImportKind, beginning: bytes) -> PackedText | None:
    """The CSV file of rates alone in an archive, as the bank publishes it; None for anything that is none."""
    return packed_text(path) if kind is ImportKind.RATES and beginning.startswith(ZIP_MAGIC) else None


def _text(source: Source, found: Scanned, encoding: str, separator: str) -> TextTable:
    """The text as a table; Refused when it is empty, or is damaged UTF-8 and nobody says that it is anything else."""
    if found.empty:
        raise Refused("The file is empty.")
    if found.damaged_at is not None and checked(encoding or found.encoding) in ("utf-8", "utf-8-sig"):
        raise Damaged(line_of(source, found.damaged_at))
    return TextTable(source, encoding or found.encoding, separator)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
