"""The clock process: one of two leads and works each day once, and a killed one loses and repeats nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from dso import create_app, schema
from dso.db import db
from dso.jobs.table import Daily, Repeated
from dso.models import Entity, Heartbeat, JobRun
from dso.scheduler import Scheduler
from tests import factories
from tests.conftest import make_config
from tests.databases import new_database

pytestmark = [pytest.mark.real_clock, pytest.mark.network]


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Flask]:
    """An application over a migrated database of its own with one company, committed."""
    with new_database(tmp_path) as url:
        app = create_app(make_config(url, tmp_path))
        with app.app_context():
            schema.upgrade()
            factories.an_entity(created_at=datetime(2020, 1, 1, tzinfo=UTC))
            db.session.commit()
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def soon(is_so: Callable[[], bool], seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@contextmanager
def running(scheduler: Scheduler) -> Iterator[None]:
    thread = threading.Thread(target=scheduler.run)
    thread.start()
    try:
        yield
    finally:
        scheduler.stop()
        thread.join(240)
        assert not thread.is_alive()


class Work:
    """Counts its turns; slow enough for two to meet."""

    def __init__(self) -> None:
        self.days = 0
        self.turns: list[str] = []

    def day(self, entity: Entity, now: datetime) -> Mapping[str, Any]:
        self.days += 1
        time.sleep(0.3)
        return {"accounts": 1}

    def turn(self, worker: str, goes_on: Callable[[], bool]) -> Mapping[str, Any]:
        self.turns.append(worker)
        return {}


def a_scheduler(app: Flask, work: Work, name: str) -> Scheduler:
    repeated = (Repeated("send", 1, work.turn),)
    scheduler = Scheduler(app, daily=(Daily("day_run", work.day),), repeated=repeated, look_seconds=1)
    scheduler.worker = name
    return scheduler


def test_of_two_schedulers_one_leads_and_the_day_is_worked_once(ground: Flask) -> None:
    work = Work()
    one, other = (a_scheduler(ground, work, name) for name in ("one", "other"))
    with running(one), running(other):
        soon(lambda: len(work.turns) >= 3)
    assert work.days == 1
    assert len(set(work.turns)) == 1
    with ground.app_context():
        assert [run.status for run in db.session.scalars(select(JobRun))] == ["done"]


def test_when_the_leader_stops_the_other_takes_over(ground: Flask) -> None:
    work = Work()
    one, other = (a_scheduler(ground, work, name) for name in ("one", "other"))
    with running(one):
        soon(lambda: "one" in work.turns)
        with running(other):
            one.stop()
            soon(lambda: "other" in work.turns)
    assert work.days == 1


def test_stopping_waits_for_what_is_being_done(ground: Flask) -> None:
    work = Work()
    scheduler = a_scheduler(ground, work, "one")
    with running(scheduler):
        soon(lambda: work.days == 1)
    with ground.app_context():
        assert [run.status for run in db.session.scalars(select(JobRun))] == ["done"]


def processes_environment(app: Flask, folder: Path) -> dict[str, str]:
    settings = {
        "DSO_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", ""),
        "DSO_SECRET_KEY": "tests only",
        "DSO_INSTANCE_PATH": str(folder),
    }
    return {**os.environ, **settings}


def start_process(app: Flask, folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "dso", "scheduler"], env=processes_environment(app, folder), cwd=folder
    )


def leader(app: Flask) -> str:
    with app.app_context():
        found = db.session.scalar(select(Heartbeat.worker))
    return (found or "").rpartition(":")[2]


def runs(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(JobRun)).all())


def test_a_leader_killed_in_the_middle_is_followed_by_the_one_that_stood_by(ground: Flask, tmp_path: Path) -> None:
    processes = [start_process(ground, tmp_path) for _ in range(2)]
    try:
        soon(lambda: leader(ground) in {str(process.pid) for process in processes})
        first = next(process for process in processes if str(process.pid) == leader(ground))
        second = next(process for process in processes if process is not first)
        soon(lambda: runs(ground) == 1)
        first.send_signal(signal.SIGKILL)
        first.wait()
        soon(lambda: leader(ground) == str(second.pid))
        second.send_signal(signal.SIGTERM)
        assert second.wait(240) == 0
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert runs(ground) == 1
