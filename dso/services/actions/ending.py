"""How an action comes to its end, whoever ended it: steps used up, items listed or released, contacts remembered."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import delete, func, insert, select

from dso.db import db
from dso.domain.codes import (
    CONVERSATIONS,
    MESSAGE_TYPES,
    ActionKind,
    ActionState,
    Consumed,
    Flavour,
    MessageKind,
    MessageState,
)
from dso.models import Action, ActionItem, ConsumedStep, ContactLog, CustomerState, Message, User
from dso.queries import pool, settings
from dso.services.actions import specific

_LEFT = (MessageState.SENT, MessageState.UNCERTAIN, MessageState.WITHHELD)


def done(action: Action, *, on: date, now: datetime, actor: User | None) -> None:
    """The action was done: its step is used up for its leader, its items return, a message was a contact."""
    action.state, action.explanation = ActionState.DONE, ""
    action.done_on, action.done_at, action.done_by_id = on, now, actor.id if actor else None
    action.updated_at = now
    db.session.flush()
    if action.kind is ActionKind.SCENARIO:
        _use_up(action, Consumed.DONE, on)
        if not _has_items(action):
            list_items([action], today=on)
    elif action.kind is ActionKind.SPECIFIC:
        specific.release(specific.open_items(action), "", actor=actor, now=now)
    remember(action, on)


def skipped(action: Action, why: str, *, on: date, now: datetime, actor: User) -> None:
    """The action was left out: its step is used up all the same, its items return."""
    action.state, action.explanation = ActionState.SKIPPED, why
    action.done_on, action.done_at, action.done_by_id = on, now, actor.id
    action.updated_at = now
    db.session.flush()
    if action.kind is ActionKind.SCENARIO:
        _use_up(action, Consumed.SKIPPED, on)
    elif action.kind is ActionKind.SPECIFIC:
        specific.release(specific.open_items(action), why, actor=actor, now=now)


def _use_up(action: Action, how: Consumed, on: date) -> None:
    if action.leader_id is None or action.step_id is None:
        return
    db.session.add(
        ConsumedStep(
            account_id=action.customer_id,
            leader_id=action.leader_id,
            step_id=action.step_id,
            how=how,
            on=on,
            action_id=action.id,
        )
    )
    db.session.flush()


def _has_items(action: Action) -> bool:
    query = select(ActionItem.item_id).where(ActionItem.action_id == action.id).limit(1)
    return db.session.scalar(query) is not None


def list_items(actions: Sequence[Action], *, today: date) -> None:
    """Write down which items actions of one entity ask for today: what `continue` goes by (11.2)."""
    if not actions:
        return
    entity = actions[0].customer.entity
    accounts = {action.customer_id for action in actions}
    asked = pool.item_ids(entity, settings.collection_settings(entity), today, accounts)
    db.session.execute(
        delete(ActionItem).where(ActionItem.action_id.in_([action.id for action in actions])),
        execution_options={"synchronize_session": False},
    )
    rows = [
        {"action_id": action.id, "item_id": item_id}
        for action in actions
        for item_id in asked.get(action.customer_id, [])
    ]
    if rows:
        db.session.execute(insert(ActionItem), rows)
    for action in actions:
        db.session.expire(action, ["items"])


def is_contact(action: Action) -> bool:
    """Whether doing it spoke to the debtor: a message to anybody but a colleague."""
    return action.type in MESSAGE_TYPES and action.flavour is not Flavour.INTERNAL


def remember(action: Action, on: date) -> None:
    """The rollup row knows the last action and the last dunning contact."""
    state = db.session.get(CustomerState, action.customer_id)
    if state is None:
        return
    state.last_action_on = max(on, state.last_action_on or on)
    if is_contact(action):
        state.last_contact_on = max(on, state.last_contact_on or on)
    db.session.flush()


def forget_contact(action: Action) -> None:
    """Work out again when the account was last in contact, after something was taken back."""
    state = db.session.get(CustomerState, action.customer_id)
    if state is None:
        return
    account = action.customer_id
    done_on = select(func.max(Action.done_on)).where(Action.customer_id == account, Action.state == ActionState.DONE)
    by_hand = done_on.where(Action.type.in_(MESSAGE_TYPES), Action.flavour != Flavour.INTERNAL)
    left = (
        select(func.max(Message.left_on))
        .join(Action, Action.id == Message.action_id)
        .where(
            Message.customer_id == account,
            Message.kind == MessageKind.ACTION,
            Message.state.in_(_LEFT),
            Action.flavour != Flavour.INTERNAL,
        )
    )
    spoken = select(func.max(ContactLog.on)).where(
        ContactLog.customer_id == account, ContactLog.outcome.in_(CONVERSATIONS)
    )
    state.last_action_on = db.session.scalar(done_on)
    state.last_contact_on = _latest(db.session.scalar(query) for query in (by_hand, left, spoken))
    db.session.flush()


def _latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)
