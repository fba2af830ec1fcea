"""Reading statuses, resolvers, texts for follow-ups, and the qualifications of customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from dso.db import db
from dso.domain.codes import StatusType
from dso.domain.errors import Refused
from dso.models import Customer, Entity, Item, Qualification, QualificationItem, Scenario, Status, Step, User
from dso.queries.paging import Slice
from dso.queries.scope import visible_customers


def active_statuses() -> list[Status]:
    """The statuses that can be given, in the order of the settings page."""
    query = select(Status).where(Status.active.is_(True)).order_by(Status.position, Status.id)
    return list(db.session.scalars(query))


def get_status(name: str) -> Status:
    """An active status by name, upper and lower case alike; Refused when there is none."""
    active = active_statuses()
    found = next((each for each in active if each.name.lower() == name.strip().lower()), None)
    if found is None:
        names = ", ".join(each.name for each in active)
        raise Refused('There is no status "%(name)s". There are: %(names)s.', name=name, names=names)
    return found


def resolvers(entity: Entity) -> list[User]:
    """Users who can be asked to resolve a dispute, active or not: those of the entity or of all entities."""
    mine = or_(~User.entities.any(), User.entities.any(Entity.id == entity.id))
    return list(db.session.scalars(select(User).where(mine).order_by(User.last_name, User.first_name, User.id)))


def library_steps(entity: Entity) -> list[Step]:
    """Steps of the entity's libraries: texts for specific and one-off actions."""
    query = select(Step).join(Scenario).where(Scenario.entity_id == entity.id, Scenario.library.is_(True))
    query = query.where(Scenario.archived_at.is_(None), Step.archived_at.is_(None))
    return list(db.session.scalars(query.order_by(Scenario.name, Step.position)))


@dataclass(frozen=True)
class QualificationRow:
    """One act of tagging as lists show it."""

    id: int
    customer: str
    customer_id: int
    items: list[str]
    status: str | None
    status_type: StatusType | None
    on: date
    promised_on: date | None
    amount: Decimal | None
    currency: str
    comment: str
    visible_to_customer: bool
    author: str | None
    resolver: str | None
    action: int | None
    corrects: int | None
    kept: bool | None
    at: datetime


def qualifications(
    user: User,
    entity: Entity,
    customer_id: int | None = None,
    *,
    where: Sequence[ColumnElement[bool]] = (),
    part: Slice | None = None,
) -> list[QualificationRow]:
    """The acts of tagging a user may see or a part of them, oldest first; two statements whatever their number."""
    author, resolver = aliased(User), aliased(User)
    query = (
        select(Qualification, Customer.code, Status.name, Status.type, author.email, resolver.email)
        .join(Customer, Customer.id == Qualification.customer_id)
        .outerjoin(Status, Status.id == Qualification.status_id)
        .outerjoin(author, author.id == Qualification.author_id)
        .outerjoin(resolver, resolver.id == Qualification.resolver_id)
        .where(Customer.id.in_(visible_customers(user, entity)), *where)
        .order_by(Qualification.id)
    )
    if customer_id is not None:
        query = query.where(Customer.id == customer_id)
    rows = db.session.execute(part.of(query, Qualification.id) if part else query).all()
    named = part is not None or customer_id is not None
    items = _items_of([row[0].id for row in rows] if named else None, entity)
    found = []
    for act, code, name, type, by, to in rows:
        own = items.get(act.id, [])
        found.append(_row(act, code, name, type, by, to, own))
    return found


def _items_of(ids: list[int] | None, entity: Entity) -> dict[int, list[tuple[str, str, bool | None]]]:
    query = (
        select(QualificationItem.qualification_id, Item.number, Item.currency, QualificationItem.kept)
        .join(Item, Item.id == QualificationItem.item_id)
        .where(Item.entity_id == entity.id)
        .order_by(Item.number)
    )
    if ids is not None:
        query = query.where(QualificationItem.qualification_id.in_(ids))
    found: dict[int, list[tuple[str, str, bool | None]]] = {}
    for act_id, number, currency, kept in db.session.execute(query):
        found.setdefault(act_id, []).append((number, currency, kept))
    return found


def _row(
    act: Qualification,
    code: str,
    name: str | None,
    type: StatusType | None,
    author: str | None,
    resolver: str | None,
    items: list[tuple[str, str, bool | None]],
) -> QualificationRow:
    verdicts = {kept for _number, _currency, kept in items}
    return QualificationRow(
        act.id,
        code,
        act.customer_id,
        [number for number, _currency, _kept in items],
        name,
        type,
        act.on,
        act.promised_on,
        act.amount,
        items[0][1] if items else "",
        act.comment,
        act.visible_to_customer,
        author,
        resolver,
        act.action_id,
        act.corrects_id,
        False if False in verdicts else None if None in verdicts or not verdicts else True,
        act.created_at,
    )
