"""The sender against a real mail server: sent once, decided again, tried again, held, refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import ActionState, ItemType, MessageState, Mode, StatusType
from dso.models import Link
from dso.services import files, messages
from dso.services.messages import SendCounts, mime
from tests import factories
from tests.conftest import NOW, TODAY
from tests.services.messages.conftest import MailServer
from tests.services.messages.scene import Scene, a_scene, an_action, pay, queued, send, when

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.network]


def test_a_message_leaves_once_and_its_action_is_done(mail_server: MailServer) -> None:
    scene = queued(mail_server.port)
    assert send().sent == 1
    assert send() == SendCounts()
    (message,) = scene.messages
    assert (message.state, message.left_on, message.sent_at) == (MessageState.SENT, TODAY, NOW)
    assert scene.action.state is ActionState.DONE
    assert len(mail_server.mails) == 1


def test_the_mail_has_text_html_and_headers_a_mail_program_understands(mail_server: MailServer) -> None:
    scene = queued(mail_server.port)
    send()
    (mail,) = mail_server.mails
    assert mail["From"].addresses[0].display_name == "Zoé Noël"
    assert mail["From"].addresses[0].addr_spec == "collect@acme.example"
    assert mail["Reply-To"] == scene.collector.email
    assert mail["Subject"] == "Relance : 1\u202f250,50\u00a0€ échus"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    assert mail["Message-ID"] == scene.messages[0].message_id_header
    assert mail["Message-ID"].endswith("@acme.example>")
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None and html is not None
    assert "1\u202f000,00" in text.get_content()
    assert "style=" in html.get_content()
    assert "<style" not in html.get_content()


def test_the_mail_carries_a_working_link_and_the_kept_copy_none(mail_server: MailServer, session: Session) -> None:
    scene = queued(mail_server.port)
    send()
    (mail,) = mail_server.mails
    (link,) = session.query(Link).all()
    assert link.recipient == scene.contact.email
    part = mail.get_body(("html",))
    assert part is not None and "http://localhost/p/" in part.get_content()
    text = mail.get_body(("plain",))
    assert text is not None and text.get_content().count("http://localhost/p/") == 1
    (message,) = scene.messages
    assert "/p/" not in message.body_html + message.body_text
    assert "link.invalid" not in message.body_html + message.body_text


def test_the_logo_is_in_the_mail_itself(mail_server: MailServer) -> None:
    scene = a_scene()
    scene.entity.logo, scene.entity.logo_type = b"\x89PNG\r\n\x1a\nlogo", "image/png"
    queued(mail_server.port, scene)
    send()
    (mail,) = mail_server.mails
    pictures = [part for part in mail.walk() if part.get_content_maintype() == "image"]
    assert [part["Content-ID"] for part in pictures] == ["<logo>"]
    assert pictures[0].get_content() == b"\x89PNG\r\n\x1a\nlogo"


def test_the_statement_goes_along_as_pdf_and_is_kept(mail_server: MailServer) -> None:
    scene = queued(mail_server.port, a_scene(step={"attachments": ["statement"]}))
    send()
    (mail,) = mail_server.mails
    (attached,) = list(mail.iter_attachments())
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content().startswith(b"%PDF")
    (entry,) = scene.messages[0].attachments
    assert entry["name"] == attached.get_filename() == f"releve-{scene.customer.code}-2026-11-20.pdf"
    assert files.path_of(entry["stored_as"]).read_bytes() == attached.get_content()


def test_what_is_too_large_for_a_mail_is_left_out_and_the_outbox_says_so(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mime, "MOST_BYTES", 100)
    scene = queued(mail_server.port, a_scene(step={"attachments": ["statement"]}))
    send()
    assert list(mail_server.mails[0].iter_attachments()) == []
    (entry,) = scene.messages[0].attachments
    assert entry["left_out"] and files.path_of(entry["stored_as"]).exists()


def test_a_second_message_refers_to_the_first(mail_server: MailServer) -> None:
    scene = queued(mail_server.port)
    send()
    second = an_action(scene.customer, scene.scenario, scene.items[0], kind="one_off", mode=Mode.MANUAL)
    messages.queue_for_action(second, actor=scene.collector, **when())
    send()
    first, last = mail_server.mails
    assert last["References"] == last["In-Reply-To"] == first["Message-ID"]
    assert last["Auto-Submitted"] is None


def test_paid_meanwhile_cancels_the_message_and_says_why(mail_server: MailServer) -> None:
    scene = queued(mail_server.port)
    for item in scene.items:
        pay(item)
    assert send().cancelled == 1
    (message,) = scene.messages
    assert (message.state, message.explanation) == (MessageState.CANCELLED, "paid meanwhile")
    assert scene.action.state is ActionState.CANCELLED
    assert mail_server.mails == []


def test_what_is_open_at_the_second_of_sending_is_what_the_text_says(mail_server: MailServer) -> None:
    scene = queued(mail_server.port)
    factories.an_item(scene.customer, "-100", type=ItemType.CREDIT_NOTE)
    send()
    assert mail_server.mails[0]["Subject"] == "Relance : 1\u202f150,50\u00a0€ échus"


@pytest.mark.parametrize(
    "change",
    [
        lambda scene: setattr(scene.items[1], "status_type", StatusType.DISPUTE),
        lambda scene: setattr(scene.items[1], "promise_until", TODAY + timedelta(days=5)),
        lambda scene: setattr(scene.items[1], "ignored", True),
    ],
    ids=["dispute", "promise", "ignored"],
)
def test_a_leader_that_leaves_the_pool_stops_its_message(
    mail_server: MailServer, change: Callable[[Scene], None]
) -> None:
    scene = queued(mail_server.port)
    change(scene)
    db.session.flush()
    counts = send()
    assert (counts.sent, mail_server.mails) == (0, [])


def test_outside_the_hours_an_automatic_message_waits_and_one_sent_by_hand_leaves(mail_server: MailServer) -> None:
    scene = queued(mail_server.port)
    night = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    assert send(night).held == 1
    (message,) = scene.messages
    assert message.next_try_at == datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    messages.queue_for_action(scene.action, actor=scene.collector, **when())
    assert send(night).sent == 1


def test_the_hours_are_those_of_the_recipients_country(mail_server: MailServer) -> None:
    scene = queued(mail_server.port, a_scene(country="US", language="en"))
    assert send().held == 1
    assert scene.messages[0].next_try_at == datetime(2026, 11, 20, 13, 30, tzinfo=UTC)


def test_a_paused_account_keeps_its_message_waiting(mail_server: MailServer) -> None:
    scene = queued(mail_server.port)
    scene.customer.paused = True
    db.session.flush()
    assert send().held == 1
    (message,) = scene.messages
    assert message.state is MessageState.QUEUED
    assert "paused" in message.explanation
    scene.customer.paused = False
    db.session.flush()
    assert send(NOW + timedelta(minutes=20)).sent == 1


def test_one_address_gets_no_more_than_its_budget_whatever_accounts_share_it(mail_server: MailServer) -> None:
    first = queued(mail_server.port)
    second = a_scene(entity=first.entity)
    second.contact.email = first.contact.email
    queued(mail_server.port, second)
    counts = send()
    assert (counts.sent, counts.held) == (1, 1)
    assert "budget" in second.messages[0].explanation


def test_a_server_that_asks_to_try_later_gets_it_later_and_once(mail_server: MailServer) -> None:
    scene = queued(mail_server.port)
    mail_server.sink.rcpt[scene.contact.email] = ["451 greylisted", "250 OK"]
    assert send().later == 1
    (message,) = scene.messages
    assert (message.state, message.next_try_at) == (MessageState.QUEUED, NOW + timedelta(minutes=1))
    assert "451 greylisted" in message.explanation
    assert send() == SendCounts()
    assert send(NOW + timedelta(minutes=1)).sent == 1
    assert len(mail_server.mails) == 1


def test_an_address_that_is_refused_is_marked_and_the_action_is_in_error(mail_server: MailServer) -> None:
    scene = queued(mail_server.port)
    mail_server.sink.rcpt[scene.contact.email] = ["550 no such user"]
    assert send().failed == 1
    (message,) = scene.messages
    assert (message.state, scene.contact.bounced) == (MessageState.FAILED, True)
    assert scene.action.state is ActionState.ERROR
    assert "550 no such user" in scene.action.explanation
    assert send(NOW + timedelta(hours=5)) == SendCounts()


def test_a_text_that_is_refused_for_policy_does_not_mark_the_address(mail_server: MailServer) -> None:
    scene = queued(mail_server.port)
    mail_server.sink.data = ["554 5.7.1 spam"]
    assert send().failed == 1
    assert not scene.contact.bounced
    assert scene.messages[0].state is MessageState.FAILED


def test_a_temporary_error_that_lasts_two_days_is_a_failure(mail_server: MailServer) -> None:
    scene = queued(mail_server.port)
    mail_server.sink.rcpt[scene.contact.email] = ["451 greylisted"]
    send()
    scene.messages[0].queued_at = NOW - timedelta(days=3)
    db.session.flush()
    assert send(NOW + timedelta(minutes=2)).failed == 1


def test_the_mail_server_may_be_away_for_an_hour(mail_server: MailServer) -> None:
    scenes = [queued(mail_server.port)]
    scenes += [queued(mail_server.port, a_scene(entity=scenes[0].entity)) for _ in range(4)]
    mail_server.stop()
    now = NOW
    for _ in range(60):
        counts = send(now)
        assert counts.sent == counts.failed == 0
        now += timedelta(minutes=1)
    assert {scene.messages[0].state for scene in scenes} == {MessageState.QUEUED}
    assert "cannot be reached" in scenes[0].messages[0].explanation
    mail_server.start()
    assert sum(send(now + timedelta(minutes=n)).sent for n in range(3)) == 5
    assert len(mail_server.mails) == 5


def test_one_connection_serves_many_messages(mail_server: MailServer) -> None:
    first = queued(mail_server.port)
    for _ in range(4):
        queued(mail_server.port, a_scene(entity=first.entity))
    assert send().sent == 5
    assert len(mail_server.sink.sessions) == 1
