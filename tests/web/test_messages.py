"""The outbox page: what left exactly as it left, what waits, what a person may do."""

import io
from collections.abc import Callable

import pytest
from pypdf import PdfReader
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import Channel, MessageState, Role, StepType
from dso.models import Message, User
from dso.services import messages
from tests import factories
from tests.conftest import NOW, Client
from tests.services.messages.scene import Scene, a_scene, go_live, send, set_setting, when

Login = Callable[[User], Client]


@pytest.fixture
def scene(session: Session) -> Scene:
    """A message withheld in test mode."""
    made = a_scene()
    messages.queue_for_action(made.action, actor=None, **when())
    return made


def test_the_list_shows_state_recipient_subject_action_and_customer(scene: Scene, login: Login) -> None:
    page = login(scene.collector).get("/messages").get_data(as_text=True)
    for word in ("Not sent (test)", scene.contact.email, "Relance", "First reminder", scene.customer.business_name):
        assert word in page


def test_the_list_is_narrowed_by_state_channel_and_words(scene: Scene, login: Login) -> None:
    browser = login(scene.collector)
    subject = "Relance"
    assert subject in browser.get("/messages?state=withheld").get_data(as_text=True)
    assert subject not in browser.get("/messages?state=sent").get_data(as_text=True)
    assert subject not in browser.get("/messages?channel=letter").get_data(as_text=True)
    assert subject in browser.get(f"/messages?text={scene.contact.email}").get_data(as_text=True)
    assert subject not in browser.get("/messages?text=nobody%25").get_data(as_text=True)


def test_the_part_is_sent_to_htmx(scene: Scene, login: Login) -> None:
    part = login(scene.collector).get("/messages", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert '<div id="message-list">' in part
    assert "<html" not in part


def test_the_number_of_statements_does_not_grow_with_the_rows(scene: Scene, login: Login) -> None:
    from sqlalchemy import event

    browser = login(scene.collector)

    def count() -> int:
        seen: list[str] = []

        def note(*args: object) -> None:
            seen.append(str(args[2]))

        bind = db.session.get_bind()
        event.listen(bind, "before_cursor_execute", note)
        try:
            browser.get("/messages")
        finally:
            event.remove(bind, "before_cursor_execute", note)
        return len(seen)

    before = count()
    for _ in range(5):
        more = a_scene(entity=scene.entity)
        messages.queue_for_action(more.action, actor=None, **when())
    assert count() == before


def test_a_message_is_shown_exactly_as_it_left_in_a_frame_without_rights(scene: Scene, login: Login) -> None:
    (message,) = scene.messages
    browser = login(scene.collector)
    page = browser.get(f"/messages/{message.id}").get_data(as_text=True)
    assert f'src="/messages/{message.id}/text"' in page
    assert " sandbox" in page
    answer = browser.get(f"/messages/{message.id}/text")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "script-src" not in policy
    text = answer.get_data(as_text=True)
    assert "Bonjour Zoé Hébert" in text
    assert "href" not in text.partition("<body")[2]


def test_a_waiting_message_shows_what_it_would_say_now(session: Session, login: Login) -> None:
    scene = a_scene()
    go_live(scene.entity, 1)
    messages.queue_for_action(scene.action, actor=None, **when())
    (message,) = scene.messages
    text = login(scene.collector).get(f"/messages/{message.id}/text").get_data(as_text=True)
    assert "1\u202f250,50" in text


def test_a_strangers_message_does_not_exist(scene: Scene, login: Login) -> None:
    seller = factories.a_user(role=Role.SALES)
    (message,) = scene.messages
    browser = login(seller)
    for path in ("", "/text", "/letter.pdf", "/files/0"):
        assert browser.get(f"/messages/{message.id}{path}").status_code == 404
    assert "Relance" not in browser.get("/messages").get_data(as_text=True)


@pytest.mark.parametrize("what", ["cancel", "send-again", "mark-as-sent"])
def test_who_only_reads_changes_nothing(scene: Scene, login: Login, what: str) -> None:
    reader = factories.a_user(role=Role.CONTROLLER)
    (message,) = scene.messages
    assert login(reader).post(f"/messages/{message.id}/{what}").status_code == 403
    assert message.state is MessageState.WITHHELD


def test_a_waiting_message_is_cancelled_and_a_failed_one_sent_again(session: Session, login: Login) -> None:
    scene = a_scene()
    go_live(scene.entity, 1)
    messages.queue_for_action(scene.action, actor=None, **when())
    (message,) = scene.messages
    browser = login(scene.collector)
    assert browser.post(f"/messages/{message.id}/cancel").status_code == 303
    assert scene.state == "cancelled"
    assert browser.post(f"/messages/{message.id}/send-again").status_code == 409
    message.state = MessageState.FAILED
    assert browser.post(f"/messages/{message.id}/send-again").status_code == 303
    assert scene.state == "queued"


def test_an_uncertain_message_asks_for_a_decision(scene: Scene, login: Login) -> None:
    (message,) = scene.messages
    message.state = MessageState.UNCERTAIN
    browser = login(scene.collector)
    assert "Mark as sent" in browser.get(f"/messages/{message.id}").get_data(as_text=True)
    browser.post(f"/messages/{message.id}/mark-as-sent")
    assert scene.messages[0].state is MessageState.SENT


def test_a_withheld_message_is_never_sent_from_the_page(scene: Scene, login: Login) -> None:
    (message,) = scene.messages
    answer = login(scene.collector).post(f"/messages/{message.id}/send-again")
    assert answer.status_code == 409
    assert "can not be sent again" in answer.get_data(as_text=True)


def test_a_letter_is_fetched_as_pdf_and_remembered_as_printed(session: Session, login: Login) -> None:
    scene = a_scene(step={"type": StepType.LETTER})
    messages.queue_for_action(scene.action, actor=None, **when())
    (message,) = scene.messages
    assert message.channel is Channel.LETTER
    answer = login(scene.collector).get(f"/messages/{message.id}/letter.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.get_data().startswith(b"%PDF")
    assert scene.messages[0].printed_at == NOW


def test_letters_that_wait_come_in_one_pdf_each_with_its_statement_and_count_as_printed(
    session: Session, login: Login
) -> None:
    first = a_scene(step={"type": StepType.LETTER, "attachments": ["statement"]})
    set_setting("sending.mode", "live")
    second = a_scene(entity=first.entity, step={"type": StepType.LETTER})
    for scene in (first, second):
        messages.queue_for_action(scene.action, actor=None, **when())
    send()
    browser = login(first.collector)
    assert "Print all as one PDF" in browser.get("/messages?state=print").get_data(as_text=True)
    answer = browser.post("/messages/letters.pdf")
    assert answer.mimetype == "application/pdf"
    text = [page.extract_text() for page in PdfReader(io.BytesIO(answer.get_data())).pages]
    assert len(text) == 3
    assert all(scene.messages[0].printed_at == NOW for scene in (first, second))
    assert browser.post("/messages/letters.pdf").status_code == 409


def test_who_does_not_collect_prints_no_letters(session: Session, login: Login) -> None:
    assert login(factories.a_user(role=Role.SALES)).post("/messages/letters.pdf").status_code == 403


def test_a_statement_that_went_along_can_be_fetched(session: Session, login: Login) -> None:
    scene = a_scene(step={"attachments": ["statement"]})
    messages.queue_for_action(scene.action, actor=None, **when())
    (message,) = scene.messages
    answer = login(scene.collector).get(f"/messages/{message.id}/files/0")
    assert answer.get_data().startswith(b"%PDF")
    assert login(scene.collector).get(f"/messages/{message.id}/files/1").status_code == 404


def test_notices_of_the_product_are_the_administrators(scene: Scene, login: Login, session: Session) -> None:
    admin = factories.a_user(role=Role.ADMIN)
    session.add(
        Message(
            entity_id=scene.entity.id,
            kind="notice",
            channel="email",
            recipient="new@acme.example",
            subject="Your access",
            body_html="<p>Hello</p>",
            queued_at=NOW,
        )
    )
    session.flush()
    assert "Your access" in login(admin).get("/messages").get_data(as_text=True)
    assert "Your access" not in login(scene.collector).get("/messages").get_data(as_text=True)


def test_the_statement_of_a_customer_is_fetched_as_pdf_and_spreadsheet(scene: Scene, login: Login) -> None:
    browser = login(scene.collector)
    pdf = browser.get(f"/customers/{scene.customer.id}/statement.pdf")
    assert pdf.get_data().startswith(b"%PDF")
    assert "releve-" in pdf.headers["Content-Disposition"]
    xlsx = browser.get(f"/customers/{scene.customer.id}/statement.xlsx?language=en")
    assert xlsx.get_data().startswith(b"PK")
    assert "statement-" in xlsx.headers["Content-Disposition"]
    stranger = login(factories.a_user(role=Role.SALES))
    assert stranger.get(f"/customers/{scene.customer.id}/statement.pdf").status_code == 404
