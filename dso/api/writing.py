"""What programs write: customers, contacts, items, many at once, each row with its result."""

from typing import Any

from marshmallow import Schema, fields, validate
from werkzeug.exceptions import UnprocessableEntity

from dso.api import bp
from dso.api.answers import Stopped, TakenRows
from dso.api.asking import chosen_entity
from dso.api.fields import AnyField, Text, schema
from dso.api.operations import described
from dso.api.rows import Cells, Row, RowsFile, columns
from dso.api.taking import take
from dso.db import db
from dso.domain.codes import ImportKind, ImportMode
from dso.domain.imports.mapping import FileMapping
from dso.domain.permissions import Capability
from dso.http.guard import requires
from dso.services import files
from dso.services.imports import ImportReport

#: Rows of one request; more go as a file to the CSV endpoints.
MOST_ROWS = 10_000
_SWITCHES = {
    "force": "Go in although the brake stops.",
    "empty_clears": "An empty or null field clears what stood there; all rows have the same fields then.",
}


def _rows_of(kind: ImportKind, **more: AnyField) -> type[Schema]:
    common: dict[str, AnyField] = {
        "entity": Text(load_default="", validate=validate.Length(max=200)),
        "rows": fields.List(Row(kind), required=True, validate=validate.Length(1, MOST_ROWS)),
    }
    common |= {name: _switch(words) for name, words in _SWITCHES.items()}
    return schema(f"{kind.value.title()}Rows", common | more)


def _switch(words: str) -> fields.Boolean:
    return fields.Boolean(load_default=False, truthy={True}, falsy={False}, metadata={"description": words})


CustomersRows = _rows_of(
    ImportKind.CUSTOMERS,
    replace_colleagues=_switch("Sales colleagues take the place of those earlier imports set."),
)
ContactsRows = _rows_of(ImportKind.CONTACTS)
ItemsRows = _rows_of(
    ImportKind.ITEMS,
    mode=fields.String(load_default="delta", validate=validate.OneOf([each.value for each in ImportMode])),
    unsigned=_switch("Amounts have no sign: each gets that of its type."),
    create_customers=_switch("Unknown customers are made as drafts."),
)


def _write(kind: ImportKind, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    entity, rows = chosen_entity(body["entity"]), body["rows"]
    if body["empty_clears"] and len({frozenset(row) for row in rows}) > 1:
        raise UnprocessableEntity("With empty_clears all rows have the same fields: an absent one would clear too.")
    if kind is ImportKind.ITEMS and len({bool(row.get("unique_id", "").strip()) for row in rows}) > 1:
        raise UnprocessableEntity("Either all rows have a unique_id or none: it is what known items are found by.")
    headers = columns(kind, rows)
    mapping = FileMapping(
        columns=headers,
        separator=";",
        encoding="utf-8",
        mode=ImportMode(body.get("mode", "delta")),
        unsigned=body.get("unsigned", False),
        create_customers=body.get("create_customers", False),
        replace_colleagues=body.get("replace_colleagues", False),
        empty_clears=body["empty_clears"],
        by_program=True,
    )
    file = RowsFile(rows, headers)
    stored_as = files.keep_chunks(file.chunks())
    db.session.rollback()
    said = {
        # Another way than files: what goes in by the one says nothing of what failed by the other.
        "file_name": f"{kind.value}-json.csv",
        "mapping": mapping,
        "force": body["force"],
        "remember": False,
        "tail": False,
    }
    report, answer, status = take(entity, kind, stored_as, in_json=True, **said)
    return ({**answer, "results": _results(report, rows, file.lines)} if report else answer), status


def _results(report: ImportReport, rows: list[Cells], lines: list[int]) -> list[dict[str, Any]]:
    """What became of each row; a company is another's in all of its rows or in none."""
    rejected = {each.line: each for each in report.rejects}
    results: list[dict[str, Any]] = []
    for place, (row, line) in enumerate(zip(rows, lines, strict=True)):
        if reject := rejected.get(line):
            said = {"column": reject.column, "value": reject.value, "reason": str(reject)}
            results.append({"row": place, "result": "rejected", **said})
        else:
            left_out = row.get("entity", "").strip() in report.others
            results.append({"row": place, "result": "left_out" if left_out else "taken"})
    return results


_imports = requires(Capability.DATA_IMPORT, reads_first=True)
_ANSWERS = {207: TakenRows, 409: Stopped}


@bp.post("/v1/customers")
@_imports
@described("Make or change customers", TakenRows, body=CustomersRows, also=_ANSWERS)
def write_customers(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Customers by code, or by unique identifier where the rows have one."""
    return _write(ImportKind.CUSTOMERS, body)


@bp.post("/v1/contacts")
@_imports
@described("Make or change contacts", TakenRows, body=ContactsRows, also=_ANSWERS)
def write_contacts(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Contacts by customer and e-mail address, else name."""
    return _write(ImportKind.CONTACTS, body)


@bp.post("/v1/items")
@_imports
@described("Make or change items", TakenRows, body=ItemsRows, also=_ANSWERS)
def write_items(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Items by number and year, or by unique identifier where the rows have one."""
    return _write(ImportKind.ITEMS, body)
