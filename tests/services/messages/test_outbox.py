"""The sender against a real mail server: sent once, decided again, tried again, held, refused."""

import base64
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import ActionState, ItemType, MessageState, Mode, StatusType, StepType
from dso.models import Customer, Link, Message
from dso.services import messages
from dso.services.messages import SendCounts
from tests import factories
from tests.conftest import NOW, TODAY
from tests.services.messages.conftest import MailServer
from tests.services.messages.scene import Scene, a_scene, an_action, go_live, set_setting, when

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.network]


PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def send(now: datetime = NOW, limit: int = 100) -> SendCounts:
    return messages.send_due(now=now, limit=limit, worker="test", commit=db.session.commit)


def queued(mail_server: MailServer, scene: Scene | None = None, **more: Any) -> Scene:
    """A scene whose message waits in the outbox of a live installation."""
    scene = scene or a_scene()
    if not scene.entity.smtp_host:
        go_live(scene.entity, mail_server.port)
    messages.queue_for_action(scene.action, **{"actor": None, **when(), **more})
    return scene


def test_a_message_leaves_once_and_its_action_is_done(mail_server: MailServer) -> None:
    scene = queued(mail_server)
    assert send().sent == 1
    assert send() == SendCounts()
    (message,) = scene.messages
    assert (message.state, message.left_on, message.sent_at) == (MessageState.SENT, TODAY, NOW)
    assert scene.action.state is ActionState.DONE
    assert len(mail_server.mails) == 1


def test_the_mail_has_text_html_and_headers_a_mail_program_understands(mail_server: MailServer) -> None:
    scene = queued(mail_server)
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
    scene = queued(mail_server)
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
    queued(mail_server, scene)
    send()
    (mail,) = mail_server.mails
    pictures = [part for part in mail.walk() if part.get_content_maintype() == "image"]
    assert [part["Content-ID"] for part in pictures] == ["<logo>"]
    assert pictures[0].get_content() == b"\x89PNG\r\n\x1a\nlogo"


def test_the_statement_goes_along_as_pdf_and_is_kept(mail_server: MailServer) -> None:
    scene = queued(mail_server, a_scene(step={"attachments": ["statement"]}))
    send()
    (mail,) = mail_server.mails
    (attached,) = list(mail.iter_attachments())
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content().startswith(b"%PDF")
    (entry,) = scene.messages[0].attachments
    assert entry["name"] == attached.get_filename() == f"releve-{scene.customer.code}-2026-11-20.pdf"
    from dso.services import files

    assert files.path_of(entry["stored_as"]).read_bytes() == attached.get_content()


def test_a_second_message_refers_to_the_first(mail_server: MailServer) -> None:
    scene = queued(mail_server)
    send()
    second = an_action(scene.customer, scene.scenario, scene.items[0], kind="one_off", mode=Mode.MANUAL)
    messages.queue_for_action(second, actor=scene.collector, **when())
    send()
    first, last = mail_server.mails
    assert last["References"] == last["In-Reply-To"] == first["Message-ID"]
    assert last["Auto-Submitted"] is None


def test_paid_meanwhile_cancels_the_message_and_says_why(mail_server: MailServer) -> None:
    scene = queued(mail_server)
    for item in scene.items:
        pay(item)
    assert send().cancelled == 1
    (message,) = scene.messages
    assert (message.state, message.explanation) == (MessageState.CANCELLED, "paid meanwhile")
    assert scene.action.state is ActionState.CANCELLED
    assert mail_server.mails == []


def pay(item: Any) -> None:
    item.cleared_amount, item.remaining, item.cleared_on = item.remaining, Decimal(0), TODAY
    db.session.flush()


def test_what_is_open_at_the_second_of_sending_is_what_the_text_says(mail_server: MailServer) -> None:
    scene = queued(mail_server)
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
    scene = queued(mail_server)
    change(scene)
    db.session.flush()
    counts = send()
    assert (counts.sent, mail_server.mails) == (0, [])


def test_outside_the_hours_an_automatic_message_waits_and_one_sent_by_hand_leaves(mail_server: MailServer) -> None:
    scene = queued(mail_server)
    night = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    assert send(night).held == 1
    (message,) = scene.messages
    assert message.next_try_at == datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    messages.queue_for_action(scene.action, actor=scene.collector, **when())
    assert send(night).sent == 1


def test_the_hours_are_those_of_the_recipients_country(mail_server: MailServer) -> None:
    scene = queued(mail_server, a_scene(country="US", language="en"))
    assert send().held == 1
    assert scene.messages[0].next_try_at == datetime(2026, 11, 20, 13, 30, tzinfo=UTC)


def test_a_paused_account_keeps_its_message_waiting(mail_server: MailServer) -> None:
    scene = queued(mail_server)
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
    first = queued(mail_server)
    second = a_scene(entity=first.entity)
    second.contact.email = first.contact.email
    queued(mail_server, second)
    counts = send()
    assert (counts.sent, counts.held) == (1, 1)
    assert "budget" in second.messages[0].explanation


def test_a_server_that_asks_to_try_later_gets_it_later_and_once(mail_server: MailServer) -> None:
    scene = queued(mail_server)
    mail_server.sink.rcpt[scene.contact.email] = ["451 greylisted", "250 OK"]
    assert send().later == 1
    (message,) = scene.messages
    assert (message.state, message.next_try_at) == (MessageState.QUEUED, NOW + timedelta(minutes=1))
    assert "451 greylisted" in message.explanation
    assert send() == SendCounts()
    assert send(NOW + timedelta(minutes=1)).sent == 1
    assert len(mail_server.mails) == 1


def test_an_address_that_is_refused_is_marked_and_the_action_is_in_error(mail_server: MailServer) -> None:
    scene = queued(mail_server)
    mail_server.sink.rcpt[scene.contact.email] = ["550 no such user"]
    assert send().failed == 1
    (message,) = scene.messages
    assert (message.state, scene.contact.bounced) == (MessageState.FAILED, True)
    assert scene.action.state is ActionState.ERROR
    assert "550 no such user" in scene.action.explanation
    assert send(NOW + timedelta(hours=5)) == SendCounts()


def test_a_text_that_is_refused_for_policy_does_not_mark_the_address(mail_server: MailServer) -> None:
    scene = queued(mail_server)
    mail_server.sink.data = ["554 5.7.1 spam"]
    assert send().failed == 1
    assert not scene.contact.bounced
    assert scene.messages[0].state is MessageState.FAILED


def test_a_temporary_error_that_lasts_two_days_is_a_failure(mail_server: MailServer) -> None:
    scene = queued(mail_server)
    mail_server.sink.rcpt[scene.contact.email] = ["451 greylisted"]
    send()
    scene.messages[0].queued_at = NOW - timedelta(days=3)
    db.session.flush()
    assert send(NOW + timedelta(minutes=2)).failed == 1


def test_the_mail_server_may_be_away_for_an_hour(mail_server: MailServer) -> None:
    scenes = [queued(mail_server)]
    scenes += [queued(mail_server, a_scene(entity=scenes[0].entity)) for _ in range(4)]
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
    first = queued(mail_server)
    for _ in range(4):
        queued(mail_server, a_scene(entity=first.entity))
    assert send().sent == 5
    assert len(mail_server.sink.sessions) == 1


def test_the_limit_of_a_call_the_minute_and_the_day_are_kept(mail_server: MailServer) -> None:
    first = queued(mail_server)
    for _ in range(5):
        queued(mail_server, a_scene(entity=first.entity))
    set_setting("sending.per_minute", "2")
    set_setting("sending.per_day", "5")
    assert send(limit=1).sent == 1
    assert send().sent == 1
    assert send().sent == 0
    assert send(NOW + timedelta(minutes=2)).sent == 2
    assert send(NOW + timedelta(minutes=4)).sent == 1
    assert send(NOW + timedelta(minutes=6)).sent == 0


def test_the_first_week_live_has_a_cap_of_automatic_messages_a_day(mail_server: MailServer) -> None:
    first = queued(mail_server)
    first.entity.live_at = NOW - timedelta(days=1)
    set_setting("sending.ramp_up", "2")
    scenes = [first, *(queued(mail_server, a_scene(entity=first.entity)) for _ in range(3))]
    by_hand = a_scene(entity=first.entity)
    messages.queue_for_action(by_hand.action, actor=by_hand.collector, **when())
    assert send().sent == 3
    waiting = [scene.messages[0] for scene in scenes if scene.messages[0].state is MessageState.QUEUED]
    assert {one.next_try_at for one in waiting} == {datetime(2026, 11, 23, 7, 30, tzinfo=UTC)}
    assert len(waiting) == 2
    assert by_hand.messages[0].state is MessageState.SENT


def test_after_the_first_week_there_is_no_cap(mail_server: MailServer) -> None:
    first = queued(mail_server)
    first.entity.live_at = NOW - timedelta(days=8)
    set_setting("sending.ramp_up", "1")
    queued(mail_server, a_scene(entity=first.entity))
    assert send().sent == 2


def test_in_test_mode_a_copy_goes_to_the_test_address_and_the_message_stays_withheld(mail_server: MailServer) -> None:
    scene = a_scene()
    go_live(scene.entity, mail_server.port)
    set_setting_to("sending.mode", "test")
    set_setting("sending.test_address", "test@acme.example")
    queued(mail_server, scene)
    assert send().withheld == 1
    ((recipients, mail),) = mail_server.sink.taken
    assert recipients == ["test@acme.example"]
    assert mail["Subject"].startswith(f"[TEST {scene.contact.email}]")
    set_setting_to("sending.mode", "live")
    assert send(NOW + timedelta(days=3)) == SendCounts()
    assert scene.messages[0].state is MessageState.WITHHELD


def set_setting_to(name: str, value: str) -> None:
    from dso.models import Setting
    from dso.queries import settings

    db.session.query(Setting).filter_by(name=name).one().value = value
    db.session.flush()
    settings.forget()


def test_going_live_sends_nothing_that_was_made_in_test_mode(mail_server: MailServer) -> None:
    scene = a_scene()
    messages.queue_for_action(scene.action, actor=None, **when())
    go_live(scene.entity, mail_server.port)
    assert send() == SendCounts()
    assert mail_server.mails == []


def test_what_a_person_wrote_comes_back_when_the_sums_changed_before_it_left(mail_server: MailServer) -> None:
    scene = queued(mail_server, actor=a_person(), subject="Vous devez 1 250,50 €", body="Merci.\n\n#items_list_overdue")
    pay(scene.items[0])
    assert send().to_confirm == 1
    assert scene.action.state is ActionState.ERROR
    assert "changed" in scene.action.explanation
    assert mail_server.mails == []


def a_person() -> Any:
    return factories.a_user()


def test_a_letter_becomes_a_pdf_and_needs_no_mail_server(mail_server: MailServer) -> None:
    scene = queued(mail_server, a_scene(step={"type": StepType.LETTER}))
    mail_server.stop()
    assert send().sent == 1
    (message,) = scene.messages
    (entry,) = message.attachments
    from dso.services import files

    assert files.path_of(entry["stored_as"]).read_bytes().startswith(b"%PDF")
    assert scene.action.state is ActionState.DONE


def test_a_letter_may_show_the_logo_and_what_a_rich_text_holds(mail_server: MailServer) -> None:
    scene = a_scene(step={"type": StepType.LETTER})
    scene.entity.logo, scene.entity.logo_type = PIXEL, "image/png"
    (template,) = [one for one in scene.scenario.steps[0].templates if one.language == "fr"]
    template.body = (
        "<p>#my_company_logo</p><p style='color:#c00;text-align:right'><b>Bonjour</b> <a href='https://x.example'>x</a>"
        "</p><ul><li>un</li></ul><table><tr><td>a</td></tr></table>#items_list_overdue<p>#my_profile_image</p>"
    )
    queued(mail_server, scene)
    assert send().sent == 1


def test_an_action_with_two_channels_is_done_when_both_have_left(mail_server: MailServer) -> None:
    scene = queued(mail_server, a_scene(step={"also_by": StepType.LETTER}))
    mail_server.sink.rcpt[scene.contact.email] = ["451 later", "250 OK"]
    send()
    assert scene.action_state == "queued"
    send(NOW + timedelta(minutes=5))
    assert scene.action_state == "done"


def test_a_header_cannot_be_smuggled_in_by_a_name(mail_server: MailServer) -> None:
    scene = a_scene(business_name="Evil\r\nBcc: thief@x.example")
    scene.contact.last_name = "Hébert\nX-Evil: 1"
    scene.collector.last_name = "Noël\r\nX-Bad: 1"
    (template,) = [one for one in scene.scenario.steps[0].templates if one.language == "fr"]
    template.subject = "#customer_name"
    queued(mail_server, scene)
    assert send().sent == 1
    ((recipients, mail),) = mail_server.sink.taken
    assert recipients == [scene.contact.email]
    assert mail["Bcc"] is None and mail["X-Evil"] is None and mail["X-Bad"] is None
    assert mail["Subject"] == "Evil Bcc: thief@x.example"


def test_an_address_that_is_none_fails_in_words(mail_server: MailServer) -> None:
    scene = a_scene()
    queued(mail_server, scene, actor=scene.collector, recipients=["not an address\r\nRCPT TO:<x@x.example>"])
    assert send().failed == 1
    assert "is not an e-mail address" in scene.messages[0].explanation


def test_blind_and_open_copies_go_along(mail_server: MailServer) -> None:
    scene = a_scene(step={"recipients": {"cc": ["copy@acme.example"]}})
    scene.entity.mail_bcc = "archive@acme.example"
    queued(mail_server, scene)
    send()
    ((recipients, mail),) = mail_server.sink.taken
    assert recipients == [scene.contact.email, "copy@acme.example", "archive@acme.example"]
    assert mail["Cc"] == "copy@acme.example"
    assert "archive@acme.example" not in mail.as_string()


def test_sender_is_the_collector_else_a_credit_manager_else_an_administrator(mail_server: MailServer) -> None:
    from dso.domain.codes import Role

    manager = factories.a_user(role=Role.CREDIT_MANAGER, first_name="Mara", last_name="Manager")
    scene = queued(mail_server, a_scene(collector_id=None))
    send()
    assert scene.messages[0].sender_id == manager.id
    assert mail_server.mails[0]["Reply-To"] == manager.email


def test_one_fixed_sender_may_be_set(mail_server: MailServer) -> None:
    scene = a_scene()
    set_setting("sending.fixed_sender", "credit@acme.example")
    queued(mail_server, scene)
    send()
    assert mail_server.mails[0]["Reply-To"] == "credit@acme.example"


def test_waiting_messages_of_other_days_do_not_hold_each_other_up(mail_server: MailServer, session: Session) -> None:
    scene = queued(mail_server)
    other = queued(mail_server, a_scene(entity=scene.entity))
    other.messages[0].next_try_at = NOW + timedelta(days=1)
    session.flush()
    assert send().sent == 1
    assert isinstance(scene.customer, Customer)
    assert session.query(Message).filter_by(state=MessageState.QUEUED).count() == 1
    assert date(2026, 11, 20) == TODAY
