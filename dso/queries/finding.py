"""The search at the top of every page: a few customers and items that begin with or contain what was typed."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from dso.db import db
from dso.domain.errors import NotFound
from dso.domain.imports.words import folded
from dso.models import Customer, Entity, Item, User
from dso.queries.criteria import contains, starts_with
from dso.queries.scope import entities_of, sees_everything, visible_customers

#: Suggestions of each kind.
MOST = 8


@dataclass(frozen=True)
class CustomerHit:
    """A customer that fits."""

    id: int
    code: str
    name: str
    city: str


@dataclass(frozen=True)
class ItemHit:
    """An item that fits."""

    id: int
    number: str
    customer: str


def customers(user: User, entity: Entity, text: str) -> list[CustomerHit]:
    """Customers by name, trade name, code or legal id."""
    columns = (Customer.business_name, Customer.trade_name, Customer.code, Customer.legal_id, Customer.unique_id)
    query = select(Customer.id, Customer.code, Customer.business_name, Customer.city)
    query = query.where(Customer.entity_id == entity.id, or_(*(contains(column, text) for column in columns)))
    if not sees_everything(user):
        query = query.where(Customer.id.in_(visible_customers(user, entity)))
    rows = db.session.execute(query.order_by(Customer.business_name, Customer.id).limit(MOST))
    return [CustomerHit(*row) for row in rows]


def items(user: User, entity: Entity, text: str) -> list[ItemHit]:
    """Items whose number begins with the text as it was typed or in capitals.

    One look along the index for each: with both in one condition the database would sort all that fit.
    """
    found = [hit for written in sorted({text, text.upper()}) for hit in _items(user, entity, written)]
    return sorted(found, key=lambda hit: (hit.number, hit.id))[:MOST]


def _items(user: User, entity: Entity, text: str) -> list[ItemHit]:
    query = select(Item.id, Item.number, Customer.business_name).join(Customer, Customer.id == Item.customer_id)
    query = query.where(Item.entity_id == entity.id, starts_with(Item.number, text))
    if not sees_everything(user):
        query = query.where(Item.customer_id.in_(visible_customers(user, entity)))
    return [ItemHit(*row) for row in db.session.execute(query.order_by(Item.number, Item.id).limit(MOST))]


def by_code(user: User, code: str, entity_name: str = "") -> list[Customer]:
    """The customers a user may see with a unique identifier, else with a code; of one company or of all of the user's.

    At most as many as a page shows to choose from. NotFound where the user may see no company of that name.
    """
    query = select(Customer).where(Customer.id.in_(visible_customers(user))).options(joinedload(Customer.entity))
    if entity_name:
        query = query.where(Customer.entity_id.in_(_named(user, entity_name)))
    for column in (Customer.unique_id, Customer.code):
        found = db.session.scalars(query.where(column == code).order_by(Customer.id).limit(MOST)).all()
        if found:
            return list(found)
    return []


def _named(user: User, name: str) -> list[int]:
    """The user's companies of a name, as it is written, else case and accents aside; there is one at least."""
    mine = entities_of(user)
    found = [each.id for each in mine if each.name == name] or [
        each.id for each in mine if folded(each.name) == folded(name)
    ]
    if not found:
        raise NotFound('There is no company "%(name)s" that you may see.', name=name[:100])
    return found
