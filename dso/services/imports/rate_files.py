"""The files of the European Central Bank as tables of rates."""

from collections.abc import Iterator
from pathlib import Path

from dso.domain.errors import Refused
from dso.domain.imports import ecb
from dso.services.imports.text_files import CHUNK, TextTable

#: The whole history is some eight megabytes.
_MOST_BYTES = 128 * 1024 * 1024


class WideRates:
    """A CSV file with a column for each currency."""

    sheet = ""
    broken = 0

    def __init__(self, table: TextTable) -> None:
        self._table, self._wide = table, table.headers
        self.encoding, self.separator = table.encoding, table.separator
        self.headers = list(ecb.HEADERS)
        self.first_rows = [self.headers]

    def begin_at(self, place: int) -> None:
        """The headers are known."""

    def chunks(self) -> Iterator[tuple[list[list[str]], list[int]]]:
        """A row for each rate, with the line it stands on."""
        for rows, lines in self._table.chunks():
            found, places = ecb.unfolded(self._wide, rows, lines)
            for start in range(0, len(found), CHUNK):
                yield found[start : start + CHUNK], places[start : start + CHUNK]


class XmlRates:
    """An XML file of the bank."""

    encoding = separator = sheet = ""
    broken = 0

    def __init__(self, path: Path) -> None:
        if path.stat().st_size > _MOST_BYTES:
            raise Refused("The XML file is larger than the reference rates of the European Central Bank can be.")
        self._path = path
        self.headers = list(ecb.HEADERS)
        self.first_rows = [self.headers]
        for _rows in self.chunks():
            break

    def begin_at(self, place: int) -> None:
        """The headers are known."""

    def chunks(self) -> Iterator[tuple[list[list[str]], list[int]]]:
        """A row for each rate, with the line it stands on."""
        rows: list[list[str]] = []
        lines: list[int] = []
        for row, line in ecb.xml_rates(self._pieces()):
            rows.append(row)
            lines.append(line)
            if len(rows) == CHUNK:
                yield rows, lines
                rows, lines = [], []
        if rows:
            yield rows, lines

    def _pieces(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            while piece := file.read(1 << 16):
                yield piece
