"""Persons at a customer."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import CallOutcome, Channel, ContactRole, EventKind, ReasonCode
from dso.domain.errors import Refused
from dso.models import Contact, ContactLog, Customer, CustomerState, Entity, Event, Message, PaymentCentre, User
from dso.services import contacts
from tests.factories import NOW, TODAY, a_contact, a_customer, a_scenario, an_item

WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


@pytest.fixture
def customer(entity: Entity) -> Customer:
    """A customer to chase who cannot be reached yet."""
    found = a_customer(scenario_id=a_scenario().id)
    an_item(found)
    return found


def reason(session: Session, customer: Customer) -> ReasonCode | None:
    session.expire_all()
    return session.get_one(CustomerState, customer.id).reason_code


def told(session: Session, customer: Customer) -> list[str]:
    mine = Event.customer_id == customer.id, Event.kind == EventKind.CONTACT
    return [
        row.text % row.data.get("params", {}) for row in session.scalars(select(Event).where(*mine).order_by(Event.id))
    ]


def test_a_new_contact_for_collection_ends_that_nobody_can_be_reached(
    session: Session, customer: Customer, admin: User
) -> None:
    contacts.add(customer, {"last_name": "Hébert"}, actor=admin, **WHEN)
    assert reason(session, customer) is ReasonCode.NO_CONTACT
    zoe = {"first_name": "Zoé", "last_name": "Hébert", "email": " zoe@client.example ", "for_collection": True}
    contact = contacts.add(customer, zoe, actor=admin, **WHEN)
    assert contact.email == "zoe@client.example" and contact.role is ContactRole.OTHER
    assert reason(session, customer) is ReasonCode.ACTION_DUE
    assert told(session, customer)[-1] == "Contact for collection: Zoé Hébert <zoe@client.example>"


def test_at_most_one_contact_is_for_collection_and_the_flag_moves(
    session: Session, customer: Customer, admin: User
) -> None:
    first, second = a_contact(customer), a_contact(customer, for_collection=False)
    contacts.collect_from(customer, second, actor=admin, **WHEN)
    session.expire_all()
    assert (first.for_collection, second.for_collection) == (False, True)


def test_a_contact_is_changed_and_the_old_values_are_told(session: Session, customer: Customer, admin: User) -> None:
    contact = a_contact(customer, first_name="Zoé", last_name="Hébert", email="old@client.example", bounced=True)
    values = {"first_name": "Zoé", "last_name": "Hébert", "email": "new@client.example", "for_collection": True}
    assert contacts.edit(customer, contact, values, actor=admin, **WHEN)
    assert not contact.bounced
    assert told(session, customer) == ["Contact changed: Zoé Hébert <new@client.example>; before: old@client.example"]
    assert not contacts.edit(customer, contact, values, actor=admin, **WHEN)


def test_taking_the_flag_away_leaves_nobody_for_collection(session: Session, customer: Customer, admin: User) -> None:
    contact = a_contact(customer)
    contacts.edit(customer, contact, {"last_name": "X", "email": contact.email}, actor=admin, **WHEN)
    assert reason(session, customer) is ReasonCode.NO_CONTACT


def test_a_removed_contact_is_forgotten_but_its_calls_stay(session: Session, customer: Customer, admin: User) -> None:
    contact = a_contact(customer, first_name="", last_name="Gone", email="")
    log = ContactLog(
        entity_id=customer.entity_id,
        customer_id=customer.id,
        contact_id=contact.id,
        outcome=CallOutcome.REACHED,
        on=TODAY,
        at=NOW,
    )
    session.add(log)
    session.flush()
    contacts.remove(customer, contact, actor=admin, **WHEN)
    session.expire_all()
    assert session.scalar(select(Contact.id).where(Contact.customer_id == customer.id)) is None
    assert log.contact_id is None
    assert told(session, customer) == ["Contact removed: Gone"]


def test_the_contact_of_a_payment_centre_is_not_removed(session: Session, customer: Customer, admin: User) -> None:
    contact = a_contact(customer)
    session.add(PaymentCentre(entity_id=customer.entity_id, name="Shared desk", contact_id=contact.id))
    session.flush()
    with pytest.raises(Refused, match="Shared desk"):
        contacts.remove(customer, contact, actor=admin, **WHEN)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"last_name": " "}, "needs a last name"),
        ({"last_name": "X", "email": "no address"}, "is not an e-mail address"),
    ],
)
def test_what_makes_no_contact_is_refused(customer: Customer, values: dict[str, str], words: str) -> None:
    with pytest.raises(Refused, match=words):
        contacts.add(customer, values, actor=None, **WHEN)


def test_a_contact_who_was_written_to_can_be_removed_and_the_message_stays(
    session: Session, customer: Customer, admin: User
) -> None:
    contact = a_contact(customer, email="zoe@client.example")
    message = Message(
        entity_id=customer.entity_id,
        customer_id=customer.id,
        contact_id=contact.id,
        channel=Channel.EMAIL,
        recipient=contact.email,
        queued_at=NOW,
    )
    session.add(message)
    session.flush()
    contacts.remove(customer, contact, actor=admin, **WHEN)
    session.expire_all()
    assert (message.contact_id, message.recipient) == (None, "zoe@client.example")
