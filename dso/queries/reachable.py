"""Who can be reached at a customer, and how: contacts, payment centres, the postal address."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from dso.db import db, narrowed
from dso.models import Contact, Customer, Entity, PaymentCentre

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


@dataclass(slots=True)
class People:
    """Who can be reached at a customer."""

    to: str = ""
    address: str = ""
    reachable: set[str] = field(default_factory=set)


def people(entity: Entity, ids: Collection[int] | None) -> dict[int, People]:
    """Names and addresses: of contacts, of payment centres, and the postal one of the customer itself."""
    found: dict[int, People] = {}
    for row in db.session.execute(_postal(entity, ids)):
        if (row.street or row.po_box) and row.city:
            found.setdefault(row.id, People()).reachable.add("post")
    centred: set[int] = set()
    for customer_id, contact in _of_centres(entity, ids):
        centred.add(customer_id)
        _add_collection(found.setdefault(customer_id, People()), contact)
    query = narrowed(_contacts().where(Customer.entity_id == entity.id), Customer.id, ids)
    for row in db.session.execute(query.join(Customer, Customer.id == Contact.customer_id)):
        one = found.setdefault(row.customer_id, People())
        if row.for_collection and row.customer_id not in centred:
            _add_collection(one, row)
        if is_address(row.email) and not row.bounced:
            one.reachable.add(row.role.value)
    return found


def _postal(entity: Entity, ids: Collection[int] | None) -> Any:
    query = select(Customer.id, Customer.street, Customer.po_box, Customer.city).where(
        Customer.entity_id == entity.id, Customer.city != ""
    )
    return narrowed(query, Customer.id, ids)


def _contacts() -> Any:
    return select(
        Contact.id,
        Contact.customer_id,
        Contact.first_name,
        Contact.last_name,
        Contact.role,
        Contact.email,
        Contact.mobile,
        Contact.bounced,
        Contact.for_collection,
    )


def _of_centres(entity: Entity, ids: Collection[int] | None) -> Iterator[tuple[int, Any]]:
    """The contact of the payment centre of each customer that has one."""
    query = (
        _contacts()
        .add_columns(Customer.id.label("of_customer"))
        .join(PaymentCentre, PaymentCentre.contact_id == Contact.id)
        .join(Customer, Customer.payment_centre_id == PaymentCentre.id)
        .where(Customer.entity_id == entity.id)
    )
    for row in db.session.execute(narrowed(query, Customer.id, ids)):
        yield row.of_customer, row


def _add_collection(one: People, contact: Any) -> None:
    one.to = f"{contact.first_name} {contact.last_name}".strip()
    if is_address(contact.email) and not contact.bounced:
        one.address = contact.email
        one.reachable.add("collection")
    if contact.mobile:
        one.reachable.add("mobile")


def is_address(email: str) -> bool:
    """Whether a text looks like an e-mail address; only sending tells whether it is one."""
    return _ADDRESS.fullmatch(email) is not None
