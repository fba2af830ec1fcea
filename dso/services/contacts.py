"""Persons at a customer: added, changed, removed, and who of them gets the automatic messages."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from dso import emails
from dso.db import db
from dso.domain.codes import ContactRole, EventKind
from dso.domain.errors import Refused
from dso.models import Contact, ContactLog, Customer, Message, PaymentCentre, User
from dso.services import history
from dso.services.actions import review

#: What a person may write down of a contact.
FIELDS = ("title", "first_name", "last_name", "role", "email", "phone", "mobile", "language")


def add(customer: Customer, values: Mapping[str, Any], *, actor: User | None, today: date, now: datetime) -> Contact:
    """A new contact; `for_collection` among the values moves the flag to it."""
    contact = Contact(customer_id=customer.id, created_at=now, updated_at=now, **_checked(values))
    db.session.add(contact)
    db.session.flush()
    history.record(customer, EventKind.CONTACT, "Contact added: %(name)s", actor=actor, now=now, name=_named(contact))
    if values.get("for_collection"):
        _move(customer, contact, actor, now)
    _review(customer, today, now)
    return contact


def edit(
    customer: Customer, contact: Contact, values: Mapping[str, Any], *, actor: User | None, today: date, now: datetime
) -> bool:
    """Change a contact; whether anything did. Another address is tried again although the old one bounced."""
    checked = _checked(values)
    changes = [name for name, value in checked.items() if getattr(contact, name) != value]
    before = ", ".join(str(getattr(contact, name)) for name in changes if getattr(contact, name))
    if "email" in changes:
        contact.bounced = False
    for name in changes:
        setattr(contact, name, checked[name])
    if changes:
        contact.updated_at = now
        words = "Contact changed: %(name)s; before: %(before)s" if before else "Contact changed: %(name)s"
        params: dict[str, Any] = {"name": _named(contact), **({"before": before} if before else {})}
        history.record(customer, EventKind.CONTACT, words, actor=actor, now=now, **params)
    wanted = bool(values.get("for_collection"))
    moved = wanted != contact.for_collection
    if moved:
        _move(customer, contact if wanted else None, actor, now)
    _review(customer, today, now)
    return bool(changes) or moved


def collect_from(customer: Customer, contact: Contact, *, actor: User | None, today: date, now: datetime) -> None:
    """Make a contact the one for collection: it gets every automatic message from now on."""
    if not contact.for_collection:
        _move(customer, contact, actor, now)
        _review(customer, today, now)


def remove(customer: Customer, contact: Contact, *, actor: User | None, today: date, now: datetime) -> None:
    """Forget a contact; what was sent to and said by it stays in history. Refused while a payment centre needs it."""
    centre = db.session.scalar(select(PaymentCentre).where(PaymentCentre.contact_id == contact.id))
    if centre is not None:
        raise Refused(
            'The payment centre "%(centre)s" writes to this contact: choose another one there first.',
            centre=centre.name,
        )
    for kept in (ContactLog, Message):
        db.session.execute(update(kept).where(kept.contact_id == contact.id).values(contact_id=None))
    history.record(customer, EventKind.CONTACT, "Contact removed: %(name)s", actor=actor, now=now, name=_named(contact))
    db.session.delete(contact)
    db.session.flush()
    _review(customer, today, now)


def _move(customer: Customer, contact: Contact | None, actor: User | None, now: datetime) -> None:
    """Give the flag to one contact; taken from the others first, because at most one may have it."""
    holds = Contact.customer_id == customer.id, Contact.for_collection.is_(True)
    before = db.session.scalar(select(Contact).where(*holds))
    if before is not None:
        before.for_collection = False
        db.session.flush()
    named = contact or before
    if contact is not None:
        contact.for_collection = True
        db.session.flush()
    if named is not None:
        words = "Contact for collection: %(name)s" if contact else "No longer the contact for collection: %(name)s"
        history.record(customer, EventKind.CONTACT, words, actor=actor, now=now, name=_named(named))


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: values.get(name, "") for name in FIELDS}
    found = {name: value.strip() if isinstance(value, str) else value for name, value in found.items()}
    found["role"] = ContactRole(found["role"] or ContactRole.OTHER)
    if not found["last_name"]:
        raise Refused("A contact needs a last name.")
    found["email"] = address(found["email"])
    return found


def address(text: str) -> str:
    """An e-mail address as it is kept; Refused when it can be none. Empty stays empty."""
    return emails.address(text) if text else ""


def _named(contact: Contact) -> str:
    return f"{contact.full_name} <{contact.email}>" if contact.email else contact.full_name


def _review(customer: Customer, today: date, now: datetime) -> None:
    db.session.flush()
    db.session.expire(customer, ["contacts"])
    review(customer.entity, [customer.id], today=today, now=now)
