"""Which waiting messages leave together with one to a payment centre (3.4)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased, contains_eager

from dso.db import db
from dso.domain.codes import ActionKind, Channel, MessageState
from dso.models import Action, Customer, Entity, Message
from dso.services.messages import holds
from dso.services.messages.bundles import may_join
from dso.services.messages.freeze import STAYS


def is_due(message: Any, now: datetime) -> ColumnElement[bool]:
    """Whether a message may be taken now."""
    on_time = or_(message.next_try_at.is_(None), message.next_try_at <= now)
    return and_(message.state == MessageState.QUEUED, on_time)


def waits_for_another(now: datetime) -> ColumnElement[bool]:
    """Whether an earlier message to the same payment centre is to take this one along.

    Only the first of them is claimed, so that several senders together do not make several messages of them.
    """
    first, its, mine = aliased(Message), aliased(Action), aliased(Action)
    theirs, account = aliased(Customer), aliased(Customer)
    return exists().where(
        first.recipient == Message.recipient,
        first.id < Message.id,
        first.entity_id == Message.entity_id,
        first.channel == Channel.EMAIL,
        Message.channel == Channel.EMAIL,
        first.automatic.is_(True),
        Message.automatic.is_(True),
        or_(is_due(first, now), first.state == MessageState.SENDING),
        its.id == first.action_id,
        mine.id == Message.action_id,
        its.kind == ActionKind.SCENARIO,
        mine.kind == ActionKind.SCENARIO,
        its.step_id == mine.step_id,
        theirs.id == its.customer_id,
        account.id == mine.customer_id,
        theirs.payment_centre_id == account.payment_centre_id,
        theirs.interactive == account.interactive,
    )


def find(
    message: Message, action: Action, entity: Entity, *, today: date, now: datetime
) -> list[tuple[Message, Action]]:
    """The waiting messages that leave with this one: of accounts of its centre that are at the same step.

    Each is decided again like a message of its own; what is held, paid or asks for a person stays behind, and so does
    what was made in test mode when this one was not.
    """
    if not may_join(message, action):
        return []
    query = (
        select(Message)
        .join(Action, Action.id == Message.action_id)
        .join(Customer, Customer.id == Action.customer_id)
        .where(
            Message.entity_id == message.entity_id,
            Message.id != message.id,
            Message.recipient == message.recipient,
            Message.channel == Channel.EMAIL,
            Message.automatic.is_(True),
            is_due(Message, now),
            Action.kind == ActionKind.SCENARIO,
            Action.step_id == action.step_id,
            Customer.payment_centre_id == action.customer.payment_centre_id,
            Customer.interactive.is_(action.customer.interactive),
        )
        .order_by(Customer.code, Message.id)
        .options(contains_eager(Message.action).contains_eager(Action.customer))
        .with_for_update(skip_locked=True, of=Message)
    )
    stays = STAYS in message.listed
    found = [one for one in db.session.scalars(query).unique() if (STAYS in one.listed) is stays]
    pairs = [(one, one.action) for one in found if one.action is not None]
    return [pair for pair in pairs if holds.find(*pair, entity, today=today, now=now) is None]
