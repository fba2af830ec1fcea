"""Changing business settings."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, select, true

from dso.db import db
from dso.domain import settings as rules
from dso.domain.codes import StatusType
from dso.domain.errors import Forbidden, Refused
from dso.domain.permissions import DESCRIPTIONS, Capability
from dso.models import Entity, Scenario, Setting, Status, User
from dso.queries import settings
from dso.services import history
from dso.services.users.accounts import clean_email

#: Settings only administrators change: who gets mail at all, who may log in for how long, who sees what (8.1).
_ADMINISTRATORS_ONLY = frozenset(
    {"sending.mode", "sending.test_address", "sending.fixed_sender", "sending.per_minute", "sending.per_day"}
)


def needed_right(name: str) -> Capability:
    """The right it takes to change a setting."""
    if name in _ADMINISTRATORS_ONLY or name.startswith("security."):
        return Capability.COMPANY_EDIT
    return Capability.SETTINGS_EDIT


def _check_named(entity: Entity | None, name: str, text: str) -> None:
    """Refused when a setting names something that does not exist."""
    if not text:
        return
    if name in ("sending.test_address", "sending.fixed_sender"):
        clean_email(text)
    elif name == "collection.default_scenario":
        _found(select(Scenario.id).where(Scenario.name == text, Scenario.library.is_(False), _of(entity)), text)
    elif name == "collection.default_collector":
        _found(select(User.id).where(User.email == text.lower(), User.active.is_(True)), text)
    elif name == "promise.quick_status":
        _found(select(Status.id).where(Status.name == text, Status.type == StatusType.PROMISE), text)


def _of(entity: Entity | None) -> ColumnElement[bool]:
    return true() if entity is None else Scenario.entity_id == entity.id


def _found(query: Select[int], text: str) -> None:
    if db.session.scalar(query.limit(1)) is None:
        raise Refused('There is nothing called "%(value)s" to choose.', value=text)


def set_value(entity: Entity | None, name: str, text: str, *, actor: User | None, now: datetime) -> None:
    """Set a setting of an entity or of the installation; Refused in words when the value does not fit."""
    rule = rules.rule(name)
    right = needed_right(name)
    if actor is not None and not actor.can(right):
        raise Forbidden("%(who)s may not %(what)s.", who=actor.email, what=DESCRIPTIONS[right], capability=right)
    text = text.strip()
    rules.read(name, text)
    _check_named(entity, name, text)
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


def save(entity: Entity | None, name: str, text: str, *, actor: User, now: datetime) -> None:
    """Set a setting as a page does: what did not change is not written, what equals the wider value is dropped."""
    scope = entity if rules.rule(name).per_entity else None
    if text == settings.get(scope, name):
        return
    if scope is not None and text == settings.get(None, name):
        forget_own(scope, name, actor=actor, now=now)
    else:
        set_value(scope, name, text, actor=actor, now=now)


def forget_own(entity: Entity, name: str, *, actor: User, now: datetime) -> None:
    """From now on the company follows the installation's value, or the default."""
    set_value(entity, name, settings.get(None, name), actor=actor, now=now)
    db.session.execute(delete(Setting).where(Setting.name == name, Setting.entity_id == entity.id))
    settings.forget()
