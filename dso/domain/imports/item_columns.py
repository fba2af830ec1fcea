"""Chunks of an items file, column by column: plain rows at the speed of lists, all others rule by rule."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from decimal import Decimal
from operator import itemgetter
from typing import Any

from dso.domain.codes import ItemType
from dso.domain.imports import rejects
from dso.domain.imports.amounts import foreign_sign, may_be_foreign
from dso.domain.imports.currencies import currency_code
from dso.domain.imports.dates import YEARS
from dso.domain.imports.erp_types import agrees
from dso.domain.imports.fingerprints import Fingerprints
from dso.domain.imports.item_rows import AMOUNTS, FIELD_OF, ItemRules
from dso.domain.imports.item_stage import AMBIGUOUS, Account
from dso.domain.imports.plain_rows import PlainRows
from dso.domain.imports.rejects import Reject
from dso.domain.money import decimals

Cells = Sequence[str]
Rows = Sequence[Cells]

#: Cells no file has, for rows whose type is that of their sign.
_DEBIT, _CREDIT = "\0debit", "\0credit"
#: Distinct cells of days remembered.
_MOST_DAYS = 50_000
#: Fields whose rules need a row's other cells: files with one of them are read rule by rule.
_CAREFUL = {
    "customer_unique_id", "debit", "credit", "sign", "erp_type", "ignored", "cleared_by", "cleared_amount",
    "expected_clearing_on",
}  # fmt: skip


class Typed:
    """What a chunk gave."""

    def __init__(self) -> None:
        self.staged: list[tuple[Any, ...]] = []
        self.rejects: list[Reject] = []

    def add(self, staged: tuple[Any, ...] | None, reject: Reject | None) -> bool:
        """One row, as far as it could be typed, and why it is rejected; whether it is staged."""
        if reject is not None:
            self.rejects.append(reject)
        if staged is None:
            return False
        self.staged.append(staged)
        return True


class ItemTyper:
    """Types the rows of one file, chunk by chunk, in order."""

    def __init__(self, rules: ItemRules, headers: Sequence[str], separator: str = "") -> None:
        """`separator`: between the cells of a text file; nothing in a workbook."""
        self.rules = rules
        self._width = len(headers)
        mapping = rules.mapping
        self._places = mapping.places(headers)
        self._constants = dict(mapping.constants)
        self._of_several = "entity" in rules.targets
        self._fast = not (mapping.unsigned or mapping.keeps_unsaid or rules.customs or _CAREFUL & rules.targets)
        #: Rows of several companies are counted one by one, and those of a dump are known by more than a row's number.
        self._proves = self._fast and not self._of_several and not mapping.dump
        self._fingerprints = Fingerprints(rules, headers, separator)
        #: Ten-thousandths of the smallest coin; currencies with another number of decimals are read carefully.
        self._step = 10 ** (4 - decimals(rules.context.currency))
        self._currencies: dict[str, str | None] = {"": rules.context.currency}
        #: Cell to type and ERP type; the two made-up cells stand for files without types.
        self._kinds: dict[str, tuple[str, str] | None] = {"": None, _DEBIT: ("FAC", ""), _CREDIT: ("RGL", "")}
        self._against = {
            sign + kind.value for sign, amount in (("+", 1), ("-", -1)) for kind in ItemType if not agrees(kind, amount)
        }
        self._seen_days: dict[str, dict[str, str | None]] = {}
        self._years = {f"{year:04}": year for year in YEARS}
        self._plain_amounts = {
            target: grouper
            for target in AMOUNTS
            if (grouper := rules.plain_amounts.get(rules.headers.get(target, ""))) is not None and self._step == 100
        }

    def turned(self, rows: Rows) -> Rows | None:
        """The columns of a chunk; None when its rows have not all as many cells as the header."""
        if isinstance(rows, PlainRows):
            return rows.columns
        return list(zip(*rows, strict=True)) if set(map(len, rows)) == {self._width} else None

    def prints(self, rows: Rows, columns: Rows | None) -> list[int | None]:
        """The fingerprint of each row of a chunk, whose `columns` are at hand; None where it is read rule by rule."""
        if not self._proves or columns is None:
            return [None] * len(rows)
        return self._fingerprints.of(columns, rows.texts if isinstance(rows, PlainRows) else None)

    def cells(self, columns: Rows, target: str) -> Cells:
        """What each row of a turned chunk says of a field."""
        return _Columns(columns, self._places, self._constants, len(columns[0]))[target]

    def chunk(
        self,
        rows: Rows,
        lines: Sequence[int],
        prints: Sequence[int | None] | None = None,
        columns: Rows | None = None,
        broken: int = 0,
    ) -> Typed:
        """The typed rows of a chunk; `lines` are their places in the file.

        `prints`: the fingerprints of the rows, `columns`: the same rows turned, if at hand; `broken`: the line of the
        row in which the file breaks off.
        """
        typed = Typed()
        if broken and lines and lines[-1] == broken:
            self._breaking_off(lines[-1], rows[-1], typed)
            rows, lines, prints, columns = rows[:-1], lines[:-1], None, None
        if self._of_several:
            rows, lines = self._own(rows, lines, typed)
            prints = columns = None
        if not rows:
            return typed
        turned = (columns or self.turned(rows)) if self._fast else None
        if turned is not None:
            self._by_column(rows, lines, prints or [None] * len(rows), turned, typed)
        else:
            for line, row in zip(lines, rows, strict=True):
                self._carefully(line, row, typed)
        return typed

    def _own(self, rows: Rows, lines: Sequence[int], typed: Typed) -> tuple[Rows, Sequence[int]]:
        """The rows of the company imported into; those of others are counted, those of nobody rejected."""
        place, said = self._places.get("entity", -1), self._constants.get("entity", "")
        kept, places = [], []
        for row, line in zip(rows, lines, strict=True):
            name = said if place < 0 else row[place].strip() if place < len(row) else ""
            own = self.rules.context.companies.own(name)
            if own:
                kept.append(row)
                places.append(line)
            elif own is False:
                self.rules.result.others[name] += 1
            else:
                self._of_nobody(line, row, name, typed)
        return kept, places

    def _breaking_off(self, line: int, row: Cells, typed: Typed) -> None:
        """The last row of a file that was cut off: what came after it is not known, so nothing is absent."""
        cells = self._cells_of(row)
        if typed.add(
            self.rules.presence(line, cells), self.rules.reject(line, cells, "", row[-1], rejects.BREAKS_OFF, {})
        ):
            self.rules.result.unidentified += 1

    def _of_nobody(self, line: int, row: Cells, name: str, typed: Typed) -> None:
        cells, column, params = self._cells_of(row), self.rules.column("entity"), {"name": name[:80]}
        reject = self.rules.reject(line, cells, column, name, rejects.UNKNOWN_ENTITY, params)
        typed.add(self.rules.presence(line, cells), reject)

    def _carefully(self, line: int, row: Cells, typed: Typed) -> None:
        cells = self._cells_of(row)
        if len(row) > self._width and any(cell.strip() for cell in row[self._width :]):
            params = {"cells": str(len(row)), "headers": str(self._width)}
            reject = self.rules.reject(line, cells, "", row[-1], rejects.TOO_MANY_CELLS, params)
            typed.add(self.rules.presence(line, cells), reject)
        else:
            typed.add(*self.rules.typed(line, cells))

    def _cells_of(self, row: Cells) -> dict[str, str]:
        """What a row says of each field."""
        return self.rules.mapping.cells(row, self._places)

    def _by_column(
        self, rows: Rows, lines: Sequence[int], prints: Sequence[int | None], turned: Rows, typed: Typed
    ) -> None:
        """Whole columns at once; None in a column stands for "not plain": such a row is read rule by rule."""
        columns = _Columns(turned, self._places, self._constants, len(rows))
        currencies = self._currency(columns)
        amounts = self._amounts(columns, "amount", currencies)
        checked: list[Sequence[Any]] = [
            self._accounts(columns), columns.texts("unique_id", ""), columns.texts("number"),
            self._days(columns, "issued_on"), self._days(columns, "due_on"), self._uncleared(columns), amounts,
            self._amounts(columns, "amount_excl_tax", currencies, 0), self._remaining(columns, amounts, currencies),
            self._amounts(columns, "remaining_excl_tax", currencies, 0), currencies, self._kind(columns, amounts),
            columns.plain(self.rules.plain),
        ]  # fmt: skip
        odd = {place for column in checked if None in column for place, value in enumerate(column) if value is None}
        if odd:
            kept = [place for place in range(len(rows)) if place not in odd]
            checked = [[column[place] for place in kept] for column in checked]
            carried = [[column[place] for place in kept] for column in self._carried(columns)]
            proofs = [prints[place] for place in kept]
            typed.staged += self._staged([lines[place] for place in kept], checked, [proofs, *carried])
            for place in sorted(odd):
                self._carefully(lines[place], rows[place], typed)
            typed.staged.sort(key=itemgetter(0))
        else:
            typed.staged += self._staged(lines, checked, [prints, *self._carried(columns)])

    def _staged(
        self, lines: Sequence[int], checked: Sequence[Sequence[Any]], carried: Sequence[Sequence[Any]]
    ) -> list[tuple[Any, ...]]:
        """Plain rows for the staging table, column by column in the order of `Staged`; `carried` begins with proofs."""
        accounts, unique_ids, numbers, issued, due, _, amounts, excl, left, left_excl, currencies, kinds, _ = checked
        targets, nothing = self.rules.targets, [None] * len(lines)
        years, zeros = self._years, [0] * len(lines)
        return list(
            zip(
                lines,
                [account[0] for account in accounts],
                [account[1] for account in accounts],
                unique_ids if "unique_id" in targets else nothing,
                numbers,
                [years[day[:4]] for day in issued],
                [kind[0] for kind in kinds],
                [kind[1] for kind in kinds],
                issued,
                due,
                nothing,
                zeros,
                nothing,
                amounts,
                excl if "amount_excl_tax" in targets else nothing,
                left,
                left_excl if "remaining_excl_tax" in targets else nothing,
                nothing,
                currencies,
                zeros,
                *carried,
                strict=True,
            )
        )

    def _accounts(self, columns: "_Columns") -> list[Account | None]:
        found = self.rules.context.customers
        accounts = [found.get(cell.strip()) for cell in columns["customer"]]
        return [None if each is AMBIGUOUS else each for each in accounts] if AMBIGUOUS in accounts else accounts

    def _days(self, columns: "_Columns", target: str) -> list[str | None]:
        """ISO days; few distinct cells, each read once."""
        cells, seen = columns[target], self._seen_days.setdefault(target, {})
        if len(seen) > _MOST_DAYS:
            seen.clear()
        for cell in set(cells) - seen.keys():
            seen[cell] = self.rules.days[target](cell) or None
        return [seen[cell] for cell in cells]

    def _uncleared(self, columns: "_Columns") -> Sequence[str | None]:
        cells = columns["cleared_on"]
        return [None if cell else cell for cell in cells] if any(cells) else cells

    def _amounts(
        self, columns: "_Columns", target: str, currencies: list[str | None], absent: int | None = None
    ) -> list[int | None]:
        """Whole coins; None for all else, zero too: what is settled is read carefully."""
        if target not in columns:
            return [absent] * columns.size
        return self._coins(target, columns[target], currencies)

    def _coins(self, target: str, cells: Cells, currencies: list[str | None]) -> list[int | None]:
        """Whole coins of cells whose rows are in these currencies; None for a sign that speaks against its own."""
        grouper = self._plain_amounts.get(target)
        if grouper is not None:
            mark = self.rules.decimal(target)
            if grouper:
                cells = [cell.replace(grouper, "") for cell in cells]
            # Where only the beginning of a file was looked at, a later cell may be written in another way after all.
            with suppress(ValueError):
                return [int(cell.replace(mark, "")) * 100 or None for cell in cells]
        step = self._step
        read: Callable[[str], int | Decimal | None] = self.rules.amounts[target]
        found = [v if type(v) is int and v and not v % step else None for v in map(read, cells)]
        if not may_be_foreign(cells, currencies):
            return found
        rows = zip(found, cells, currencies, strict=True)
        return [None if own is None or foreign_sign(cell, own) else coins for coins, cell, own in rows]

    def _remaining(
        self, columns: "_Columns", amounts: list[int | None], currencies: list[str | None]
    ) -> list[int | None]:
        if "remaining" not in columns or columns["amount"] == columns["remaining"]:
            return amounts
        found = self._coins("remaining", columns["remaining"], currencies)
        # The sign of their product tells whether both are on one side; what is not is read with a remark.
        return [
            left if left and amount and left * amount > 0 else None for left, amount in zip(found, amounts, strict=True)
        ]

    def _currency(self, columns: "_Columns") -> list[str | None]:
        cells, known = columns["currency"], self._currencies
        for cell in set(cells) - known.keys():
            code = currency_code(cell) if cell.strip() else self.rules.context.currency
            known[cell] = code if code and 10 ** (4 - decimals(code)) == self._step else None
        return [known[cell] for cell in cells]

    def _kind(self, columns: "_Columns", amounts: list[int | None]) -> list[Any]:
        """Type and ERP type of each row; None where the type is unknown or the sign speaks against it."""
        cells = columns["type"] if "type" in columns else self._by_sign(amounts)
        known, against = self._kinds, self._against
        for cell in set(cells) - known.keys():
            kind = self.rules.context.types.get(cell.strip())
            known[cell] = (kind.value, cell.strip()[:60]) if kind else None
        found = [known[cell] for cell in cells]
        signs = ["-" if amount is not None and amount < 0 else "+" for amount in amounts]
        return [
            None if kind is None or sign + kind[0] in against else kind for sign, kind in zip(signs, found, strict=True)
        ]

    def _by_sign(self, amounts: list[int | None]) -> list[str]:
        return [_CREDIT if amount is not None and amount < 0 else _DEBIT for amount in amounts]

    def _carried(self, columns: "_Columns") -> list[Sequence[str | None]]:
        found: list[Sequence[str | None]] = []
        for target in self.rules.plain:
            if target == "ordered_on":
                found.append(self._days(columns, target))
            else:
                found.append([cell.strip() for cell in columns[target]])
        return found


class _Columns:
    """The cells of a chunk by field; a field of no column has its constant, or nothing, in every row."""

    def __init__(self, turned: Rows, places: dict[str, int], constants: dict[str, str], size: int) -> None:
        self._turned, self._places, self._constants, self.size = turned, places, constants, size

    def __contains__(self, target: str) -> bool:
        return target in self._places or target in self._constants

    def __getitem__(self, target: str) -> Cells:
        if target in self._places:
            return self._turned[self._places[target]]
        return [self._constants.get(target, "")] * self.size

    def texts(self, target: str, absent: str | None = None) -> list[str | None]:
        """Texts that are neither empty nor too long; None for the others."""
        if target not in self:
            return [absent] * self.size
        longest = FIELD_OF[target].length
        return [text if text and len(text) <= longest else None for text in (cell.strip() for cell in self[target])]

    def plain(self, targets: Sequence[str]) -> list[bool | None]:
        """Whether the fields carried along need no remark: short texts, no order date in sight."""
        answer: list[bool | None] = [True] * self.size
        for target in targets:
            longest = FIELD_OF[target].length
            cells = self[target]
            if target == "ordered_on":
                answer = [None if cell else each for cell, each in zip(cells, answer, strict=True)]
            elif max(map(len, cells), default=0) > longest:
                answer = [None if len(cell) > longest else each for cell, each in zip(cells, answer, strict=True)]
        return answer
