"""Mails of the product itself: through the outbox, without the secret once they left."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import MessageState
from dso.models import Entity, Message, User
from dso.services import messages
from tests import factories
from tests.conftest import NOW, TODAY
from tests.services.messages.conftest import MailServer
from tests.services.messages.scene import go_live

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.network]
URL = "http://localhost/invitation/s3cret?a=1&b=2"


def invite(entity: Entity, user: User, **context: Any) -> Message:
    known = {"name": user.full_name, "inviter": "Ada", "url": URL, "days": 30, "language": "fr"}
    return messages.send_plain(user.email, "invitation", {**known, **context}, entity=entity, now=NOW)


def send() -> messages.SendCounts:
    return messages.send_due(now=NOW, limit=10, worker="test", commit=db.session.commit)


@pytest.mark.parametrize(
    ("language", "word"), [("fr", "Votre accès"), ("de", "Ihr Zugang"), ("en", "Your access"), ("it", "Your access")]
)
def test_a_notice_speaks_the_language_of_its_reader(entity: Entity, language: str, word: str) -> None:
    message = invite(entity, factories.a_user(), language=language)
    assert message.subject.startswith(word)
    assert message.state is MessageState.QUEUED


def test_its_secret_reaches_the_reader_and_is_not_kept(
    entity: Entity, session: Session, mail_server: MailServer
) -> None:
    go_live(entity, mail_server.port)
    message = invite(entity, factories.a_user())
    assert "s3cret" not in message.body_html + message.body_text
    assert send().sent == 1
    part = mail_server.mails[0].get_body(("html",))
    text = mail_server.mails[0].get_body(("plain",))
    assert part is not None and URL.replace("&", "&amp;") in part.get_content()
    assert text is not None and URL in text.get_content()
    session.refresh(message)
    assert "s3cret" not in message.body_html + message.body_text + str(message.listed)


def test_a_server_that_asks_to_try_later_does_not_make_it_forget_the_secret(
    entity: Entity, session: Session, mail_server: MailServer
) -> None:
    go_live(entity, mail_server.port)
    user = factories.a_user()
    mail_server.sink.rcpt[user.email] = ["451 later", "250 OK"]
    message = invite(entity, user)
    assert send().later == 1
    message.next_try_at = NOW
    session.flush()
    assert send().sent == 1
    text = mail_server.mails[0].get_body(("plain",))
    assert text is not None and URL in text.get_content()


def test_in_test_mode_notices_reach_the_team_and_nobody_else(entity: Entity, mail_server: MailServer) -> None:
    entity.smtp_host, entity.smtp_port, entity.smtp_security = "127.0.0.1", mail_server.port, "none"
    entity.mail_from = "collect@acme.example"
    invite(entity, factories.a_user())
    outside = factories.a_user()
    outside.email = "gone@acme.example"
    message = messages.send_plain(
        "debtor@client.example", "invitation", {"name": "x", "days": 1, "url": ""}, entity=entity, now=NOW
    )
    counts = send()
    assert (counts.sent, counts.withheld) == (1, 1)
    assert message.state is MessageState.WITHHELD


def test_without_a_mail_server_a_notice_stays_here(entity: Entity) -> None:
    message = invite(entity, factories.a_user())
    assert send().withheld == 1
    assert message.state is MessageState.WITHHELD
    assert "no mail server" in message.explanation


@pytest.mark.parametrize("language", ["en", "fr", "de"])
@pytest.mark.parametrize("template", ["reply_received", "reply_copy"])
def test_what_was_answered_is_told_in_words_and_nothing_of_the_inside(
    entity: Entity, template: str, language: str
) -> None:
    facts = {"reason": "Price", "promised_on": TODAY, "paid_on": TODAY, "amount": Decimal(5), "currency": "EUR"}
    reply = {"kind": "dispute", "author": "Zoé", "email": "zoe@client.example", "text": "Too much", "resolved": False}
    reply |= {"numbers": ["F1", "F2"], "files": ["proof.pdf"], **facts}
    context = {"language": language, "name": "Una", "customer_name": "Client", "customer_code": "C1", "reply": reply}
    message = messages.send_plain(
        "una@acme.example", template, {**context, "address": "http://localhost/replies/1"}, entity=entity, now=NOW
    )
    assert "F1, F2" in message.body_text
    assert " object at " not in message.body_text
    words = {"en": "Items", "fr": "Pièces", "de": "Belege"}
    assert words[language] in message.body_text
