"""`kill -9` in the middle of many messages, several senders at once: none twice, none lost, doubt is shown."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import func, select

from dso.db import db
from dso.domain.codes import ActionState, MessageState
from dso.models import Action, Contact, Message
from dso.services import messages
from tests import factories
from tests.conftest import NOW
from tests.services.messages.conftest import MailServer, Sink, free_port
from tests.services.messages.scene import a_scene, an_action, go_live, when

pytestmark = [pytest.mark.network, pytest.mark.real_clock, pytest.mark.slow]

#: More than two batches of a sender.
MANY = 48
SENDER = """
import os
from datetime import datetime, UTC
from dso import clock, create_app
from dso.db import db
from dso.services import messages

with create_app().app_context():
    while True:
        counts = messages.send_due(now=clock.now(), limit=20, worker="test", commit=db.session.commit)
        if not any(vars(counts).values()):
            break
"""


class SlowSink(Sink):
    """Takes its time over every message."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(0.01)
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(0.01)
        return answer


@pytest.fixture
def slow_server() -> Iterator[MailServer]:
    """A mail server that makes everybody wait."""
    server = MailServer(SlowSink(), free_port())
    server.start()
    yield server
    server.stop()


def fill_outbox(app: Flask, port: int, count: int) -> None:
    """Automatic reminders to as many debtors, queued on a live installation."""
    with app.app_context():
        scene = a_scene()
        go_live(scene.entity, port)
        due = [scene.action]
        for _ in range(count - 1):
            debtor = factories.a_customer(
                entity=scene.entity, collector_id=scene.collector.id, scenario_id=scene.scenario.id
            )
            factories.a_contact(debtor)
            due.append(an_action(debtor, scene.scenario, factories.an_item(debtor, "100")))
        for action in due:
            messages.queue_for_action(action, actor=None, **when())
        db.session.commit()


def a_sender(app: Flask, folder: Path) -> "subprocess.Popen[bytes]":
    """A sender in a process of its own, on the database of the test."""
    config = app.config["DSO"]
    known = {
        "DSO_DATABASE_URL": config.database_url.replace("postgresql+psycopg://", "postgresql://"),
        "DSO_FILES_PATH": str(config.files_path),
        "DSO_INSTANCE_PATH": str(folder / "instance"),
        "DSO_SECRET_KEY": "tests only",
        "DSO_NOW": NOW.isoformat(),
    }
    return subprocess.Popen([sys.executable, "-c", SENDER], env={**os.environ, **known})


def wait_for(server: MailServer, count: int, process: "subprocess.Popen[bytes]") -> None:
    """Until the server has taken so many messages."""
    deadline = time.monotonic() + 120
    while len(server.sink.taken) < count and process.poll() is None:
        assert time.monotonic() < deadline, f"only {len(server.sink.taken)} of {count} messages arrived"
        time.sleep(0.01)


def addresses_taken(server: MailServer) -> list[str]:
    return [recipients[0] for recipients, _mail in server.sink.taken]


def states(app: Flask) -> dict[MessageState, set[str]]:
    """Recipients by the state of their message."""
    with app.app_context():
        found: dict[MessageState, set[str]] = {}
        for state, recipient in db.session.execute(select(Message.state, Message.recipient)):
            found.setdefault(state, set()).add(recipient)
        db.session.rollback()
        return found


def test_killed_senders_send_nothing_twice_lose_nothing_and_leave_doubt_to_a_person(
    own_app: Flask, slow_server: MailServer, tmp_path: Path
) -> None:
    fill_outbox(own_app, slow_server.port, MANY)
    for count in (8, 20, 34):
        process = a_sender(own_app, tmp_path)
        wait_for(slow_server, count, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
    last = a_sender(own_app, tmp_path)
    assert last.wait(timeout=180) == 0

    found = states(own_app)
    taken = addresses_taken(slow_server)
    uncertain = found.get(MessageState.UNCERTAIN, set())
    assert len(taken) == len(set(taken)), "a message was sent twice"
    assert set(found) <= {MessageState.SENT, MessageState.UNCERTAIN}
    assert len(uncertain) <= 3, "each kill leaves at most the one message that was being handed over"
    assert found[MessageState.SENT] <= set(taken)
    assert found[MessageState.SENT] | uncertain == all_addresses(own_app), "a message was lost"
    with own_app.app_context():
        done = select(func.count()).select_from(Action).where(Action.state == ActionState.DONE)
        assert db.session.scalar(done) == MANY
        db.session.rollback()


def all_addresses(app: Flask) -> set[str]:
    with app.app_context():
        found = set(db.session.scalars(select(Contact.email)))
        db.session.rollback()
        return found


def test_a_sender_killed_while_the_server_holds_the_text_leaves_one_uncertain_message(
    own_app: Flask, tmp_path: Path
) -> None:
    class Holding(Sink):
        """Keeps the text, says nothing for long."""

        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            await super().handle_DATA(server, session, envelope)
            await asyncio.sleep(0.5 if len(self.taken) < 3 else 60)
            return "250 OK"

    server = MailServer(Holding(), free_port())
    server.start()
    try:
        fill_outbox(own_app, server.port, 6)
        process = a_sender(own_app, tmp_path)
        wait_for(server, 3, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert len(states(own_app)[MessageState.SENDING]) == 4
        server.sink.taken.clear()
        server.sink.__class__ = Sink
        assert a_sender(own_app, tmp_path).wait(timeout=60) == 0
    finally:
        server.stop()
    found = states(own_app)
    assert {state: len(addresses) for state, addresses in found.items()} == {
        MessageState.SENT: 5,
        MessageState.UNCERTAIN: 1,
    }
    assert not found[MessageState.UNCERTAIN] & set(addresses_taken(server)), "what is uncertain is not sent again"
    check_that_a_person_decides(own_app)


def check_that_a_person_decides(app: Flask) -> None:
    """The uncertain message says why, and can be marked as sent or sent again."""
    with app.app_context():
        message = db.session.scalars(select(Message).where(Message.state == MessageState.UNCERTAIN)).one()
        assert "may or may not have arrived" in message.explanation
        assert message.action is not None and message.action.state is ActionState.DONE
        person = factories.a_user()
        messages.mark_as_sent(message, actor=person, now=NOW)
        assert message.state is MessageState.SENT
        message.state = MessageState.UNCERTAIN
        db.session.flush()
        messages.send_again(message, actor=person, now=NOW)
        assert message.state is MessageState.QUEUED
        db.session.rollback()


def test_several_senders_at_once_send_every_message_once(
    own_app: Flask, slow_server: MailServer, tmp_path: Path
) -> None:
    fill_outbox(own_app, slow_server.port, 45)
    senders = [a_sender(own_app, tmp_path) for _ in range(3)]
    assert [sender.wait(timeout=120) for sender in senders] == [0, 0, 0]
    taken = addresses_taken(slow_server)
    assert len(taken) == len(set(taken)) == 45
    assert set(states(own_app)) == {MessageState.SENT}
