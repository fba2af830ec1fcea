"""What the sender keeps to: limits, test mode, letters and second channels, headers, who signs."""

import base64
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import ActionState, MessageState, StepType
from dso.models import Action, Customer, Message
from dso.services import actions, messages
from dso.services.messages import SendCounts
from tests import factories
from tests.conftest import NOW, TODAY
from tests.services.messages.conftest import MailServer
from tests.services.messages.scene import Scene, a_scene, go_live, pay, queued, send, set_setting, when

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.network]


PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_the_limit_of_a_call_the_minute_and_the_day_are_kept(mail_server: MailServer) -> None:
    first = queued(mail_server.port)
    for _ in range(5):
        queued(mail_server.port, a_scene(entity=first.entity))
    set_setting("sending.per_minute", "2")
    set_setting("sending.per_day", "5")
    assert send(limit=1).sent == 1
    assert send().sent == 1
    assert send().sent == 0
    assert send(NOW + timedelta(minutes=2)).sent == 2
    assert send(NOW + timedelta(minutes=4)).sent == 1
    assert send(NOW + timedelta(minutes=6)).sent == 0


def test_the_first_week_live_has_a_cap_of_automatic_messages_a_day(mail_server: MailServer) -> None:
    first = queued(mail_server.port)
    first.entity.live_at = NOW - timedelta(days=1)
    set_setting("sending.ramp_up", "2")
    scenes = [first, *(queued(mail_server.port, a_scene(entity=first.entity)) for _ in range(3))]
    by_hand = a_scene(entity=first.entity)
    messages.queue_for_action(by_hand.action, actor=by_hand.collector, **when())
    assert send().sent == 3
    waiting = [scene.messages[0] for scene in scenes if scene.messages[0].state is MessageState.QUEUED]
    assert {one.next_try_at for one in waiting} == {datetime(2026, 11, 23, 7, 30, tzinfo=UTC)}
    assert len(waiting) == 2
    assert by_hand.messages[0].state is MessageState.SENT


def test_after_the_first_week_there_is_no_cap(mail_server: MailServer) -> None:
    first = queued(mail_server.port)
    first.entity.live_at = NOW - timedelta(days=8)
    set_setting("sending.ramp_up", "1")
    queued(mail_server.port, a_scene(entity=first.entity))
    assert send().sent == 2


def test_in_test_mode_a_copy_goes_to_the_test_address_and_the_message_stays_withheld(mail_server: MailServer) -> None:
    scene = a_scene()
    go_live(scene.entity, mail_server.port)
    set_setting_to("sending.mode", "test")
    set_setting("sending.test_address", "test@acme.example")
    queued(mail_server.port, scene)
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


def test_what_still_waited_when_sending_was_turned_on_never_leaves(mail_server: MailServer) -> None:
    scene = a_scene()
    messages.queue_for_action(scene.action, actor=None, **when(), at_once=False)
    go_live(scene.entity, mail_server.port)
    scene.entity.live_at = NOW
    assert send().withheld == 1
    assert scene.messages[0].state is MessageState.WITHHELD
    assert mail_server.mails == []


def test_a_day_worked_after_sending_was_turned_on_leaves_though_its_hour_lies_before(mail_server: MailServer) -> None:
    scene = a_scene()
    go_live(scene.entity, mail_server.port)
    scene.entity.live_at = NOW + timedelta(hours=3)
    queued(mail_server.port, scene)
    assert send().sent == 1


def test_what_a_person_wrote_comes_back_when_the_sums_changed_before_it_left(mail_server: MailServer) -> None:
    scene = queued(
        mail_server.port, actor=a_person(), subject="Vous devez 1 250,50 €", body="Merci.\n\n#items_list_overdue"
    )
    pay(scene.items[0])
    assert send().to_confirm == 1
    assert scene.action.state is ActionState.ERROR
    assert "changed" in scene.action.explanation
    assert mail_server.mails == []


def a_person() -> Any:
    return factories.a_user()


def test_a_letter_becomes_a_pdf_and_needs_no_mail_server(mail_server: MailServer) -> None:
    scene = queued(mail_server.port, a_scene(step={"type": StepType.LETTER}))
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
    queued(mail_server.port, scene)
    assert send().sent == 1


def test_an_action_with_two_channels_is_done_when_both_have_left(mail_server: MailServer) -> None:
    scene = queued(mail_server.port, a_scene(step={"also_by": StepType.LETTER}))
    mail_server.sink.rcpt[scene.contact.email] = ["451 later", "250 OK"]
    send()
    assert scene.action_state == "queued"
    send(NOW + timedelta(minutes=5))
    assert scene.action_state == "done"


def a_notice_by_both(mail_server: MailServer) -> Scene:
    """A formal notice by e-mail and letter, planned and queued by the day's run itself."""
    scene = a_scene(step={"also_by": StepType.LETTER})
    go_live(scene.entity, mail_server.port)
    db.session.delete(scene.action)
    db.session.flush()
    scene.entity.ledger_at = NOW - timedelta(hours=1)
    actions.plan_day(scene.entity, **when())
    scene.action = db.session.scalars(select(Action).where(Action.customer_id == scene.customer.id)).one()
    return scene


def test_the_letter_of_a_notice_leaves_though_its_email_is_a_contact_of_today(mail_server: MailServer) -> None:
    scene = a_notice_by_both(mail_server)
    counts = send()
    assert (counts.sent, counts.cancelled) == (2, 0)
    assert scene.action_state == "done"


def test_the_half_of_a_notice_that_waits_for_its_server_is_not_moved_by_the_half_that_left(
    mail_server: MailServer,
) -> None:
    scene = a_notice_by_both(mail_server)
    mail_server.sink.rcpt[scene.contact.email] = ["451 later", "250 OK"]
    assert send().sent == 1
    monday = NOW + timedelta(days=3)
    scene.entity.ledger_at = monday
    actions.plan_day(scene.entity, today=TODAY + timedelta(days=3), now=monday)
    assert scene.action_state == "queued"
    assert send(monday).sent == 1
    assert [one.state for one in scene.messages] == ["sent", "sent"]
    assert scene.action_state == "done"


def test_a_header_cannot_be_smuggled_in_by_a_name(mail_server: MailServer) -> None:
    scene = a_scene(business_name="Evil\r\nBcc: thief@x.example")
    scene.contact.last_name = "Hébert\nX-Evil: 1"
    scene.collector.last_name = "Noël\r\nX-Bad: 1"
    (template,) = [one for one in scene.scenario.steps[0].templates if one.language == "fr"]
    template.subject = "#customer_name"
    queued(mail_server.port, scene)
    assert send().sent == 1
    ((recipients, mail),) = mail_server.sink.taken
    assert recipients == [scene.contact.email]
    assert mail["Bcc"] is None and mail["X-Evil"] is None and mail["X-Bad"] is None
    assert mail["Subject"] == "Evil Bcc: thief@x.example"


def test_an_address_that_is_none_fails_in_words(mail_server: MailServer) -> None:
    scene = a_scene()
    queued(mail_server.port, scene, actor=scene.collector, recipients=["not an address\r\nRCPT TO:<x@x.example>"])
    assert send().failed == 1
    assert "is not an e-mail address" in scene.messages[0].explanation


def test_blind_and_open_copies_go_along(mail_server: MailServer) -> None:
    scene = a_scene(step={"recipients": {"cc": ["copy@acme.example"]}})
    scene.entity.mail_bcc = "archive@acme.example"
    queued(mail_server.port, scene)
    send()
    ((recipients, mail),) = mail_server.sink.taken
    assert recipients == [scene.contact.email, "copy@acme.example", "archive@acme.example"]
    assert mail["Cc"] == "copy@acme.example"
    assert "archive@acme.example" not in mail.as_string()


def test_sender_is_the_collector_else_a_credit_manager_else_an_administrator(mail_server: MailServer) -> None:
    from dso.domain.codes import Role

    manager = factories.a_user(role=Role.CREDIT_MANAGER, first_name="Mara", last_name="Manager")
    scene = queued(mail_server.port, a_scene(collector_id=None))
    send()
    assert scene.messages[0].sender_id == manager.id
    assert mail_server.mails[0]["Reply-To"] == manager.email


def test_one_fixed_sender_may_be_set(mail_server: MailServer) -> None:
    scene = a_scene()
    set_setting("sending.fixed_sender", "credit@acme.example")
    queued(mail_server.port, scene)
    send()
    assert mail_server.mails[0]["Reply-To"] == "credit@acme.example"


def test_waiting_messages_of_other_days_do_not_hold_each_other_up(mail_server: MailServer, session: Session) -> None:
    scene = queued(mail_server.port)
    other = queued(mail_server.port, a_scene(entity=scene.entity))
    other.messages[0].next_try_at = NOW + timedelta(days=1)
    session.flush()
    assert send().sent == 1
    assert isinstance(scene.customer, Customer)
    assert session.query(Message).filter_by(state=MessageState.QUEUED).count() == 1
    assert date(2026, 11, 20) == TODAY
