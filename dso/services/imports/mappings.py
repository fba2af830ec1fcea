"""Deciding how a file is read: said, remembered or proposed; and remembering it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, select, update

from dso.db import db
from dso.domain.codes import FieldType, ImportKind, ImportMode, ItemType
from dso.domain.errors import Refused
from dso.domain.imports.brake import Stop
from dso.domain.imports.currencies import currency_code, may_be
from dso.domain.imports.customs import CustomField
from dso.domain.imports.dates import DayOrder
from dso.domain.imports.dumps import is_dump
from dso.domain.imports.fields import CUSTOM, FIELDS, IGNORE, Cell, is_custom, missing
from dso.domain.imports.following import Followed, followed
from dso.domain.imports.footers import is_footer, is_rule
from dso.domain.imports.headers import HOUSE, amounts_named, likelier_kind, propose
from dso.domain.imports.mapping import FileMapping, cell_of, checked, header_key
from dso.domain.imports.profile import Formats
from dso.domain.imports.totals import is_word
from dso.models import CustomField as Definition
from dso.models import Entity, ImportMapping
from dso.services.imports.companies import companies
from dso.services.imports.options import ImportOptions
from dso.services.imports.readers import Table

_CELLS = {FieldType.NUMBER: Cell.AMOUNT, FieldType.DATE: Cell.DATE, FieldType.YESNO: Cell.YESNO}
_SUBJECT = {ImportKind.ITEMS: "item", ImportKind.CUSTOMERS: "customer"}


def decided(entity: Entity, kind: ImportKind, table: Table, options: ImportOptions) -> FileMapping:
    """The mapping of this file; Refused when it does not fit."""
    if options.mapping is not None:
        whole = options.mapping.settled
        return checked(kind, replace(whole, mode=whole.mode or ImportMode.DELTA), table.headers)
    base = known(entity, kind, table, options.mapping_name) or proposed(entity, kind, table)
    mapping = replace(_laid_over(base, options), sheet=table.rows.sheet).settled
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


def proposed(entity: Entity, kind: ImportKind, table: Table) -> FileMapping:
    """What the headers say, and the cells where they name companies."""
    if is_dump(kind, table.headers):
        return FileMapping(columns={header: header for header in table.headers}, dump=True)
    found = _in_one_currency(entity, kind, propose(kind, table.headers))
    whose = _whose_rows(entity, kind, table, found.columns)
    return replace(found, columns={**found.columns, whose: "entity"}) if whose else found


def _in_one_currency(entity: Entity, kind: ImportKind, columns: Mapping[str, str]) -> FileMapping:
    """The columns proposed, in the currency their headers name where it is not that of the company.

    Amounts for which it can be said neither for all of them nor at all are left to people.
    """
    named = amounts_named(kind, columns)
    strange = {
        header for header, said in named.items() if said not in ("", HOUSE) and not may_be(said, entity.currency)
    }
    code = currency_code(named[min(strange)]) if strange else None
    if code and len(strange) == len(named) and "currency" in FIELDS[kind]:
        return FileMapping(columns=columns, constants={"currency": code})
    return FileMapping(columns={header: IGNORE if header in strange else target for header, target in columns.items()})


def _whose_rows(entity: Entity, kind: ImportKind, table: Table, columns: Mapping[str, str]) -> str:
    """The header of a column that means nothing yet and holds names of the installation's companies only; or ""."""
    if "entity" not in FIELDS[kind] or "entity" in columns.values() or not (known := companies(entity)).others:
        return ""
    rows, _lines = next(iter(table.chunks()), ([], []))
    for place, header in enumerate(table.headers):
        said = {row[place].strip() for row in rows if len(row) > place} - {""}
        others = [name for name in said if known.own(name) is None]
        # Totals and footers name no company.
        below = all(is_word(name) or is_footer([name]) or is_rule([name]) for name in others)
        if not columns.get(header) and len(said) > len(others) and below:
            return header
    return ""


def remembered(entity: Entity, kind: ImportKind, table: Table, name: str = "") -> FileMapping | None:
    """What was decided for a file of this shape before, or under a name; None when nothing was."""
    query = _kept(entity, kind)
    if name:
        found = db.session.scalars(query.where(ImportMapping.name == name)).first()
        if found is None:
            raise Refused('There is no mapping named "%(name)s" for %(kind)s files.', name=name, kind=kind.value)
        mapping = FileMapping.from_json(found.mapping)
        columns = {header: mapping.columns.get(header, IGNORE) for header in table.headers}
        return replace(mapping, columns=columns, name=name)
    found = db.session.scalar(query.where(ImportMapping.header_key == header_key(table.headers)))
    return replace(FileMapping.from_json(found.mapping), name=found.name) if found else None


def _kept(entity: Entity, kind: ImportKind) -> Select[ImportMapping]:
    """The mappings of a kind, the latest first."""
    query = select(ImportMapping).where(ImportMapping.entity_id == entity.id, ImportMapping.kind == kind)
    return query.order_by(ImportMapping.updated_at.desc(), ImportMapping.id.desc())


def nearest(entity: Entity, kind: ImportKind, table: Table) -> Followed | None:
    """What was decided for a file of nearly this shape: the latest of which no column is gone, else the most like it.

    None when no file was like it: fewer than half of the columns that meant something are still there.
    """
    found = None if is_dump(kind, table.headers) else _nearest(entity, kind, table)
    whose = _whose_rows(entity, kind, table, found.mapping.columns) if found and found.new else ""
    if found is None or whose not in found.new:
        return found
    return replace(found, mapping=replace(found.mapping, columns={**found.mapping.columns, whose: "entity"}))


def _nearest(entity: Entity, kind: ImportKind, table: Table) -> Followed | None:
    best: Followed | None = None
    for each in db.session.scalars(_kept(entity, kind)):
        mapping = replace(FileMapping.from_json(each.mapping), name=each.name)
        found = followed(kind, mapping, table.headers, home=entity.currency)
        if mapping.dump or found.kept < max(len(found.gone), 1):
            continue
        if not found.gone:
            return found
        if best is None or found.kept > best.kept:
            best = found
    return best


def known(entity: Entity, kind: ImportKind, table: Table, name: str = "") -> FileMapping | None:
    """What was decided, where nothing has to be asked: for this shape, or for one of which no column is gone."""
    found = remembered(entity, kind, table, name)
    near = None if found else nearest(entity, kind, table)
    return near.mapping if near and not near.gone else found


def kept_sheets(entity: Entity, kind: ImportKind, sheets: Sequence[str]) -> Iterable[str]:
    """Sheets of a workbook with several that were chosen in an earlier one, the latest first."""
    chosen = (each.mapping.get("sheet", "") for each in db.session.scalars(_kept(entity, kind)))
    return dict.fromkeys(name for name in chosen if name in sheets)


def kept_encodings(entity: Entity, kind: ImportKind) -> Iterable[str]:
    """Encodings somebody named for earlier files, the latest first."""
    named = (each.mapping.get("encoding", "") for each in db.session.scalars(_kept(entity, kind)))
    return dict.fromkeys(name for name in named if name)


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
    constants = {field: value for field, value in base.constants.items() if field not in options.columns.values()}
    orders = {"": options.day_order} if options.day_order else dict(base.day_orders)
    return replace(
        base,
        columns=columns,
        constants={**constants, **options.constants},
        types={**base.types, **options.types},
        day_orders=orders,
        decimal=options.decimal or base.decimal,
        unsigned=base.unsigned if options.unsigned is None else options.unsigned,
        create_customers=base.create_customers if options.create_customers is None else options.create_customers,
        replace_colleagues=options.replace_colleagues,
        mode=options.mode or ImportMode.DELTA,
        encoding=options.encoding or base.encoding,
        separator=options.separator or base.separator,
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


def _lasting(
    entity: Entity, kind: ImportKind, table: Table, mapping: FileMapping, options: ImportOptions
) -> FileMapping:
    """The mapping without what a run says of itself: the screen decides that, and the mode whoever says it first."""
    if options.mapping is not None:
        return replace(mapping, mode=options.mapping.mode, replace_colleagues=False)
    stands = known(entity, kind, table, options.mapping_name) or FileMapping()
    return replace(
        mapping,
        mode=stands.mode or options.mode,
        create_customers=stands.create_customers,
        replace_colleagues=stands.replace_colleagues,
        encoding=stands.encoding,
        separator=stands.separator,
    )


def remember(
    entity: Entity, kind: ImportKind, table: Table, mapping: FileMapping, options: ImportOptions, *, now: datetime
) -> None:
    """Keep what was decided: the next file of this shape goes through at once."""
    key, mapping = header_key(table.headers), _lasting(entity, kind, table, mapping, options)
    query = select(ImportMapping).where(
        ImportMapping.entity_id == entity.id, ImportMapping.kind == kind, ImportMapping.header_key == key
    )
    kept = db.session.scalar(query)
    values = mapping.as_json()
    if mapping.name:
        # A name stands for one mapping: it moves on with the columns of the file.
        others = (ImportMapping.entity_id == entity.id, ImportMapping.kind == kind, ImportMapping.header_key != key)
        db.session.execute(update(ImportMapping).where(*others, ImportMapping.name == mapping.name).values(name=""))
    if kept is None:
        named = ImportMapping(entity_id=entity.id, kind=kind, name=mapping.name, header_key=key, mapping=values)
        named.updated_at = now
        db.session.add(named)
        return
    values["types"] = {**kept.mapping.get("types", {}), **values["types"]}
    if (kept.mapping, kept.name) != (values, mapping.name):
        kept.mapping, kept.name, kept.updated_at = values, mapping.name, now


def definitions(kind: ImportKind, mapping: FileMapping) -> dict[str, Definition]:
    """The definitions of the custom fields a mapping names, by code; those not made yet are missing."""
    codes = [target.removeprefix(CUSTOM) for target in mapping.targets if is_custom(target)]
    if not codes or kind not in _SUBJECT:
        return {}
    query = select(Definition).where(Definition.subject == _SUBJECT[kind], Definition.code.in_(codes))
    return {each.code: each for each in db.session.scalars(query)}


def defined(kind: ImportKind) -> dict[str, str]:
    """The custom fields records of this kind can have, by code, with their labels."""
    query = select(Definition.code, Definition.label).where(Definition.subject == _SUBJECT.get(kind, ""))
    return {row.code: row.label for row in db.session.execute(query.order_by(Definition.label, Definition.id))}


def own_fields(kind: ImportKind, mapping: FileMapping) -> dict[str, tuple[str, FieldType]]:
    """Label and type of the custom fields of a mapping, by what a column means; those not made yet as they will be."""
    headers = {target: header for header, target in mapping.columns.items() if is_custom(target)}
    types = mapping.own_types
    fresh = {each: (label, types.get(each.removeprefix(CUSTOM), FieldType.TEXT)) for each, label in headers.items()}
    return {**fresh, **{CUSTOM + code: (each.label, each.type) for code, each in definitions(kind, mapping).items()}}


def make_definitions(kind: ImportKind, mapping: FileMapping) -> list[int]:
    """Make the custom fields a mapping names and nobody has defined, labelled as their column; their ids."""
    defined = definitions(kind, mapping)
    made = []
    headers = {target: header for header, target in mapping.columns.items()}
    for target in sorted(mapping.targets):
        code = target.removeprefix(CUSTOM)
        if is_custom(target) and code not in defined:
            label, type_ = headers.get(target, code)[:100], mapping.own_types.get(code, FieldType.TEXT)
            made.append(Definition(subject=_SUBJECT[kind], code=code, label=label, type=type_))
    db.session.add_all(made)
    db.session.flush()
    return [each.id for each in made]


def _own_types(kind: ImportKind, mapping: FileMapping) -> dict[str, tuple[FieldType, Sequence[str]]]:
    """Type and choices of the custom fields of a mapping, by code; those not made yet as they will be."""
    codes = [target.removeprefix(CUSTOM) for target in mapping.targets if is_custom(target)]
    fresh = {code: (mapping.own_types.get(code, FieldType.TEXT), ()) for code in codes}
    return {**fresh, **{code: (each.type, each.choices) for code, each in definitions(kind, mapping).items()}}


def cells_of(kind: ImportKind, mapping: FileMapping) -> dict[str, Cell]:
    """How the mapped columns are read, by header."""
    own = _own_types(kind, mapping)
    answer = {}
    for header, target in mapping.columns.items():
        if target in FIELDS[kind]:
            answer[header] = cell_of(kind, target)
        elif is_custom(target):
            answer[header] = _CELLS.get(own[target.removeprefix(CUSTOM)][0], Cell.TEXT)
    return answer


def custom_fields(kind: ImportKind, mapping: FileMapping, formats: Formats) -> Mapping[str, CustomField]:
    """The custom fields of a mapping, with what their columns proved."""
    headers = {target: header for header, target in mapping.columns.items()}
    answer = {}
    for code, (type_, choices) in _own_types(kind, mapping).items():
        header = headers.get(f"{CUSTOM}{code}", "")
        order: DayOrder | None = formats.day_orders.get(header)
        answer[code] = CustomField(code, type_, tuple(choices), order, formats.decimals.get(header, "."))
    return answer
