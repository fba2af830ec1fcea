"""Putting messages into the outbox: once, for whom, and what happens where nothing can leave."""

from typing import Any

import pytest
from sqlalchemy import func, select

from dso.db import db
from dso.domain.codes import ActionState, Channel, MessageState, StepType
from dso.domain.errors import Refused
from dso.models import Event, Message
from dso.services import messages
from tests import factories
from tests.conftest import TODAY
from tests.services.messages.scene import Scene, a_scene, go_live, set_setting, when

pytestmark = pytest.mark.usefixtures("app")


def queue(scene: Scene, **more: Any) -> list[Message]:
    return messages.queue_for_action(scene.action, **{"actor": None, **when(), **more})


def test_in_test_mode_a_message_is_written_withheld_and_its_action_done() -> None:
    scene = a_scene()
    (message,) = queue(scene)
    assert message.state is MessageState.WITHHELD
    assert message.explanation == "not sent (test)"
    assert (message.left_on, message.sent_at) == (TODAY, None)
    assert message.subject == "Relance : 1\u202f250,50\u00a0€ échus"
    assert "1\u202f000,00" in message.body_html
    assert scene.action.state is ActionState.DONE


def test_live_without_a_mail_server_it_is_withheld_as_well() -> None:
    scene = a_scene()
    set_setting("sending.mode", "live")
    (message,) = queue(scene)
    assert message.state is MessageState.WITHHELD
    assert "no mail server" in message.explanation


def test_live_it_waits_in_the_outbox_and_its_action_is_queued() -> None:
    scene = a_scene()
    go_live(scene.entity, 1)
    (message,) = queue(scene)
    assert (message.state, message.automatic) == (MessageState.QUEUED, True)
    assert scene.action.state is ActionState.QUEUED


def test_queuing_twice_makes_one_message() -> None:
    scene = a_scene()
    go_live(scene.entity, 1)
    first, second = queue(scene), queue(scene)
    assert [one.id for one in first] == [one.id for one in second]
    assert db.session.scalar(select(func.count()).select_from(Message)) == 1


def test_what_left_is_not_queued_again() -> None:
    scene = a_scene()
    queue(scene)
    (again,) = queue(scene)
    assert again.state is MessageState.WITHHELD
    assert len(scene.messages) == 1


def test_a_step_with_a_second_channel_makes_an_email_and_a_letter_of_the_same_text() -> None:
    scene = a_scene(step={"also_by": StepType.LETTER})
    email, letter = queue(scene)
    assert (email.channel, letter.channel) == (Channel.EMAIL, Channel.LETTER)
    assert letter.recipient == "post"
    assert "1\u202f250,50" in letter.body_html
    assert "Répondre" in email.body_html
    assert "Répondre" not in letter.body_html


def test_text_messages_stay_in_the_outbox() -> None:
    scene = a_scene(step={"type": StepType.SMS})
    scene.contact.mobile = "+33 6 01 02 03 04"
    set_setting("sending.mode", "live")
    (message,) = queue(scene)
    assert (message.channel, message.state) == (Channel.SMS, MessageState.WITHHELD)


def test_an_address_that_bounced_is_not_written_to() -> None:
    scene = a_scene()
    scene.contact.bounced = True
    with pytest.raises(Refused):
        queue(scene)


def test_a_person_may_choose_other_recipients_and_words() -> None:
    scene = a_scene()
    sent = queue(
        scene,
        actor=scene.collector,
        subject="Bonjour",
        body="Deux mots\n\n#items_list_overdue",
        recipients=["a@client.example", "b@client.example", "A@client.example"],
        override_reason="asked for by phone",
    )
    assert [one.recipient for one in sent] == ["a@client.example", "b@client.example"]
    assert {one.subject for one in sent} == {"Bonjour"}
    assert all("Deux mots" in one.body_html and scene.items[0].number in one.body_html for one in sent)
    assert {(one.automatic, one.override_reason) for one in sent} == {(False, "asked for by phone")}


def test_a_hashtag_that_does_not_exist_never_leaves_as_text() -> None:
    scene = a_scene()
    with pytest.raises(Refused, match="#items_list_overdu"):
        queue(scene, actor=scene.collector, subject="Invoices", body="Dear Zoé,\n\n#items_list_overdu")
    assert queue(
        scene, actor=scene.collector, subject="Invoices", body="#urgent: order #A12, please\n\n#items_list_overdue"
    )


def test_without_a_text_in_the_language_an_automatic_message_waits_to_be_confirmed() -> None:
    scene = a_scene(language="it")
    (message,) = queue(scene)
    assert message.state is MessageState.CANCELLED
    assert scene.action.to_confirm == "language_fallback"
    assert scene.action.state is ActionState.PLANNED


def test_a_person_sends_it_in_the_other_language_without_being_asked_again() -> None:
    scene = a_scene(language="it")
    (message,) = queue(scene, actor=scene.collector)
    assert (message.state, message.language) == (MessageState.WITHHELD, "en")


def test_a_country_of_several_languages_asks_first() -> None:
    scene = a_scene(country="CH")
    queue(scene)
    assert scene.action.to_confirm == "language_fallback"


def test_what_is_sent_stands_on_the_timeline() -> None:
    scene = a_scene()
    queue(scene)
    events = select(Event).where(Event.customer_id == scene.customer.id).order_by(Event.id)
    texts = [one.text for one in db.session.scalars(events)]
    assert any("not sent (test)" in text for text in texts)


def test_a_waiting_message_can_be_taken_back_and_its_action_with_it() -> None:
    scene = a_scene()
    go_live(scene.entity, 1)
    (message,) = queue(scene)
    messages.cancel(message, actor=scene.collector, **when())
    assert message.state is MessageState.CANCELLED
    assert scene.action.state is ActionState.CANCELLED
    with pytest.raises(Refused):
        messages.send_again(message, actor=scene.collector, now=when()["now"])


def test_a_failed_message_is_sent_again_by_hand() -> None:
    scene = a_scene()
    go_live(scene.entity, 1)
    (message,) = queue(scene)
    message.state, scene.action.state = MessageState.FAILED, ActionState.ERROR
    messages.send_again(message, actor=scene.collector, now=when()["now"])
    assert (message.state, message.automatic) == (MessageState.QUEUED, False)
    assert scene.action.state is ActionState.QUEUED


def test_a_withheld_message_is_never_sent_again_nor_cancelled() -> None:
    scene = a_scene()
    (message,) = queue(scene)
    go_live(scene.entity, 1)
    with pytest.raises(Refused):
        messages.send_again(message, actor=scene.collector, now=when()["now"])
    with pytest.raises(Refused):
        messages.cancel(message, actor=scene.collector, **when())


def test_copies_go_to_the_addresses_and_colleagues_of_the_step() -> None:
    scene = a_scene(step={"recipients": {"cc": ["copy@acme.example"], "colleagues": ["sales"]}})
    from dso.domain.codes import ColleagueRole
    from dso.models import CustomerColleague

    seller = factories.a_user(email="seller@acme.example")
    scene.customer.colleagues = [CustomerColleague(user_id=seller.id, role=ColleagueRole.SALES)]
    db.session.flush()
    (message,) = queue(scene)
    assert message.cc == ["copy@acme.example", "seller@acme.example"]
