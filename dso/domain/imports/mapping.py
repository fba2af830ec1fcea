"""What is decided about a file: columns to fields, formats, matches, policies. Kept per kind, entity and header set."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from dso.domain.codes import FieldType, ImportKind, ImportMode, ItemType
from dso.domain.errors import Refused
from dso.domain.imports.customs import LONGEST_CODE
from dso.domain.imports.dates import DayOrder
from dso.domain.imports.fields import CUSTOM, CUSTOMISED, FIELDS, IGNORE, Cell, is_custom, missing


class Policy(StrEnum):
    """When a cell of a customers, contacts or users file replaces what is there."""

    ALWAYS = "always"
    IF_EMPTY = "if_empty"
    NEVER = "never"


class GroupsMode(StrEnum):
    """What a groups cell does to the groups a customer has."""

    IMPORTED = "imported"
    ADD = "add"
    ALL = "all"


@dataclass(frozen=True)
class FileMapping:
    """How one file is read; JSON in and out for the memory of mappings."""

    #: What people call it (`--mapping NAME`); most have no name.
    name: str = ""
    #: Header to field; IGNORE leaves the column out.
    columns: Mapping[str, str] = field(default_factory=dict)
    #: Field to the value it has in every row.
    constants: Mapping[str, str] = field(default_factory=dict)
    #: ERP type to internal type, as decided by a person for this file.
    types: Mapping[str, ItemType] = field(default_factory=dict)
    #: ERP types a person left without a match: their rows are held back whatever the type is usually called.
    held: Sequence[str] = ()
    #: Order of day and month where the columns leave it open; by header, or for all under "".
    day_orders: Mapping[str, DayOrder] = field(default_factory=dict)
    #: "." or "," where the amounts leave it open; "" = not said.
    decimal: str = ""
    #: Amounts come without a sign and get that of their type.
    unsigned: bool = False
    #: The due date, the type belong to the identity of an item (invoices in instalments).
    key_due: bool = False
    key_type: bool = False
    policies: Mapping[str, Policy] = field(default_factory=dict)
    #: Code of a custom field nobody has defined yet to the type it is made with; texts where nothing is said.
    own_types: Mapping[str, FieldType] = field(default_factory=dict)
    #: An empty cell clears the old value.
    empty_clears: bool = False
    #: Rows a program says field by field (JSON): amounts have a decimal point, and not every row names every field.
    by_program: bool = False
    groups: GroupsMode = GroupsMode.IMPORTED
    create_customers: bool = False
    #: Sales colleagues take the place of those earlier files set; else they are added.
    replace_colleagues: bool = False
    #: The file is one of our own dumps (`dumps`): it says all there is, as it is.
    dump: bool = False
    #: None where nobody said: such a file is read as a partial one, and the first who says it is remembered.
    mode: ImportMode | None = None
    encoding: str = ""
    separator: str = ""
    sheet: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        plain = {name: dict(value) if isinstance(value, Mapping) else value for name, value in asdict(self).items()}
        return {**plain, "held": list(self.held)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "FileMapping":
        """From plain values; names of other versions are left out."""
        known = {each.name for each in fields(cls)}
        kept = {name: value for name, value in values.items() if name in known}
        readers: dict[str, Any] = {"groups": GroupsMode, "mode": ImportMode}
        readers = {name: enum for name, enum in readers.items() if kept.get(name) is not None}
        words: dict[str, Any] = {"types": ItemType, "day_orders": DayOrder, "policies": Policy, "own_types": FieldType}
        for name, enum in readers.items():
            kept[name] = enum(kept[name])
        for name, enum in words.items():
            kept[name] = {key: enum(value) for key, value in kept.get(name, {}).items()}
        return cls(**{**kept, "held": tuple(kept.get("held", ()))})

    @property
    def targets(self) -> set[str]:
        """Fields something is mapped to."""
        return {target for target in self.columns.values() if target != IGNORE} | set(self.constants)

    @property
    def settled(self) -> "FileMapping":
        """The mapping with all that a dump leaves no choice about."""
        if not self.dump:
            return self
        plain: dict[str, Any] = {"types": {}, "held": (), "policies": {}, "unsigned": False, "create_customers": False}
        return replace(self, **plain, empty_clears=True, groups=GroupsMode.ALL, key_due=True, key_type=True)

    @property
    def keeps_unsaid(self) -> bool:
        """Whether an empty cell leaves what its item holds; in a file of items it says that there is nothing."""
        return self.by_program and not self.empty_clears

    def places(self, headers: Sequence[str]) -> dict[str, int]:
        """The column of each field in a file with these headers."""
        return {target: headers.index(header) for header, target in self.columns.items() if target != IGNORE}

    def cells(self, row: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
        """What a row says of each field: short rows have empty cells at their end, constants stand in every row."""
        said = {target: row[place] if place < len(row) else "" for target, place in places.items()}
        return {**said, **self.constants}

    def policy(self, target: str) -> Policy:
        """The overwrite policy of a field."""
        return self.policies.get(target, Policy.ALWAYS)


def header_key(headers: Sequence[str]) -> str:
    """What identifies a header set: the same headers in any order are the same shape of file."""
    return hashlib.sha256("\n".join(sorted(headers)).encode()).hexdigest()


def checked(kind: ImportKind, mapping: FileMapping, headers: Sequence[str]) -> FileMapping:
    """The mapping if it fits the file; Refused names the first thing that does not."""
    _check_targets(kind, mapping, headers)
    lacking = missing(kind, mapping.targets)
    if lacking:
        names = ", ".join(f"{each.name}" for each in lacking)
        words = "No column is mapped to %(fields)s. The file has the columns: %(headers)s."
        raise Refused(words, fields=names, headers=", ".join(headers)[:500])
    return mapping


def _check_targets(kind: ImportKind, mapping: FileMapping, headers: Sequence[str]) -> None:
    used: dict[str, str] = {}
    for header, target in mapping.columns.items():
        if target == IGNORE:
            continue
        if header not in headers:
            raise Refused('The file has no column "%(column)s".', column=header)
        _check_target(kind, target)
        if target in used:
            words = 'Both "%(one)s" and "%(other)s" are mapped to %(field)s.'
            raise Refused(words, one=used[target], other=header, field=target)
        used[target] = header
    for target in mapping.constants:
        _check_target(kind, target)
        if target in used:
            words = '%(field)s has a constant value and the column "%(one)s" as well.'
            raise Refused(words, one=used[target], field=target)


def _check_target(kind: ImportKind, target: str) -> None:
    if target not in FIELDS[kind] and not (is_custom(target) and kind in CUSTOMISED):
        words = 'There is no field "%(field)s" in %(kind)s files. The fields are: %(fields)s.'
        raise Refused(words, field=target, kind=kind.value, fields=", ".join(FIELDS[kind]))
    if is_custom(target) and len(target) > len(CUSTOM) + LONGEST_CODE:
        words = 'The code of the custom field "%(field)s" is longer than %(most)s characters.'
        raise Refused(words, field=target.removeprefix(CUSTOM)[:100], most=LONGEST_CODE)


def cell_of(kind: ImportKind, target: str) -> Cell:
    """How a target's cells are read; custom fields are text until their definition says more."""
    known = FIELDS[kind].get(target)
    return known.cell if known else Cell.TEXT
