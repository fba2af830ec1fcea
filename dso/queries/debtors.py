"""What the debtor page says beside the statement: whom to talk to, and what may be wrong with an invoice."""

from dataclasses import dataclass

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import StatusType
from dso.domain.positions import label_in
from dso.models import Customer, Entity, Status, User
from dso.queries.messages.people import sender_user


@dataclass(frozen=True)
class Person:
    """The colleague who looks after the account."""

    first_name: str
    last_name: str
    job_title: str
    phone: str
    email: str
    has_picture: bool


def person(customer: Customer) -> Person | None:
    """Who signs the messages of the account: its collector, else a credit manager, else an administrator."""
    user = sender_user(customer.entity, customer, None)
    if user is None:
        return None
    has_picture = db.session.scalar(select(User.picture.is_not(None)).where(User.id == user.id))
    return Person(
        user.first_name, user.last_name, user.job_title, user.phone or user.mobile, user.email, bool(has_picture)
    )


def picture(customer: Customer) -> bytes | None:
    """The picture of that person."""
    user = sender_user(customer.entity, customer, None)
    if user is None:
        return None
    return db.session.scalar(select(User.picture).where(User.id == user.id))


def logo(entity: Entity) -> bytes | None:
    """The entity's logo."""
    return db.session.scalar(select(Entity.logo).where(Entity.id == entity.id))


def reasons(language: str, entity: Entity) -> list[tuple[str, str]]:
    """What a debtor may say is wrong: names of the team's dispute statuses, with the labels debtors read."""
    query = select(Status).where(Status.active.is_(True), Status.type == StatusType.DISPUTE)
    found = db.session.scalars(query.order_by(Status.position, Status.id))
    labelled = [(status.name, label_in(status.labels, language, entity.language, "en")) for status in found]
    return [(name, label) for name, label in labelled if label]
