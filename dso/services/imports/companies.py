"""The companies of the installation, as a column of a file may name them."""

from sqlalchemy import select

from dso.db import db
from dso.domain.imports.companies import Companies
from dso.domain.imports.words import folded
from dso.models import Entity


def companies(entity: Entity) -> Companies:
    """The company imported into, and the others."""
    query = select(Entity.name, Entity.legal_name).where(Entity.id != entity.id)
    others = {name for row in db.session.execute(query) for name in row if name}
    return Companies({entity.name, entity.legal_name or entity.name}, others)


def ids_by_name() -> dict[str, int]:
    """Every company by its folded name."""
    return {folded(name): entity_id for name, entity_id in db.session.execute(select(Entity.name, Entity.id))}
