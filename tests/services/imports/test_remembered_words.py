"""What a run says about itself holds for that run; what stands in the memory of mappings is decided by people."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.imports.dates import DayOrder
from dso.domain.imports.mapping import FileMapping
from dso.domain.imports.profile import Undecided
from dso.models import ImportMapping
from tests.services.imports.helpers import DELTA, ITEM_HEADERS, STOCK, Importer, counts, item, reasons

F1 = "C1;F1;FAC;2026-10-13;2026-11-13;100.00;100.00"
STRANGER = "C9;F9;FAC;2026-10-13;2026-11-13;100.00;100.00"
COLUMNS = {
    "customer": "customer", "number": "number", "type": "type", "issue date": "issued_on", "due date": "due_on",
    "amount": "amount", "remaining": "remaining",
}  # fmt: skip


def on_screen(take: Importer, row: str = F1, **decided: Any) -> None:
    """Take a row in as the mapping screen does: with the whole mapping."""
    take.items(row, mapping=FileMapping(columns=COLUMNS, **decided))


def memory() -> dict[str, Any]:
    """What is remembered, of the latest header set."""
    query = select(ImportMapping.mapping).where(ImportMapping.kind == ImportKind.ITEMS)
    return dict(db.session.scalars(query.order_by(ImportMapping.id.desc())).first() or {})


def test_a_run_that_says_nothing_of_the_mode_is_partial_and_leaves_the_remembered_one(take: Importer) -> None:
    on_screen(take, mode=STOCK)
    assert take.items(F1).mode is DELTA
    assert memory()["mode"] == "stock"


def test_a_mode_said_for_a_run_leaves_what_was_decided(take: Importer) -> None:
    on_screen(take, mode=DELTA)
    assert take.stock(F1).mode is STOCK
    assert memory()["mode"] == "delta"


def test_the_first_mode_said_is_remembered_and_silence_decides_nothing(take: Importer) -> None:
    take.items(F1)
    assert memory()["mode"] is None
    take.stock(F1)
    take.items(F1, mode=DELTA)
    take.items(F1)
    assert memory()["mode"] == "stock"


def test_a_file_by_a_mapping_whose_mode_nobody_said_is_partial_and_says_none(take: Importer) -> None:
    take.items(F1)
    report = take.items(F1, mapping=FileMapping.from_json(memory()))
    assert (report.mode, memory()["mode"]) == (DELTA, None)


def test_a_header_more_keeps_the_remembered_mode_though_the_run_is_partial(take: Importer) -> None:
    on_screen(take, mode=STOCK)
    report = take.items(f"{F1};x", headers=f"{ITEM_HEADERS};project")
    assert (report.mode, memory()["columns"]["project"], memory()["mode"]) == (DELTA, "project", "stock")


def test_unknown_customers_become_drafts_where_the_screen_said_so_and_the_run_nothing(take: Importer) -> None:
    on_screen(take, create_customers=True)
    assert counts(take.items(STRANGER)) == {"new": 1}
    assert memory()["create_customers"] is True


def test_drafts_asked_for_by_a_run_are_made_by_that_run_alone(take: Importer) -> None:
    assert counts(take.items(STRANGER, create_customers=True)) == {"new": 1}
    assert memory()["create_customers"] is False
    on_screen(take, create_customers=True)
    other = STRANGER.replace("9", "8")
    assert reasons(take.items(other, create_customers=False)) == ["2: there is no customer with the code C8"]
    assert memory()["create_customers"] is True


def test_the_encoding_of_one_file_is_not_remembered_and_that_of_the_screen_is(take: Importer) -> None:
    take.items(F1, encoding="utf-8-sig", separator=";", replace_colleagues=True)
    assert [memory()[name] for name in ("encoding", "separator", "replace_colleagues")] == ["", "", False]
    on_screen(take, encoding="cp1250", separator=";")
    take.items(F1, encoding="utf-8")
    assert [memory()[name] for name in ("encoding", "separator")] == ["cp1250", ";"]


def test_the_encoding_decided_on_the_screen_reads_files_without_one_too(take: Importer, tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes(f"{ITEM_HEADERS};project\n{F1};5 €\n".encode("iso8859-15"))
    mapping = FileMapping(columns={**COLUMNS, "project": "project"}, encoding="iso8859-15")
    take.file(ImportKind.ITEMS, path, mapping=mapping)
    assert counts(take.file(ImportKind.ITEMS, path)) == {"unchanged": 1}
    assert item("F1").project == "5 €"


OPEN = "C1;F2;FAC;01/11/2026;03/12/2026;100.00;100.00"


def test_an_order_of_days_one_file_proved_holds_for_the_next_that_leaves_it_open(take: Importer) -> None:
    take.items("C1;F1;FAC;13/10/2026;13/11/2026;100.00;100.00")
    assert memory()["day_orders"] == {"issue date": "dmy", "due date": "dmy"}
    assert counts(take.items(OPEN)) == {"new": 1}
    assert (item("F2").issued_on, item("F2").due_on) == (date(2026, 11, 1), date(2026, 12, 3))


def test_what_a_column_proves_itself_stands_above_what_an_earlier_one_proved(take: Importer) -> None:
    take.items("C1;F1;FAC;13/10/2026;13/11/2026;100.00;100.00")
    take.items("C1;F2;FAC;10/13/2026;11/13/2026;100.00;100.00")
    assert item("F2").issued_on == date(2026, 10, 13)
    assert memory()["day_orders"] == {"issue date": "mdy", "due date": "mdy"}


def test_an_order_of_days_that_is_said_stands_above_what_an_earlier_file_proved(take: Importer) -> None:
    take.items("C1;F1;FAC;13/10/2026;13/11/2026;100.00;100.00")
    take.items(OPEN, day_order=DayOrder.MONTH_FIRST)
    assert item("F2").issued_on == date(2026, 1, 11)


def test_days_no_file_of_the_shape_proved_are_asked(take: Importer) -> None:
    take.items(F1)
    with pytest.raises(Undecided):
        take.items(OPEN)
