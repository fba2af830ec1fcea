"""What failed in the watched folder is shown to whoever may import, can be taken on, and is told of until then."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import ImportKind, ImportMode, Role
from dso.models import Entity, ImportRun, ImportUpload, User
from dso.services import files, imports
from dso.services.imports import ImportOptions, failures
from tests import factories
from tests.conftest import NOW, TODAY, Client
from tests.jobs.folder_helpers import CUSTOMERS, HEADERS, ITEMS, Drop, a_drop, runs

Login = Callable[[User], Client]
WRONG = "foo;bar\n1;2\n"
CUT = HEADERS + "C1;F1;FAC;2026-10-13;2026-11-13;100.00;100.00\n"


@pytest.fixture
def drop(app: Flask, entity: Entity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drop:
    return a_drop(app, tmp_path, monkeypatch)


def fail(drop: Drop, name: str = "items.csv", text: str = WRONG) -> int:
    """A file that fails; its id."""
    drop.put(name, text)
    drop.work()
    return db.session.scalars(select(ImportUpload.id).order_by(ImportUpload.id.desc())).first() or 0


def shown(browser: Client, address: str = "/imports") -> str:
    return browser.get(address).get_data(as_text=True)


def kept(session: Session) -> list[str]:
    return list(session.scalars(select(ImportUpload.file_name).order_by(ImportUpload.id)))


def test_a_failed_file_of_the_folder_stands_on_the_import_page_with_its_reason(drop: Drop, importer: Client) -> None:
    fail(drop)
    page = shown(importer)
    assert "No column is mapped to" in page and "watched folder" in page and "Look at items.csv" in page


def test_every_page_tells_who_may_import_that_a_file_failed_and_nobody_else(
    drop: Drop, importer: Client, login: Login
) -> None:
    fail(drop)
    words = "A file was not taken in: items.csv (watched folder)."
    assert words in shown(importer, "/customers")
    assert words not in shown(login(factories.a_user(role=Role.EXECUTIVE)), "/customers")


def test_a_failed_file_of_users_is_told_of_to_those_who_edit_users_only(
    drop: Drop, importer: Client, login: Login
) -> None:
    upload_id = fail(drop, "users.csv")
    other = login(factories.a_user(role=Role.COLLECTOR, may_import=True))
    assert "users.csv" in shown(importer) and "users.csv" not in shown(other)
    assert other.post(f"/imports/files/{upload_id}/take-on").status_code == 403
    assert other.post(f"/imports/files/{upload_id}/cancel").status_code == 403


def test_a_failed_file_can_be_taken_on_and_goes_in_by_the_person_who_does(
    drop: Drop, importer: Client, admin: User, entity: Entity, session: Session, tmp_path: Path
) -> None:
    drop.put("customers.csv", CUSTOMERS)
    drop.work()
    (tmp_path / "first.csv").write_text(ITEMS)
    options = ImportOptions(mode=ImportMode.STOCK)
    imports.run_import(entity, ImportKind.ITEMS, tmp_path / "first.csv", options, actor=None, today=TODAY, now=NOW)
    session.commit()
    upload_id = fail(drop, "items.csv", CUT)
    assert "Stopped before saving: 1 of 2 open items would be cleared (50 %)" in shown(importer)
    assert "--force" not in shown(importer)
    columns = importer.post(f"/imports/files/{upload_id}/take-on").location
    page = shown(importer, importer.get(columns).location)
    assert "1 of 2 open items would be cleared (50 %)" in page and "--force" not in page
    assert importer.post(f"{columns}/run", data={"force": "1"}).status_code == 303
    last = session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).first()
    assert last is not None and (last.actor_id, last.source, last.counts["cleared"]) == (admin.id, "web", 1)
    assert "was not taken in" not in shown(importer)


def test_a_failed_file_can_be_left_out_and_its_copy_goes(drop: Drop, importer: Client, session: Session) -> None:
    upload_id = fail(drop)
    stored_as = session.scalar(select(ImportUpload.stored_as))
    assert files.path_of(str(stored_as)).exists()
    importer.post(f"/imports/files/{upload_id}/cancel")
    assert kept(session) == [] and not (files.folder() / str(stored_as)[:2] / str(stored_as)).exists()
    assert drop.names("failed") == ["items.csv", "items.csv.result.json"]


def test_two_people_do_not_take_one_file_on(drop: Drop, importer: Client, login: Login) -> None:
    upload_id = fail(drop)
    importer.post(f"/imports/files/{upload_id}/take-on")
    other = login(factories.a_user(role=Role.ADMIN))
    assert other.post(f"/imports/files/{upload_id}/take-on").status_code == 404


def test_nobody_opens_a_failed_file_without_taking_it_on(drop: Drop, importer: Client) -> None:
    assert importer.get(f"/imports/files/{fail(drop)}").status_code == 404


def test_a_file_of_another_company_is_not_taken_on(drop: Drop, importer: Client, session: Session) -> None:
    upload_id = fail(drop)
    upload = session.get_one(ImportUpload, upload_id)
    upload.entity_id = factories.an_entity(name="Beta SA").id
    session.commit()
    assert importer.post(f"/imports/files/{upload_id}/take-on").status_code == 404
    assert "was not taken in" not in shown(importer)


def test_a_file_of_the_same_name_that_goes_in_ends_the_word_of_the_one_that_failed(
    drop: Drop, session: Session
) -> None:
    fail(drop, "customers.csv")
    assert kept(session) == ["customers.csv"]
    fail(drop, "customers.csv")
    assert kept(session) == ["customers.csv"], "the newer one only"
    drop.put("customers.csv", CUSTOMERS)
    drop.work()
    assert kept(session) == [] and runs(session) == ["customers.csv"]


def test_a_feed_that_fails_all_the_time_fills_no_disk(
    drop: Drop, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "MOST", 2)
    for number in range(4):
        fail(drop, f"items-{number}.csv")
    assert kept(session) == ["items-2.csv", "items-3.csv"]
    assert session.scalar(select(func.count()).select_from(ImportUpload)) == 2
