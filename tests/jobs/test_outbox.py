"""The sender's turn goes on while it gets on, and no longer."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from dso.jobs import outbox
from dso.services import messages
from dso.services.messages import SendCounts


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[SendCounts]]:
    """What the sender will say, call by call."""
    waiting: list[SendCounts] = []
    monkeypatch.setattr(messages, "send_due", lambda **_words: waiting.pop(0))
    yield waiting
    assert waiting == [], "fewer calls than expected"


def test_it_goes_on_until_nothing_is_due(session: Session, answers: list[SendCounts]) -> None:
    answers += [SendCounts(sent=20), SendCounts(sent=19, cancelled=1), SendCounts(failed=1), SendCounts()]
    counts = outbox.send("me", lambda: True)
    assert {name: count for name, count in counts.items() if count} == {"sent": 39, "cancelled": 1, "failed": 1}


def test_it_stops_between_batches_when_told_to(session: Session, answers: list[SendCounts]) -> None:
    answers += [SendCounts(sent=20)]
    assert outbox.send("me", lambda: False)["sent"] == 20


def test_it_waits_for_the_next_turn_when_the_mail_server_is_away(session: Session, answers: list[SendCounts]) -> None:
    answers += [SendCounts(sent=3, later=1)]
    assert outbox.send("me", lambda: True)["later"] == 1


def test_it_waits_for_the_next_turn_when_all_is_held(session: Session, answers: list[SendCounts]) -> None:
    answers += [SendCounts(held=20)]
    assert outbox.send("me", lambda: True)["held"] == 20
