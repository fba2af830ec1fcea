"""Rows of files of every kind but items: read cell by cell, then compared with what is known (2.4)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from dso.domain.codes import ContactRole, ImportKind, Role
from dso.domain.imports import rejects, slips
from dso.domain.imports.amounts import foreign_sign
from dso.domain.imports.amounts import reader as amount_reader
from dso.domain.imports.currencies import currency_code
from dso.domain.imports.customs import LONGEST, CustomField, Unreadable
from dso.domain.imports.dates import iso_reader
from dso.domain.imports.dumps import blocks, colleagues, guarantees, listed
from dso.domain.imports.fields import CUSTOM, FIELDS, Cell, Field, is_custom
from dso.domain.imports.mapping import FileMapping, Policy
from dso.domain.imports.profile import Formats
from dso.domain.imports.rejects import MOST_SHOWN, Reject, Remarks
from dso.domain.imports.roles import user_role
from dso.domain.imports.words import contact_role, folded, yes_no
from dso.domain.money import UNITS, rounded

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
#: Fields that tell a customer from all others: too long a one keeps its row out, where other texts are shortened.
_CODES = ("code", "unique_id")
#: Fields that name a customer, and those that do so by unique identifier: where one is filled, the code does not count.
_REFERENCES = {"customer": "customer_unique_id", "collected_by": "collected_by_unique_id"}
#: Amounts in the currency of the guarantee; the others are in the company's.
_SECURED = ("insurer_guarantee", "temporary_guarantee")
#: Characters of a rate.
_LONGEST_RATE = 30

#: Stands for a value that could not be read and is left out: the old one stays, whatever an empty cell would do.
_LEFT_OUT: Any = object()

Values = dict[str, Any]


class _No(Exception):
    def __init__(self, target: str, reason: str, **params: str) -> None:
        self.target, self.reason, self.params = target, reason, rejects.short(params)
        super().__init__(reason)


@dataclass
class Lookups:
    """What cells may name, by folded word; the ids behind."""

    #: Whether a text is an e-mail address: one rule for files and for what is typed.
    is_address: Callable[[str], bool]
    countries: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[str, int] = field(default_factory=dict)
    scenarios: Mapping[str, int] = field(default_factory=dict)
    #: By unique identifier, and by code; None where two share it.
    customers: Mapping[str, int | None] = field(default_factory=dict)
    unique_ids: Mapping[str, int] = field(default_factory=dict)
    #: Companies of the installation by folded name.
    entities: Mapping[str, int] = field(default_factory=dict)
    custom_fields: Mapping[str, CustomField] = field(default_factory=dict)


@dataclass(frozen=True)
class Later:
    """A customer that the file itself brings: who it is stands only once all of them are in."""

    reference: str
    #: It is named by its unique identifier.
    unique: bool

    def __str__(self) -> str:
        return self.reference


@dataclass(frozen=True)
class PartyRow:
    """A readable row: field to value, None where the cell is empty; a value that was left out is none of them."""

    line: int
    values: Values

    def text(self, name: str) -> str:
        """A text, empty when there is none."""
        return str(self.values.get(name) or "")


class PartyRules:
    """How the rows of one customers, contacts, users or rates file are read."""

    def __init__(
        self, kind: ImportKind, mapping: FileMapping, formats: Formats, lookups: Lookups, currency: str
    ) -> None:
        self.kind, self.mapping, self.lookups, self._currency = kind, mapping, lookups, currency
        self.remarks, self.rounded = Remarks(), 0
        #: The currency of the guarantees of the row that is read.
        self._secured = currency
        #: Codes and unique identifiers of the customers this very file brings.
        self.coming: set[str] = set()
        self._fields = FIELDS[kind]
        self._headers = {target: header for header, target in mapping.columns.items() if target}
        self._ticks = {target for target, header in self._headers.items() if header in formats.ticks}
        self._days = {
            target: iso_reader(formats.day_orders.get(self._headers.get(target, ""))) for target in mapping.targets
        }
        self._decimals = {
            target: formats.decimals.get(self._headers.get(target, ""), ".") for target in mapping.targets
        }
        self._amounts = {target: amount_reader(mark) for target, mark in self._decimals.items()}
        self._readers: dict[Cell, Callable[[int, Field, str], Any]] = {
            Cell.TEXT: self._text,
            Cell.AMOUNT: self._amount,
            Cell.DATE: self._date,
            Cell.YESNO: self._yes_no,
            Cell.CURRENCY: self._currency_code,
            Cell.COUNTRY: self._country,
            Cell.LANGUAGE: self._language,
            Cell.EMAIL: self._email,
            Cell.ROLE: lambda _line, _field, cell: contact_role(cell),
            Cell.GROUPS: lambda _line, _field, cell: tuple(listed(cell)),
            Cell.MOMENT: self._moment,
            Cell.COLLEAGUES: self._colleagues,
            Cell.GUARANTEES: lambda _line, field, cell: _json(guarantees, field, cell),
            Cell.BLOCKS: lambda _line, field, cell: _json(blocks, field, cell),
            Cell.USER: self._user,
            Cell.CUSTOMER: self._customer,
            Cell.SCENARIO: self._scenario,
            Cell.ENTITY: lambda _line, _field, cell: cell.strip(),
            Cell.USER_ROLE: self._user_role,
            Cell.ENTITIES: self._entities,
            Cell.RATE: self._rate,
        }

    def column(self, target: str) -> str:
        """The header a field comes from; the field's own name where it comes from no column."""
        return self._headers.get(target, target)

    def read(self, line: int, cells: Mapping[str, str]) -> PartyRow | Reject:
        """The row's values, or why it is rejected."""
        try:
            cells = _by_unique_id(cells)
            self._secured = currency_code(cells.get("guarantee_currency", "")) or self._currency
            values = {target: self._value(line, target, cells.get(target, "")) for target in self.mapping.targets}
            for code, unique_id in _REFERENCES.items():
                if unique_id in values:
                    found = values.pop(unique_id)
                    values[code] = values.get(code) if found is None else found
            values = {target: value for target, value in values.items() if value is not _LEFT_OUT}
            self._require(values)
        except _No as no:
            value = cells.get(no.target, "").strip()[:MOST_SHOWN]
            return Reject(line, self.column(no.target), value, no.reason, no.params)
        return PartyRow(line, values)

    def _require(self, values: Values) -> None:
        if "unique_id" in values and not values["unique_id"] and not self.mapping.dump:
            raise _No("unique_id", rejects.EMPTY_UNIQUE_ID)
        for each in self._fields.values():
            if each.required and values.get(each.name) in (None, ""):
                raise _No(each.name, rejects.MISSING, field=each.label)

    def _value(self, line: int, target: str, cell: str) -> Any:
        if is_custom(target):
            return self._custom(line, target, cell)
        known = self._fields[target]
        if not cell.strip():
            return False if target in self._ticks else None
        if not known.own and (length := len(cell.strip())) > slips.MOST_TEXT:
            raise _No(target, rejects.TOO_MUCH_TEXT, length=str(length))
        return self._readers[known.cell](line, known, cell)

    def _custom(self, line: int, target: str, cell: str) -> Any:
        code = target.removeprefix(CUSTOM)
        definition = self.lookups.custom_fields.get(code) or CustomField(code)
        if self.mapping.dump:
            return definition.kept(cell)
        try:
            value = definition.value(cell)
        except Unreadable as no:
            if no.left_out is None:
                raise _No(target, str(no), **no.params) from no
            self.remarks.add(line, self.column(target), cell.strip()[:80], no.left_out)
            return _LEFT_OUT
        if definition.shortens(cell):
            column, shown = self.column(target), cell.strip()[:80]
            self.remarks.add(line, column, shown, rejects.SHORTENED, length=str(LONGEST))
        return value

    def _text(self, line: int, known: Field, cell: str) -> str:
        text = cell.strip()
        if len(text) <= known.length:
            return text
        if known.name in _CODES:
            raise _No(known.name, rejects.TOO_LONG, length=str(known.length))
        self._remark(line, known, text[:80], rejects.SHORTENED, length=str(known.length))
        return text[: known.length]

    def _amount(self, line: int, known: Field, cell: str) -> Any:
        found = self._amounts[known.name](cell)
        if found is None:
            raise _No(known.name, slips.of_amount(cell, self._decimals[known.name]))
        currency = self._secured if known.name in _SECURED else self._currency
        if sign := foreign_sign(cell, currency):
            return self._left_out(line, known, cell, rejects.AMOUNT_LEFT_OUT, sign=sign, currency=currency)
        exact = found if isinstance(found, Decimal) else Decimal(found) / UNITS
        # A dump is exact, and its guarantees are in a currency of their own.
        near = exact if self.mapping.dump else rounded(exact, self._currency)
        self.rounded += near != exact
        return near

    def _date(self, _line: int, known: Field, cell: str) -> date:
        day = self._days[known.name](cell)
        if not day:
            reason, params = slips.of_date(cell)
            raise _No(known.name, reason, **params)
        return date.fromisoformat(day)

    def _yes_no(self, _line: int, known: Field, cell: str) -> bool:
        answer = yes_no(cell)
        if answer is None:
            raise _No(known.name, rejects.UNREADABLE_YESNO)
        return answer

    def _currency_code(self, _line: int, known: Field, cell: str) -> str:
        code = currency_code(cell)
        if code is None:
            raise _No(known.name, rejects.UNKNOWN_CURRENCY)
        return code

    def _country(self, line: int, known: Field, cell: str) -> Any:
        return self.lookups.countries.get(folded(cell)) or self._left_out(line, known, cell, rejects.COUNTRY_LEFT_OUT)

    def _language(self, line: int, known: Field, cell: str) -> Any:
        text = cell.strip()
        if not _LANGUAGE.fullmatch(text) or len(text) > known.length:
            return self._left_out(line, known, cell, rejects.LANGUAGE_LEFT_OUT)
        first, *rest = text.replace("_", "-").split("-")
        return "-".join([first.lower(), *rest])

    def _moment(self, _line: int, known: Field, cell: str) -> datetime:
        try:
            moment = datetime.fromisoformat(cell.strip())
        except ValueError:
            raise _No(known.name, rejects.UNREADABLE_DATE) from None
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)

    def _colleagues(self, line: int, known: Field, cell: str) -> tuple[tuple[int, str, bool], ...]:
        """Ids of users with the part of each, in order, and, of a dump, whether an import set it."""
        found: dict[int, tuple[str, bool]] = {}
        for email, role, by_import in colleagues(cell):
            user_id = self.lookups.users.get(email)
            if user_id is None:
                self._left_out(line, known, email, rejects.USER_LEFT_OUT)
            else:
                found[user_id] = role.value, by_import and self.mapping.dump
        return tuple((user_id, *part) for user_id, part in sorted(found.items()))

    def _email(self, line: int, known: Field, cell: str) -> Any:
        address = cell.strip()
        if len(address) <= known.length and (self.mapping.dump or self.lookups.is_address(address)):
            return address
        if self.kind in (ImportKind.CONTACTS, ImportKind.USERS):
            raise _No(known.name, rejects.NOT_AN_EMAIL)
        return self._left_out(line, known, cell, rejects.EMAIL_LEFT_OUT)

    def _user_role(self, _line: int, known: Field, cell: str) -> Role:
        role = user_role(cell)
        if role is None:
            raise _No(known.name, rejects.UNKNOWN_ROLE)
        return role

    def _entities(self, _line: int, known: Field, cell: str) -> tuple[int, ...]:
        found = []
        for name in listed(cell.replace(";", ",")):
            if folded(name) not in self.lookups.entities:
                raise _No(known.name, rejects.UNKNOWN_ENTITY, name=name[:80])
            found.append(self.lookups.entities[folded(name)])
        return tuple(sorted(set(found)))

    def _rate(self, _line: int, known: Field, cell: str) -> str:
        """The rate as text, every digit kept."""
        found = self._amounts[known.name](cell)
        exact = found if isinstance(found, Decimal) else Decimal(found) / UNITS if found is not None else Decimal(0)
        text = f"{exact.normalize():f}"
        if exact <= 0 or len(text) > _LONGEST_RATE:
            raise _No(known.name, rejects.NOT_A_RATE)
        return text

    def _user(self, line: int, known: Field, cell: str) -> Any:
        found = self.lookups.users.get(cell.strip().lower())
        return self._left_out(line, known, cell, rejects.USER_LEFT_OUT) if found is None else found

    def _scenario(self, line: int, known: Field, cell: str) -> Any:
        found = self.lookups.scenarios.get(folded(cell))
        return self._left_out(line, known, cell, rejects.SCENARIO_LEFT_OUT) if found is None else found

    def _customer(self, line: int, known: Field, cell: str) -> Any:
        code, unique = cell.strip(), known.name in _REFERENCES.values()
        table: Mapping[str, int | None] = self.lookups.unique_ids if unique else self.lookups.customers
        if self.kind is ImportKind.CUSTOMERS:
            if code not in table and code in self.coming:
                return Later(code, unique)
            found = table.get(code)
            return self._left_out(line, known, cell, rejects.CUSTOMER_LEFT_OUT) if found is None else found
        if code not in table:
            raise _No(known.name, rejects.UNKNOWN_CUSTOMER, code=code)
        found = table[code]
        if found is None:
            raise _No(known.name, rejects.AMBIGUOUS_CUSTOMER, code=code)
        return found

    def _left_out(self, line: int, known: Field, cell: str, reason: str, **params: str) -> Any:
        self._remark(line, known, cell.strip()[:80], reason, **params)
        return _LEFT_OUT

    def _remark(self, line: int, known: Field, value: str, reason: str, **params: str) -> None:
        self.remarks.add(line, self.column(known.name), value, reason, **params)


def _by_unique_id(cells: Mapping[str, str]) -> Mapping[str, str]:
    """The cells of a row without the codes of customers it names by unique identifier."""
    idle = {code: "" for code, unique_id in _REFERENCES.items() if cells.get(unique_id, "").strip()}
    return {**cells, **idle} if idle else cells


def _json(read: Callable[[str], Any], known: Field, cell: str) -> Any:
    try:
        return read(cell)
    except ValueError:
        raise _No(known.name, rejects.UNREADABLE_JSON) from None


def changes(current: Mapping[str, Any], wanted: Mapping[str, Any], mapping: FileMapping) -> dict[str, tuple[Any, Any]]:
    """The fields a row changes of a known record, old and new, by the overwrite policy of each."""
    found = {}
    for name, new in wanted.items():
        old = current.get(name)
        policy = mapping.policy(name)
        if policy is Policy.NEVER or (policy is Policy.IF_EMPTY and not _is_empty(old)):
            continue
        if new is None:
            if not mapping.empty_clears or _is_empty(old):
                continue
            new = cleared(old)  # noqa: PLW2901 - what an empty cell means for this field
        if new != old:
            found[name] = (old, new)
    return found


def _is_empty(old: Any) -> bool:
    """Whether nobody filled a field; an amount of zero is one."""
    return old is None or old is False or (isinstance(old, str | tuple | dict) and not old)


def cleared(old: Any) -> Any:
    """What an empty cell leaves of a value."""
    if isinstance(old, ContactRole):
        return ContactRole.OTHER
    return type(old)() if isinstance(old, bool | str | tuple | dict) else None


def merged(rows: list[PartyRow]) -> PartyRow:
    """Rows for one contact made one: the later filled cell wins (11.5)."""
    values: Values = {}
    for row in rows:
        values.update({name: value for name, value in row.values.items() if value is not None or name not in values})
    if any(row.values.get("for_collection") for row in rows):
        values["for_collection"] = True
    return PartyRow(rows[0].line, values)
