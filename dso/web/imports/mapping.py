"""The mapping screen: what every column means, and how the file is to be read."""

from dataclasses import replace
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from dso import clock
from dso.db import db
from dso.domain.codes import FieldType, ImportMode, ItemType
from dso.domain.errors import OfAnotherCompany, Refused
from dso.domain.imports.dates import DayOrder
from dso.domain.imports.fields import CUSTOM, IGNORE, is_custom, missing
from dso.domain.imports.following import Followed
from dso.domain.imports.headers import likelier_kind
from dso.domain.imports.mapping import FileMapping, GroupsMode, Policy, checked, header_key
from dso.domain.imports.profile import Undecided
from dso.domain.imports.tables import SEPARATORS
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.models import ImportUpload
from dso.queries import import_tasks
from dso.queries import imports as queries
from dso.services.imports import check_right, mappings, preparing, uploads
from dso.services.imports.constants import refuse_wrong_constants
from dso.services.imports.options import ImportOptions
from dso.services.imports.readers import Table, sheets
from dso.web.imports import bp
from dso.web.imports.choosing import kind_words
from dso.web.imports.columns import TYPED, context, proved_orders
from dso.web.imports.encodings import encodings
from dso.web.imports.wording import said as explained

#: Constants and types a form may have: no screen shows more.
_MOST = 1000


def get_upload(upload_id: int) -> ImportUpload:
    """The file of this person; Forbidden when the right to take in its kind was lost since."""
    try:
        upload = queries.get_upload(current_entity(), viewer(), upload_id)
    except OfAnotherCompany as error:
        error.target = url_for("imports.columns", upload_id=upload_id)
        raise
    check_right(upload.kind, viewer())
    return upload


def is_under_way(upload: ImportUpload) -> bool:
    """Whether a worker has it or will have it, or it is in: the second click and the back button come here."""
    return upload.state in import_tasks.BUSY or upload.import_run_id is not None


def is_another(upload: ImportUpload) -> bool:
    """Whether the page with the button was that of another file or of other columns; it is said."""
    now = uploads.looked_at(upload)
    other = request.form.get("looked_at", now) != now
    if other:
        flash(_("Nothing was done: the page was that of another file, or of other columns. Look at it anew."), "error")
    return other


def options(upload: ImportUpload, mapping: FileMapping, **more: Any) -> ImportOptions:
    """What is known of the file, as the service takes it."""
    more["remember"] = uploads.is_decided(upload)
    stored_as = upload.stored_as or ""
    return ImportOptions(file_name=upload.file_name, mapping=mapping, stored_as=stored_as, **more)


def _opened(upload: ImportUpload, mapping: FileMapping) -> Table:
    return preparing.opened_for(current_entity(), uploads.path(upload), upload.kind, options(upload, mapping))


def _known(upload: ImportUpload, table: Table) -> FileMapping | None:
    """What was decided for files of exactly this shape."""
    found = mappings.remembered(current_entity(), upload.kind, table)
    return replace(found, sheet=table.rows.sheet) if found else None


def _near(upload: ImportUpload, table: Table) -> Followed:
    """What was decided for files of nearly this shape, else what the headers say."""
    near = mappings.nearest(current_entity(), upload.kind, table)
    if near is None:
        return Followed(mappings.proposed(current_entity(), upload.kind, table))
    return replace(near, mapping=replace(near.mapping, sheet=table.rows.sheet))


def _screen(upload: ImportUpload, mapping: FileMapping, words: str = "", status: int = 200) -> Response:
    """The screen; a file that cannot be opened is said in words with the fields that may help."""
    shown: dict[str, Any] = {"upload": upload, "mapping": mapping, "kinds": kind_words(), "words": words}
    shown |= {"encodings": encodings(mapping.encoding), "of_text": True}
    try:
        shown["sheets"] = sheets(uploads.path(upload), upload.kind)
        table = _opened(upload, mapping)
        shown |= context(upload.kind, table, mapping)
        known = mappings.remembered(current_entity(), upload.kind, table)
        near = shown["near"] = None if known else mappings.nearest(current_entity(), upload.kind, table)
        shown["likelier"] = None if known else likelier_kind(upload.kind, table.headers)
        shown["proved"] = proved_orders(known or (near.mapping if near else mapping), table)
    except Refused as error:
        asked = isinstance(error, Undecided) and error.question == "sheet" and not words
        shown |= {"columns": [], "types": [], "words": words or explained(error), "asked": asked}
        return page("imports/columns.html", status=200 if asked else 422, **shown)
    return page("imports/columns.html", status=status, **shown)


@bp.get("/files/<int:upload_id>")
@requires(Capability.DATA_IMPORT, writes=True)
def columns(upload_id: int) -> Response:
    """Every column, what it means, and how the file is read."""
    upload = get_upload(upload_id)
    if is_under_way(upload):
        return go(url_for("imports.progress", upload_id=upload_id))
    decided = FileMapping.from_json(upload.mapping)
    if upload.mapping:
        return _screen(upload, decided)
    try:
        table = _opened(upload, decided)
    except Undecided:
        return _screen(upload, decided)
    except Refused as error:
        return _screen(upload, decided, explained(error), 422)
    known = _known(upload, table)
    if known and "edit" not in request.args and not missing(upload.kind, known.targets):
        # The shape is known: straight on to the difference, from where the way back leads here.
        uploads.decide(upload, known, now=clock.now())
        db.session.commit()
        return go(url_for("imports.preview", upload_id=upload.id))
    return _screen(upload, known or _near(upload, table).mapping)


@bp.post("/files/<int:upload_id>")
@requires(Capability.DATA_IMPORT)
def decide(upload_id: int) -> Response:
    """Keep what was decided and go on to the difference."""
    upload = get_upload(upload_id)
    if is_under_way(upload):
        return go(url_for("imports.progress", upload_id=upload_id))
    said = _said(FileMapping.from_json(upload.mapping))
    try:
        table = _opened(upload, said)
        if request.form.get("shape", header_key(table.headers)) != header_key(table.headers):
            return _other_columns(upload, said, table)
        said = _with_columns(_with_proved_orders(upload, said, table), table)
        checked(upload.kind, said, table.headers)
        refuse_wrong_constants(current_entity(), upload.kind, said)
    except Refused as error:
        return _screen(upload, said, explained(error), 422)
    uploads.decide(upload, said, now=clock.now())
    db.session.commit()
    return go(url_for("imports.preview", upload_id=upload.id))


def _other_columns(upload: ImportUpload, said: FileMapping, table: Table) -> Response:
    """Another sheet, separator or encoding gave other columns than those on the screen: they are looked at first."""
    found = _known(upload, table) or _near(upload, table).mapping
    read = replace(found, encoding=said.encoding, separator=said.separator, sheet=said.sheet, mode=said.mode)
    uploads.decide(upload, read, now=clock.now())
    db.session.commit()
    return go(url_for("imports.columns", upload_id=upload.id))


def _with_proved_orders(upload: ImportUpload, said: FileMapping, table: Table) -> FileMapping:
    """The order of day and month earlier files proved holds, column by column, unless the person says one."""
    if said.day_orders:
        return said
    before = (_known(upload, table) or _near(upload, table).mapping).day_orders
    return replace(said, day_orders={header: order for header, order in before.items() if header in table.headers})


def _said(before: FileMapping) -> FileMapping:
    """Everything on the screen but the columns."""
    form = request.form
    pairs = _pairs("types", "type-code", "type")
    order = form.get("day_order", "")
    groups, mode = form.get("groups", ""), form.get("mode", "")
    separator = {"tab": "\t"}.get(form.get("separator", ""), form.get("separator", ""))
    constants = {field: value for field, value in _pairs("constants", "constant-field", "constant").items() if value}
    return replace(
        before,
        name=form.get("name", before.name).strip()[:100],
        types={code: ItemType(value) for code, value in pairs.items() if value in set(ItemType)},
        held=tuple(code for code, value in pairs.items() if code and not value),
        day_orders={"": DayOrder(order)} if order in set(DayOrder) else {},
        decimal=form.get("decimal", "") if form.get("decimal", "") in (",", ".") else "",
        constants={field: value for field, value in constants.items() if field},
        unsigned="unsigned" in form,
        key_due="key_due" in form,
        key_type="key_type" in form,
        empty_clears="empty_clears" in form,
        create_customers="create_customers" in form,
        groups=GroupsMode(groups) if groups in set(GroupsMode) else GroupsMode.IMPORTED,
        mode=ImportMode(mode) if mode in set(ImportMode) else ImportMode.DELTA,
        encoding=form.get("encoding", "").strip()[:40],
        separator=separator if separator in SEPARATORS else "",
        sheet=form.get("sheet", before.sheet).strip()[:100],
    )


def _pairs(count: str, left: str, right: str) -> dict[str, str]:
    """A list of the form: so many pairs of two numbered fields each."""
    places = range(min(request.form.get(count, 0, type=int), _MOST))
    return {request.form.get(f"{left}-{n}", ""): request.form.get(f"{right}-{n}", "").strip() for n in places}


def _with_columns(said: FileMapping, table: Table) -> FileMapping:
    found: dict[str, str] = {}
    policies: dict[str, Policy] = {}
    types: dict[str, FieldType] = dict(said.own_types)
    for place, header in enumerate(table.headers):
        chosen = request.form.get(f"column-{place}", said.columns.get(header, IGNORE))
        target, _bar, type_ = chosen.partition(TYPED)
        found[header] = target
        if is_custom(target) and type_ in set(FieldType):
            types[target.removeprefix(CUSTOM)] = FieldType(type_)
        policy = request.form.get(f"policy-{place}", "")
        if target and policy in set(Policy) and policy != Policy.ALWAYS:
            policies[target] = Policy(policy)
    return replace(said, columns=found, policies=policies, own_types=types)
