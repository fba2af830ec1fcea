"""What speaks against a file: its customers are those of another company, its days those of another year."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import Select, exists, func, or_, select

from dso.db import among, db
from dso.domain.codes import ImportKind
from dso.domain.imports import notices
from dso.domain.imports.brake import Stop
from dso.models import Customer, Entity, Item
from dso.services.imports.known import open_as_they_lie
from dso.services.imports.staging import Stage


def has_neighbours(entity: Entity) -> bool:
    """Whether there are other companies."""
    return bool(db.session.scalar(select(exists().where(Entity.id != entity.id))))


def of_another_entity(entity: Entity, kind: ImportKind, codes: Collection[str], known: Collection[str]) -> list[Stop]:
    """A stop when the customers a file names are mostly those of one other company.

    A first customers file names nobody known: companies may well number their customers alike.
    """
    unknown = [code for code in codes if code and code not in known]
    if len(unknown) * 2 < len(codes) or not unknown or (kind is ImportKind.CUSTOMERS and not known):
        return []
    found: dict[str, int] = dict(db.session.execute(_elsewhere(entity, unknown)).all())
    return notices.another_entity(codes, unknown, found)


def _elsewhere(entity: Entity, codes: Collection[str]) -> Select[str, int]:
    """How many of some codes the other companies know."""
    named = or_(among(Customer.code, codes), among(Customer.unique_id, codes))
    query = select(Entity.name, func.count(Customer.code.distinct())).join(Customer, Customer.entity_id == Entity.id)
    return query.where(Entity.id != entity.id, named).group_by(Entity.name)


def newest_in_file(stage: Stage, passed_over: date | None, today: date) -> date | None:
    """The newest issue date of its rows, days to come left aside; `passed_over`: of those that were not staged."""
    issued = stage.rows.c.issued_on
    staged: date | None = db.session.scalar(select(func.max(issued)).where(issued <= today))
    return max((day for day in (staged, passed_over) if day), default=None)


def of_another_year(
    entity: Entity, newest: date | None, last_full: date | None, today: date, *, behind: timedelta
) -> list[Stop]:
    """A stop when the newest issue date of a file is far older than that of the last full one, or of the open items."""
    if newest is None or newest >= today - behind:
        return []
    return notices.another_year(newest, last_full, _newest_open(entity, today), behind)


def _newest_open(entity: Entity, today: date) -> date | None:
    """The newest issue date of the open items, days to come left aside."""
    query = select(func.max(Item.issued_on)).where(*open_as_they_lie(entity), Item.issued_on <= today)
    return db.session.scalar(query)
