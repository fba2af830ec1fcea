"""How a file is a table: its separator, which row holds the headers, the text marks of spreadsheets."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from dso.domain.errors import Refused
from dso.domain.imports.amounts import Exact
from dso.domain.imports.dates import DayOrder, read_date

#: Rows, and the lines they begin on.
Chunk = tuple[Sequence[list[str]], Sequence[int]]
SEPARATORS = "\t;,|"
_DECLARED = re.compile(r'"?sep=(.)"?\s*$', re.IGNORECASE)
#: Rows looked at for the one with the headers; a report has no more titles above it.
TITLE_ROWS = 20
#: A row of fewer cells may be a title.
_FEWEST = 3
_NUMBER = re.compile(r"[-+(]?[$€£]?\s?\d[\d .,'\u00a0\u202f]*[-)]?")


class Chunked(Protocol):
    """The rows of a file, which can be read again and again."""

    @property
    def broken(self) -> int:
        """The line of the chunk just handed on in whose row the file breaks off; 0 where it does not."""
        ...

    def chunks(self) -> Iterator[Chunk]:
        """Rows below the header with the lines they begin on, some thousands at a time."""
        ...


def declared_separator(line: str) -> str | None:
    """The separator a first line such as `sep=;` names; such a line is no header."""
    found = _DECLARED.match(line)
    return found[1] if found else None


def guess_separator(lines: Sequence[str]) -> str:
    """The separator that cuts the sample into the most even table; a single column gives the semicolon.

    Titles may stand above the table: its first row is the first of at least three cells that are no values.
    """
    found = max(
        (
            (_evenness(lines, separator, start), -start, separator)
            for separator in SEPARATORS
            for start in _starts(lines, separator)
        ),
        key=lambda one: (one[0], one[1]),
    )
    return found[2] if found[0] > (0, 0, 0) else ";"


def _starts(lines: Sequence[str], separator: str) -> list[int]:
    """Where the table can begin: at the first line, or at the first below it that can be headers."""
    starts = [0]
    for place, line in enumerate(lines[1:TITLE_ROWS], start=1):
        cells = line.rstrip("\r\n").split(separator)
        if line.count('"') % 2 == 0 and len(cells) >= _FEWEST and _may_be_headers([cell.strip(' "') for cell in cells]):
            return [*starts, place]
    return starts


def _evenness(lines: Sequence[str], separator: str, start: int) -> tuple[float, int, int]:
    """How many of the rows have the header's width, then how wide it is."""
    try:
        widths = [len(row) for row in csv.reader(lines[start:], delimiter=separator) if row]
    except csv.Error:
        return (0, 0, 0)
    if not widths or widths[0] < 2:
        return (0, 0, 0)
    same = sum(1 for width in widths if width == widths[0]) / len(widths)
    commonest = Counter(widths).most_common(1)[0][0]
    return (round(same, 1), int(commonest == widths[0]), widths[0])


def header_place(rows: Sequence[Sequence[str]], is_known: Callable[[str], bool]) -> int:
    """Which of the first rows holds the headers: the first, unless titles stand above a row that is plainly wider.

    Such a row has words that usually head columns (`is_known`), or else is the first of at least three different
    words that are no values, below titles of one or two cells.
    """
    filled = [[cell for cell in row if cell.strip()] for row in rows[:TITLE_ROWS]]
    widths = [len(cells) for cells in filled]
    known = [sum(map(is_known, cells)) for cells in filled]
    best = max(range(len(filled)), key=lambda place: (known[place], -place), default=0)
    if known and known[best] > max(known[0], 1):
        return best if all(width < widths[best] for width in widths[:best]) else 0
    if not known or known[0] or widths[0] >= _FEWEST:
        return 0
    for place, cells in enumerate(filled):
        if widths[place] >= _FEWEST:
            titled = widths[place] >= max(widths[place:]) and _may_be_headers(cells)
            return place if titled else 0
    return 0


def _may_be_headers(cells: Sequence[str]) -> bool:
    words = [cell for cell in cells if cell]
    return len(words) >= _FEWEST and len(set(words)) == len(words) and not any(map(_is_value, words))


def check_headers(headers: Sequence[str], known: bool) -> None:
    """Refuse a first row that holds values instead of headers; one known header settles that it does not."""
    if not any(cell.strip() for cell in headers):
        raise Refused("The first row is empty: the first row has to hold the headers.")
    if known:
        return
    for cell in headers:
        if _is_value(cell):
            words = 'The file has no header row: its first row holds the value "%(value)s".'
            raise Refused(words, value=cell.strip()[:80])


def _is_value(cell: str) -> bool:
    text = cell.strip()
    if not text:
        return False
    if type(cell) is Exact or _NUMBER.fullmatch(text):
        return True
    return read_date(text, DayOrder.DAY_FIRST) is not None or read_date(text, DayOrder.MONTH_FIRST) is not None
