"""Days as files write them: the order of day and month decided from whole columns."""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from enum import StrEnum

from dso.domain.imports.amounts import Exact

_TIME = re.compile(
    r"[T ]\s*\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?\s*(?:Z|[+-]\d{2}:?\d{2}|UTC)?$"
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
_NAMED = re.compile(r"(\d{1,2})[-/. ]([A-Za-zÀ-ÿ]{3,})\.?[-/. ](\d{4}|\d{2})")
_SERIAL_START = date(1899, 12, 30)
_SERIALS = range(14611, 73051)
#: The years a ledger can hold; what lies outside is a slip of the file.
YEARS = range(1940, 2100)
#: Two-digit years below this are of this century.
_PIVOT = 70
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan janv janvier january januar jän jänner ene enero gen gennaio januari sty stycznia janeiro",
            "feb févr fév février february februar febrero febbraio februari lut lutego fev fevereiro",
            "mar mars march mär märz marzo maart mrt marca março",
            "apr avr avril april abr abril aprile kwi kwietnia",
            "may mai mayo mag maggio mei maj maja maio",
            "jun juin june juni junio giu giugno cze czerwca junho",
            "jul juil juillet july juli julio lug luglio lip lipca julho",
            "aug août aou aoû august ago agosto augustus sie sierpnia",
            "sep sept septembre september septiembre set settembre wrz września setembro",
            "oct octobre october okt oktober octubre ott ottobre paź października out outubro",
            "nov novembre november noviembre lis listopada novembro",
            "dec déc décembre december dez dezember dic diciembre dicembre gru grudnia dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
_MOST_DISTINCT = 50_000
#: One reading has to be this many times as frequent before the other is called a slip of single rows.
_MAJORITY = 19


class DayOrder(StrEnum):
    """Which comes first in 03/04/2026."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


#: How each order is written, with a place for the mark between.
ORDERS = {DayOrder.DAY_FIRST: "d{0}m{0}Y", DayOrder.MONTH_FIRST: "m{0}d{0}Y"}


def read_date(cell: str, order: DayOrder | None) -> date | None:
    """The calendar day of a cell; None when it cannot be read, or when only the unknown order would tell."""
    text = cell.strip()
    if ":" in text or "h" in text or "T" in text or len(text) > 11:
        text = _TIME.sub("", text)
    if found := _YEAR_LAST.fullmatch(text):
        return _year_last(found, order)
    if found := _YEAR_FIRST.fullmatch(text):
        return _day(int(found[1]), int(found[3]), int(found[4]))
    if found := _COMPACT.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _SERIAL.fullmatch(text):
        serial = int(found[1])
        return _SERIAL_START + timedelta(days=serial) if serial in _SERIALS else None
    if found := _NAMED.fullmatch(text):
        return _day(_year(found[3]), _MONTHS.get(found[2].lower(), 0), int(found[1]))
    return None


def _year_last(found: re.Match[str], order: DayOrder | None) -> date | None:
    first, second, year = int(found[1]), int(found[3]), _year(found[4])
    if found[2] == "." or first == second:
        return _day(year, second, first)
    if order is None:
        return None
    return _day(year, second, first) if order is DayOrder.DAY_FIRST else _day(year, first, second)


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year < _PIVOT else 1900)


def is_outside(cell: str) -> bool:
    """Whether a cell is a day of the calendar, but of a year no ledger can hold."""
    text = _TIME.sub("", cell.strip())
    if found := _YEAR_LAST.fullmatch(text):
        year, parts = _year(found[4]), (int(found[1]), int(found[3]))
    elif found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        year, parts = int(found[1]), (int(found[found.lastindex or 0]), int(found[(found.lastindex or 1) - 1]))
    elif found := _NAMED.fullmatch(text):
        year, parts = _year(found[3]), (int(found[1]), _MONTHS.get(found[2].lower(), 0))
    else:
        return False
    return year not in YEARS and min(parts) in range(1, 13) and max(parts) in range(1, 32)


def _day(year: int, month: int, day: int) -> date | None:
    if year not in YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


class DateEvidence:
    """What the cells of one column say about the order of day and month; feed it the whole column."""

    def __init__(self) -> None:
        self._distinct: set[str] = set()
        self._counts = {DayOrder.DAY_FIRST: 0, DayOrder.MONTH_FIRST: 0}
        #: For each order a cell that is a day by it alone.
        self._proofs: dict[DayOrder, str] = {}
        self._open = 0
        self._format = self._either = ""

    def feed(self, cells: Iterable[str]) -> None:
        """Look at some cells, each distinct value once."""
        self._distinct.update(cells)
        if len(self._distinct) > _MOST_DISTINCT:
            self._weigh()

    def _weigh(self) -> None:
        for cell in self._distinct:
            found = _YEAR_LAST.fullmatch(_TIME.sub("", cell.strip())) if type(cell) is not Exact else None
            self._format = self._format or _named_format(cell)
            if found is None or found[2] == "." or found[1] == found[3]:
                continue
            day_first = _year_last(found, DayOrder.DAY_FIRST)
            month_first = _year_last(found, DayOrder.MONTH_FIRST)
            if day_first and month_first:
                if day_first != month_first:
                    self._open += 1
                    self._either = min(self._either or cell, cell)
            elif day_first or month_first:
                order = DayOrder.DAY_FIRST if day_first else DayOrder.MONTH_FIRST
                self._counts[order] += 1
                self._proofs[order] = min(self._proofs.get(order, cell), cell)
        self._distinct.clear()

    @property
    def ambiguous(self) -> bool:
        """Whether a person has to say which comes first, day or month."""
        self._weigh()
        return self.order is None and bool(self._open or any(self._counts.values()))

    @property
    def order(self) -> DayOrder | None:
        """The proven order; None when the column needs none or does not prove one."""
        self._weigh()
        day, month = self._counts[DayOrder.DAY_FIRST], self._counts[DayOrder.MONTH_FIRST]
        less, more = sorted((day, month))
        if not more or less * _MAJORITY > more:
            return None
        return DayOrder.DAY_FIRST if day > month else DayOrder.MONTH_FIRST

    @property
    def mixed(self) -> dict[DayOrder, str]:
        """For each order a cell that is a day by it alone, of a column that holds both and so proves neither."""
        order = self.order
        return self._proofs if order is None and len(self._proofs) > 1 else {}

    @property
    def either(self) -> str:
        """A cell that is another day by each order; "" when there is none."""
        self._weigh()
        return self._either

    @property
    def format(self) -> str:
        """How the column writes days, for the mapping screen: "d/m/Y", "Ymd", "Excel serial" …; "" when unread."""
        self._weigh()
        if self._format in ("/", "-"):
            return (ORDERS[self.order] if self.order else "?{0}?{0}Y").format(self._format)
        return self._format


def _named_format(cell: str) -> str:
    text = _TIME.sub("", cell.strip())
    if found := _YEAR_LAST.fullmatch(text):
        return "d.m.Y" if found[2] == "." else found[2]
    if found := _YEAR_FIRST.fullmatch(text):
        return "Y{0}m{0}d".format(found[2])
    if _COMPACT.fullmatch(text):
        return "Ymd"
    if _SERIAL.fullmatch(text):
        return "Excel serial"
    return "d month Y" if _NAMED.fullmatch(text) else ""


def iso_reader(order: DayOrder | None) -> "Callable[[str], str | None]":
    """A function that reads cells to ISO text, remembering those it has seen: a file has few distinct days."""
    seen: dict[str, str | None] = {"": ""}

    def read(cell: str) -> str | None:
        try:
            return seen[cell]
        except KeyError:
            found = read_date(cell, order) if cell.strip() else None
            answer = found.isoformat() if found else None if cell.strip() else ""
            if len(seen) < _MOST_DISTINCT:
                seen[cell] = answer
            return answer

    return read
