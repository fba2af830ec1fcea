"""Text files read as tables, row by row in bounded memory, whatever is in them."""

import csv
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from dso.domain.errors import Refused
from dso.domain.imports.encodings import EncodingScan, checked
from dso.domain.imports.tables import declared_separator, guess_separator

#: Rows handed on at once.
CHUNK = 5_000
#: The longest line and the most lines of one row: beyond, the file is no table.
LONGEST_LINE = 1 << 20
MOST_LINES = 500
MOST_COLUMNS = 1_000
_SAMPLE = 1 << 16


def scan(path: Path) -> tuple[str, str, bool]:
    """The encoding the bytes speak for, their SHA-256, and whether the file is empty."""
    encoding, digest, empty = EncodingScan(), hashlib.sha256(), True
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            encoding.feed(chunk)
            digest.update(chunk)
            empty = empty and not chunk.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe")
    return encoding.result(), digest.hexdigest(), empty


class _Lines:
    """The lines of a file, refused in words when it is no table; counts the lines of the row being read."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.row: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        readline = self._file.readline
        while line := readline(LONGEST_LINE):
            self.number += 1
            if "\0" in line:
                raise Refused("Line %(line)s holds a NUL byte: the file is damaged or no text.", line=self.number)
            if len(line) >= LONGEST_LINE:
                raise Refused("Line %(line)s is longer than a million characters: this is no table.", line=self.number)
            self.row.append(line)
            if len(self.row) > MOST_LINES:
                first = self.number - len(self.row) + 1
                raise Refused("The row beginning on line %(line)s does not end: a quote is not closed.", line=first)
            yield line


class TextTable:
    """A text file as a table; `headers` as written, `chunks()` the rows below with their line numbers."""

    sheet = ""

    def __init__(self, path: Path, encoding: str, separator: str = "") -> None:
        self.path = path
        self.encoding = checked(encoding)
        self._declared = False
        self.separator = separator or self._guess()
        self.headers = next(iter(self._headers()), [])

    def _guess(self) -> str:
        with self._open() as file:
            text = self._sampled(file)
        lines = text.splitlines(keepends=True)
        whole = lines[:-1] if len(text) == _SAMPLE and len(lines) > 1 else lines
        declared = declared_separator(whole[0]) if whole else None
        self._declared = declared is not None
        return declared or guess_separator([line for line in whole[:200] if line.strip()])

    def _sampled(self, file: TextIO) -> str:
        try:
            return file.read(_SAMPLE)
        except UnicodeError as error:
            raise self._unreadable() from error

    def _unreadable(self) -> Refused:
        return Refused("The file cannot be read as %(encoding)s: name its encoding.", encoding=self.encoding)

    def _open(self) -> TextIO:
        return self.path.open(encoding=self.encoding, newline="")

    def _headers(self) -> Iterator[list[str]]:
        for _line, row in self._rows():
            yield row
            return

    def chunks(self) -> Iterator[tuple[list[list[str]], list[int]]]:
        """Rows below the header with the lines they begin on, some thousands at a time; blank rows left out."""
        rows: list[list[str]] = []
        lines: list[int] = []
        below = self._rows()
        next(below, None)
        for line, row in below:
            rows.append(row)
            lines.append(line)
            if len(rows) == CHUNK:
                yield rows, lines
                rows, lines = [], []
        if rows:
            yield rows, lines

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        try:
            with self._open() as file:
                yield from self._parsed(_Lines(file))
        except UnicodeError as error:
            raise self._unreadable() from error
        except csv.Error as error:
            raise Refused("The file is no table: %(reason)s.", reason=error) from error

    def _parsed(self, lines: _Lines) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(lines, delimiter=self.separator)
        if self._declared:
            next(reader, None)
        lines.row = last = []
        begins = lines.number + 1
        for row in reader:
            if len(row) > MOST_COLUMNS:
                raise Refused("Line %(line)s has more than a thousand columns: this is no table.", line=begins)
            text = "".join(row)
            # Blank: only spaces, or the end mark of old systems.
            if text and not text.isspace() and text != "\x1a":
                yield begins, row
            last, lines.row = lines.row, []
            begins = lines.number + 1
        # The parser ends the last row silently even within a quote: the file was cut off.
        if re.search(rf'(?:^|{re.escape(self.separator)})"(?:[^"]|"")*$', "".join(last)):
            raise Refused("The file ends within a quote that is not closed: it is not whole.")

