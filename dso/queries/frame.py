"""Counters of the left bar."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select

from dso.db import db
from dso.domain.codes import ActionState, Mode, ReplyState, Role
from dso.models import Action, Customer, Entity, Reply, User
from dso.queries.scope import sees_everything, visible_customers


@dataclass(frozen=True)
class Counters:
    """Actions a person has to do by today, and replies nobody has handled."""

    todo: int = 0
    replies: int = 0


def counters(user: User, entity: Entity, *, today: date) -> Counters:
    """What is due now; a collector's counters follow the own portfolio as the To-do page does."""
    due = (
        select(func.count())
        .select_from(Action)
        .where(
            Action.entity_id == entity.id,
            Action.on <= today,
            or_(
                Action.state == ActionState.ERROR,
                (Action.state == ActionState.PLANNED) & (Action.mode != Mode.AUTOMATIC),
            ),
        )
    )
    waiting = select(func.count()).select_from(Reply)
    waiting = waiting.where(Reply.entity_id == entity.id, Reply.state == ReplyState.NEW)
    if not sees_everything(user):
        due = due.where(Action.customer_id.in_(visible_customers(user, entity)))
        waiting = waiting.where(Reply.customer_id.in_(visible_customers(user, entity)))
    if user.role is Role.COLLECTOR:
        own = select(Customer.id).where(Customer.entity_id == entity.id, Customer.collector_id == user.id)
        due, waiting = due.where(Action.customer_id.in_(own)), waiting.where(Reply.customer_id.in_(own))
    return Counters(db.session.scalar(due) or 0, db.session.scalar(waiting) or 0)
