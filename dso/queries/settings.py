"""Business settings as they stand: an entity's own value, else the installation's, else the default."""

from flask import g, has_app_context
from sqlalchemy import or_, select

from dso.db import db
from dso.domain import settings as rules
from dso.models import Entity, Setting


def _texts(entity_id: int | None) -> dict[str, str]:
    """All stored texts that hold for an entity, read once per request and entity."""
    cache: dict[int | None, dict[str, str]] = g.setdefault("dso_settings", {}) if has_app_context() else {}
    if entity_id not in cache:
        mine = or_(Setting.entity_id.is_(None), Setting.entity_id == entity_id)
        rows = db.session.execute(select(Setting.entity_id, Setting.name, Setting.value).where(mine)).all()
        ordered = sorted(rows, key=lambda row: row.entity_id is not None)
        cache[entity_id] = {row.name: row.value for row in ordered}
    return cache[entity_id]


def forget() -> None:
    """Drop what was read, after a change."""
    g.pop("dso_settings", None)


def get(entity: Entity | None, name: str) -> str:
    """The text of a setting; Refused when there is none of that name."""
    rule = rules.rule(name)
    return _texts(entity.id if entity else None).get(name, rule.default)


def value(entity: Entity | None, name: str) -> object:
    """The typed value of a setting."""
    return rules.read(name, get(entity, name))


def number(entity: Entity | None, name: str) -> int:
    """The value of a setting that is a whole number."""
    found = value(entity, name)
    if not isinstance(found, int):
        raise TypeError(f"{name} is not a whole number")
    return found


def is_live(entity: Entity | None = None) -> bool:
    """Whether messages leave, or stay in the outbox (test mode)."""
    return get(entity, "sending.mode") == "live"


def collection_settings(entity: Entity) -> rules.CollectionSettings:
    """The settings the engine decides by."""
    return rules.collection(lambda name: value(entity, name))
