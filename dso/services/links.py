"""Making, logging and taking back the links to interactive pages."""

import secrets
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select, update

from dso.db import db
from dso.domain.codes import EventKind, Flavour
from dso.domain.errors import Refused
from dso.models import Customer, Link, Message, User
from dso.queries import links, settings
from dso.services import history


def create(
    customer: Customer,
    message: Message | None,
    recipient: str,
    *,
    flavour: Flavour = Flavour.INTERACTIVE,
    now: datetime,
    name: str = "",
    language: str = "",
) -> Link:
    """The link of a message for one recipient; asked again for the same message it gives the same one, live for longer.

    A message may be written more than once before it leaves: its reader must not end up with a dead link.
    """
    setting = "links.internal_days" if flavour == Flavour.INTERNAL else "links.days"
    until = now + timedelta(days=settings.number(customer.entity, setting))
    made = _of_message(message, recipient, flavour) if message else None
    if made is not None:
        made.expires_at = max(made.expires_at, until)
        return made
    link = Link(
        entity_id=customer.entity_id,
        customer_id=customer.id,
        message_id=message.id if message else None,
        flavour=flavour,
        recipient=recipient,
        recipient_name=name or (message.recipient_name if message else ""),
        language=language or (message.language if message else "") or customer.language or customer.entity.language,
        nonce=secrets.token_urlsafe(24),
        created_at=now,
        expires_at=until,
        opened_count=0,
        last_address="",
    )
    db.session.add(link)
    db.session.flush()
    return link


def _of_message(message: Message, recipient: str, flavour: Flavour) -> Link | None:
    mine = (Link.message_id == message.id, Link.recipient == recipient, Link.flavour == flavour)
    return db.session.scalar(select(Link).where(*mine, Link.revoked_at.is_(None)).limit(1))


def url(link: Link) -> str:
    """The address that opens the link's page."""
    return f"{current_app.config['DSO'].public_url}/{links.PATHS[link.flavour]}/{links.token(link)}"


def log_opening(link: Link, *, address: str, now: datetime) -> None:
    """Note that the page was opened: first, last, how often, from where."""
    db.session.execute(
        update(Link)
        .where(Link.id == link.id)
        .values(
            first_opened_at=func.coalesce(Link.first_opened_at, now),
            last_opened_at=now,
            opened_count=Link.opened_count + 1,
            last_address=address[:64],
        )
        .execution_options(synchronize_session=False)
    )


def revoke(link: Link, *, actor: User, now: datetime) -> None:
    """Take one link back; Refused when it was taken back already."""
    if link.revoked_at is not None:
        raise Refused("This link was revoked already.")
    link.revoked_at = now
    customer = db.session.get_one(Customer, link.customer_id)
    words = "Link of %(recipient)s revoked"
    history.record(customer, EventKind.LINK, words, actor=actor, now=now, recipient=link.recipient)
    db.session.flush()


def revoke_all(customer: Customer, *, actor: User, now: datetime) -> int:
    """Take back all links of a customer that still live; how many there were."""
    live = (Link.customer_id == customer.id, Link.revoked_at.is_(None), Link.expires_at > now)
    count = db.session.scalar(select(func.count()).select_from(Link).where(*live)) or 0
    if count:
        db.session.execute(update(Link).where(*live).values(revoked_at=now))
        history.record(customer, EventKind.LINK, "All %(count)s links revoked", actor=actor, now=now, count=count)
    db.session.flush()
    return count
