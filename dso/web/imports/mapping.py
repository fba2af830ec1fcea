"""The mapping screen: every column with samples and format, what it means, and how the file is to be read."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from dso.db import db
from dso.domain.codes import ImportKind, ImportMode, ItemType
from dso.domain.errors import Refused
from dso.domain.imports.dates import DayOrder
from dso.domain.imports.erp_types import proposals
from dso.domain.imports.fields import CUSTOM, FIELDS, IGNORE, Cell, missing
from dso.domain.imports.mapping import FileMapping, GroupsMode, Policy, checked
from dso.domain.imports.profile import Profile
from dso.domain.imports.tables import SEPARATORS
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.models import ImportUpload
from dso.queries import imports as queries
from dso.services.imports import mappings, preparing, uploads
from dso.services.imports.options import ImportOptions
from dso.services.imports.readers import Table
from dso.web.imports import bp
from dso.web.imports.choosing import kind_words
from dso.web.imports.wording import said as explained

#: Rows looked at for samples and formats on the screen; the whole file decides when it is taken in.
_LOOKED_AT = 20_000


@dataclass(frozen=True)
class ColumnView:
    """A column of the file as the screen shows it."""

    place: int
    header: str
    samples: list[str]
    format: str
    target: str
    custom: str
    policy: Policy


def get_upload(upload_id: int) -> ImportUpload:
    """The file of this person."""
    return queries.get_upload(current_entity(), viewer(), upload_id)


def options(upload: ImportUpload, mapping: FileMapping, **more: Any) -> ImportOptions:
    """What is known of the file, as the service takes it."""
    return ImportOptions(file_name=upload.file_name, mapping=mapping, stored_as=upload.stored_as, **more)


def _opened(upload: ImportUpload, mapping: FileMapping) -> Table:
    return preparing.opened(uploads.path(upload), upload.kind, options(upload, mapping))


def known_mapping(upload: ImportUpload, table: Table) -> tuple[FileMapping, bool]:
    """What was decided for this file, or for one of its shape before, or what the headers say; whether remembered."""
    if upload.mapping:
        return FileMapping.from_json(upload.mapping), True
    found = mappings.remembered(current_entity(), upload.kind, table)
    return (found, True) if found else (mappings.proposed(upload.kind, table), False)


def _profile(table: Table, kind: ImportKind, mapping: FileMapping) -> tuple[Profile, list[str]]:
    """The formats of all columns, and the document types found."""
    types = {header: cell for header, cell in mappings.cells_of(kind, mapping).items() if cell is Cell.TYPE}
    general, typed = Profile(table.headers), Profile(table.headers, types)
    for rows, _lines in table.chunks():
        if general.rows < _LOOKED_AT:
            general.feed(rows)
        elif not types:
            break
        typed.feed(rows)
    return general, preparing.types_found(mapping, typed) if kind is ImportKind.ITEMS else []


def _views(table: Table, profile: Profile, kind: ImportKind, mapping: FileMapping) -> list[ColumnView]:
    views = []
    for place, header in enumerate(table.headers):
        target = mapping.columns.get(header, IGNORE)
        column = profile.columns[header]
        samples = [sample[:60] for sample in column.samples]
        views.append(ColumnView(place, header, samples, column.format, target, _slug(header), mapping.policy(target)))
    return views


def _slug(header: str) -> str:
    """A code for a new custom field made of a header."""
    letters = "".join(char if char.isalnum() else "_" for char in header.strip().lower())
    return CUSTOM + "_".join(part for part in letters.split("_") if part)[:50]


def _targets(kind: ImportKind) -> list[tuple[str, str]]:
    return [(name, f"{_(field.label)}{' *' if field.required else ''}") for name, field in FIELDS[kind].items()]


def _screen(upload: ImportUpload, mapping: FileMapping, words: str = "", status: int = 200) -> Response:
    """The screen; a file that cannot be opened is said in words with the fields that may help."""
    context: dict[str, Any] = {"upload": upload, "mapping": mapping, "kinds": kind_words(), "words": words}
    try:
        table = _opened(upload, mapping)
        profile, types = _profile(table, upload.kind, mapping)
    except Refused as error:
        context |= {"columns": [], "types": [], "words": words or explained(error)}
        return page("imports/columns.html", status=422, **context)
    kept = {**mappings.known_types(current_entity()), **mapping.types}
    context |= {
        "columns": _views(table, profile, upload.kind, mapping),
        "targets": _targets(upload.kind),
        "types": [(code, "" if code in mapping.held else _proposed(code, types, kept)) for code in types],
        "item_types": list(ItemType),
        "policies": list(Policy),
        "lacking": [_(field.label) for field in missing(upload.kind, mapping.targets)],
        "groups_modes": list(GroupsMode),
        "modes": list(ImportMode),
        "orders": list(DayOrder),
    }
    return page("imports/columns.html", status=status, **context)


def _proposed(code: str, types: list[str], kept: dict[str, ItemType]) -> str:
    found = proposals(types, kept).get(code)
    return found.value if found else ""


@bp.get("/files/<int:upload_id>")
@requires(Capability.DATA_IMPORT, writes=True)
def columns(upload_id: int) -> Response:
    """Every column, what it means, and how the file is read."""
    upload = get_upload(upload_id)
    try:
        table = _opened(upload, FileMapping.from_json(upload.mapping))
    except Refused as error:
        return _screen(upload, FileMapping.from_json(upload.mapping), explained(error), 422)
    mapping, remembered = known_mapping(upload, table)
    if remembered and not upload.mapping and "edit" not in request.args and not missing(upload.kind, mapping.targets):
        # The shape is known: straight on to the difference, from where the way back leads here.
        uploads.decide(upload, mapping)
        db.session.commit()
        return go(url_for("imports.preview", upload_id=upload.id))
    return _screen(upload, mapping)


@bp.post("/files/<int:upload_id>")
@requires(Capability.DATA_IMPORT)
def decide(upload_id: int) -> Response:
    """Keep what was decided and go on to the difference."""
    upload = get_upload(upload_id)
    said = _said(FileMapping.from_json(upload.mapping))
    try:
        table = _opened(upload, said)
        said = _with_columns(said, table)
        checked(upload.kind, said, table.headers)
    except Refused as error:
        return _screen(upload, said, explained(error), 422)
    uploads.decide(upload, said)
    db.session.commit()
    return go(url_for("imports.preview", upload_id=upload.id))


def _said(before: FileMapping) -> FileMapping:
    """Everything on the screen but the columns."""
    form = request.form
    count = form.get("types", 0, type=int)
    pairs = {form.get(f"type-code-{n}", ""): form.get(f"type-{n}", "") for n in range(min(count, 1000))}
    order = form.get("day_order", "")
    currency = form.get("currency", "").strip().upper()
    groups, mode = form.get("groups", ""), form.get("mode", "")
    separator = {"tab": "\t"}.get(form.get("separator", ""), form.get("separator", ""))
    return replace(
        before,
        types={code: ItemType(value) for code, value in pairs.items() if value in set(ItemType)},
        held=tuple(code for code, value in pairs.items() if code and not value),
        day_orders={"": DayOrder(order)} if order in set(DayOrder) else {},
        decimal=form.get("decimal", "") if form.get("decimal", "") in (",", ".") else "",
        constants={"currency": currency} if currency else {},
        unsigned="unsigned" in form,
        key_due="key_due" in form,
        key_type="key_type" in form,
        empty_clears="empty_clears" in form,
        create_customers="create_customers" in form,
        groups=GroupsMode(groups) if groups in set(GroupsMode) else GroupsMode.IMPORTED,
        mode=ImportMode(mode) if mode in set(ImportMode) else ImportMode.DELTA,
        encoding=form.get("encoding", "").strip()[:40],
        separator=separator if separator in SEPARATORS else "",
        sheet=form.get("sheet", "").strip()[:100],
    )


def _with_columns(said: FileMapping, table: Table) -> FileMapping:
    found, policies = {}, {}
    for place, header in enumerate(table.headers):
        target = request.form.get(f"column-{place}")
        found[header] = said.columns.get(header, IGNORE) if target is None else target
        policy = request.form.get(f"policy-{place}", "")
        if found[header] and policy in set(Policy) and policy != Policy.ALWAYS:
            policies[found[header]] = Policy(policy)
    constants = {name: value for name, value in said.constants.items() if name not in found.values()}
    return replace(said, columns=found, policies=policies, constants=constants)
