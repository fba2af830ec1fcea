"""Where a debtor stands: totals and aging per currency, and the lines that a search, a filter and a sort leave."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dso.domain.aging import Bucket, buckets, place
from dso.domain.documents import Line, Table
from dso.domain.money import ZERO


@dataclass(frozen=True, slots=True)
class Position:
    """The figures of one currency; `total` nets credits and holds no down-payment requests."""

    currency: str
    total: Decimal
    overdue: Decimal
    disputed: Decimal
    #: Days the oldest open debit is late; 0 when none is.
    oldest_days: int
    aging: tuple[tuple[Bucket, Decimal], ...]

    @property
    def not_due(self) -> Decimal:
        """What is not due yet."""
        return self.total - self.overdue

    @property
    def undisputed(self) -> Decimal:
        """The total without what is in dispute."""
        return self.total - self.disputed


def position(table: Table, bounds: Sequence[int]) -> Position:
    """The figures of a currency's lines; late from the day after the due date, whatever reports call overdue."""
    amounts = [ZERO] * (len(bounds) + 2)
    oldest = 0
    for line in table.lines:
        amounts[place(line.days_late, bounds)] += line.remaining
        if line.remaining > ZERO:
            oldest = max(oldest, line.days_late)
    aging = tuple(zip(buckets(bounds), amounts, strict=True))
    return Position(table.currency, table.total, sum(amounts[1:], ZERO), table.disputed, oldest, aging)


#: Sort key to what lines are put in order by; "-" before the key turns it round.
SORTS = ("number", "order", "issued", "due", "late", "amount", "remaining")


@dataclass(frozen=True)
class View:
    """What the reader asked to see of the lines."""

    text: str = ""
    #: Issued from and to, both included.
    issued_from: date | None = None
    issued_to: date | None = None
    #: A label of a status as it is shown.
    status: str = ""
    overdue: bool = False
    sort: str = "due"

    @property
    def narrows(self) -> bool:
        """Whether some lines may be left out."""
        return bool(self.text or self.issued_from or self.issued_to or self.status or self.overdue)

    def shows(self, line: Line, label: str) -> bool:
        """Whether a line with this label of its status is among what was asked for."""
        if self.overdue and line.days_late < 1:
            return False
        if self.issued_from and line.item.issued_on < self.issued_from:
            return False
        if self.issued_to and line.item.issued_on > self.issued_to:
            return False
        if self.status and label != self.status:
            return False
        return not self.text or self._mentioned(line, label)

    def _mentioned(self, line: Line, label: str) -> bool:
        words = (line.item.number, line.order_number, line.customer_code, line.customer_name, label, line.comment)
        everything = " ".join(words).casefold()
        return all(word in everything for word in self.text.casefold().split())

    def ordered(self, lines: Iterable[Line]) -> list[Line]:
        """Lines in the order asked for; ties by due date and number, always upwards."""
        key = self.sort.removeprefix("-")
        rows = sorted(lines, key=lambda line: (line.item.due_on, line.item.number, line.item.id))
        return sorted(rows, key=_KEYS.get(key, _KEYS["due"]), reverse=self.sort.startswith("-"))


_KEYS = {
    "number": lambda line: line.item.number,
    "order": lambda line: line.order_number,
    "issued": lambda line: line.item.issued_on,
    "due": lambda line: line.item.due_on,
    "late": lambda line: line.days_late,
    "amount": lambda line: line.amount,
    "remaining": lambda line: line.remaining,
}


def label_in(labels: Mapping[str, str], *languages: str) -> str:
    """The label of a status in the first of the languages that has one; empty where the debtor is not to see it."""
    for language in languages:
        if label := labels.get(language) or labels.get(language.partition("-")[0]):
            return label
    return ""
