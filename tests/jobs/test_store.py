"""The file store is cleaned of what killed processes left, and of nothing else."""

import io
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso import clock
from dso.db import Base
from dso.domain.codes import Channel, ImportKind
from dso.jobs import store
from dso.models import Entity, ImportUpload, Message, User
from dso.services import files, imports, orphans
from dso.services.imports import ImportOptions, uploads
from tests import factories
from tests.conftest import NOW, TODAY
from tests.jobs.folder_helpers import CUSTOMERS, always

pytestmark = pytest.mark.real_clock


@pytest.fixture(autouse=True)
def own_store(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of its own: what other tests left is not counted."""
    monkeypatch.setitem(app.config, "DSO", replace(app.config["DSO"], files_path=tmp_path / "store"))


def aged(name: str, hours: float = 30) -> Path:
    path = files.path_of(name)
    then = time.time() - hours * 3600  # noqa: TID251 - of files, which the machine dates
    os.utime(path, (then, then))
    return path


def kept(text: bytes = b"x") -> str:
    return files.keep(io.BytesIO(text))


def clean() -> int:
    return int(store.clean("me", always)["removed"])


def test_what_nobody_refers_to_goes_after_a_day_whole_or_not(app: Flask, entity: Entity, session: Session) -> None:
    orphan, part, fresh = aged(kept()), aged(kept()), aged(kept(), hours=23)
    part = part.rename(part.with_suffix(".part"))
    assert clean() == 2
    assert (orphan.exists(), part.exists(), fresh.exists()) == (False, False, True)


def test_a_file_an_import_a_person_or_a_message_refers_to_stays(
    app: Flask, entity: Entity, admin: User, session: Session, tmp_path: Path
) -> None:
    customer = factories.a_customer(entity=entity)
    upload = uploads.receive(
        entity, ImportKind.CUSTOMERS, "a.csv", io.BytesIO(b"a;b\n1;2\n"), actor=admin, now=clock.now()
    )
    run = kept(CUSTOMERS.encode())
    options = ImportOptions(stored_as=run)
    imports.run_import(entity, ImportKind.CUSTOMERS, files.path_of(run), options, actor=None, today=TODAY, now=NOW)
    checked = files.check(files.Upload("a.txt", io.BytesIO(b"some text")))
    attached = files.attach([checked], customer, actor=admin, now=NOW)[0].stored_as
    message = Message(
        entity_id=entity.id, customer_id=customer.id, channel=Channel.EMAIL, recipient="zoe@client.example",
        recipient_name="Zoé", language="fr", queued_at=NOW,
        attachments=[{"name": "b", "kind": "letter", "stored_as": kept()}],
    )  # fmt: skip
    session.add(message)
    session.commit()
    paths = [aged(each) for each in (str(upload.stored_as), run, attached, message.attachments[0]["stored_as"])]
    uploads_before = session.scalar(select(ImportUpload.id))
    clean()
    assert all(path.exists() for path in paths) and uploads_before


def test_every_column_that_names_a_stored_file_is_asked(app: Flask) -> None:
    named = {table.name for table in Base.metadata.sorted_tables if "stored_as" in table.c}
    assert named == {"attachments", "import_uploads", "import_runs"} and Message.attachments is not None


def test_a_store_of_another_database_is_left_alone(
    app: Flask, entity: Entity, session: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(orphans, "MOST", 2)
    paths = [aged(kept()) for _ in range(3)]
    assert clean() == 0 and all(path.exists() for path in paths)
    assert "named by nobody" in caplog.text


def test_files_that_are_not_the_stores_stay(app: Flask, entity: Entity, session: Session) -> None:
    path = files.folder() / "notes.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    os.utime(path, (0, 0))
    assert clean() == 0 and path.exists()
