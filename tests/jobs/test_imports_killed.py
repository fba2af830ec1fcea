"""`kill -9` of the clock process or the web server in the middle of a long import: it is taken in once, whole."""

import io
import os
import signal
import time
from collections.abc import Iterator
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
from tests.cli.test_serve import Served, soon
from tests.conftest import make_config
from tests.databases import new_database

pytestmark = [pytest.mark.real_clock, pytest.mark.network]

#: Enough that both phases last long enough to be hit.
ROWS = 25_000


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[tuple[Flask, Served]]:
    with new_database(tmp_path) as url:
        app = create_app(make_config(url, tmp_path))
        with app.app_context():
            schema.upgrade()
            queue()
            db.session.remove()
        served = Served(url, tmp_path)
        yield app, served
        served.process.terminate()
        served.process.wait(60)
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
    uploads.decide(upload, mappings.proposed(ImportKind.ITEMS, table))
    tasks.ask(upload.id, "run", now=now)
    db.session.commit()


def task(app: Flask) -> tuple[str, str, int]:
    with app.app_context(), reading():
        row = db.session.execute(select(ImportUpload.state, ImportUpload.phase, ImportUpload.attempts)).one()
        return row.state, row.phase, row.attempts


def items(app: Flask) -> int:
    with app.app_context(), reading():
        return db.session.scalar(select(func.count()).select_from(Item)) or 0


def killed(served: Served, name: str) -> None:
    os.kill(served.children()[name], signal.SIGKILL)


def until(app: Flask, phase: str, attempt: int) -> None:
    """Look closely: the phases are short."""
    deadline = time.monotonic() + 40
    while (found := task(app)) != ("running", phase, attempt):
        assert found[0] != "done" and time.monotonic() < deadline, found
        time.sleep(0.01)


def test_killed_while_reading_and_while_writing_it_is_taken_in_once_and_whole(ground: tuple[Flask, Served]) -> None:
    app, served = ground
    until(app, "reading", 1)
    killed(served, "web")
    killed(served, "scheduler")
    until(app, "writing", 2)
    time.sleep(0.1)
    killed(served, "scheduler")
    assert items(app) == 0, "nothing of it is written before all is"
    soon(lambda: task(app)[0] == "done")
    with app.app_context(), reading():
        counts = db.session.scalars(select(ImportRun.counts)).one()
        assert (counts["new"], counts["changed"], items(app)) == (ROWS, 0, ROWS)
        assert db.session.scalar(select(func.sum(Item.remaining))) == Decimal(100) * ROWS
        assert db.session.scalar(select(func.count()).select_from(ItemChange)) == 0
    assert task(app)[2] == 3
