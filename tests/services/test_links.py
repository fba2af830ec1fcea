"""Links: made once for a message and recipient, signed, taken back one by one or all together."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import Channel, Flavour
from dso.domain.errors import Refused
from dso.models import Customer, Event, Message
from dso.queries import links as queries
from dso.services import links, settings
from tests import factories
from tests.conftest import NOW


def a_message(session: Session, customer: Customer, **values: str) -> Message:
    message = Message(
        entity_id=customer.entity_id,
        customer_id=customer.id,
        channel=Channel.EMAIL,
        recipient="zoe@client.example",
        recipient_name="Zoé Hébert",
        language="fr",
        queued_at=NOW,
        **values,
    )
    session.add(message)
    session.flush()
    return message


def test_a_link_takes_name_and_language_of_its_message(session: Session) -> None:
    customer = factories.a_customer()
    link = links.create(customer, a_message(session, customer), "zoe@client.example", now=NOW)
    assert (link.recipient, link.recipient_name, link.language) == ("zoe@client.example", "Zoé Hébert", "fr")
    assert link.expires_at == NOW + timedelta(days=60)


def test_the_days_a_link_lives_are_settings_of_each_flavour(session: Session) -> None:
    customer = factories.a_customer()
    settings.set_value(customer.entity, "links.days", "10", actor=None, now=NOW)
    debtor = links.create(customer, None, "a@b.example", now=NOW)
    colleague = links.create(customer, None, "c@d.example", flavour=Flavour.INTERNAL, now=NOW)
    assert debtor.expires_at == NOW + timedelta(days=10)
    assert colleague.expires_at == NOW + timedelta(days=30)


def test_a_message_written_twice_keeps_its_link(session: Session) -> None:
    customer = factories.a_customer()
    message = a_message(session, customer)
    one = links.create(customer, message, "zoe@client.example", now=NOW)
    assert links.create(customer, message, "zoe@client.example", now=NOW) is one
    assert links.create(customer, message, "other@client.example", now=NOW) is not one


def test_a_message_sent_again_later_gets_a_link_that_lives_from_then(session: Session) -> None:
    customer = factories.a_customer()
    message = a_message(session, customer)
    one = links.create(customer, message, "zoe@client.example", now=NOW - timedelta(days=90))
    assert links.create(customer, message, "zoe@client.example", now=NOW) is one
    assert queries.is_live(one, NOW)


def test_the_url_opens_with_the_signed_token_only(session: Session) -> None:
    customer = factories.a_customer()
    link = links.create(customer, None, "a@b.example", now=NOW)
    url = links.url(link)
    assert url.startswith("http://localhost/p/")
    token = url.rpartition("/")[2]
    assert link.nonce not in token
    assert queries.find(token, Flavour.INTERACTIVE) is link
    assert queries.find(token, Flavour.PLAIN) is link
    assert queries.find(token, Flavour.INTERNAL) is None


def test_tokens_of_two_links_differ_and_cannot_be_guessed_from_one_another(session: Session) -> None:
    customer = factories.a_customer()
    one, two = (links.create(customer, None, "a@b.example", now=NOW) for _ in range(2))
    assert one.nonce != two.nonce
    assert len(one.nonce) >= 32


def test_revoking_is_written_down_and_cannot_be_done_twice(session: Session, admin: object) -> None:
    customer = factories.a_customer()
    actor = factories.a_user()
    link = links.create(customer, None, "a@b.example", now=NOW)
    links.revoke(link, actor=actor, now=NOW)
    assert not queries.is_live(link, NOW)
    event = session.scalars(select(Event)).one()
    assert (event.customer_id, event.actor_id) == (customer.id, actor.id)
    with pytest.raises(Refused, match="revoked already"):
        links.revoke(link, actor=actor, now=NOW)


def test_revoking_all_takes_the_living_links_of_one_customer(session: Session) -> None:
    customer, other = factories.a_customer(), factories.a_customer()
    actor = factories.a_user()
    mine = [links.create(customer, None, "a@b.example", now=NOW) for _ in range(3)]
    theirs = links.create(other, None, "a@b.example", now=NOW)
    mine[0].expires_at = NOW
    assert links.revoke_all(customer, actor=actor, now=NOW) == 2
    session.expire_all()
    assert queries.is_live(theirs, NOW)
    assert not any(queries.is_live(link, NOW) for link in mine)
    assert links.revoke_all(customer, actor=actor, now=NOW) == 0


def test_the_team_sees_who_opened_which_link(session: Session) -> None:
    customer = factories.a_customer()
    link = links.create(customer, None, "a@b.example", now=NOW - timedelta(days=61))
    links.log_opening(link, address="192.0.2.7", now=NOW - timedelta(days=60))
    links.log_opening(link, address="192.0.2.8", now=NOW - timedelta(days=5))
    session.expire_all()
    (row,) = queries.of_customer(customer, now=NOW)
    assert (row.opened_count, row.last_address, row.state) == (2, "192.0.2.8", "expired")
    assert row.first_opened_at == NOW - timedelta(days=60)
