"""Customers collected by others that the same file brings: who goes in stands only once all rows were read."""

from collections import Counter
from dataclasses import replace

from dso.domain.imports.parties import Later, PartyRow, PartyRules
from dso.domain.imports.rejects import CUSTOMER_LEFT_OUT

_FIELD = "collected_by"


class Pilots:
    """Which of the customers a file brings go in, and who is to be collected by one that does not."""

    def __init__(self, rules: PartyRules) -> None:
        self._rules, self._dump = rules, rules.mapping.dump
        self._codes: Counter[str] = Counter()
        self._unique_ids: set[str] = set()
        #: Lines of new customers, with the pilot of each.
        self._led: dict[int, Later] = {}
        self._over = False

    def waits(self, row: PartyRow, *, new: bool) -> bool:
        """Note that a row goes in; whether a known customer has to wait for the pilot it names."""
        if self._over:
            return False
        code, unique_id = row.text("code"), row.text("unique_id")
        self._unique_ids.add(unique_id)
        # In a dump a code is the name of those alone that have no unique identifier.
        self._codes[code] += not (self._dump and unique_id)
        pilot = row.values.get(_FIELD)
        if new and isinstance(pilot, Later):
            self._led[row.line] = pilot
        return not new and isinstance(pilot, Later)

    def settle(self) -> None:
        """All rows were read: a remark on each new customer whose pilot did not go in."""
        self._over = True
        for line, pilot in self._led.items():
            if not self._comes(pilot):
                self._remark(line, pilot)

    def settled(self, row: PartyRow) -> PartyRow:
        """A row that waited, without a pilot who did not go in: a remark says so."""
        pilot = row.values.get(_FIELD)
        if not isinstance(pilot, Later) or self._comes(pilot):
            return row
        if row.line not in self._led:
            self._remark(row.line, pilot)
        return replace(row, values={name: value for name, value in row.values.items() if name != _FIELD})

    def _comes(self, pilot: Later) -> bool:
        if pilot.unique:
            return pilot.reference in self._unique_ids
        return self._codes[pilot.reference] == 1 or (not self._dump and pilot.reference in self._unique_ids)

    def _remark(self, line: int, pilot: Later) -> None:
        column = self._rules.column(f"{_FIELD}_unique_id" if pilot.unique else _FIELD)
        self._rules.remarks.add(line, column, pilot.reference[:80], CUSTOMER_LEFT_OUT)
