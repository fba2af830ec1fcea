"""Telling how far the reading of a file is, to whoever watches."""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from dso.domain.imports.tables import Chunk
from dso.services.imports.options import silent
from dso.services.imports.readers import Rows, Table

Tell = Callable[[str, int], None]

READING, COMPARING, WRITING = "reading", "comparing", "writing"
#: Bytes looked at to guess how long a row is.
_SAMPLE = 1 << 18
#: Bytes a row of a sheet takes before it is packed, about.
_SHEET_ROW = 400


class _Told:
    """The rows of a file; each reading of them is told."""

    def __init__(self, rows: Rows, tell: Tell) -> None:
        self._rows, self._tell = rows, tell
        self._count = 0
        self.headers, self.encoding = rows.headers, rows.encoding
        self.separator, self.sheet = rows.separator, rows.sheet

    @property
    def broken(self) -> int:
        return self._rows.broken

    def chunks(self) -> Iterator[Chunk]:
        before = self._count
        try:
            for chunk in self._rows.chunks():
                self._count += len(chunk[0])
                self._tell(READING, self._count)
                yield chunk
        except GeneratorExit:
            # Only the beginning was looked at: it is read again with all the rest.
            self._count = before
            raise
        self._tell(COMPARING, self._count)


def watched(table: Table, tell: Tell) -> Table:
    """The table; whoever reads it is watched, unless nobody cares."""
    return table if tell is silent else replace(table, rows=_Told(table.rows, tell))


def estimated_rows(path: Path) -> int:
    """About how many rows a file has, by its size and its beginning; 0 when nothing can be said."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    if sample.startswith(b"PK"):
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(path) as book:
            sheets = [each.file_size for each in book.infolist() if each.filename.startswith("xl/worksheets/")]
            return max(sheets, default=0) // _SHEET_ROW
        return 0
    ends = sample.count(b"\n") or sample.count(b"\r")
    return path.stat().st_size * ends // len(sample) if sample else 0
