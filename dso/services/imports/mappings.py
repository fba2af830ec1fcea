"""Deciding how a file is read: said, remembered or proposed; and remembering it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import FieldType, ImportKind, ItemType
from dso.domain.errors import Refused
from dso.domain.imports.brake import Stop
from dso.domain.imports.customs import CustomField
from dso.domain.imports.dates import DayOrder
from dso.domain.imports.dumps import is_dump
from dso.domain.imports.fields import CUSTOM, FIELDS, IGNORE, Cell, is_custom, missing
from dso.domain.imports.headers import likelier_kind, propose
from dso.domain.imports.mapping import FileMapping, cell_of, checked, header_key
from dso.domain.imports.profile import Formats
from dso.models import CustomField as Definition
from dso.models import Entity, ImportMapping
from dso.services.imports.options import ImportOptions
from dso.services.imports.readers import Table

_CELLS = {FieldType.NUMBER: Cell.AMOUNT, FieldType.DATE: Cell.DATE, FieldType.YESNO: Cell.YESNO}
_SUBJECT = {ImportKind.ITEMS: "item", ImportKind.CUSTOMERS: "customer"}


def decided(entity: Entity, kind: ImportKind, table: Table, options: ImportOptions) -> FileMapping:
    """The mapping of this file; Refused when it does not fit."""
    if options.mapping is not None:
        return checked(kind, options.mapping.settled, table.headers)
    base = remembered(entity, kind, table, options.mapping_name) or proposed(kind, table)
    mapping = _laid_over(base, options).settled
    likelier = likelier_kind(kind, table.headers)
    if likelier and missing(kind, mapping.targets):
        words = "This looks like a file of %(likelier)s and not of %(kind)s: its columns are %(headers)s."
        raise Refused(words, likelier=likelier.value, kind=kind.value, headers=", ".join(table.headers)[:500])
    return checked(kind, mapping, table.headers)


def strange_kind(entity: Entity, kind: ImportKind, table: Table, options: ImportOptions) -> list[Stop]:
    """A stop for a file that looks like one of another kind, unless somebody decided on its columns before."""
    said = options.mapping is not None or options.columns or options.mapping_name
    likelier = likelier_kind(kind, table.headers)
    if said or likelier is None or remembered(entity, kind, table) is not None:
        return []
    words = "by its columns this looks like a file of %(likelier)s and not of %(kind)s"
    return [Stop(words, {"likelier": likelier.value, "kind": kind.value})]


def proposed(kind: ImportKind, table: Table) -> FileMapping:
    """What the headers alone say."""
    if is_dump(kind, table.headers):
        return FileMapping(columns={header: header for header in table.headers}, dump=True)
    return FileMapping(columns=propose(kind, table.headers))


def remembered(entity: Entity, kind: ImportKind, table: Table, name: str = "") -> FileMapping | None:
    """What was decided for a file of this shape before, or under a name; None when nothing was."""
    query = select(ImportMapping).where(ImportMapping.entity_id == entity.id, ImportMapping.kind == kind)
    if name:
        found = db.session.scalars(query.where(ImportMapping.name == name).order_by(ImportMapping.id.desc())).first()
        if found is None:
            raise Refused('There is no mapping named "%(name)s" for %(kind)s files.', name=name, kind=kind.value)
        mapping = FileMapping.from_json(found.mapping)
        columns = {header: mapping.columns.get(header, IGNORE) for header in table.headers}
        return replace(mapping, columns=columns)
    found = db.session.scalar(query.where(ImportMapping.header_key == header_key(table.headers)))
    return FileMapping.from_json(found.mapping) if found else None


def _laid_over(base: FileMapping, options: ImportOptions) -> FileMapping:
    """The base with what was said on top."""
    columns = dict(base.columns)
    for header, target in options.columns.items():
        for other in [name for name, used in columns.items() if used == target and target]:
            columns[other] = IGNORE
        columns[header] = target
    for target in options.constants:
        for other in [name for name, used in columns.items() if used == target]:
            columns[other] = IGNORE
    orders = {"": options.day_order} if options.day_order else dict(base.day_orders)
    return replace(
        base,
        columns=columns,
        constants={**base.constants, **options.constants},
        types={**base.types, **options.types},
        day_orders=orders,
        decimal=options.decimal or base.decimal,
        unsigned=base.unsigned if options.unsigned is None else options.unsigned,
        create_customers=options.create_customers,
        replace_colleagues=options.replace_colleagues,
        mode=options.mode,
        encoding=options.encoding or base.encoding,
        separator=options.separator or base.separator,
        sheet=options.sheet or base.sheet,
    )


def known_types(entity: Entity) -> dict[str, ItemType]:
    """The matches of ERP types kept for the entity, whatever file they came from."""
    query = select(ImportMapping.mapping).where(
        ImportMapping.entity_id == entity.id, ImportMapping.kind == ImportKind.ITEMS
    )
    found: dict[str, ItemType] = {}
    for mapping in db.session.scalars(query.order_by(ImportMapping.updated_at, ImportMapping.id)):
        found.update({code: ItemType(kind) for code, kind in mapping.get("types", {}).items()})
    return found


def remember(entity: Entity, kind: ImportKind, table: Table, mapping: FileMapping, *, now: datetime) -> None:
    """Keep what was decided: the next file of this shape goes through at once."""
    key = header_key(table.headers)
    query = select(ImportMapping).where(
        ImportMapping.entity_id == entity.id, ImportMapping.kind == kind, ImportMapping.header_key == key
    )
    kept = db.session.scalar(query)
    values = mapping.as_json()
    if kept is None:
        db.session.add(ImportMapping(entity_id=entity.id, kind=kind, header_key=key, mapping=values, updated_at=now))
        return
    values["types"] = {**kept.mapping.get("types", {}), **values["types"]}
    if kept.mapping != values:
        kept.mapping, kept.updated_at = values, now


def definitions(kind: ImportKind, mapping: FileMapping) -> dict[str, Definition]:
    """The definitions of the custom fields a mapping names, by code; those not made yet are missing."""
    codes = [target.removeprefix(CUSTOM) for target in mapping.targets if is_custom(target)]
    if not codes:
        return {}
    query = select(Definition).where(Definition.subject == _SUBJECT[kind], Definition.code.in_(codes))
    return {each.code: each for each in db.session.scalars(query)}


def make_definitions(kind: ImportKind, mapping: FileMapping) -> list[int]:
    """Make the custom fields a mapping names and nobody has defined: texts, labelled as their column; their ids."""
    known = definitions(kind, mapping)
    made = []
    headers = {target: header for header, target in mapping.columns.items()}
    for target in sorted(mapping.targets):
        code = target.removeprefix(CUSTOM)
        if is_custom(target) and code not in known:
            label = headers.get(target, code)[:100]
            made.append(Definition(subject=_SUBJECT[kind], code=code[:60], label=label, type=FieldType.TEXT))
    db.session.add_all(made)
    db.session.flush()
    return [each.id for each in made]


def cells_of(kind: ImportKind, mapping: FileMapping) -> dict[str, Cell]:
    """How the mapped columns are read, by header."""
    known = definitions(kind, mapping)
    answer = {}
    for header, target in mapping.columns.items():
        if target in FIELDS[kind]:
            answer[header] = cell_of(kind, target)
        elif is_custom(target):
            definition = known.get(target.removeprefix(CUSTOM))
            answer[header] = _CELLS.get(definition.type, Cell.TEXT) if definition else Cell.TEXT
    return answer


def custom_fields(kind: ImportKind, mapping: FileMapping, formats: Formats) -> Mapping[str, CustomField]:
    """The custom fields of a mapping, with what their columns proved."""
    headers = {target: header for header, target in mapping.columns.items()}
    answer = {}
    for code, each in definitions(kind, mapping).items():
        header = headers.get(f"{CUSTOM}{code}", "")
        order: DayOrder | None = formats.day_orders.get(header)
        answer[code] = CustomField(code, each.type, tuple(each.choices), order, formats.decimals.get(header, "."))
    return answer
