"""What a file leaves out of its effect in the company's currency, since there is no exchange rate (1.6)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from dso.domain.imports.brake import Measures, Sums
from dso.domain.money import plain
from dso.domain.rates import RateTable


@dataclass(frozen=True)
class Unconverted:
    """What is open of one currency before and after a file, exactly, in that currency."""

    currency: str
    receivable_before: Decimal
    receivable_after: Decimal
    overdue_before: Decimal
    overdue_after: Decimal

    def as_json(self) -> dict[str, str]:
        """Plain values, amounts with the decimals of their currency."""
        amounts = {name: plain(getattr(self, name), self.currency) for name in _AMOUNTS}
        return {"currency": self.currency, **amounts}

    @classmethod
    def from_json(cls, values: Mapping[str, str]) -> "Unconverted":
        """From plain values."""
        return cls(values["currency"], *(Decimal(values[name]) for name in _AMOUNTS))


_AMOUNTS = [each.name for each in fields(Unconverted)][1:]


def unconverted(before: Measures, after: Measures, table: RateTable, currency: str) -> list[Unconverted]:
    """What no rate of the table brings into the company's currency, by currency; nothing where nothing is open."""
    found = []
    for each in sorted({*before, *after} - {currency}):
        if table.pair(each, currency) is None:
            old, new = before.get(each, Sums()), after.get(each, Sums())
            amounts = (old.receivable, new.receivable, old.overdue, new.overdue)
            if any(amounts):
                found.append(Unconverted(each, *amounts))
    return found
