"""`kill -9` of the clock process in the middle of an undo: the ledger is as it was, and the next one takes it back."""

import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from dso import clock
from dso.db import db, reading
from dso.jobs import imports as job
from dso.models import ImportRun, ImportUpload, User
from dso.services.imports import tasks
from tests.jobs.test_imports import always
from tests.jobs.test_imports_killed import ROWS, ground, items, scheduler, until

__all__ = ["ground"]
pytestmark = [pytest.mark.real_clock, pytest.mark.network, pytest.mark.slow]


def left(app: Flask) -> int:
    with app.app_context(), reading():
        return db.session.scalar(select(func.count()).where(ImportUpload.undoes_id.is_not(None))) or 0


def test_killed_in_the_middle_it_is_taken_back_once_and_whole(ground: Flask, tmp_path: Path) -> None:
    with ground.app_context():
        job.work("me", always)
        db.session.execute(delete(ImportUpload))
        run = db.session.scalars(select(ImportRun)).one()
        author = db.session.get_one(User, run.actor_id)
        tasks.ask_back(run, ROWS, actor=author, now=clock.now())
        db.session.commit()
    with scheduler(ground, tmp_path) as first:
        until(ground, first, "running", "writing", 1)
        time.sleep(0.1)
    assert items(ground) == ROWS, "nothing of it is written before all is"
    with scheduler(ground, tmp_path) as second:
        for _look in range(3_000):
            if not left(ground):
                break
            assert second.poll() is None, "the clock process has ended by itself"
            time.sleep(0.02)
    with ground.app_context(), reading():
        assert items(ground) == 0 and db.session.scalar(select(ImportRun.undone_at)) is not None
