"""Labels on customers: adding, renaming, removing."""

from sqlalchemy import delete, func, select

from dso.db import db
from dso.domain.errors import Refused
from dso.models import Entity, Group, customer_groups


def add(entity: Entity, name: str) -> Group:
    """A new group of the company."""
    group = Group(entity_id=entity.id, name=_free_name(entity.id, name))
    db.session.add(group)
    db.session.flush()
    return group


def rename(group: Group, name: str) -> None:
    """Another name for a group; its customers stay in it."""
    group.name = _free_name(group.entity_id, name, group.id)
    db.session.flush()


def remove(group: Group) -> None:
    """Take the label off all its customers and forget it."""
    db.session.execute(delete(customer_groups).where(customer_groups.c.group_id == group.id))
    db.session.delete(group)
    db.session.flush()


def _free_name(entity_id: int, name: str, own_id: int = 0) -> str:
    name = name.strip()
    if not name or len(name) > 100:
        raise Refused("The group needs a name of at most 100 characters.")
    taken = select(Group.id).where(
        Group.entity_id == entity_id, func.lower(Group.name) == name.lower(), Group.id != own_id
    )
    if db.session.scalar(taken):
        raise Refused('There is a group "%(name)s" already.', name=name)
    return name
