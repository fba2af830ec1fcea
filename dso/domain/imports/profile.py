"""What a whole file says about its columns: samples, formats, order of days, decimal marks, document types."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from dso.domain.codes import FieldType
from dso.domain.errors import Refused
from dso.domain.imports.amounts import AmountEvidence, Exact, agreed_mark, likely_mark, reader
from dso.domain.imports.dates import DateEvidence, DayOrder, read_date
from dso.domain.imports.fields import Cell
from dso.domain.imports.mapping import FileMapping
from dso.domain.imports.plain_rows import PlainRows
from dso.domain.imports.words import yes_no

Rows = Sequence[Sequence[str]]

_SAMPLES = 3
#: Cells whose column decides on a decimal mark.
_NUMBERS = (Cell.AMOUNT, Cell.RATE)
#: How telephones and codes begin; whole numbers that are no days written without separators.
_CODE, _SHORT = re.compile(r"\+|0\d"), re.compile(r"\d{1,7}")
#: A column with more words than this holds something else.
_MOST_WORDS = 1_000


class Undecided(Refused):
    """Something only a person can say: `question` names it, `columns` where."""

    def __init__(self, question: str, columns: Sequence[str], message: str, **params: object) -> None:
        self.question = question
        self.columns = list(columns)
        super().__init__(message, **params)

    @property
    def mixed(self) -> bool:
        """Whether a column holds days of both orders: `day_first` and `month_first` are cells that show it."""
        return "day_first" in self.params


@dataclass
class Column:
    """What is known of one column."""

    header: str
    samples: list[str] = field(default_factory=list)
    dates: DateEvidence | None = None
    amounts: AmountEvidence | None = None
    #: Words of types and of yes and no, and how many rows have them.
    words: Counter[str] | None = None

    def feed(self, cells: Sequence[str]) -> None:
        """Some cells of the column, in order."""
        if len(self.samples) < _SAMPLES:
            for cell in cells:
                if cell.strip() and cell not in self.samples:
                    self.samples.append(cell)
                    if len(self.samples) == _SAMPLES:
                        break
        if self.dates is not None:
            self.dates.feed(cells)
        if self.amounts is not None:
            self.amounts.feed(cells)
        if self.words is not None and len(self.words) < _MOST_WORDS:
            for cell, count in Counter(cells).items():
                self.words[cell.strip()] += count

    @property
    def says_something(self) -> bool:
        """Whether its cells decide how it is read."""
        return self.dates is not None or self.amounts is not None or self.words is not None

    @property
    def only_ticks(self) -> bool:
        """Whether the column says yes by a mark and no by a blank: a blank is an answer then."""
        said = [word for word in self.words or () if word]
        return bool(said) and all(yes_no(word) is True for word in said)

    @property
    def own_type(self) -> FieldType:
        """The type of field its cells prove, for a new one; codes that begin with zeros and telephones are texts."""
        said = [word for word in self.words or () if word]
        if not said:
            return FieldType.TEXT
        if all(yes_no(word) is not None for word in said):
            return FieldType.YESNO
        order = self.dates.order if self.dates else None
        if all(not _SHORT.fullmatch(word) and read_date(word, order or DayOrder.DAY_FIRST) for word in said):
            return FieldType.DATE
        read = reader((self.amounts.decimal_mark() if self.amounts else "") or ".")
        return FieldType.TEXT if any(_CODE.match(word) or read(word) is None for word in said) else FieldType.NUMBER

    @property
    def readings(self) -> dict[DayOrder, tuple[str, date]]:
        """By each order of day and month a cell and the day it would be; one and the same cell where any fits both.

        Where the column holds both orders, the cells that show it.
        """
        if self.mixed:
            return {order: (cell, day) for order, cell in self.mixed.items() if (day := read_date(cell, order))}
        cells = [*self.samples, self.dates.either if self.dates else ""]
        days = {order: {cell: day for cell in cells if (day := read_date(cell, order))} for order in DayOrder}
        one = next((cell for cell in cells if len({found.get(cell) for found in days.values()} - {None}) > 1), "")
        return {order: (cell, found[cell]) for order, found in days.items() if (cell := one or next(iter(found), ""))}

    @property
    def mixed(self) -> Mapping[DayOrder, str]:
        """For each order of day and month a cell that is a day by it alone, where the column holds both."""
        return self.dates.mixed if self.dates else {}

    @property
    def format(self) -> str:
        """The format found, for the mapping screen; "" for text."""
        if self.dates is not None and self.dates.format:
            return self.dates.format
        if self.amounts is not None and self.samples and all(_looks_like_amount(cell) for cell in self.samples):
            mark = self.amounts.decimal_mark()
            return {".": "1,234.56", ",": "1.234,56", "": "1234", None: "1?234"}[mark]
        return ""


def _looks_like_amount(cell: str) -> bool:
    digits = sum(char.isdigit() for char in cell)
    return type(cell) is Exact or (digits > 0 and digits * 2 >= len(cell.strip()) and not cell.strip()[:1].isalpha())


class Profile:
    """Everything the first reading of a file finds out; feed it all rows."""

    def __init__(self, headers: Sequence[str], cells: Mapping[str, Cell] | None = None) -> None:
        """`cells`: how the mapped columns are read; None looks at every column in every way (mapping screen)."""
        self.headers = list(headers)
        self.rows = 0
        self.columns = {header: Column(header) for header in headers}
        for header, column in self.columns.items():
            cell = cells.get(header) if cells is not None else None
            if cells is None or cell is Cell.DATE:
                column.dates = DateEvidence()
            if cells is None or cell in _NUMBERS:
                column.amounts = AmountEvidence()
            if cells is None or cell in (Cell.TYPE, Cell.YESNO):
                column.words = Counter()
        looked_at = {name for name, column in self.columns.items() if cells is None or column.says_something}
        self._fed = [(place, self.columns[name]) for place, name in enumerate(headers) if name in looked_at]

    def feed(self, rows: Rows, columns: Sequence[Sequence[str]] | None = None) -> None:
        """Some rows, in order; short rows have empty cells at their end. `columns`: the same turned, if at hand."""
        self.rows += len(rows)
        if columns is None and isinstance(rows, PlainRows):
            columns = rows.columns
        if columns is not None:
            for place, column in self._fed:
                column.feed(columns[place])
            return
        whole = min(map(len, rows), default=0) >= len(self.headers)
        for place, column in self._fed:
            column.feed([row[place] for row in rows] if whole else [row[place] for row in rows if len(row) > place])


@dataclass(frozen=True)
class Formats:
    """How the columns of a file are to be read, decided."""

    day_orders: Mapping[str, DayOrder | None]
    decimals: Mapping[str, str]
    #: Yes/no columns that say yes by a mark and no by a blank.
    ticks: frozenset[str] = frozenset()
    #: Columns of amounts written one plain way throughout, and the characters that group their digits.
    plain: Mapping[str, str] = field(default_factory=dict)


def decide(
    profile: Profile, cells: Mapping[str, Cell], mapping: FileMapping, *, separator: str, currency_decimals: int
) -> Formats:
    """The formats of the mapped columns, read as `cells` says; Undecided where only a person can tell."""
    orders = {header: _order(profile, mapping, header) for header, cell in cells.items() if cell is Cell.DATE}
    amounts = [header for header, cell in cells.items() if cell in _NUMBERS]
    ticks = {header for header, cell in cells.items() if cell is Cell.YESNO and profile.columns[header].only_ticks}
    decimals = _decimals(profile, mapping, amounts, separator, currency_decimals)
    plain = {header: _grouper(profile, header, decimals[header]) for header in amounts}
    known = {header: grouper for header, grouper in plain.items() if grouper is not None}
    return Formats(orders, decimals, frozenset(ticks), known)


def questions(
    profile: Profile, cells: Mapping[str, Cell], mapping: FileMapping, *, separator: str, currency_decimals: int
) -> dict[str, str]:
    """What only a person can tell of the rows seen so far, each with the first column it is about."""
    found: dict[str, str] = {}
    for _either in ("day_order", "decimal"):
        try:
            decide(profile, cells, mapping, separator=separator, currency_decimals=currency_decimals)
        except Undecided as question:
            found[question.question] = question.columns[0]
            answered = {"": DayOrder.DAY_FIRST} if question.question == "day_order" else mapping.day_orders
            mapping = replace(mapping, day_orders=answered)
    return found


def _grouper(profile: Profile, header: str, decimal: str) -> str | None:
    evidence = profile.columns[header].amounts
    return evidence.plain(decimal) if evidence else None


def _order(profile: Profile, mapping: FileMapping, header: str) -> DayOrder | None:
    evidence = profile.columns[header].dates
    said = mapping.day_orders.get(header) or mapping.day_orders.get("")
    proven = evidence.order if evidence else None
    if proven or said:
        return proven or said
    if evidence is not None and (mixed := evidence.mixed):
        words = (
            'The column "%(column)s" mixes both orders of day and month: %(day_first)s has the day first, '
            "%(month_first)s the month. Say which one counts with --day-order dmy or --day-order mdy: "
            "rows with the other one are rejected."
        )
        cells = {"day_first": mixed[DayOrder.DAY_FIRST][:40], "month_first": mixed[DayOrder.MONTH_FIRST][:40]}
        raise Undecided("day_order", [header], words, column=header, **cells)
    if evidence is not None and evidence.ambiguous:
        words = (
            'The dates of the column "%(column)s" can be read as day/month and as month/day: '
            "say which with --day-order dmy or --day-order mdy."
        )
        raise Undecided("day_order", [header], words, column=header)
    return None


def _decimals(
    profile: Profile, mapping: FileMapping, headers: Sequence[str], separator: str, currency_decimals: int
) -> dict[str, str]:
    if mapping.by_program:
        return dict.fromkeys(headers, ".")
    marks = {header: _mark(profile, header) for header in headers}
    agreed = agreed_mark(marks.values())
    answer = {}
    for header, mark in marks.items():
        evidence = profile.columns[header].amounts
        open_mark = evidence.open_mark() if evidence else ""
        decided = mark if mark is not None else mapping.decimal or agreed
        decided = decided or (likely_mark(open_mark, separator, currency_decimals) if mark is None else mark)
        if decided is None:
            words = (
                'The amounts of the column "%(column)s" can be read with a decimal comma and with a decimal point: '
                "say which with --decimal comma or --decimal point."
            )
            raise Undecided("decimal", [header], words, column=header)
        answer[header] = decided
    return answer


def _mark(profile: Profile, header: str) -> str | None:
    evidence = profile.columns[header].amounts
    return evidence.decimal_mark() if evidence else ""
