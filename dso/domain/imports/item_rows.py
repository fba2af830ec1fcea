"""One row of an items file, checked rule by rule (2.1, 2.3, 11.5)."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from dso.domain.codes import CREDIT_TYPES, DEBIT_TYPES, ClearedBy, ImportKind, ItemType
from dso.domain.imports import rejects, slips
from dso.domain.imports.amounts import foreign_sign
from dso.domain.imports.amounts import reader as amount_reader
from dso.domain.imports.currencies import currency_code
from dso.domain.imports.customs import LONGEST, CustomField, Unreadable
from dso.domain.imports.dates import DayOrder, iso_reader
from dso.domain.imports.erp_types import agrees, by_sign, named, opposed, signed
from dso.domain.imports.fields import CUSTOM, FIELDS, is_custom
from dso.domain.imports.item_stage import AMBIGUOUS, Account, Clearing, Context, Result, Staged
from dso.domain.imports.mapping import FileMapping
from dso.domain.imports.profile import Formats
from dso.domain.imports.rejects import Reject, RowRejected
from dso.domain.imports.unsaid import unsaid
from dso.domain.imports.words import due_by_term, side, yes_no
from dso.domain.money import UNITS, decimals, rounded, to_units

#: Fields carried through as they are.
PLAIN = (
    "order_number order_reference ordered_on project sales_person sales_admin payment_method document_url assigned_to "
    "ignored cleared_by"
).split()
FIELD_OF = FIELDS[ImportKind.ITEMS]
AMOUNTS = ("amount", "amount_excl_tax", "remaining", "remaining_excl_tax", "debit", "credit", "cleared_amount")
#: Those beside the initial amount.
_BESIDE = ("amount_excl_tax", "remaining", "remaining_excl_tax")
DAYS = ("issued_on", "due_on", "cleared_on", "ordered_on", "expected_clearing_on")
#: Fields carried along that are no texts.
_TYPED = ("ordered_on", "ignored", "cleared_by")
#: Fields of one's own: their values, and the codes of those that stay as they are known: not said, or not readable.
_CUSTOM = ("custom", "custom_kept")
#: Types whose number may be empty.
_UNNUMBERED = (*CREDIT_TYPES, ItemType.MISCELLANEOUS)


class ItemRules:
    """The rules one file's rows are checked by."""

    def __init__(self, mapping: FileMapping, formats: Formats, context: Context) -> None:
        self.mapping, self.context, self.result = mapping, context, Result()
        self.headers = {target: header for header, target in mapping.columns.items() if target}
        self.targets = mapping.targets
        self._decimals, self._orders, self.plain_amounts = formats.decimals, formats.day_orders, formats.plain
        self.plain = [target for target in PLAIN if target in self.targets]
        self.customs = sorted(target for target in self.targets if is_custom(target))
        self.days: dict[str, Callable[[str], str | None]] = {name: iso_reader(self.order(name)) for name in DAYS}
        self.amounts: dict[str, Callable[[str], int | Decimal | None]] = {
            name: amount_reader(self.decimal(name)) for name in AMOUNTS
        }

    def decimal(self, target: str) -> str:
        """The decimal mark of a field's column."""
        return self._decimals.get(self.headers.get(target, ""), "") or "."

    def order(self, target: str) -> DayOrder | None:
        """The order of day and month in a field's column, where it matters."""
        return self._orders.get(self.headers.get(target, ""))

    def column(self, target: str) -> str:
        """The header a field comes from; the field's own name where it comes from no column."""
        return self.headers.get(target, target)

    def typed(self, line: int, cells: Mapping[str, str]) -> tuple[tuple[Any, ...] | None, Reject | None]:
        """The row for the staging table (None when not even its identity can be read), and why it is rejected."""
        try:
            return (*self._staged(line, cells), *self._carried(line, cells)), None
        except RowRejected as no:
            value = no.value or cells.get(no.target, "")
            return self.presence(line, cells), self.reject(
                line, cells, self.column(no.target), value, no.reason, no.params
            )

    def reject(
        self, line: int, cells: Mapping[str, str], column: str, value: str, reason: str, params: Mapping[str, str]
    ) -> Reject:
        """The row's rejection, with whose ledger is incomplete without it."""
        account = self._known_account(cells)
        number = cells.get("number", "").strip()[: FIELD_OF["number"].length]
        return Reject(
            line, column, value.strip()[: rejects.MOST_SHOWN], reason, params, account.id if account else None, number
        )

    def presence(self, line: int, cells: Mapping[str, str]) -> tuple[Any, ...] | None:
        """What a rejected row still says: that its item is in the file. None when its identity cannot be read."""
        try:
            unique_id = self._unique_id(cells)
            issued = self.days["issued_on"](cells.get("issued_on", "")) or None
            due = self.days["due_on"](cells.get("due_on", "")) or None
            kind = named(cells.get("type", "")) if self.mapping.dump else self.context.types.get(self._erp_type(cells))
            number = cells.get("number", "").strip() or None
            if number and len(number) > FIELD_OF["number"].length:
                number = None
        except RowRejected:
            issued = due = kind = number = unique_id = None
        known = unique_id or (number and issued)
        if not known or (self.mapping.key_due and not due) or (self.mapping.key_type and not kind):
            self.result.unidentified += 1
            return None
        account = self._known_account(cells)
        row = Staged(
            line, account.id if account else None, None, unique_id, number, int(issued[:4]) if issued else None,
            kind.value if kind else None, None, issued, due, None, 0, None, None, None, None, None, None, None, 1, None,
        )  # fmt: skip
        own = len(_CUSTOM) * bool(self.customs) + self.mapping.keeps_unsaid
        return (*row, *[None] * (len(self.plain) + own))

    def _staged(self, line: int, cells: Mapping[str, str]) -> Staged:
        unique_id = self._unique_id(cells)
        account, code = self._account(cells)
        issued = self._day(cells, "issued_on")
        if not issued:
            raise RowRejected("issued_on", rejects.MISSING, field=FIELD_OF["issued_on"].label)
        currency = self._currency(cells)
        amount = self._initial(cells, currency)
        kind = self._type(line, cells, amount)
        if self.mapping.unsigned:
            self._remark_minus(line, cells, kind, amount)
            amount = signed(kind, amount)
        if not agrees(kind, amount):
            self.result.remarks.add(
                line, self.column("amount"), _shown(amount, currency), rejects.SIGN_AGAINST_TYPE, type=kind.value
            )
            kind = ItemType.MISCELLANEOUS
        number = self._number(cells, kind, code, issued, amount, currency)
        due = self._due(cells, kind, amount, issued, account)
        excl_tax = self._part(cells, "amount_excl_tax", currency, kind, amount)
        cleared = self._clearing(line, cells, amount, currency, kind)
        return Staged(
            line, account.id, account.account_id, unique_id, number, int(issued[:4]), kind.value,
            self._erp_type(cells)[:60], issued, due, cleared.on, cleared.given, cleared.expected, amount, excl_tax,
            cleared.remaining, cleared.remaining_excl_tax, cleared.amount, currency, 0, None,
        )  # fmt: skip

    def _unique_id(self, cells: Mapping[str, str]) -> str | None:
        if "unique_id" not in self.targets:
            return None
        unique_id = cells.get("unique_id", "").strip()
        if not unique_id and self.mapping.dump:
            return None
        if not unique_id:
            raise RowRejected("unique_id", rejects.EMPTY_UNIQUE_ID)
        if len(unique_id) > FIELD_OF["unique_id"].length:
            raise RowRejected("unique_id", rejects.TOO_LONG, length=str(FIELD_OF["unique_id"].length))
        return unique_id

    def _known_account(self, cells: Mapping[str, str]) -> Account | None:
        unique_id, code = cells.get("customer_unique_id", "").strip(), cells.get("customer", "").strip()
        found = self.context.by_unique_id.get(unique_id) if unique_id else self.context.customers.get(code)
        return found if found is not None and found is not AMBIGUOUS and found.id > 0 else None

    def _account(self, cells: Mapping[str, str]) -> tuple[Account, str]:
        unique_id, code = cells.get("customer_unique_id", "").strip(), cells.get("customer", "").strip()
        if unique_id:
            found = self.context.by_unique_id.get(unique_id)
            if found is None:
                raise RowRejected("customer_unique_id", rejects.UNKNOWN_CUSTOMER, code=unique_id)
            return found, code or unique_id
        if not code:
            raise RowRejected("customer", rejects.MISSING, field=FIELD_OF["customer"].label)
        found = self.context.customers.get(code)
        if found is AMBIGUOUS:
            raise RowRejected("customer", rejects.AMBIGUOUS_CUSTOMER, code=code)
        return found or self._created(code), code

    def _created(self, code: str) -> Account:
        """A customer to be made; it is kept only if one of its rows goes in."""
        if not self.mapping.create_customers:
            raise RowRejected("customer", rejects.UNKNOWN_CUSTOMER, code=code)
        if len(code) > 100:
            raise RowRejected("customer", rejects.TOO_LONG, length="100")
        account_id = -1 - len(self.result.created)
        account = Account(account_id, account_id, "")
        self.result.created[code] = self.context.customers[code] = account
        return account

    def _day(self, cells: Mapping[str, str], target: str) -> str:
        day = self.days[target](cells.get(target, ""))
        if day is None:
            reason, params = slips.of_date(cells.get(target, ""))
            raise RowRejected(target, reason, **params)
        return day

    def _currency(self, cells: Mapping[str, str]) -> str:
        cell = cells.get("currency", "").strip()
        if not cell:
            return self.context.currency
        currency = currency_code(cell)
        if currency is None:
            raise RowRejected("currency", rejects.UNKNOWN_CURRENCY)
        return currency

    def _units(self, cells: Mapping[str, str], target: str, currency: str) -> int | None:
        """An amount cell in ten-thousandths, rounded once to the currency's decimals; None when it is empty."""
        cell = cells.get(target, "")
        if not cell.strip():
            return None
        found = self.amounts[target](cell)
        if found is None:
            raise RowRejected(target, slips.of_amount(cell, self.decimal(target)))
        if sign := foreign_sign(cell, currency):
            said = cells.get("currency", "").strip()
            reason = rejects.OTHER_CURRENCY if said else rejects.FOREIGN_AMOUNT
            raise RowRejected(target, reason, sign=sign, currency=currency)
        if isinstance(found, int) and not found % 10 ** (4 - decimals(currency)):
            return found
        if isinstance(found, int) and self.mapping.dump:
            return found
        exact = found if isinstance(found, Decimal) else Decimal(found) / UNITS
        near = rounded(exact, currency)
        if near != exact:
            self.result.rounded += 1
        return to_units(near)

    def _initial(self, cells: Mapping[str, str], currency: str) -> int:
        debit, credit = self._units(cells, "debit", currency), self._units(cells, "credit", currency)
        if debit is not None or credit is not None:
            return (debit or 0) - (credit or 0)
        amount = self._units(cells, "amount", currency)
        if amount is None:
            target = "amount" if "amount" in self.targets else "debit"
            raise RowRejected(target, rejects.MISSING, field=FIELD_OF["amount"].label)
        return self._sided(cells, amount)

    def _sided(self, cells: Mapping[str, str], amount: int) -> int:
        """The amount on the side its sign column says; one that carries a minus is a credit whatever it says."""
        if "sign" not in self.targets:
            return amount
        cell = cells.get("sign", "")
        if not cell.strip():
            return amount
        which = side(cell)
        if which is None:
            raise RowRejected("sign", rejects.UNREADABLE_SIGN)
        return -abs(amount) if which < 0 else amount

    def _amount(self, cells: Mapping[str, str], target: str, currency: str, kind: ItemType) -> int | None:
        amount = self._units(cells, target, currency)
        if amount is None:
            return None
        amount = self._sided(cells, amount)
        return signed(kind, amount) if self.mapping.unsigned else amount

    def _remark_minus(self, line: int, cells: Mapping[str, str], kind: ItemType, amount: int) -> None:
        """Once a row: an amount said to have no sign is negative, and its type turns it."""
        initial = next((each for each in ("amount", "debit", "credit") if cells.get(each, "").strip()), "amount")
        read = {initial: amount, **{each: self.amounts[each](cells.get(each, "")) for each in _BESIDE}}
        found = next((each for each, value in read.items() if value and value < 0), None)
        if found is not None and kind in DEBIT_TYPES:
            said = cells.get(found, "").strip()[:80]
            self.result.remarks.add(line, self.column(found), said, rejects.MINUS_OF_UNSIGNED, type=kind.value)

    def _part(self, cells: Mapping[str, str], target: str, currency: str, kind: ItemType, initial: int) -> int | None:
        """An amount beside the initial one. Where that is a credit of two columns, it is on the same side.

        Such files write it without a sign as a rule; only what is overpaid of a debit has the other one.
        """
        amount = self._amount(cells, target, currency, kind)
        debit, credit = (cells.get(side, "").strip() for side in ("debit", "credit"))
        if not amount or not opposed(initial, amount) or not (debit or credit):
            return amount
        found = self.amounts["debit"](debit) if debit else None
        return amount if initial > 0 and found and found > 0 else -amount

    def _erp_type(self, cells: Mapping[str, str]) -> str:
        code = cells.get("erp_type", "")
        return (code if self.mapping.dump else code or cells.get("type", "")).strip()

    def _type(self, line: int, cells: Mapping[str, str], amount: int) -> ItemType:
        for target in ("type", "erp_type"):
            code = cells.get(target, "").strip()
            if code:
                kind = named(code) if self.mapping.dump else self.context.types.get(code)
                if kind is None:
                    raise RowRejected(target, rejects.UNKNOWN_TYPE, code=code)
                return kind
        return by_sign(amount)

    def _number(
        self, cells: Mapping[str, str], kind: ItemType, code: str, issued: str, amount: int, currency: str
    ) -> str:
        number = cells.get("number", "").strip()
        if len(number) > FIELD_OF["number"].length:
            raise RowRejected("number", rejects.TOO_LONG, length=str(FIELD_OF["number"].length))
        if number:
            return number
        if kind not in _UNNUMBERED:
            raise RowRejected("number", rejects.MISSING, field=FIELD_OF["number"].label)
        tail = f"-{issued}-{_shown(amount, currency)}"
        return f"{kind.value}-{code}"[: FIELD_OF["number"].length - len(tail)] + tail

    def _due(self, cells: Mapping[str, str], kind: ItemType, amount: int, issued: str, account: Account) -> str | None:
        """None where only a known item can have one."""
        due = self._day(cells, "due_on")
        if due:
            return due
        if amount < 0 or kind in CREDIT_TYPES:
            return issued
        by_term = due_by_term(date.fromisoformat(issued), account.term)
        if by_term is None and not self.mapping.keeps_unsaid:
            raise RowRejected("due_on", rejects.NO_DUE_DATE)
        return by_term.isoformat() if by_term else None

    def _clearing(self, line: int, cells: Mapping[str, str], amount: int, currency: str, kind: ItemType) -> Clearing:
        given, expected = self._day(cells, "cleared_on"), self._day(cells, "expected_clearing_on")
        remaining = self._part(cells, "remaining", currency, kind, amount)
        excl_tax = self._part(cells, "remaining_excl_tax", currency, kind, amount)
        today = self.context.today.isoformat()
        open_part = amount if remaining is None else remaining
        if given and self.mapping.dump:
            before = self._amount(cells, "cleared_amount", currency, kind)
            return Clearing(given, 1, None, 0, excl_tax, before)
        if given and given <= today:
            if remaining:
                shown = _shown(remaining, currency)
                self.result.remarks.add(line, self.column("remaining"), shown, rejects.CLEARED_WITH_REMAINING)
            return Clearing(given, 1, None, 0, 0 if excl_tax is not None else None, open_part or amount)
        if not open_part:
            return Clearing(today, 0, None, 0, 0 if excl_tax is not None else None, amount)
        if opposed(amount, open_part):
            shown = _shown(open_part, currency)
            self.result.remarks.add(line, self.column("remaining"), shown, rejects.REMAINING_AGAINST_AMOUNT)
        return Clearing(None, 0, given or expected or None, open_part, excl_tax, None)

    def _carried(self, line: int, cells: Mapping[str, str]) -> list[str | int | None]:
        row: list[str | int | None] = [self._plain(line, cells, target) for target in self.plain]
        if self.customs:
            row += self._custom(line, cells)
        if self.mapping.keeps_unsaid:
            row.append(unsaid(cells))
        return row

    def _plain(self, line: int, cells: Mapping[str, str], target: str) -> str | None:
        if target in _TYPED:
            return self._typed(cells, target)
        text, longest = cells.get(target, "").strip(), FIELD_OF[target].length
        if len(text) > slips.MOST_TEXT:
            raise RowRejected(target, rejects.TOO_MUCH_TEXT, length=str(len(text)))
        if len(text) > longest:
            self.result.remarks.add(line, self.column(target), text[:80], rejects.SHORTENED, length=str(longest))
        return text[:longest]

    def _typed(self, cells: Mapping[str, str], target: str) -> str | None:
        """A field carried along that is no text."""
        if target == "ordered_on":
            return self._day(cells, target) or None
        cell = cells.get(target, "").strip()
        if target == "cleared_by":
            known = cell if cell in set(ClearedBy) else None
            return known if self.mapping.dump else known or ClearedBy.FILE.value
        answer = yes_no(cell)
        if answer is None:
            raise RowRejected(target, rejects.UNREADABLE_YESNO)
        return "1" if answer else "0"

    def _custom(self, line: int, cells: Mapping[str, str]) -> list[str | None]:
        """Custom values as JSON text with sorted keys, empty ones left out; and the codes of those that stay."""
        values: dict[str, str | bool] = {}
        kept: list[str] = []
        for target in self.customs:
            code = target.removeprefix(CUSTOM)
            definition = self.context.custom_fields.get(code) or CustomField(code)
            cell = cells.get(target, "")
            if self.mapping.keeps_unsaid and not cell.strip():
                kept.append(code)
                continue
            try:
                value = definition.kept(cell) if self.mapping.dump else definition.value(cell)
            except Unreadable as no:
                if no.left_out is None:
                    raise RowRejected(target, str(no), **no.params) from no
                self.result.remarks.add(line, self.column(target), cell.strip()[:80], no.left_out)
                kept.append(code)
                continue
            if not self.mapping.dump and definition.shortens(cell):
                column, shown = self.column(target), cell.strip()[:80]
                self.result.remarks.add(line, column, shown, rejects.SHORTENED, length=str(LONGEST))
            if value is not None:
                values[code] = value
        return [json.dumps(values, ensure_ascii=False, sort_keys=True), json.dumps(kept) if kept else None]


def _shown(amount: int, currency: str) -> str:
    return f"{rounded(Decimal(amount) / UNITS, currency):f}"


def stage_columns(rules: ItemRules) -> Sequence[str]:
    """Names of the columns of a staged row, in order."""
    own = [*_CUSTOM * bool(rules.customs), *["unsaid"] * rules.mapping.keeps_unsaid]
    return [*Staged._fields, *rules.plain, *own]
