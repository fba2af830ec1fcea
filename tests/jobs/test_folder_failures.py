"""The watched folder: a file that cannot be taken in or put away stops no other, and leaves nothing behind."""

import logging
import os
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from dso.jobs import imports as job
from dso.models import ImportRun, ImportUpload
from dso.services import files
from dso.services.imports import folder
from tests.jobs.folder_helpers import CUSTOMERS, ITEMS, Drop, always, failing, runs

LATIN = "été"
CONTACTS = "customer;last name\nC1;Ann\n"


@pytest.fixture
def store(app: Flask) -> Path:
    """The file store."""
    return files.folder()


def stored(store: Path) -> list[str]:
    return sorted(each.name for each in store.rglob("*") if each.is_file())


def test_a_file_whose_name_is_not_utf_8_goes_in_under_the_name_it_reads_as_and_stops_none(
    drop: Drop, session: Session
) -> None:
    (drop.path / os.fsdecode("customers_été.csv".encode("latin-1"))).write_text(CUSTOMERS)
    drop.put("items.csv", ITEMS)
    drop.work(looks=5)
    assert runs(session) == ["customers_été.csv", "items.csv"] and drop.names() == []
    assert {"customers_été.csv", "items.csv"} <= set(drop.names("done"))


def test_a_file_that_cannot_be_queued_is_moved_to_failed_with_a_word_and_its_copy_is_thrown_away(
    drop: Drop, session: Session, store: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = stored(store)
    monkeypatch.setattr(ImportUpload, "__init__", _refusing("contacts.csv"))
    drop.put("customers.csv", CUSTOMERS)
    drop.put("contacts.csv", CONTACTS)
    drop.put("items.csv", ITEMS)
    with caplog.at_level(logging.ERROR):
        drop.look(4)
    assert stored(store) != before and len(stored(store)) - len(before) == 2, "copies of the two that are queued"
    assert drop.names("failed") == ["contacts.csv", "contacts.csv.result.json"]
    assert "log" in drop.result("failed/contacts.csv")["refused"] and "contacts.csv" in caplog.text


def _refusing(name: str) -> object:
    real = ImportUpload.__init__

    def init(self: ImportUpload, **values: object) -> None:
        if values["file_name"] == name:
            raise ValueError("broken")
        real(self, **values)

    return init


def test_a_database_that_does_not_answer_leaves_the_files_where_they_lie(
    drop: Drop, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop.put("customers.csv", CUSTOMERS)
    with monkeypatch.context() as patch:
        patch.setattr(folder, "queue", failing(OperationalError("", {}, Exception()), "customers.csv", folder.queue))
        drop.look()
        with pytest.raises(OperationalError):
            drop.look()
    assert drop.names() == ["customers.csv"]
    drop.work()
    assert runs(session) == ["customers.csv"]


def test_a_result_that_cannot_be_written_stops_no_other_and_the_file_is_not_imported_again(
    drop: Drop, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop.put("customers.csv", CUSTOMERS)
    drop.put("items.csv", ITEMS)
    drop.look(2)
    job.work("me", always)
    broken = failing(ValueError("broken"), "customers.csv", folder.put_away)
    with monkeypatch.context() as patch:
        patch.setattr(folder, "put_away", broken)
        drop.look(2)
    assert drop.names() == ["customers.csv"] and "items.csv" in drop.names("done")
    drop.work()
    assert runs(session) == ["customers.csv", "items.csv"] and drop.names() == []


def test_a_file_whose_stored_original_is_gone_is_put_away_with_its_result(drop: Drop, session: Session) -> None:
    drop.put("customers.csv", CUSTOMERS)
    drop.put("items.csv", ITEMS + "C9;F3;FAC;2026-10-13;2026-11-13;1.00;1.00\n")
    drop.look(2)
    job.work("me", always)
    names = list(session.scalars(select(ImportRun.stored_as)))
    files.throw_away(names)
    drop.look()
    assert drop.names() == [] and drop.result("done/items.csv")["rejected"] == 1


def test_a_stray_whose_name_is_not_utf_8_is_named_readably(drop: Drop) -> None:
    (drop.path / "older").mkdir()
    (drop.path / "older" / os.fsdecode("items_été.csv".encode("latin-1"))).write_text(ITEMS)
    assert folder.strays(drop.path) == ["older/items_été.csv"]
