"""Short proofs that a row says what it said before: such a row needs neither typing nor comparing.

A fingerprint covers everything a plain row's typed values come from: its mapped cells, how each column is read, which
customer its code means and which type its word means, the entity's currency. Rows that need more than that (a remark,
a rounding, a payment date, the customer's terms, the day) have none and are always read.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from operator import itemgetter
from struct import unpack

from dso.domain.codes import ImportMode
from dso.domain.imports.item_rows import ItemRules
from dso.domain.imports.item_stage import AMBIGUOUS

#: Raised whenever plain rows are typed or compared in another way: what was kept before is then read anew.
#: 6: an amount with the sign of another currency, and an item of another currency that its row does not say, keep the
#: row out.
_VERSION = 6
#: Cells of days whose order of day and month is decided for the column.
_DAYS = ("issued_on", "due_on", "ordered_on")
#: No cell holds it: text files with it are refused, workbooks cannot have it.
_BETWEEN = "\0"


class Fingerprints:
    """The fingerprints of the rows of one file.

    What a row says is the line it stands on, where every column of it is mapped and nothing is quoted; a row that had
    to be put together from its cells says the same by the same text.
    """

    def __init__(self, rules: ItemRules, headers: Sequence[str], separator: str = "") -> None:
        """`separator`: between the cells of a text file; nothing in a workbook."""
        self._rules, self._separator = rules, separator or _BETWEEN
        #: In the order of the file, as a line has them.
        self._places = dict(sorted(rules.mapping.places(headers).items(), key=itemgetter(1)))
        self._whole = len(self._places) == len(headers)
        #: Has taken in what holds for every row: rows go on from a copy, which is quicker than a beginning.
        self._begun = blake2b(json.dumps(self._said(), sort_keys=True).encode(), digest_size=8)
        #: By the cells of customer and type, what their rows go on from.
        self._of_cells: dict[tuple[str, str], blake2b] = {}
        #: Those of them that have no one meaning.
        self._unclear: set[tuple[str, str]] = set()

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
            "separator": self._separator,
            "mapping": mapping.as_json(),
            "currency": rules.context.currency,
            "decimals": {target: rules.decimal(target) for target in self._places if target in rules.amounts},
            "orders": {target: rules.order(target) for target in self._places if target in _DAYS},
        }

    def of(self, columns: Sequence[Sequence[str]], texts: Sequence[str] | None = None) -> list[int | None]:
        """The fingerprints of rows given column by column; None where a code or a type has no one meaning.

        `texts`: the same rows as they stand in the file, where they stand there without quotes.
        """
        cells = list(zip(*(self._cells(columns, each, len(columns[0])) for each in ("customer", "type")), strict=True))
        try:
            begun = list(map(self._of_cells.__getitem__, cells))
        except KeyError:
            for pair in set(cells) - self._of_cells.keys():
                self._of_cells[pair] = self._begin(*pair)
            begun = list(map(self._of_cells.__getitem__, cells))
        said = texts if texts is not None and self._whole else self._joined(columns)
        # Half of the numbers: their sums then fit into 64 bits on every database.
        numbers = [each >> 1 for each in _numbers(begun, said)]
        if not self._unclear or self._unclear.isdisjoint(cells):
            return [*numbers]
        return [None if pair in self._unclear else number for pair, number in zip(cells, numbers, strict=True)]

    def _joined(self, columns: Sequence[Sequence[str]]) -> list[str]:
        """What rows say that are not at hand as texts."""
        rows = list(zip(*(columns[place] for place in self._places.values()), strict=True))
        separator, width = self._separator, len(self._places)
        texts = list(map(separator.join, rows))
        if {text.count(separator) for text in texts} != {width - 1}:
            # A quoted cell holds the separator: such a row must not read like another one.
            return [
                text if text.count(separator) < width else _BETWEEN.join(row)
                for text, row in zip(texts, rows, strict=True)
            ]
        return texts

    def _cells(self, columns: Sequence[Sequence[str]], target: str, size: int) -> Sequence[str]:
        if target in self._places:
            return columns[self._places[target]]
        return [self._rules.mapping.constants.get(target, "")] * size

    def _begin(self, customer: str, word: str) -> blake2b:
        """What the cells of customer and type mean, for which there may be no one: a customer still to be made.

        An empty type is that of the amount's sign, which is in the row itself.
        """
        account = self._rules.context.customers.get(customer.strip())
        kind = self._rules.context.types.get(word.strip())
        begun = self._begun.copy()
        if account is None or account is AMBIGUOUS or account.id <= 0 or (kind is None and word.strip()):
            self._unclear.add((customer, word))
        else:
            begun.update(f"{account.id}{_BETWEEN}{kind.value if kind else ''}{_BETWEEN}".encode())
        return begun


def _numbers(begun: Iterable[blake2b], texts: Iterable[str]) -> tuple[int, ...]:
    digests = []
    for each, text in zip(begun, texts, strict=True):
        digest = each.copy()
        digest.update(text.encode("utf-8", "surrogatepass"))
        digests.append(digest.digest())
    return unpack(f">{len(digests)}Q", b"".join(digests))
