"""Values that stand in every row: one no row could go in with is refused once, with the mapping, not row by row."""

from collections.abc import Callable, Mapping

from dso.domain.codes import ImportKind
from dso.domain.errors import Refused
from dso.domain.imports import rejects, slips
from dso.domain.imports.amounts import reader
from dso.domain.imports.currencies import currency_code
from dso.domain.imports.customs import CustomField, Unreadable
from dso.domain.imports.dates import read_date
from dso.domain.imports.fields import FIELDS, Cell
from dso.domain.imports.roles import user_role
from dso.domain.imports.words import side, yes_no

#: What is said of a value for every row instead of what is said of a cell, which nobody typed here.
SENTENCES = {
    rejects.UNREADABLE_DATE: "this cannot be read as a date; write it as 2026-12-31",
    rejects.UNREADABLE_AMOUNT: "this cannot be read as an amount; write it as 1234.50",
    rejects.UNKNOWN_CURRENCY: "this is not a currency; write its code, such as EUR",
}
#: A reason, and what stands in its places.
Reason = tuple[str, Mapping[str, str]]


class WrongConstant(Refused):
    """A value no row could go in with: `target` is its field, `reason` filled with `places` says why."""

    def __init__(self, target: str, label: str, value: str, reason: Reason) -> None:
        self.target = target
        self.reason, self.places = SENTENCES.get(reason[0], reason[0]), rejects.short(reason[1])
        words = '"%(value)s" cannot stand in every row as %(field)s: %(reason)s.'
        why = self.reason % self.places if self.places else self.reason
        super().__init__(words, value=value.strip()[:80], field=label, reason=why)


def _day(value: str) -> Reason | None:
    return None if read_date(value, None) else slips.of_date(value)


def _amount(value: str) -> Reason | None:
    return (slips.of_amount(value, "."), {}) if reader(".")(value) is None else None


def _known(read: Callable[[str], object], reason: str) -> Callable[[str], Reason | None]:
    return lambda value: (reason, {}) if read(value) is None else None


#: What speaks against a value by itself; other kinds of cell take any text, or depend on what is known.
_READ: Mapping[Cell, Callable[[str], Reason | None]] = {
    Cell.DATE: _day,
    Cell.AMOUNT: _amount,
    Cell.CURRENCY: _known(currency_code, rejects.UNKNOWN_CURRENCY),
    Cell.YESNO: _known(yes_no, rejects.UNREADABLE_YESNO),
    Cell.SIGN: _known(side, rejects.UNREADABLE_SIGN),
    Cell.USER_ROLE: _known(user_role, rejects.UNKNOWN_ROLE),
}


def why_not(kind: ImportKind, target: str, value: str, own: CustomField | None = None) -> Reason | None:
    """Why every row would be rejected for this value; None when it can be read. `own`: the target's custom field."""
    if own is not None:
        try:
            own.value(value)
        except Unreadable as no:
            return str(no), no.params
        return None
    known = FIELDS[kind].get(target)
    read = _READ.get(known.cell) if known and value.strip() else None
    return read(value) if read else None
