"""Accounts that share a payment centre get one message with a table for each (3.4)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dso.db import db
from dso.domain.codes import MessageState, StepType
from dso.models import Action, Customer, Entity, Item, Link, Message, PaymentCentre, User
from dso.queries import contacts_made
from dso.queries.messages import people
from dso.services import actions, links, messages
from dso.services.messages import claims
from tests import factories
from tests.conftest import NOW
from tests.services.agenda import messages_of, planned
from tests.services.messages.conftest import MailServer
from tests.services.messages.scene import a_step, go_live, pay, send, when

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.network]


@pytest.fixture
def centre(entity: Entity, mail_server: MailServer) -> list[Customer]:
    """Three accounts of one payment centre with a late invoice each; live."""
    go_live(entity, mail_server.port)
    return a_centre(entity)


def a_centre(entity: Entity, **step: Any) -> list[Customer]:
    plan = factories.a_scenario(a_step(**step), entity=entity)
    office = PaymentCentre(entity_id=entity.id, name="Paying office")
    db.session.add(office)
    db.session.flush()
    known = {"entity": entity, "scenario_id": plan.id, "payment_centre_id": office.id, "street": "rue Haute"}
    found = [factories.a_customer(**known, city="Lyon", business_name=f"Shop {n}") for n in (1, 2, 3)]
    office.contact_id = factories.a_contact(found[0], email="office@client.example").id
    for customer, amount in zip(found, ("100", "200.50", "300"), strict=True):
        factories.an_item(customer, amount, days_late=20)
    db.session.flush()
    return found


def plan_today(entity: Entity) -> None:
    entity.ledger_at = NOW - timedelta(hours=1)
    actions.plan_day(entity, **when())


def states(centre: list[Customer]) -> list[str]:
    return [state for customer in centre for _to, state in messages_of(customer)]


def test_one_mail_leaves_with_a_table_for_each_account_and_ends_the_actions_of_all(
    entity: Entity, centre: list[Customer], mail_server: MailServer
) -> None:
    plan_today(entity)
    assert states(centre) == ["queued"] * 3
    assert send().sent == 1
    (mail,) = mail_server.mails
    body = mail.get_body(("html",))
    assert body is not None
    text = body.get_content()
    for customer in centre:
        assert f"{customer.business_name} ({customer.code})" in text
    assert "600,50" in str(mail["Subject"])
    assert states(centre) == ["sent"] * 3
    done = db.session.scalars(select(Action.state).where(Action.done_on.is_not(None))).all()
    assert done == ["done"] * 3


def test_the_contact_of_the_centre_is_greeted_by_name_in_its_own_language_for_every_account(
    entity: Entity, mail_server: MailServer
) -> None:
    go_live(entity, mail_server.port)
    first, second, _third = a_centre(entity)
    contact = people.collection_contact(second)
    assert contact is not None
    contact.title, contact.language = "Ms", "en"
    pay(db.session.scalars(select(Item).where(Item.customer_id == first.id)).one())
    plan_today(entity)
    send()
    (message,) = db.session.scalars(select(Message).where(Message.customer_id == second.id))
    assert message.language == "en"
    assert contact.last_name in message.body_text
    assert message.contact_id == contact.id


def test_each_account_keeps_a_page_of_its_own(entity: Entity, centre: list[Customer], mail_server: MailServer) -> None:
    plan_today(entity)
    send()
    (mail,) = mail_server.mails
    body = mail.get_body(("html",))
    assert body is not None
    found = db.session.scalars(select(Link)).all()
    assert {link.customer_id for link in found} == {customer.id for customer in centre}
    assert all(links.url(link) in body.get_content() for link in found)
    kept = db.session.scalars(select(Message.body_html)).all()
    assert all("/p/" not in html and "link.invalid" not in html for html in kept)


def test_an_account_that_paid_meanwhile_is_not_in_the_message_of_the_others(
    entity: Entity, centre: list[Customer], mail_server: MailServer
) -> None:
    plan_today(entity)
    pay(db.session.scalars(select(Item).where(Item.customer_id == centre[1].id)).one())
    send()
    assert states(centre) == ["sent", "cancelled", "sent"]
    assert "400,00" in str(mail_server.mails[0]["Subject"])


def test_a_credit_of_one_account_nets_no_other(entity: Entity, centre: list[Customer], mail_server: MailServer) -> None:
    factories.an_item(centre[0], "-60", type="AVO")
    plan_today(entity)
    send()
    assert "540,50" in str(mail_server.mails[0]["Subject"])


def test_what_left_as_one_uses_up_one_contact_of_the_address(
    entity: Entity, centre: list[Customer], mail_server: MailServer
) -> None:
    plan_today(entity)
    send()
    book = contacts_made.recent(entity, when()["today"], days=7, ids=None)
    assert book.by_address["office@client.example"].all_but(None) == 1
    assert [book.by_account[customer.id].all_but(None) for customer in centre] == [1, 1, 1]


def test_a_server_that_asks_to_try_later_gets_all_of_it_later_and_once(
    entity: Entity, centre: list[Customer], mail_server: MailServer
) -> None:
    mail_server.sink.data = ["451 later", "250 OK"]
    plan_today(entity)
    assert send().later == 1
    assert states(centre) == ["queued"] * 3
    assert send(NOW + timedelta(minutes=5)).sent == 1
    assert states(centre) == ["sent"] * 3
    assert len(mail_server.mails) == 1


def test_an_address_that_is_refused_puts_all_actions_in_error(
    entity: Entity, centre: list[Customer], mail_server: MailServer
) -> None:
    mail_server.sink.rcpt["office@client.example"] = ["550 5.1.1 no such user"]
    plan_today(entity)
    assert send().failed == 1
    assert states(centre) == ["failed"] * 3
    assert [planned(customer).state for customer in centre] == ["error"] * 3


def test_a_sender_that_died_while_handing_it_over_leaves_all_of_it_uncertain(
    entity: Entity, centre: list[Customer]
) -> None:
    plan_today(entity)
    rows = db.session.scalars(select(Message).order_by(Message.id)).all()
    for row in rows:
        row.state, row.claimed_by, row.claimed_at = MessageState.SENDING, "gone", NOW - timedelta(hours=1)
        row.message_id_header = "<one@acme.example>"
        row.bundle_id = rows[0].id if row is not rows[0] else None
    db.session.flush()
    assert claims.recover(worker="next", now=NOW, commit=db.session.flush) == 1
    assert states(centre) == ["uncertain"] * 3


def test_the_statements_of_all_accounts_go_along(entity: Entity, mail_server: MailServer) -> None:
    go_live(entity, mail_server.port)
    centre = a_centre(entity, attachments=["statement"])
    plan_today(entity)
    send()
    names = [part.get_filename() or "" for part in mail_server.mails[0].iter_attachments()]
    assert len(names) == 3
    assert all(any(customer.code in name for name in names) for customer in centre)


def test_a_notice_by_both_ways_is_one_mail_and_a_letter_for_each_account(
    entity: Entity, mail_server: MailServer
) -> None:
    go_live(entity, mail_server.port)
    centre = a_centre(entity, also_by=StepType.LETTER)
    plan_today(entity)
    assert send().sent == 4
    assert len(mail_server.mails) == 1
    assert states(centre) == ["sent"] * 6


def test_in_test_mode_they_are_withheld_together_by_the_sender(entity: Entity) -> None:
    centre = a_centre(entity)
    plan_today(entity)
    assert states(centre) == ["queued"] * 3
    send()
    assert states(centre) == ["withheld"] * 3
    first = db.session.scalars(select(Message).order_by(Message.id)).first()
    assert first is not None
    assert all(customer.business_name in first.body_html for customer in centre)


def test_what_was_made_in_test_mode_does_not_leave_with_what_was_made_since(
    entity: Entity, mail_server: MailServer
) -> None:
    centre = a_centre(entity)
    plan_today(entity)
    go_live(entity, mail_server.port)
    for message in db.session.scalars(select(Message).where(Message.customer_id != centre[0].id)):
        message.listed = {}
    db.session.flush()
    send()
    assert states(centre) == ["withheld", "queued", "queued"]
    assert not mail_server.mails


def test_only_the_first_of_a_centre_is_claimed_so_that_several_senders_make_one_message(
    entity: Entity, centre: list[Customer]
) -> None:
    plan_today(entity)
    assert len(claims.claim(entity.id, worker="one", now=NOW, most=1)) == 1
    assert claims.claim(entity.id, worker="two", now=NOW, most=10) == []


def test_one_that_is_held_leaves_the_others_free(
    entity: Entity, centre: list[Customer], mail_server: MailServer
) -> None:
    plan_today(entity)
    centre[0].paused = True
    db.session.flush()
    send()
    assert states(centre) == ["queued", "sent", "sent"]
    assert len(mail_server.mails) == 1


def test_an_uncertain_one_that_is_sent_again_speaks_for_its_own_account(
    entity: Entity, centre: list[Customer], admin: User, mail_server: MailServer
) -> None:
    mail_server.sink.data = ["250 OK"]
    plan_today(entity)
    send()
    lead = db.session.scalars(select(Message).where(Message.bundle_id.is_(None))).one()
    for message in db.session.scalars(select(Message)):
        message.state = MessageState.UNCERTAIN
    messages.send_again(lead, actor=admin, now=NOW)
    send()
    assert states(centre) == ["sent", "uncertain", "uncertain"]
