"""The end of a file that holds no records: rows of totals, footers and drawn lines, left out with a remark each.

Programs print them below their lists. The file is handed on as it is read: of each chunk only the rows at its end are
looked at, upwards, and only those that may be of the tail are held back until it is known whether anything follows.
What could go in is never taken for one of them.
"""

from collections.abc import Container, Iterator, Sequence
from enum import Enum, auto

from dso.domain.codes import ImportKind
from dso.domain.imports import rejects
from dso.domain.imports.currencies import currency_code
from dso.domain.imports.fields import Cell, missing
from dso.domain.imports.footers import counted, is_footer, is_rule
from dso.domain.imports.mapping import FileMapping
from dso.domain.imports.tables import Chunk, Chunked
from dso.domain.imports.totals import CUSTOMER, TotalsRow, is_number, is_word, places_of

#: Rows a tail can have; a longer one is none.
MOST = 200


class _Told(Enum):
    """What a row at the end of a file is."""

    TOTALS = auto()
    #: Totals without a word: of the whole file, or of one currency.
    SUMS = auto()
    FOOTER = auto()


class _Ends:
    """What the rows at the end of one file are; None for what may be a record, and for what is damaged."""

    def __init__(
        self, kind: ImportKind, mapping: FileMapping, headers: Sequence[str], customers: Container[str]
    ) -> None:
        self._kind, self._constants, self._customers = kind, set(mapping.constants), customers
        self._places = mapping.places(headers)
        self._amounts = places_of(kind, self._places, Cell.AMOUNT)
        self._currencies = places_of(kind, self._places, Cell.CURRENCY)
        self._dates = places_of(kind, self._places, Cell.DATE)
        self._of_customer = [self._places[target] for target in CUSTOMER if target in self._places]
        #: That of the record itself.
        self._identifier = self._places.get("unique_id", -1)
        self.totals = TotalsRow(mapping, headers, customers) if kind is ImportKind.ITEMS else None

    def told(self, row: Sequence[str]) -> _Told | None:
        """What one row is."""
        filled = {place: cell.strip() for place, cell in enumerate(row) if cell.strip()}
        if not filled or self._identifier in filled:
            return None
        if self.totals is not None and self.totals.is_one(row):
            return _Told.TOTALS if self.totals.has_word(row) else _Told.SUMS
        if self.totals is None and self._sums_up(filled):
            return _Told.TOTALS
        cells = list(filled.values())
        below = is_footer(cells) or is_rule(cells)
        return _Told.FOOTER if below and not self._may_go_in(filled) else None

    def _may_go_in(self, filled: dict[int, str]) -> bool:
        """Whether a row could be a record all the same, or what is left of one."""
        if self._kind is not ImportKind.ITEMS:
            targets = {target for target, place in self._places.items() if place in filled}
            return not missing(self._kind, targets | self._constants)
        named = [filled[place] for place in self._of_customer if place in filled]
        if any(cell in self._customers for cell in named):
            return True
        if not any(is_number(filled[place]) for place in self._amounts if place in filled):
            return False
        said = self._constants.intersection(("issued_on", *CUSTOMER))
        return bool(said) or not self._dates.isdisjoint(filled)

    def _sums_up(self, filled: dict[int, str]) -> bool:
        """Whether a row of customers holds a word of totals and amounts, and nothing else."""
        if not any(map(is_word, filled.values())) or self._may_go_in(filled):
            return False
        sums = [place for place, cell in filled.items() if place in self._amounts and is_number(cell)]
        others = [place for place, cell in filled.items() if place not in sums and not is_word(cell)]
        return bool(sums) and all(place in self._currencies and currency_code(filled[place]) for place in others)


class Tail:
    """The rows of totals and the footers one file ends in, if it does."""

    def __init__(
        self,
        kind: ImportKind,
        mapping: FileMapping,
        headers: Sequence[str],
        customers: Container[str] = (),
        *,
        sought: bool = True,
    ) -> None:
        """`customers`: their codes, since one may be called Total; `sought`: whether there may be such rows."""
        self._headers = headers
        self._sought = sought and not mapping.dump
        self._ends = _Ends(kind, mapping, headers, customers)
        #: Whoever the customers are, the same chunks are handed on: who saw the first ones knows how many they were.
        self._held_back_by = _Ends(kind, mapping, headers, ())
        #: Line, column, content and remark of each row left out.
        self._found: list[tuple[int, str, str, str]] = []

    def left_out(self, rows: Chunked) -> Iterator[Chunk]:
        """The chunks of a file without its tail.

        No row the file breaks off in is of it, nor is the first row: that would make it a file without rows.
        """
        self._found, begun, rows_read = [], False, 0
        held: list[list[str]] = []
        places: list[int] = []
        for cells, lines in rows.chunks():
            rows_read += len(cells)
            reach = 0 if lines[-1] == rows.broken else self._reach(cells)
            if reach == len(cells) and not begun:
                reach -= 1
            start, begun = len(cells) - reach, True
            if start:
                if held:
                    yield held, places
                yield (cells[:start], lines[:start]) if reach else (cells, lines)
                held, places = [], []
            held, places = [*held, *cells[start:]], [*places, *lines[start:]]
            if len(held) > MOST:
                yield held[:-MOST], places[:-MOST]
                held, places = held[-MOST:], places[-MOST:]
        start = self._begin(held, rows_read)
        if start:
            yield held[:start], places[:start]
        for row, line in zip(held[start:], places[start:], strict=True):
            self._found.append((line, *self._shown(row)))

    def _reach(self, rows: Sequence[Sequence[str]]) -> int:
        """How many rows at the end of a chunk may be of the tail."""
        if not self._sought:
            return 0
        most = min(len(rows), MOST)
        return next((count for count in range(most) if self._held_back_by.told(rows[-count - 1]) is None), most)

    def _begin(self, rows: Sequence[Sequence[str]], rows_read: int) -> int:
        """Where the tail begins in the last rows of a file: of totals without a word there is one for each currency.

        Below a footer that counts more records than there are rows, headers included, the file is not whole.
        """
        currencies: set[str] = set()
        for place in range(len(rows), 0, -1):
            told = self._ends.told(rows[place - 1])
            if told is _Told.SUMS and self._ends.totals is not None:
                currency = self._ends.totals.currency(rows[place - 1])
                if currencies and (not currency or currencies & {currency, ""}):
                    return place
                currencies.add(currency)
            elif told is None or (told is _Told.FOOTER and self._counted(rows[place - 1]) > rows_read + 1):
                return place
        return 0

    @staticmethod
    def _counted(row: Sequence[str]) -> int:
        return counted([cell.strip() for cell in row if cell.strip()])

    def _shown(self, row: Sequence[str]) -> tuple[str, str, str]:
        """Column and content of what a row is told by, and the remark on it."""
        filled = [(place, cell.strip()) for place, cell in enumerate(row) if cell.strip()]
        if self._ends.told(row) is _Told.FOOTER:
            place, text, remark = filled[0][0], " ".join(cell for _place, cell in filled), rejects.FOOTER
        else:
            place, text = next((each for each in filled if is_word(each[1])), filled[0])
            remark = rejects.TOTALS
        return self._headers[place] if place < len(self._headers) else "", text[: rejects.MOST_SHOWN], remark

    def remark(self, remarks: rejects.Remarks) -> None:
        """Say so of each row left out."""
        for line, column, value, reason in self._found:
            remarks.add(line, column, value, reason)
