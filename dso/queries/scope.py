"""Which rows a person may see: the one way to customers and what hangs on them."""

from typing import TypeVar

from sqlalchemy import ColumnElement, Select, exists, or_, select

from dso.db import db
from dso.domain.codes import Role
from dso.domain.errors import Forbidden, NotFound
from dso.domain.permissions import Capability
from dso.models import Action, Customer, CustomerColleague, Entity, Item, Message, Qualification, Reply, User
from dso.queries import settings

T = TypeVar("T")


def entities_of(user: User) -> list[Entity]:
    """The entities a user may work on; all of them unless some are named."""
    query = select(Entity).order_by(Entity.id)
    own = [entity.id for entity in user.entities]
    return list(db.session.scalars(query.where(Entity.id.in_(own)) if own else query))


def is_restricted(user: User) -> bool:
    """Whether the user's role sees linked customers only (`security.restrict_roles`)."""
    restricted = settings.value(None, "security.restrict_roles")
    return isinstance(restricted, frozenset) and user.role in restricted and user.role is not Role.ADMIN


def may(user: User, capability: Capability) -> bool:
    """Whether the user holds a right and it has effect: the import tick has none for who sees a portfolio only."""
    return user.can(capability) and not (capability is Capability.DATA_IMPORT and is_restricted(user))


def refuse_portfolio(user: User) -> None:
    """Forbidden to who sees linked customers only: a file is of all customers, and so is what it changes (8.1)."""
    if is_restricted(user):
        raise Forbidden("You see your own customers only, and a file is of all of them: who sees them all takes it in.")


def linked_to(user: User) -> Select[int]:
    """Ids of the customers a user is linked to: as collector, as colleague, or as deputy of one (11.7)."""
    persons = select(User.id).where(or_(User.id == user.id, User.deputy_id == user.id))
    colleague = exists().where(CustomerColleague.customer_id == Customer.id, CustomerColleague.user_id.in_(persons))
    return select(Customer.id).where(or_(Customer.collector_id.in_(persons), colleague))


def visible_customers(user: User, entity: Entity | None = None) -> Select[int]:
    """Ids of the customers a user may see, of one entity or of all of the user's."""
    query = select(Customer.id)
    if entity is not None:
        query = query.where(Customer.entity_id == entity.id)
    own = [each.id for each in user.entities]
    if own:
        query = query.where(Customer.entity_id.in_(own))
    if is_restricted(user):
        query = query.where(Customer.id.in_(linked_to(user)))
    return query


def sees_everything(user: User) -> bool:
    """Whether no restriction applies, so that queries over a million items may leave the look-up out."""
    return not is_restricted(user) and not user.entities


def get_customer(user: User, customer_id: int) -> Customer:
    """The customer; NotFound when it does not exist or is not the user's to see."""
    query = select(Customer).where(Customer.id == customer_id, Customer.id.in_(visible_customers(user)))
    return _found(db.session.scalar(query), "There is no such customer.")


def get_items(user: User, item_ids: list[int]) -> list[Item]:
    """The items by id, in the order given; NotFound when one is not the user's to see."""
    if not item_ids:
        return []
    query = select(Item).where(Item.id.in_(item_ids), Item.customer_id.in_(visible_customers(user)))
    found = {item.id: item for item in db.session.scalars(query)}
    if set(item_ids) - set(found):
        raise NotFound("There is no such item.")
    return [found[item_id] for item_id in dict.fromkeys(item_ids)]


def get_action(user: User, action_id: int) -> Action:
    """The action; NotFound when its customer is not the user's to see."""
    query = select(Action).where(Action.id == action_id, Action.customer_id.in_(visible_customers(user)))
    return _found(db.session.scalar(query), "There is no such action.")


def get_reply(user: User, reply_id: int) -> Reply:
    """The reply; NotFound when its customer is not the user's to see."""
    query = select(Reply).where(Reply.id == reply_id, Reply.customer_id.in_(visible_customers(user)))
    return _found(db.session.scalar(query), "There is no such reply.")


def get_message(user: User, message_id: int) -> Message:
    """The message; NotFound when its customer is not the user's to see. Notices are the administrators'."""
    mine: ColumnElement[bool] = Message.customer_id.in_(visible_customers(user))
    if user.role is Role.ADMIN:
        mine = or_(mine, Message.customer_id.is_(None))
    return _found(db.session.scalar(select(Message).where(Message.id == message_id, mine)), "There is no such message.")


def get_qualification(user: User, qualification_id: int) -> Qualification:
    """The act of tagging; NotFound when its customer is not the user's to see."""
    query = select(Qualification).where(
        Qualification.id == qualification_id, Qualification.customer_id.in_(visible_customers(user))
    )
    return _found(db.session.scalar(query), "There is no such status.")


def _found(thing: T | None, words: str) -> T:
    if thing is None:
        raise NotFound(words)
    return thing
