"""Opening a file as a table, by what it is and not by what it is called."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dso.domain.codes import ImportKind
from dso.domain.errors import Refused
from dso.domain.imports.headers import distinct, is_known
from dso.domain.imports.tables import check_headers
from dso.services.imports.spreadsheets import OLE_MAGIC, ZIP_MAGIC, SheetTable
from dso.services.imports.text_files import TextTable, scan

Chunk = tuple[list[list[str]], list[int]]


class Rows(Protocol):
    """What a text file and a sheet have in common."""

    headers: list[str]
    encoding: str
    separator: str
    sheet: str

    def chunks(self) -> Iterator[Chunk]:
        """Rows below the header with the lines they begin on."""
        ...


@dataclass(frozen=True)
class Table:
    """An opened file: its headers, told apart, and its rows, which can be read again and again."""

    headers: list[str]
    rows: Rows
    sha256: str

    def chunks(self) -> Iterator[Chunk]:
        """Rows below the header with the lines they begin on, some thousands at a time."""
        return self.rows.chunks()


def open_table(path: Path, kind: ImportKind, *, encoding: str = "", separator: str = "", sheet: str = "") -> Table:
    """The file as a table; Refused in words when it is none."""
    with path.open("rb") as file:
        magic = file.read(8)
    rows: Rows
    if magic.startswith(ZIP_MAGIC) or magic == OLE_MAGIC:
        rows, digest = SheetTable(path, sheet), _sha256(path)
    else:
        guessed, digest, empty = scan(path)
        if empty:
            raise Refused("The file is empty.")
        rows = TextTable(path, encoding or guessed, separator)
    if not rows.headers:
        raise Refused("The file is empty.")
    check_headers(rows.headers, any(is_known(kind, header) for header in rows.headers))
    return Table(distinct(rows.headers), rows, digest)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
