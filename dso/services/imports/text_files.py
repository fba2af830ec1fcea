"""Text files read as tables, row by row in bounded memory, whatever is in them."""

import csv
import hashlib
import re
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import chain, islice
from operator import itemgetter
from typing import Any, BinaryIO, Literal, NamedTuple, Protocol, TextIO

from dso.domain.errors import Refused
from dso.domain.formulas import may_hold_marks, original
from dso.domain.imports.encodings import EncodingScan, checked
from dso.domain.imports.plain_rows import BLANKS, PlainRows, plain_rows
from dso.domain.imports.tables import TITLE_ROWS, Chunk, declared_separator, guess_separator

#: Rows handed on at once.
CHUNK = 8_000
#: The longest line: beyond, the file is no table.
LONGEST_LINE = 1 << 20
MOST_COLUMNS = 1_000
_SAMPLE = 1 << 16
#: Bytes looked at at once.
_PIECE = 1 << 20
#: Characters read at once; a row that is longer does not end.
_BLOCK = 1 << 19
_ENDLESS = "The row before line %(line)s does not end: a quote is not closed."
_LINE_END = re.compile(r"\r\n|\n|\r")
#: Characters of the rows handed on at once: longer rows are no table, and would fill the memory.
_MOST_CHARS = 1 << 26
# A cell can be as long as a line: what is too long for its field is said of its row, the others go in.
csv.field_size_limit(LONGEST_LINE)


class Source(Protocol):
    """Where the bytes of a text lie: a path, or what a path leads into."""

    def open(self, mode: Literal["rb"]) -> BinaryIO:
        """The bytes from the beginning."""
        ...


class Scanned(NamedTuple):
    """What all bytes of a text say."""

    #: The encoding they speak for.
    encoding: str
    sha256: str
    empty: bool
    #: Where the first byte stands that is no UTF-8 in a file that otherwise is.
    damaged_at: int | None


def scan(source: Source) -> Scanned:
    """One reading of all bytes; Refused when a line is so long that reading it as text would fill the memory."""
    encoding, digest, empty, length = EncodingScan(), hashlib.sha256(), True, 0
    with source.open("rb") as file:
        while chunk := file.read(_PIECE):
            encoding.feed(chunk)
            digest.update(chunk)
            empty = empty and not chunk.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe")
            end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            length = length + len(chunk) if end < 0 else len(chunk) - end
            if length > LONGEST_LINE:
                raise Refused("The file has a line longer than a million characters: this is no table.")
    return Scanned(encoding.result(), digest.hexdigest(), empty, encoding.damaged_at)


def line_of(source: Source, place: int) -> int:
    """The line a byte stands on, counted as lines are read."""
    line, last = 1, b""
    with source.open("rb") as file:
        while place > 0 and (piece := file.read(min(place, _PIECE))):
            place -= len(piece)
            line += piece.count(b"\n") + piece.count(b"\r") - (last + piece).count(b"\r\n")
            last = piece[-1:]
    return line


class _Lines:
    """The lines of a file, some thousands at a time; refused in words when they cannot be those of a table."""

    def __init__(self, file: TextIO, *, declared: bool) -> None:
        self._file = file
        #: Lines handed on, and how many before those handed on last.
        self.number = self._earlier = 1 if declared and file.readline() else 0
        #: The last line of the last row that ended; a reader that goes row by row says so.
        self.ended = self.number
        #: Whether text marks stand in what was handed on, and how many characters it has.
        self.marked = False
        self.taken = 0
        self.tail: list[list[str]] = [[], []]
        #: Whether the last line handed on is the file's last and lacks its end.
        self.unended = False
        self._coming: list[str] | None = None
        #: The same as one text, and whether text marks stand in it.
        self._text, self._coming_marked = "", False

    @property
    def coming(self) -> list[str]:
        """The lines that come next; none at the end of the file."""
        if self._coming is None:
            self._coming = self._file.readlines(_BLOCK)
            self._text = "".join(self._coming)
            if "\0" in self._text:
                place = next(place for place, line in enumerate(self._coming, start=1) if "\0" in line)
                words = "Line %(line)s holds a NUL byte: the file is damaged or no text."
                raise Refused(words, line=self.number + place)
            self._coming_marked = may_hold_marks(self._text)
        return self._coming

    def take(self) -> list[str]:
        """Hand the coming lines on."""
        lines = self.coming
        self.marked = self.marked or self._coming_marked
        self.taken += len(self._text)
        if self.taken > _MOST_CHARS:
            words = "The rows near line %(line)s are longer than those of a table can be."
            raise Refused(words, line=self.number + 1)
        self._earlier = self.number
        self.number += len(lines)
        self.unended = lines[-1][-1] not in "\r\n"
        self.tail = [self.tail[1], lines]
        self._coming = None
        return lines

    def plain(self, separator: str, width: int) -> PlainRows | None:
        """The coming lines as rows of `width` cells, if they need no parser and no row began before them."""
        if self.ended != self.number or not self.coming or self._coming_marked:
            return None
        return plain_rows(self._text, self.coming, separator, width)

    def one_by_one(self, separator: str, width: int) -> Iterator[str]:
        """The lines up to those that need no parser."""
        return chain.from_iterable(self._blocks(separator, width))

    def _blocks(self, separator: str, width: int) -> Iterator[list[str]]:
        yield self.take()
        while self.coming and self.plain(separator, width) is None:
            if self.ended <= self._earlier:
                raise Refused(_ENDLESS, line=self.number)
            yield self.take()


class TextTable:
    """A text file as a table; `headers` as written, `chunks()` the rows below with their line numbers."""

    sheet = ""

    def __init__(self, source: Source, encoding: str, separator: str = "") -> None:
        self._source = source
        self.encoding = checked(encoding)
        self._declared = False
        self.broken = self._unended = 0
        self.separator = separator or self._guess()
        self._titles, self.headers = 0, list[str]()
        self.first_rows = list(next((rows for rows, _lines in self._blocks(TITLE_ROWS)), []))
        self.headers = self.first_rows[0] if self.first_rows else []

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
        # The mark at the beginning of some files is nothing people say.
        name = self.encoding.removesuffix("-sig")
        return Refused("The file cannot be read as %(encoding)s: name its encoding.", encoding=name)

    def _open(self) -> TextIO:
        return TextIOWrapper(self._source.open("rb"), encoding=self.encoding, newline="")

    def begin_at(self, place: int) -> None:
        """The headers are in this one of the first rows; what stands above are titles."""
        self._titles, self.headers = place, self.first_rows[place]

    def chunks(self) -> Iterator[Chunk]:
        """Rows below the header with the lines they begin on, some thousands at a time; blank rows left out."""
        above, fewest, self.broken = self._titles + 1, len(self.headers), 0
        for rows, lines in self._blocks(CHUNK):
            first, above = min(above, len(rows)), max(above - len(rows), 0)
            if len(rows) > first:
                if lines[-1] == self._unended and len(rows[-1]) < min([fewest, *map(len, rows[first:-1])]):
                    self.broken = lines[-1]
                if not isinstance(rows, PlainRows):
                    fewest = min([fewest, *map(len, rows[first:])])
                yield (rows[first:], lines[first:]) if first else (rows, lines)

    def _blocks(self, size: int) -> Iterator[Chunk]:
        """Rows that are not blank, with the lines they begin on."""
        try:
            with self._open() as file:
                yield from self._parsed(_Lines(file, declared=self._declared), size)
        except UnicodeError as error:
            raise self._unreadable() from error

    def _parsed(self, lines: _Lines, size: int) -> Iterator[Chunk]:
        """Lines that are rows as they stand are cut all at once, the others go through the parser."""
        width = len(self.headers)
        while lines.coming:
            rows = lines.plain(self.separator, width)
            if rows is None:
                yield from self._row_by_row(lines, size, width)
                continue
            begins = lines.number + 1
            lines.take()
            lines.taken, lines.ended, self._unended = 0, lines.number, 0
            for start in range(0, len(rows), size):
                some = rows[start : start + size] if len(rows) > size else rows
                yield some, range(begins + start, begins + start + len(some))

    def _row_by_row(self, lines: _Lines, size: int, width: int) -> Iterator[Chunk]:
        before = lines.number
        reader = csv.reader(lines.one_by_one(self.separator, width), delimiter=self.separator)
        begins = last = before + 1
        counted = _counted(reader, lines, before)
        while rows := list(islice(counted, size)):
            lines.taken = 0
            numbers = _numbers(rows, begins, before + reader.line_num)
            begins, last = before + reader.line_num + 1, numbers[-1]
            if max(map(len, rows)) > MOST_COLUMNS:
                words = "A row near line %(line)s has more than a thousand columns: this is no table."
                raise Refused(words, line=numbers[0])
            self._unended = numbers[-1] if lines.unended and lines.ended == lines.number else 0
            if lines.marked:
                rows = [[original(cell) if cell[:1] == "'" else cell for cell in row] for row in rows]
            yield from _filled(rows, numbers)
        # The parser ends the last row silently even within a quote: the file was cut off.
        record = [*lines.tail[0], *lines.tail[1]][last - begins :] if begins > last else []
        if self._is_open(record):
            raise Refused("The file ends within a quote that is not closed: it is not whole.")

    def _is_open(self, record: list[str]) -> bool:
        """Whether the lines of a row end within a quote; what no strict parser reads is looked at as it stands."""
        try:
            list(csv.reader(record, delimiter=self.separator, strict=True))
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                return True
            return re.search(rf'(?:^|{re.escape(self.separator)})"(?:[^"]|"")*$', "".join(record)) is not None
        return False


def _counted(reader: Any, lines: _Lines, before: int) -> Iterator[list[str]]:
    """The rows, each of which says where it ended; a cell that is too long to be one is a quote that was not closed."""
    try:
        for row in reader:
            lines.ended = before + reader.line_num
            yield row
    except csv.Error as error:
        if "field larger" in str(error):
            raise Refused(_ENDLESS, line=before + reader.line_num) from error
        raise Refused("The file is no table: %(reason)s. Is a quote not closed?", reason=error) from error


def _numbers(rows: list[list[str]], begins: int, ends: int) -> list[int]:
    """The lines rows begin on: one after the other, unless a cell holds line ends."""
    if ends - begins + 1 == len(rows):
        return list(range(begins, ends + 1))
    numbers = []
    for row in rows:
        numbers.append(begins)
        begins += 1 + sum(len(_LINE_END.findall(cell)) for cell in row)
    return numbers


def _filled(rows: list[list[str]], numbers: list[int]) -> Iterator[Chunk]:
    """The rows but those of only spaces, or the end mark of old systems."""
    if not all(rows) or any(map(_is_blank, set(map(itemgetter(0), rows)))):
        blank = {place for place, row in enumerate(rows) if _is_blank("".join(row))}
        rows = [row for place, row in enumerate(rows) if place not in blank]
        numbers = [number for place, number in enumerate(numbers) if place not in blank]
    if rows:
        yield rows, numbers


def _is_blank(text: str) -> bool:
    return not text.strip(BLANKS)
