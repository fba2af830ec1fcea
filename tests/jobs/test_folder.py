"""The watched folder: whole files go in once, in order, and are put away with their result."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dso.domain.codes import ImportKind, ImportMode
from dso.jobs import imports as job
from dso.jobs.folder import Watch
from dso.models import Customer, Entity, ImportRun, ImportUpload, Item
from dso.services import imports
from dso.services.imports import ImportOptions, folder
from tests import factories
from tests.conftest import NOW, TODAY
from tests.jobs.folder_helpers import CUSTOMERS, HEADERS, ITEMS, Drop, always, runs


def test_files_go_in_customers_first_and_are_moved_with_their_result(drop: Drop, session: Session) -> None:
    drop.put("items.csv", ITEMS)
    drop.put("Clients-2026.csv", CUSTOMERS)
    drop.work()
    assert runs(session) == ["Clients-2026.csv", "items.csv"]
    assert set(session.scalars(select(ImportRun.source))) == {"folder"}
    assert drop.names() == [] and "items.csv" in drop.names("done")
    result = drop.result("done/items.csv")
    assert (result["new"], result["rejected"], result["receivable_after"]) == (2, 0, "150.00")


def test_a_row_whose_amount_is_in_another_currency_is_rejected(drop: Drop) -> None:
    drop.put("customers.csv", CUSTOMERS)
    drop.put("items.csv", ITEMS.replace("50.00;50.00", "$50.00;$50.00"))
    drop.work()
    result = drop.result("done/items.csv")
    assert (result["new"], [each["value"] for each in result["rejects"]]) == (1, ["$50.00"])


def test_a_file_still_being_written_is_left_and_what_needs_it_waits(drop: Drop, session: Session) -> None:
    path = drop.put("customers.csv", CUSTOMERS)
    drop.put("items.csv", ITEMS)
    drop.look()
    path.write_text(CUSTOMERS + "C3;Gamma\n")
    drop.look()
    assert session.scalar(select(func.count()).select_from(ImportUpload)) == 0
    drop.work()
    assert session.scalar(select(func.count()).select_from(Customer)) == 3 and len(runs(session)) == 2


@pytest.mark.parametrize("name", ["eurofxref-hist.zip", "rates.zip", "Eurofxref.ZIP"])
def test_rates_go_in_packed_as_the_central_bank_publishes_them(drop: Drop, session: Session, name: str) -> None:
    with zipfile.ZipFile(drop.path / name, "w") as archive:
        archive.writestr("eurofxref.csv", "Date, USD, \n27 November 2026, 1.0570, \n")
    drop.work()
    assert drop.result(f"done/{name}")["new"] == 1 and runs(session) == [name]


@pytest.mark.parametrize("text", ["", CUSTOMERS + "C3;Gam"], ids=["nothing yet", "half a row"])
def test_a_transfer_that_stalls_within_a_row_has_a_minute_to_go_on(drop: Drop, session: Session, text: str) -> None:
    path = drop.put("customers.csv", text)
    drop.put("items.csv", ITEMS)
    drop.work(looks=8)
    assert runs(session) == [] and {"customers.csv", "items.csv"} <= set(drop.names())
    path.write_text(CUSTOMERS + "C3;Gamma\n")
    drop.work()
    assert session.scalar(select(func.count()).select_from(Customer)) == 3 and len(runs(session)) == 2


def test_a_file_whose_last_row_has_no_line_end_goes_in_after_a_minute(drop: Drop, session: Session) -> None:
    drop.put("customers.csv", CUSTOMERS.rstrip())
    drop.work(looks=12)
    assert runs(session) == []
    drop.work(looks=1)
    assert runs(session) == ["customers.csv"]


@pytest.mark.parametrize(
    ("name", "content", "looks"),
    [
        ("items.csv", ITEMS.encode("utf-16"), 2),
        ("items.csv", ITEMS.replace("\n", "\r").encode(), 2),
        ("items.xlsx", b"PK\x03\x04 half a workbook", 13),
        ("rates.xml", b"<a></a>", 2),
        ("rates.xml", b"<a></", 13),
    ],
)
def test_a_file_counts_as_whole_by_how_it_ends(
    drop: Drop, session: Session, name: str, content: bytes, looks: int
) -> None:
    (drop.path / name).write_bytes(content)
    drop.look(looks - 1)
    assert session.scalar(select(func.count()).select_from(ImportUpload)) == 0
    drop.look()
    assert session.scalar(select(func.count()).select_from(ImportUpload)) == 1


@pytest.mark.parametrize(
    "name", [".items.csv", "items.csv.part", "items.tmp", "report.csv", "items.pdf", "items.zip", "users.zip"]
)
def test_names_of_parts_and_of_others_are_left(name: str) -> None:
    assert folder.kind_of(name) is None


def test_neither_a_link_nor_a_folder_is_followed(drop: Drop, session: Session, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(CUSTOMERS)
    (drop.path / "customers.csv").symlink_to(tmp_path / "secret.csv")
    (drop.path / "customers-2.csv").mkdir()
    drop.put("older/customers.csv", CUSTOMERS)
    drop.work()
    assert runs(session) == []


def test_a_refused_file_is_moved_to_failed_with_the_sentence(drop: Drop, session: Session) -> None:
    drop.put("items.csv", "foo;bar\n1;2\n")
    drop.work()
    assert runs(session) == [] and drop.names("failed") == ["items.csv", "items.csv.result.json"]
    assert str(drop.result("failed/items.csv")["refused"])
    assert session.scalars(select(ImportUpload.state)).all() == ["failed"], "it waits for a person"
    drop.look(2)
    assert drop.names("failed") == ["items.csv", "items.csv.result.json"]


def test_rejected_rows_lie_beside_the_file(drop: Drop) -> None:
    drop.put("customers.csv", CUSTOMERS)
    drop.put("items.csv", ITEMS + "C9;F3;FAC;2026-10-13;2026-11-13;1.00;1.00\n")
    drop.work()
    lines = (drop.path / "done/items.csv.rejected.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == 2 and lines[1].startswith("C9;F3") and "no customer with the code C9" in lines[1]


def test_the_result_file_counts_remarks_and_says_no_receivable_of_customers(drop: Drop) -> None:
    drop.put("customers.csv", CUSTOMERS)
    drop.put("items.csv", ITEMS.replace("F2;FAC", "F2;AVO"))
    drop.work()
    assert drop.result("done/items.csv")["remarks"] == {"the sign is against the type …: taken in as ODI": 1}
    told = drop.result("done/customers.csv")
    assert "remarks" not in told and told["receivable_after"] is None


@pytest.fixture
def full(drop: Drop, entity: Entity, tmp_path: Path, session: Session) -> Drop:
    """A full file went in by hand."""
    for code in ("C1", "C2"):
        factories.a_customer(entity=entity, code=code)
    path = tmp_path / "first.csv"
    path.write_text(ITEMS)
    options = ImportOptions(mode=ImportMode.STOCK)
    imports.run_import(entity, ImportKind.ITEMS, path, options, actor=None, today=TODAY, now=NOW)
    session.commit()
    return drop


def _modes(session: Session) -> list[ImportMode | None]:
    return list(session.scalars(select(ImportRun.mode).order_by(ImportRun.id)))


def test_the_result_file_says_that_nothing_was_cleared_by_absence(full: Drop) -> None:
    full.put("items.csv", ITEMS + ";;FAC;2026-10-13;2026-11-13;1.00;1.00\n")
    full.work()
    told = full.result("done/items.csv")
    assert (told["mode"], told["cleared"], told["unidentified"]) == ("stock", 0, 1)


def test_a_partial_file_by_another_way_leaves_the_full_files_of_the_folder_full(
    full: Drop, entity: Entity, tmp_path: Path, session: Session
) -> None:
    options = ImportOptions(encoding="utf-8-sig")
    imports.run_import(entity, ImportKind.ITEMS, tmp_path / "first.csv", options, actor=None, today=TODAY, now=NOW)
    session.commit()
    full.put("items.csv", "").write_bytes(ITEMS.replace("F2", "Fé").encode("cp1252"))
    full.work()
    assert "1 of 2 open items would be cleared (50 %)" in str(full.result("failed/items.csv")["stops"])


def test_the_remembered_mapping_and_its_mode_hold(full: Drop, session: Session) -> None:
    full.put("items.csv", ITEMS)
    full.work()
    assert _modes(session) == [ImportMode.STOCK, ImportMode.STOCK]


def test_a_header_more_keeps_the_mapping_and_its_mode(full: Drop, session: Session) -> None:
    full.put("items.csv", ITEMS.replace("\n", ";EUR\n").replace("remaining;EUR", "remaining;currency"))
    full.work()
    assert full.result("done/items.csv")["unchanged"] == 2
    assert _modes(session) == [ImportMode.STOCK, ImportMode.STOCK]


def test_the_brake_sends_a_truncated_full_file_to_failed(full: Drop, session: Session) -> None:
    full.put("items.csv", HEADERS + "C1;F1;FAC;2026-10-13;2026-11-13;100.00;100.00\n")
    full.work()
    assert "would be cleared" in str(full.result("failed/items.csv")["stops"])
    assert session.scalar(select(func.count()).select_from(Item).where(Item.cleared_on.is_not(None))) == 0


def test_a_second_file_of_the_same_name_gets_a_number(drop: Drop) -> None:
    for _ in range(2):
        drop.put("customers.csv", CUSTOMERS)
        drop.work()
    assert [name for name in drop.names("done") if name.endswith("s.csv") or "-2.csv" in name] == [
        "customers-2.csv", "customers-2.csv.result.json", "customers.csv",
    ]  # fmt: skip
    assert drop.result("done/customers-2.csv")["unchanged"] == 2


def test_a_file_that_cannot_be_moved_is_not_imported_again(drop: Drop, session: Session) -> None:
    drop.put("customers.csv", CUSTOMERS)
    (drop.path / "done").symlink_to(drop.path.parent)
    drop.work()
    drop.work()
    assert runs(session) == ["customers.csv"] == drop.names()
    (drop.path / "done").unlink()
    drop.look()
    assert drop.names() == [] and runs(session) == ["customers.csv"]


def test_a_crash_between_import_and_move_takes_nothing_in_twice(
    drop: Drop, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop.put("customers.csv", CUSTOMERS)
    drop.look(2)
    job.work("me", always)
    Drop(drop.path).work()
    assert runs(session) == ["customers.csv"] and "customers.csv" in drop.names("done")


def test_a_newer_file_that_replaced_the_one_taken_in_is_not_moved_for_it(drop: Drop, session: Session) -> None:
    drop.put("customers.csv", CUSTOMERS)
    drop.look(2)
    job.work("me", always)
    path = drop.put("customers.csv", CUSTOMERS + "C3;Gamma\n")
    drop.look()
    assert path.exists()
    drop.work()
    assert session.scalar(select(func.count()).select_from(Customer)) == 3


def test_with_several_companies_each_has_a_folder_of_its_name(drop: Drop, session: Session) -> None:
    beta = factories.an_entity(name="Beta & Fils")
    session.commit()
    drop.put("beta & fils/customers.csv", CUSTOMERS)
    drop.put("customers.csv", CUSTOMERS)
    drop.work()
    assert set(session.scalars(select(Customer.entity_id))) == {beta.id}
    assert drop.names() == ["customers.csv"], "what belongs to no company stays"


def test_a_file_that_lies_where_nobody_looks_is_told_of_once(
    drop: Drop, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    factories.an_entity(name="Beta SA")
    session.commit()
    drop.put("items.csv", ITEMS)
    drop.look(3)
    assert caplog.text.count("nobody takes items.csv in") == 1


def test_an_unreadable_file_stays_and_stops_nothing(drop: Drop, session: Session, entity: Entity) -> None:
    os.mkfifo(drop.path / "items.csv")
    drop.put("customers.csv", CUSTOMERS)
    drop.work()
    assert runs(session) == ["customers.csv"]


def test_without_a_watched_folder_nothing_is_looked_at(app: Flask, session: Session) -> None:
    look: Callable[..., object] = Watch()
    assert look("me", always) == {}
