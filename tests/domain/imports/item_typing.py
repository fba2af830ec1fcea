"""Rows of items files typed with the rules of a mapping, for tests."""

from datetime import date
from typing import Any

from dso.domain.codes import ItemType
from dso.domain.imports.dates import DayOrder
from dso.domain.imports.item_columns import ItemTyper
from dso.domain.imports.item_rows import ItemRules, stage_columns
from dso.domain.imports.item_stage import AMBIGUOUS, Account, Context
from dso.domain.imports.mapping import FileMapping
from dso.domain.imports.profile import Formats
from dso.domain.imports.rejects import Reject

TODAY = date(2026, 11, 20)
TYPES = {kind.value: kind for kind in ItemType} | {"FC": ItemType.INVOICE}
BASE = {
    "Customer": "customer", "Number": "number", "Type": "type", "Issued": "issued_on", "Due": "due_on",
    "Amount": "amount",
}  # fmt: skip
GOOD = {
    "customer": "C1",
    "number": "F1",
    "type": "FAC",
    "issued_on": "2026-10-01",
    "due_on": "2026-10-31",
    "amount": "100.00",
}


def a_typer(*more: str, **options: Any) -> ItemTyper:
    columns = {**BASE, **{name: name for name in more}}
    for gone in options.pop("without", ()):
        columns = {header: target for header, target in columns.items() if target != gone}
    mapping = FileMapping(columns=columns, **options)
    context = Context(
        "EUR",
        TODAY,
        {"C1": Account(1, 1, "30 jours"), "C2": Account(2, 1, ""), "U1": Account(3, 3, ""), "shared": AMBIGUOUS},
        {"U1": Account(3, 3, "")},
        TYPES,
    )
    return ItemTyper(ItemRules(mapping, Formats({"Issued": DayOrder.DAY_FIRST}, {}), context), list(columns))


def typed(typer: ItemTyper, **cells: str) -> tuple[dict[str, Any] | None, Reject | None]:
    values = {**GOOD, **cells}
    row = [values.get(target, "") for target in typer.rules.mapping.columns.values()]
    typed = typer.chunk([row], [7])
    staged = dict(zip(stage_columns(typer.rules), typed.staged[0], strict=True)) if typed.staged else None
    return staged, typed.rejects[0] if typed.rejects else None


def goes_in(typer: ItemTyper, **cells: str) -> dict[str, Any]:
    staged, reject = typed(typer, **cells)
    assert reject is None
    assert staged is not None
    assert staged["rejected"] == 0
    return staged


def stays_out(typer: ItemTyper, **cells: str) -> Reject:
    staged, reject = typed(typer, **cells)
    assert reject is not None
    assert staged is None or staged["rejected"] == 1
    return reject
