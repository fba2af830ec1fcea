"""Rows of a text file in which nothing is quoted: cut all at once, and put together only when one is looked at."""

from collections.abc import Iterator, Sequence
from typing import overload

#: What a row may consist of and still be blank; the last is the end mark of old systems.
BLANKS = " \t\u00a0\u202f\x1a"


class PlainRows(Sequence[list[str]]):
    """Rows of equally many cells, held as the columns they make and as the texts they stood as, without line ends."""

    __slots__ = ("columns", "texts")

    def __init__(self, texts: Sequence[str], columns: Sequence[Sequence[str]]) -> None:
        self.texts, self.columns = texts, columns

    def __len__(self) -> int:
        return len(self.texts)

    def __iter__(self) -> Iterator[list[str]]:
        return map(list, zip(*self.columns, strict=True))

    @overload
    def __getitem__(self, place: int) -> list[str]: ...

    @overload
    def __getitem__(self, place: slice) -> "PlainRows": ...

    def __getitem__(self, place: int | slice) -> "list[str] | PlainRows":
        if isinstance(place, slice):
            return PlainRows(self.texts[place], [column[place] for column in self.columns])
        return [column[place] for column in self.columns]


def plain_rows(text: str, lines: Sequence[str], separator: str, width: int) -> PlainRows | None:
    """The lines of a text as rows of `width` cells; None where only a parser can tell.

    Each line is one row where nothing is quoted, all lines end in the same way and have the separators of such a row,
    and none is blank.
    """
    end = _line_end(text, len(lines))
    if width < 2 or not end or '"' in text or {line.count(separator) for line in lines} != {width - 1}:
        return None
    blanks = BLANKS + separator
    if not {line[0] for line in lines}.isdisjoint(blanks) and not all(line.strip(blanks + end) for line in lines):
        return None
    texts, cells = text.split(end), text.replace(end, separator).split(separator)
    # What follows the last line end is no row.
    del texts[-1], cells[-1]
    return PlainRows(texts, [cells[place::width] for place in range(width)])


def _line_end(text: str, count: int) -> str:
    """What each of so many lines ends with; "" where they do not all end alike."""
    fed, returned = text.count("\n"), text.count("\r")
    if (fed, returned) == (count, 0):
        return "\n"
    if (fed, returned) == (0, count):
        return "\r"
    return "\r\n" if fed == returned == text.count("\r\n") == count else ""
