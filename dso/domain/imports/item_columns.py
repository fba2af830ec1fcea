"""Chunks of an items file, column by column: plain rows at the speed of lists, all others rule by rule."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from dso.domain.codes import ItemType
from dso.domain.imports import rejects
from dso.domain.imports.currencies import currency_code
from dso.domain.imports.erp_types import agrees
from dso.domain.imports.fields import IGNORE
from dso.domain.imports.item_rows import AMBIGUOUS, FIELD_OF, Account, ItemRules
from dso.domain.imports.rejects import Reject
from dso.domain.money import decimals

Cells = Sequence[str]
Rows = Sequence[Cells]

#: Fields whose rules need a row's other cells: files with one of them are read rule by rule.
_CAREFUL = {"customer_unique_id", "debit", "credit", "sign", "erp_type"}


class Typed:
    """What a chunk gave."""

    def __init__(self) -> None:
        self.staged: list[tuple[Any, ...]] = []
        self.rejects: list[Reject] = []


class ItemTyper:
    """Types the rows of one file, chunk by chunk, in order."""

    def __init__(self, rules: ItemRules, headers: Sequence[str]) -> None:
        self.rules = rules
        self._width = len(headers)
        self._places = {
            target: headers.index(header) for header, target in rules.mapping.columns.items() if target != IGNORE
        }
        self._constants = dict(rules.mapping.constants)
        self._fast = not (rules.mapping.unsigned or rules.customs or _CAREFUL & rules.targets)
        #: Ten-thousandths of the smallest coin; currencies with another number of decimals are read carefully.
        self._step = 10 ** (4 - decimals(rules.context.currency))
        self._currencies: dict[str, str | None] = {"": rules.context.currency}
        signs = {kind: (kind.value, agrees(kind, 1), agrees(kind, -1)) for kind in ItemType}
        self._kinds = {code: signs[kind] for code, kind in rules.context.types.items()}
        self._kind_of_sign = (signs[ItemType.INVOICE], signs[ItemType.PAYMENT])
        self._untyped = not {"type", "erp_type"} & rules.targets

    def chunk(self, rows: Rows, lines: Sequence[int]) -> Typed:
        """The typed rows of a chunk; `lines` are their places in the file."""
        typed = Typed()
        if self._fast and set(map(len, rows)) == {self._width}:
            self._by_column(rows, lines, typed)
        else:
            for line, row in zip(lines, rows, strict=True):
                self._carefully(line, row, typed)
        return typed

    def _carefully(self, line: int, row: Cells, typed: Typed) -> None:
        cells = {target: row[place] if place < len(row) else "" for target, place in self._places.items()}
        cells.update(self._constants)
        if len(row) > self._width and any(cell.strip() for cell in row[self._width :]):
            params = {"cells": str(len(row)), "headers": str(self._width)}
            reject: Reject | None = self.rules.reject(line, cells, "", row[-1], rejects.TOO_MANY_CELLS, params)
            staged = self.rules.presence(line, cells)
        else:
            staged, reject = self.rules.typed(line, cells)
        if staged is not None:
            typed.staged.append(staged)
        if reject is not None:
            typed.rejects.append(reject)

    def _by_column(self, rows: Rows, lines: Sequence[int], typed: Typed) -> None:
        """None in a column stands for "not plain": such a row is read rule by rule."""
        columns = _Columns(list(zip(*rows, strict=True)), self._places, self._constants, len(rows))
        amounts = self._amounts(columns, "amount")
        checked = zip(
            self._accounts(columns), columns.texts("unique_id", "-"), columns.texts("number"),
            self._days(columns, "issued_on"), self._days(columns, "due_on"), self._uncleared(columns), amounts,
            self._amounts(columns, "amount_excl_tax", 0), self._remaining(columns, amounts),
            self._amounts(columns, "remaining_excl_tax", 0), self._currency(columns), self._kind(columns, amounts),
            self._erp(columns), columns.plain(self.rules.plain), strict=True,
        )  # fmt: skip
        carried = self._carried(columns)
        has_unique_id = "unique_id" in self.rules.targets
        has_excl, has_remaining_excl = (f"{name}_excl_tax" in self.rules.targets for name in ("amount", "remaining"))
        append = typed.staged.append
        for place, row in enumerate(checked):
            if None in row:
                self._carefully(lines[place], rows[place], typed)
                continue
            account, unique_id, number, issued, due, _, amount, excl, left, left_excl, currency, kind, erp, _ = row
            if not kind[1 if amount > 0 else 2]:
                self._carefully(lines[place], rows[place], typed)
                continue
            append((
                lines[place], account.id, account.account_id, unique_id if has_unique_id else None, number,
                int(issued[:4]), kind[0], erp, issued, due, None, 0, None, amount, excl if has_excl else None,
                left, left_excl if has_remaining_excl else None, None, currency, 0, *carried[place],
            ))  # fmt: skip

    def _accounts(self, columns: "_Columns") -> list[Account | None]:
        found = self.rules.context.customers
        accounts = [found.get(cell.strip()) for cell in columns["customer"]]
        return [None if each is AMBIGUOUS else each for each in accounts] if AMBIGUOUS in accounts else accounts

    def _days(self, columns: "_Columns", target: str) -> list[str | None]:
        return [day or None for day in map(self.rules.days[target], columns[target])]

    def _uncleared(self, columns: "_Columns") -> list[bool | None]:
        return [None if cell else True for cell in columns["cleared_on"]]

    def _amounts(self, columns: "_Columns", target: str, absent: int | None = None) -> list[int | None]:
        """Whole coins; None for all else, zero too: what is settled is read carefully."""
        if target not in columns:
            return [absent] * columns.size
        step = self._step
        read: Callable[[str], int | Decimal | None] = self.rules.amounts[target]
        return [v if type(v) is int and v and not v % step else None for v in map(read, columns[target])]

    def _remaining(self, columns: "_Columns", amounts: list[int | None]) -> list[int | None]:
        if "remaining" not in columns:
            return amounts
        initial, left = columns["amount"], columns["remaining"]
        if initial == left:
            return amounts
        step, read = self._step, self.rules.amounts["remaining"]
        found = [
            amount if cell == first and amount is not None else read(cell)
            for first, cell, amount in zip(initial, left, amounts, strict=True)
        ]
        return [v if type(v) is int and v and not v % step else None for v in found]

    def _currency(self, columns: "_Columns") -> list[str | None]:
        cells, known = columns["currency"], self._currencies
        for cell in set(cells) - known.keys():
            code = currency_code(cell) if cell.strip() else self.rules.context.currency
            known[cell] = code if code and 10 ** (4 - decimals(code)) == self._step else None
        return [known[cell] for cell in cells]

    def _kind(self, columns: "_Columns", amounts: list[int | None]) -> list[Any]:
        if self._untyped:
            debit, credit = self._kind_of_sign
            return [credit if amount is not None and amount < 0 else debit for amount in amounts]
        return [self._kinds.get(cell.strip()) for cell in columns["type"]]

    def _erp(self, columns: "_Columns") -> list[str]:
        return [cell.strip()[:60] for cell in columns["type"]]

    def _carried(self, columns: "_Columns") -> Sequence[Sequence[str | None]]:
        if not self.rules.plain:
            return [()] * columns.size
        found: list[list[str | None]] = []
        for target in self.rules.plain:
            if target == "ordered_on":
                found.append([day or None for day in map(self.rules.days[target], columns[target])])
            else:
                found.append([cell.strip() for cell in columns[target]])
        return list(zip(*found, strict=True))


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
