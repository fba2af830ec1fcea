"""Custom fields: codes, and values as typed in their definitions, kept as JSON (text, number as text, day, yes/no)."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal

from dso.domain.codes import FieldType
from dso.domain.imports import rejects, slips
from dso.domain.imports.amounts import reader
from dso.domain.imports.dates import DayOrder, iso_reader
from dso.domain.imports.words import folded, yes_no
from dso.domain.money import UNITS

Value = str | bool | None
#: Characters of a code, at most.
LONGEST_CODE = 60


#: Characters of a text; longer ones are shortened.
LONGEST = 2_000


#: What is said of a row that goes in without a cell of a field of one's own; what is not here keeps the row out.
_LEFT_OUT = {
    rejects.UNREADABLE_NUMBER: rejects.NUMBER_LEFT_OUT,
    rejects.UNREADABLE_DATE: rejects.DATE_LEFT_OUT,
    rejects.UNREADABLE_YESNO: rejects.YESNO_LEFT_OUT,
    rejects.NOT_A_CHOICE: rejects.CHOICE_LEFT_OUT,
}


class Unreadable(ValueError):
    """A cell that does not fit its custom field; the text is the reason, with its places."""

    def __init__(self, reason: str, **params: str) -> None:
        self.params = params
        #: The remark on a row that goes in without the cell; None where it keeps its row out.
        self.left_out = _LEFT_OUT.get(reason)
        super().__init__(reason)


@dataclass(frozen=True)
class CustomField:
    """Definition of a custom field, with what its column of this file proved."""

    code: str
    type: FieldType = FieldType.TEXT
    choices: Sequence[str] = ()
    day_order: DayOrder | None = None
    decimal: str = "."
    _days: Callable[[str], str | None] = field(init=False, repr=False, compare=False)
    _amounts: Callable[[str], int | Decimal | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_days", iso_reader(self.day_order))
        object.__setattr__(self, "_amounts", reader(self.decimal))

    def value(self, cell: str) -> Value:
        """What is kept for a cell; None when it is empty; Unreadable with the reason."""
        text = cell.strip()
        if not text:
            return None
        if len(text) > slips.MOST_TEXT:
            raise Unreadable(rejects.TOO_MUCH_TEXT, length=str(len(text)))
        if self.type is FieldType.NUMBER:
            return self._number(text)
        if self.type is FieldType.DATE:
            return _sure(self._days(text), rejects.UNREADABLE_DATE)
        if self.type is FieldType.YESNO:
            return _sure(yes_no(text), rejects.UNREADABLE_YESNO)
        if self.type is FieldType.LIST:
            by_word = {folded(choice): choice for choice in self.choices}
            return _sure(by_word.get(folded(text)), rejects.NOT_A_CHOICE)
        return text[:LONGEST]

    def shortens(self, cell: str) -> bool:
        """Whether the text of a cell is longer than what is kept of it."""
        return self.type is FieldType.TEXT and len(cell.strip()) > LONGEST

    def kept(self, cell: str) -> Value:
        """What a cell of a dump says: a value as it was kept, even one that no longer fits its definition."""
        text = cell.strip()
        if self.type in (FieldType.NUMBER, FieldType.DATE, FieldType.YESNO):
            with suppress(Unreadable):
                return self.value(text)
        return text or None

    def _number(self, text: str) -> str:
        found = self._amounts(text)
        if found is None:
            raise Unreadable(rejects.UNREADABLE_NUMBER)
        exact = found if isinstance(found, Decimal) else Decimal(found) / UNITS
        return f"{exact.normalize():f}"


def code_of(header: str, place: int) -> str:
    """A code for a new field made of the header of a column, or of its place (from 0)."""
    letters = "".join(char if char.isalnum() else "_" for char in header.strip().lower())
    return "_".join(part for part in letters.split("_") if part)[:50] or f"column_{place + 1}"


def types_offered(proven: FieldType) -> list[FieldType]:
    """What a new field can be, the type its column proves first."""
    return list(dict.fromkeys((proven, FieldType.TEXT, FieldType.NUMBER, FieldType.DATE, FieldType.YESNO)))


def _sure(value: Value, reason: str) -> Value:
    if value is None:
        raise Unreadable(reason)
    return value
