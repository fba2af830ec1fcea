"""`kill -9` of the scheduler in the middle of many messages with a slow mail server: none twice, none lost."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import func, select

from dso import clock, create_app, schema
from dso.db import db
from dso.domain.codes import MessageState, Mode
from dso.models import Entity, Message
from dso.services import actions
from dso.services import settings as setting_services
from tests import factories
from tests.conftest import NOW, TODAY, make_config
from tests.databases import new_database

pytestmark = [pytest.mark.network, pytest.mark.slow]

#: More than two batches of the sender, so that it dies within one and between two.
MESSAGES = 60
SLOWNESS = 0.02
#: A fiftieth of a second each at the least.
LOOKS = 30_000


class SlowServer:
    """Takes every message, slowly, and notes to whom it was."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        await asyncio.sleep(SLOWNESS)
        with self._lock:
            self.taken.update(envelope.rcpt_tos)
        return "250 taken"


class AnyPort(Controller):
    """A mail server on a free port; as it comes, it would look for itself on port 0."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port: int = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@pytest.fixture
def mail() -> Iterator[tuple[SlowServer, int]]:
    handler = SlowServer()
    controller = AnyPort(handler, hostname="127.0.0.1", port=0)
    controller.start()
    yield handler, controller.port
    controller.stop()


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Flask]:
    with new_database(tmp_path) as url:
        app = create_app(make_config(url, tmp_path))
        with app.app_context():
            schema.upgrade()
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def prepare(app: Flask, port: int) -> None:
    """Customers, each with one late invoice and one automatic reminder in the outbox, live."""
    with app.app_context(), clock.at(NOW):
        entity = factories.an_entity(created_at=NOW, timezone="Europe/Paris", smtp_host="127.0.0.1", smtp_port=port)
        entity.smtp_security, entity.mail_from = "none", "collect@acme.example"
        admin = factories.a_user(role="admin")
        for name, value in (("sending.mode", "live"), ("sending.ramp_up", "0")):
            setting_services.set_value(None, name, value, actor=admin, now=NOW)
        step = {"name": "Reminder", "after_due": 7, "mode": Mode.AUTOMATIC}
        scenario = factories.a_scenario(step, entity=entity)
        for number in range(MESSAGES):
            customer = factories.a_customer(entity=entity, scenario_id=scenario.id, language="en")
            factories.a_contact(customer, email=f"ap{number}@client{number}.example")
            factories.an_item(customer, "1000")
        counts = actions.plan_day(entity, today=TODAY, now=NOW)
        assert counts.queued == MESSAGES
        db.session.commit()


def start(app: Flask, folder: Path) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "DSO_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", ""),
        "DSO_SECRET_KEY": "tests only",
        "DSO_INSTANCE_PATH": str(folder),
        "DSO_FILES_PATH": str(folder / "files"),
        "DSO_NOW": (NOW + timedelta(minutes=5)).isoformat(),
    }
    return subprocess.Popen([sys.executable, "-m", "dso", "scheduler"], env=environment, cwd=folder)


def soon(is_so: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    """As often as a process that lives may need, however slow the machine is."""
    for _look in range(LOOKS):
        if is_so():
            return
        assert process.poll() is None, "the clock process has ended by itself"
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


def states(app: Flask) -> dict[MessageState, int]:
    with app.app_context():
        rows = db.session.execute(select(Message.state, func.count()).group_by(Message.state)).all()
        return dict(rows)


def waiting(app: Flask) -> int:
    found = states(app)
    return found.get(MessageState.QUEUED, 0) + found.get(MessageState.SENDING, 0)


def addresses(app: Flask, state: MessageState) -> set[str]:
    with app.app_context():
        return set(db.session.scalars(select(Message.recipient).where(Message.state == state)))


def test_killed_in_the_middle_it_sends_none_twice_and_loses_none(
    ground: Flask, tmp_path: Path, mail: tuple[SlowServer, int]
) -> None:
    server, port = mail
    prepare(ground, port)
    for after in (random.randint(5, 25), random.randint(30, 55)):
        process = start(ground, tmp_path)
        try:
            soon(lambda mark=after: server.taken.total() >= mark, process)  # type: ignore[misc]
            time.sleep(random.uniform(0, 0.1))
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
    process = start(ground, tmp_path)
    try:
        soon(lambda: waiting(ground) == 0, process)
    finally:
        process.terminate()
        assert process.wait(60) == 0
    sent, uncertain = addresses(ground, MessageState.SENT), addresses(ground, MessageState.UNCERTAIN)
    assert set(server.taken.values()) == {1}, "some message was taken twice"
    assert len(sent | uncertain) == MESSAGES, "some message was lost"
    assert sent <= set(server.taken) <= sent | uncertain
    assert len(uncertain) <= 2, "at most the one in the server's hands at each kill"
    with ground.app_context():
        explained = select(Message.explanation).where(Message.state == MessageState.UNCERTAIN)
        assert all(db.session.scalars(explained)), "an uncertain message says why"
        assert db.session.scalar(select(func.count(Entity.id))) == 1
