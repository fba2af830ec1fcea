"""What a new customer starts with, whichever file it comes from (2.4)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from dso.db import among, db
from dso.models import Customer, Entity, ImportRun, Scenario, User
from dso.queries import settings
from dso.services.imports import befores


@dataclass(frozen=True)
class Defaults:
    """Values of new customers, looked up once."""

    values: dict[str, Any]


def defaults(entity: Entity, *, now: datetime) -> Defaults:
    """Scenario, collector and switches as the entity's settings say."""
    name = settings.get(entity, "collection.default_scenario")
    email = settings.get(entity, "collection.default_collector").lower()
    usable = (Scenario.library.is_(False), Scenario.archived_at.is_(None))
    scenario = select(Scenario.id).where(Scenario.entity_id == entity.id, Scenario.name == name, *usable)
    collector = select(User.id).where(func.lower(User.email) == email)
    return Defaults({
        "entity_id": entity.id,
        "scenario_id": db.session.scalar(scenario) if name else None,
        "collector_id": db.session.scalar(collector) if email else None,
        "interactive": settings.value(entity, "collection.default_interactive"),
        "penalties": settings.value(entity, "collection.default_penalties"),
        "recovery_cost": settings.value(entity, "collection.default_recovery_cost"),
        "created_at": now,
        "updated_at": now,
    })  # fmt: skip


def make_drafts(entity: Entity, codes: list[str], run: ImportRun, *, now: datetime) -> dict[str, int]:
    """Customers for codes nobody knew, to be completed by a person; their ids.

    Somebody may have made one while the file was read: it is taken.
    """
    known = _ids(entity, codes)
    new = [code for code in codes if code not in known]
    if new:
        common = defaults(entity, now=now).values
        rows = [{**common, "code": code, "business_name": code, "draft": True} for code in new]
        db.session.execute(insert(Customer), rows)
        made = _ids(entity, new)
        befores.made(run, befores.table_of(Customer), made.values())
        known |= made
    return known


def _ids(entity: Entity, codes: list[str]) -> dict[str, int]:
    query = select(Customer.code, Customer.id).where(Customer.entity_id == entity.id, among(Customer.code, codes))
    return dict(db.session.execute(query).all())
