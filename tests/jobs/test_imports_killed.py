"""`kill -9` of the clock process in the middle of a long import: the next one takes it in once, whole."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from dso import clock, create_app, schema
from dso.db import db, reading
from dso.domain.codes import ImportKind
from dso.models import ImportRun, ImportUpload, Item, ItemChange
from dso.services.imports import ImportOptions, mappings, tasks, uploads
from dso.services.imports.preparing import opened
from tests import factories
from tests.conftest import make_config
from tests.databases import new_database

pytestmark = [pytest.mark.real_clock, pytest.mark.network, pytest.mark.slow]

#: Enough that both phases last long enough to be hit.
ROWS = 8_000
#: A hundredth of a second each at the least. Looks instead of seconds: on a loaded machine they too take longer.
LOOKS = 30_000


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Flask]:
    with new_database(tmp_path) as url:
        app = create_app(make_config(url, tmp_path))
        with app.app_context():
            schema.upgrade()
            queue()
            db.session.remove()
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def queue() -> None:
    """A file of many rows in the queue, as the page leaves it there."""
    entity, now = factories.an_entity(), clock.now()
    factories.a_customer(entity=entity, code="C1")
    rows = "".join(f"C1;F{n};FAC;2026-10-13;2026-11-13;100.00;100.00\n" for n in range(ROWS))
    text = "customer;number;type;issue date;due date;amount;remaining\n" + rows
    author = factories.a_user(role="admin")
    upload = uploads.receive(entity, ImportKind.ITEMS, "items.csv", io.BytesIO(text.encode()), actor=author, now=now)
    table = opened(uploads.path(upload), ImportKind.ITEMS, ImportOptions())
    uploads.decide(upload, mappings.proposed(entity, ImportKind.ITEMS, table), now=now)
    tasks.ask(upload.id, "run", now=now)
    db.session.commit()


def task(app: Flask) -> tuple[str, str, int]:
    with app.app_context(), reading():
        row = db.session.execute(select(ImportUpload.state, ImportUpload.phase, ImportUpload.attempts)).one()
        return row.state, row.phase, row.attempts


def items(app: Flask) -> int:
    with app.app_context(), reading():
        return db.session.scalar(select(func.count()).select_from(Item)) or 0


@contextmanager
def scheduler(app: Flask, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A clock process, which is killed at the end of the block."""
    environment = {
        **os.environ,
        "DSO_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", ""),
        "DSO_SECRET_KEY": "tests only",
        "DSO_INSTANCE_PATH": str(folder),
        # Told to abort, it shows what each of its threads is at.
        "PYTHONFAULTHANDLER": "1",
    }
    process = subprocess.Popen([sys.executable, "-m", "dso", "scheduler"], env=environment, cwd=folder)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(app: Flask, process: "subprocess.Popen[bytes]", state: str, phase: str, attempt: int) -> None:
    """Look closely, for the phases are short; a loaded machine may take its time to start a process that lives."""
    for _look in range(LOOKS):
        if (found := task(app)) == (state, phase, attempt):
            return
        assert found[0] not in ("done", "failed"), found
        assert process.poll() is None, "the clock process has ended by itself"
        time.sleep(0.01)
    process.send_signal(signal.SIGABRT)
    process.wait()
    raise AssertionError(f"{found}: the threads of the clock process stand in its standard error")


def test_killed_while_reading_and_while_writing_it_is_taken_in_once_and_whole(ground: Flask, tmp_path: Path) -> None:
    with scheduler(ground, tmp_path) as first:
        until(ground, first, "running", "reading", 1)
    with scheduler(ground, tmp_path) as second:
        until(ground, second, "running", "writing", 2)
        time.sleep(0.1)
    assert items(ground) == 0, "nothing of it is written before all is"
    with scheduler(ground, tmp_path) as third:
        until(ground, third, "done", "writing", 3)
    with ground.app_context(), reading():
        counts = db.session.scalars(select(ImportRun.counts)).one()
        assert (counts["new"], counts["changed"], items(ground)) == (ROWS, 0, ROWS)
        assert db.session.scalar(select(func.sum(Item.remaining))) == Decimal(100) * ROWS
        assert db.session.scalar(select(func.count()).select_from(ItemChange)) == 0
