"""What the mapping screen shows of a file: its columns with samples, formats and meanings, its sheets and types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from dso.domain.codes import FieldType, ImportKind, ItemType
from dso.domain.imports.currencies import contradicts, currency_code
from dso.domain.imports.customs import code_of, types_offered
from dso.domain.imports.dates import ORDERS, DayOrder
from dso.domain.imports.erp_types import proposals
from dso.domain.imports.fields import CUSTOM, CUSTOMISED, FIELDS, IGNORE, Cell, missing
from dso.domain.imports.mapping import FileMapping, Policy, header_key
from dso.domain.imports.profile import Column, Profile, questions
from dso.domain.money import decimals
from dso.http.entity import current_entity
from dso.services.imports import mappings, preparing
from dso.services.imports.constants import wrong_constants
from dso.services.imports.readers import Table
from dso.web.imports.encodings import encodings
from dso.web.imports.wording import reason_of

#: How the mapped columns are read, by header.
Cells = Mapping[str, Cell]
#: Rows looked at for samples and formats on the screen; the whole file decides when it is taken in.
_LOOKED_AT = 20_000
#: Between a new field of one's own and the type it is made with.
TYPED = "|"
#: Kinds in which a column may leave what is there as it is; a rate is what its bank says.
_POLICIES = (ImportKind.CUSTOMERS, ImportKind.CONTACTS, ImportKind.USERS)
#: Constants nobody has said yet for which there is room.
_BLANK = 2


@dataclass(frozen=True)
class ColumnView:
    """A column of the file as the screen shows it."""

    place: int
    header: str
    samples: list[str]
    format: str
    target: str
    #: What a new field of one's own may be: value of the choice and its type, the proven one first.
    own: Sequence[tuple[str, FieldType]]
    policy: Policy


def context(kind: ImportKind, table: Table, mapping: FileMapping) -> dict[str, Any]:
    """What the screen of an opened file needs."""
    cells = mappings.cells_of(kind, mapping)
    profile, types = _profile(table, kind, mapping, cells)
    kept = {**mappings.known_types(current_entity()), **mapping.types}
    defined = mappings.defined(kind)
    currency = currency_code(mapping.constants.get("currency", "")) or current_entity().currency
    return {
        "shape": header_key(table.headers),
        "of_text": bool(table.rows.separator),
        "encodings": encodings(mapping.encoding, table.recognised),
        "columns": _views(table, profile, kind, mapping, cells, defined),
        "targets": targets(kind),
        "defined": [(CUSTOM + code, label) for code, label in defined.items()],
        "constants": [*mapping.constants.items(), *[("", "")] * _BLANK],
        "wrong": {field: reason_of(no) for field, no in wrong_constants(current_entity(), kind, mapping).items()},
        "types": [(code, "" if code in mapping.held else _proposed(code, types, kept)) for code in types],
        "item_types": list(ItemType),
        "policies": list(Policy) if kind in _POLICIES else [],
        "lacking": [_(field.label) for field in missing(kind, mapping.targets)],
        "questions": _questions(table, profile, mapping, cells),
        "foreign": _foreign(profile, kind, cells, currency),
        "currency": currency,
    }


def proved_orders(mapping: FileMapping, table: Table) -> set[DayOrder]:
    """The orders of day and month that earlier files proved of columns the file has."""
    return {order for header, order in mapping.day_orders.items() if header and header in table.headers}


def targets(kind: ImportKind) -> list[tuple[str, str]]:
    """The fields a column of this kind of file can mean; required ones are marked."""
    return [(name, f"{_(field.label)}{' *' if field.required else ''}") for name, field in FIELDS[kind].items()]


def _profile(table: Table, kind: ImportKind, mapping: FileMapping, cells: Cells) -> tuple[Profile, list[str]]:
    """The formats of all columns, and the document types found."""
    types = {header: cell for header, cell in cells.items() if cell is Cell.TYPE}
    general, typed = Profile(table.headers), Profile(table.headers, types)
    items = kind is ImportKind.ITEMS
    for rows, _lines in preparing.telling_chunks(kind, table, mapping):
        if general.rows < _LOOKED_AT:
            general.feed(rows)
        elif not types:
            break
        typed.feed(rows)
    return general, preparing.types_found(mapping, typed) if items else []


def _questions(table: Table, profile: Profile, mapping: FileMapping, cells: Cells) -> dict[str, Column]:
    """What only a person can tell, each with the first column it is about; what was answered is asked no more."""
    there = {name: cell for name, cell in cells.items() if name in profile.columns}
    places = decimals(current_entity().currency)
    asked = questions(profile, there, mapping, separator=table.rows.separator, currency_decimals=places)
    return {question: profile.columns[name] for question, name in asked.items()}


def _foreign(profile: Profile, kind: ImportKind, cells: Cells, currency: str) -> list[str]:
    """Signs at amounts that speak against the currency of all rows; nothing where each row says its own."""
    if kind is not ImportKind.ITEMS or Cell.CURRENCY in cells.values():
        return []
    found = dict[str, None]()
    for header, cell in cells.items():
        amounts = profile.columns[header].amounts if header in profile.columns else None
        if cell is Cell.AMOUNT and amounts is not None:
            found |= dict.fromkeys(amounts.signs)
    return [sign for sign in found if contradicts(sign, currency)]


def _views(
    table: Table, profile: Profile, kind: ImportKind, mapping: FileMapping, cells: Cells, defined: Mapping[str, str]
) -> list[ColumnView]:
    views = []
    for place, header in enumerate(table.headers):
        target, column = mapping.columns.get(header, IGNORE), profile.columns[header]
        code = target.removeprefix(CUSTOM) if target.startswith(CUSTOM) else code_of(header, place)
        fresh = kind in CUSTOMISED and code not in defined
        types = types_offered(column.own_type) if fresh else []
        own = [(f"{CUSTOM}{code}{TYPED}{each.value}", each) for each in types]
        policy = mapping.policy(target)
        if fresh and target.startswith(CUSTOM):
            target = f"{target}{TYPED}{mapping.own_types.get(code, FieldType.TEXT).value}"
        samples = [sample[:60] for sample in column.samples]
        format_ = _format(column, cells.get(header), mapping.day_orders.get(header) or mapping.day_orders.get(""))
        views.append(ColumnView(place, header, samples, format_, target, own, policy))
    return views


def _format(column: Column, cell: Cell | None, said: DayOrder | None) -> str:
    """The format found where it matters: in a column of days or amounts, or in one that nothing is known of."""
    if (column.own_type is FieldType.TEXT) if cell is None else (cell not in (Cell.DATE, Cell.AMOUNT, Cell.RATE)):
        return ""
    found = column.format
    if "?" not in found:
        return found
    if not found.endswith("Y"):
        return str(_("decimals or thousands?"))
    if cell is Cell.DATE and said is not None:
        return ORDERS[said].format(found[1])
    return str(_("both orders of day and month") if column.mixed else _("day or month first?"))


def _proposed(code: str, types: list[str], kept: dict[str, ItemType]) -> str:
    found = proposals(types, kept).get(code)
    return found.value if found else ""
