"""Short proofs that a row says what it said before: such a row needs neither typing nor comparing.

A fingerprint covers everything a plain row's typed values come from: its mapped cells, how each column is read, which
customer its code means and which type its word means, the entity's currency. Rows that need more than that (a remark,
a rounding, a payment date, the customer's terms, the day) have none and are always read.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from struct import unpack

from dso.domain.codes import ImportMode
from dso.domain.imports.fields import IGNORE
from dso.domain.imports.item_rows import ItemRules
from dso.domain.imports.item_stage import AMBIGUOUS

#: Raised whenever plain rows are typed or compared in another way: what was kept before is then read anew.
_VERSION = 3
#: Cells of days whose order of day and month is decided for the column.
_DAYS = ("issued_on", "due_on", "ordered_on")
#: No cell holds it: text files with it are refused, workbooks cannot have it.
_BETWEEN = "\0"

Ask = Callable[[str], str | None]


class Fingerprints:
    """The fingerprints of the rows of one file."""

    def __init__(self, rules: ItemRules, headers: Sequence[str]) -> None:
        self._rules = rules
        self._places = {
            target: headers.index(header)
            for header, target in sorted(rules.mapping.columns.items(), key=lambda pair: pair[1])
            if target != IGNORE
        }
        #: Has taken in what holds for every row: rows go on from a copy, which is quicker than a beginning.
        self._begun = blake2b(json.dumps(self._said(), sort_keys=True).encode(), digest_size=8)
        self._customers: dict[str, str | None] = {}
        self._kinds: dict[str, str | None] = {}

    def _said(self) -> Mapping[str, object]:
        """What holds for every row: the mapping without what tells nothing of a row, and how columns are read."""
        rules = self._rules
        mapping = replace(
            rules.mapping, columns={}, types={}, held=(), create_customers=False, mode=ImportMode.DELTA,
            encoding="", separator="", sheet="", day_orders={}, decimal="",
        )  # fmt: skip
        return {
            "version": _VERSION,
            "fields": list(self._places),
            "mapping": mapping.as_json(),
            "currency": rules.context.currency,
            "decimals": {target: rules.decimal(target) for target in self._places if target in rules.amounts},
            "orders": {target: rules.order(target) for target in self._places if target in _DAYS},
        }

    def of(self, columns: Sequence[Sequence[str]]) -> list[int | None]:
        """The fingerprints of rows given column by column; None where a code or a type has no one meaning."""
        mine = [columns[place] for place in self._places.values()]
        size = len(columns[0])
        customers = self._meant(self._customers, self._cells(columns, "customer", size), self._customer)
        kinds = self._meant(self._kinds, self._cells(columns, "type", size), self._kind)
        odd = None in customers or None in kinds
        if odd:
            unclear = [customer is None or kind is None for customer, kind in zip(customers, kinds, strict=True)]
            customers, kinds = [each or "" for each in customers], [each or "" for each in kinds]
        digests = self._digests(map(_BETWEEN.join, zip(customers, kinds, *mine, strict=True)))
        # Half of the numbers: their sums then fit into 64 bits on every database.
        found: list[int | None] = [number >> 1 for number in unpack(f">{size}Q", digests)]
        return [None if no else each for no, each in zip(unclear, found, strict=True)] if odd else found

    def _digests(self, texts: Iterable[str]) -> bytes:
        found, begun = [], self._begun
        for text in texts:
            digest = begun.copy()
            digest.update(text.encode("utf-8", "surrogatepass"))
            found.append(digest.digest())
        return b"".join(found)

    def _cells(self, columns: Sequence[Sequence[str]], target: str, size: int) -> Sequence[str]:
        if target in self._places:
            return columns[self._places[target]]
        return [self._rules.mapping.constants.get(target, "")] * size

    @staticmethod
    def _meant(known: dict[str, str | None], cells: Sequence[str], ask: Ask) -> list[str | None]:
        for cell in set(cells) - known.keys():
            known[cell] = ask(cell.strip())
        return [known[cell] for cell in cells]

    def _customer(self, code: str) -> str | None:
        """The customer a code means; nothing for one that is still to be made."""
        account = self._rules.context.customers.get(code)
        return f"{account.id}" if account is not None and account is not AMBIGUOUS and account.id > 0 else None

    def _kind(self, word: str) -> str | None:
        """The type a word means; an empty cell has that of its amount's sign, which is in the row itself."""
        kind = self._rules.context.types.get(word)
        return kind.value if kind else None if word else ""
