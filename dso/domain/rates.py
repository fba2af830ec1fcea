"""Conversion between currencies: the latest rate on or before a day, rounded half up once per item (1.6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from dso.domain.money import rounded

ONE = Decimal(1)


@dataclass(frozen=True)
class RateTable:
    """The rates that hold on a day: (reference, currency) to units of the currency for one unit of the reference."""

    units: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    #: Pairs already looked up: a ledger asks for the same few thousands of times.
    _pairs: dict[tuple[str, str], tuple[Decimal, Decimal] | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def convert(self, amount: Decimal, source: str, target: str) -> Decimal | None:
        """The amount in the target currency, in its decimals; None where there is no rate, never one to one."""
        if source == target:
            return amount
        pair = self.pair(source, target)
        return None if pair is None else rounded(amount * pair[1] / pair[0], target)

    def pair(self, source: str, target: str) -> tuple[Decimal, Decimal] | None:
        """Units of both currencies for one unit of a common reference; rates against one of the two come first."""
        if (source, target) not in self._pairs:
            self._pairs[source, target] = self._find(source, target)
        return self._pairs[source, target]

    def _find(self, source: str, target: str) -> tuple[Decimal, Decimal] | None:
        references = sorted({reference for reference, _currency in self.units})
        for reference in (target, source, *references):
            of_source, of_target = self._of(reference, source), self._of(reference, target)
            if of_source and of_target:
                return of_source, of_target
        return None

    def _of(self, reference: str, currency: str) -> Decimal | None:
        return ONE if reference == currency else self.units.get((reference, currency))
