"""Aging: buckets of days overdue (6.2) and the base quantities of 1.7."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from dso.domain.money import ZERO

#: The label of what is not overdue; pages translate it.
NOT_DUE = "not due"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Days overdue from `start` to `end`, both included; `start` None is "not due", `end` None the last bucket."""

    start: int | None
    end: int | None

    @property
    def label(self) -> str:
        """As people read it: "not due", "1–30", "> 90"."""
        if self.start is None:
            return NOT_DUE
        return f"> {self.start - 1}" if self.end is None else f"{self.start}–{self.end}"

    def due_between(self, as_of: date) -> tuple[date | None, date | None]:
        """The first and last due date of the bucket as at a day; None where it has no end."""
        first = None if self.end is None else as_of - timedelta(days=self.end)
        last = None if self.start is None else as_of - timedelta(days=self.start)
        return first, last


def buckets(bounds: Sequence[int]) -> tuple[Bucket, ...]:
    """The bucket "not due", and one more than there are upper bounds: 30, 60, 90 make 1–30, 31–60, 61–90, > 90."""
    starts = [1, *(bound + 1 for bound in bounds)]
    ends = [*bounds, None]
    return (Bucket(None, 0), *(Bucket(start, end) for start, end in zip(starts, ends, strict=True)))


def place(days_overdue: int, bounds: Sequence[int]) -> int:
    """The position of the bucket of an item: 0 is "not due"; an item due today is not overdue (1.6)."""
    if days_overdue < 1:
        return 0
    return next((i for i, bound in enumerate(bounds, 1) if days_overdue <= bound), len(bounds) + 1)


def overdue_percent(receivable: Decimal, overdue: Decimal) -> Decimal | None:
    """O / R in percent; 0 when both are not above zero, None ("n/a") when only the receivable is not (1.7)."""
    if receivable > ZERO:
        return overdue * 100 / receivable
    return ZERO if overdue <= ZERO else None
