"""Changing business settings."""

from datetime import datetime

from sqlalchemy import select

from dso.db import db
from dso.domain import settings as rules
from dso.domain.errors import Refused
from dso.models import Entity, Setting, User
from dso.queries import settings
from dso.services import history


def set_value(entity: Entity | None, name: str, text: str, *, actor: User | None, now: datetime) -> None:
    """Set a setting of an entity or of the installation; Refused in words when the value does not fit."""
    rule = rules.rule(name)
    rules.read(name, text)
    if entity is not None and not rule.per_entity:
        raise Refused("%(name)s is a setting of the whole installation, not of one entity.", name=name)
    before = settings.get(entity, name)
    where = Setting.entity_id.is_(None) if entity is None else Setting.entity_id == entity.id
    row = db.session.scalar(select(Setting).where(Setting.name == name, where))
    if row is None:
        db.session.add(Setting(entity_id=entity.id if entity else None, name=name, value=text))
    else:
        row.value = text
    if name == "sending.mode" and text == "live" and before != "live":
        for each in db.session.scalars(select(Entity)):
            each.live_at = now
    db.session.flush()
    settings.forget()
    history.record_setting(entity, name, before, text, actor=actor, now=now)
