"""What people do with actions: complete, skip, re-date, confirm, undo. Each ends with a review of the account."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select

from dso.db import db
from dso.domain.codes import (
    CONVERSATIONS,
    MESSAGE_TYPES,
    OPEN_ACTION_STATES,
    ActionKind,
    ActionState,
    CallOutcome,
    DisputeOutcome,
    EventKind,
    MessageState,
    Mode,
    StepType,
)
from dso.domain.errors import Forbidden, Refused
from dso.domain.permissions import Capability
from dso.models import (
    Action,
    ActionItem,
    ConsumedStep,
    Contact,
    ContactLog,
    Customer,
    Entity,
    Message,
    Qualification,
    QualificationItem,
    User,
)
from dso.queries import accounts
from dso.services import history, states
from dso.services.actions import ending
from dso.services.actions.automatic import sendable_specific
from dso.services.actions.day import queue_all
from dso.services.actions.differences import take_back
from dso.services.actions.reviewing import review

_LEFT = (MessageState.SENDING, MessageState.SENT, MessageState.UNCERTAIN, MessageState.WITHHELD)


def complete(
    action: Action,
    *,
    actor: User,
    today: date,
    now: datetime,
    outcome: DisputeOutcome | None = None,
    amount: Decimal | None = None,
    note: str = "",
) -> None:
    """The action was done. Of a dispute's action the items become "dispute resolved" with what was agreed.

    Refused when somebody else ended it meanwhile, or while its message waits in the outbox.
    """
    from dso.services import disputes

    _hold_open(action)
    _not_queued(action)
    disputed = action.kind is ActionKind.SPECIFIC and bool(disputes.disputed_items(action))
    if not disputed:
        _may_work(actor)
        if outcome is not None or amount is not None:
            raise Refused("Only the action of a dispute ends with an outcome.")
    if disputed:
        disputes.close(action, outcome=outcome, amount=amount, note=note, actor=actor, today=today, now=now)
    action.outcome = outcome
    action.note = note.strip() or action.note
    ending.done(action, on=today, now=now, actor=actor)
    _tell(action, "%(action)s done", actor, now)
    review(action.customer.entity, [action.customer_id], today=today, now=now)


def skip(action: Action, reason: str, *, actor: User, today: date, now: datetime) -> None:
    """The action is not wanted this time; the plan goes on with the next step. The reason is kept."""
    _hold_open(action)
    if not reason.strip():
        raise Refused("Say why it is skipped.")
    if take_back([action.id], reason.strip()):
        raise Refused("Its message is being sent right now.")
    ending.skipped(action, reason.strip(), on=today, now=now, actor=actor)
    _tell(action, "%(action)s skipped: %(reason)s", actor, now, reason=reason.strip())
    review(action.customer.entity, [action.customer_id], today=today, now=now)


def redate(action: Action, day: date, *, actor: User, today: date, now: datetime) -> None:
    """Move the action to a day a person chose; it stays there while leader and step stay."""
    _hold_open(action)
    if day < today:
        raise Refused("The new day is from today on.")
    _unqueue(action, "re-dated")
    if action.state is ActionState.ERROR:
        action.state, action.explanation = ActionState.PLANNED, ""
        _again(action)
    before = action.on
    action.on, action.user_dated, action.updated_at = day, True, now
    _tell(action, "%(action)s moved from %(before)s to %(day)s", actor, now, before=before, day=day)
    review(action.customer.entity, [action.customer_id], today=today, now=now)


def confirm(action: Action, *, actor: User, today: date, now: datetime) -> None:
    """Let an automatic message go; when its day has come and nothing holds it, it goes into the outbox now."""
    mass_confirm([action], actor=actor, today=today, now=now)


def mass_confirm(actions: Sequence[Action], *, actor: User, today: date, now: datetime) -> None:
    """Confirm several, all or none; then queue those that may leave."""
    hold(*actions)
    for action in actions:
        _check_open(action)
        if action.mode is Mode.MANUAL or action.type not in MESSAGE_TYPES:
            raise Refused('"%(action)s" is no automatic message, there is nothing to confirm.', action=action.name)
        if action.state is ActionState.QUEUED:
            raise Refused('"%(action)s" is in the outbox already.', action=action.name)
    for action in actions:
        action.confirmed_at, action.confirmed_by_id, action.to_confirm = now, actor.id, ""
        action.updated_at = now
        if action.state is ActionState.PLANNED:
            action.state = ActionState.CONFIRMED
        _tell(action, "%(action)s confirmed", actor, now)
    db.session.flush()
    for entity, ids in _by_entity(actions):
        send_now(entity, ids, today=today, now=now)


def send_now(entity: Entity, account_ids: Collection[int], *, today: date, now: datetime) -> int:
    """Decide again on accounts and queue what may leave; how many messages' actions were queued."""
    counts = review(entity, account_ids, today=today, now=now)
    queued = queue_all(entity, counts.sendable, today=today, now=now)
    due = sendable_specific(entity, account_ids, today=today, now=now)
    queued += queue_all(entity, due, today=today, now=now)
    if queued:
        review(entity, account_ids, today=today, now=now)
    return queued


def undo(action: Action, *, actor: User, today: date, now: datetime) -> None:
    """Take back the last thing a person did with it, as long as nothing has left (11.2)."""
    hold(action)
    if db.session.scalar(select(Message.id).where(Message.action_id == action.id, Message.state.in_(_LEFT)).limit(1)):
        raise Refused("Its message has left: this cannot be undone.")
    if action.state in (ActionState.DONE, ActionState.SKIPPED):
        _reopen(action, now)
    elif action.confirmed_at is not None:
        _unqueue(action, "confirmation taken back")
        action.confirmed_at = action.confirmed_by_id = None
        action.state = ActionState.PLANNED
    else:
        raise Refused("There is nothing to undo.")
    action.updated_at = now
    _tell(action, "%(action)s: taken back", actor, now)
    review(action.customer.entity, [action.customer_id], today=today, now=now)


def log_call(
    target: Action | Customer,
    outcome: CallOutcome,
    note: str = "",
    *,
    actor: User,
    today: date,
    now: datetime,
    contact: Contact | None = None,
) -> ContactLog:
    """Write down a call. A conversation counts as a dunning contact and ends the phone step it was made for."""
    action = target if isinstance(target, Action) else None
    customer = action.customer if action is not None else target
    if not isinstance(customer, Customer):
        raise TypeError("a call is logged on an action or a customer")
    if action is not None:
        _hold_open(action)
    log = ContactLog(
        entity_id=customer.entity_id,
        customer_id=customer.id,
        action_id=action.id if action else None,
        contact_id=contact.id if contact else None,
        outcome=outcome,
        note=note.strip(),
        on=today,
        at=now,
        author_id=actor.id,
    )
    db.session.add(log)
    text = "Call: %(outcome)s. %(note)s" if note.strip() else "Call: %(outcome)s"
    history.record(customer, EventKind.CALL, text, actor=actor, now=now, outcome=outcome.value, note=note.strip())
    if action is not None and action.type is StepType.PHONE and outcome in CONVERSATIONS:
        action.note = note.strip() or action.note
        ending.done(action, on=today, now=now, actor=actor)
    review(customer.entity, [customer.id], today=today, now=now)
    return log


def hold(*actions: Action) -> None:
    """Their accounts first, as a review does, then the actions: two who work on one account take turns."""
    db.session.flush()
    for entity, ids in sorted(_by_entity(actions), key=lambda one: one[0].id):
        states.lock(entity, accounts.with_pilots(entity, ids))
    for action in sorted(actions, key=lambda one: one.id):
        db.session.refresh(action, with_for_update={"key_share": True})


def _hold_open(action: Action) -> None:
    """The action as it stands now, held until the end of the transaction; Refused when it is over."""
    hold(action)
    _check_open(action)


def _check_open(action: Action) -> None:
    if action.state not in OPEN_ACTION_STATES:
        words = {
            ActionState.DONE: '"%(action)s" is done already.',
            ActionState.SKIPPED: '"%(action)s" was skipped already.',
        }
        raise Refused(words.get(action.state, '"%(action)s" is no longer on the agenda.'), action=action.name)


def _may_work(actor: User) -> None:
    """Only a dispute may be closed by people who do not work on collection."""
    if not actor.can(Capability.COLLECTION_WORK):
        raise Forbidden("Only the resolver's own disputes can be closed.", capability=Capability.COLLECTION_WORK)


def _not_queued(action: Action) -> None:
    if action.state is ActionState.QUEUED:
        raise Refused('The message of "%(action)s" is in the outbox: cancel it there first.', action=action.name)


def _unqueue(action: Action, why: str) -> None:
    """Take the message out of the outbox; Refused when it is being sent right now."""
    if action.state is not ActionState.QUEUED:
        return
    if take_back([action.id], why):
        raise Refused("Its message is being sent right now.")
    action.state = ActionState.CONFIRMED if action.confirmed_at else ActionState.PLANNED
    _again(action)


def _again(action: Action) -> None:
    """A sending anew, unless somebody has got this one: then only those who have not are written to."""
    left = select(Message.id).where(
        Message.action_id == action.id, Message.occurrence == action.occurrence, Message.state.in_(_LEFT)
    )
    if db.session.scalar(left.limit(1)) is None:
        action.occurrence += 1


def _reopen(action: Action, now: datetime) -> None:
    """Back on the agenda as before: its step is open again, what was planned after it goes, its items are held."""
    if action.outcome is not None or _tagged_by_its_end(action):
        raise Refused("The end of a dispute cannot be undone: tag the items again.")
    ended_at = action.done_at
    db.session.execute(delete(ConsumedStep).where(ConsumedStep.action_id == action.id))
    db.session.execute(delete(ContactLog).where(ContactLog.action_id == action.id, ContactLog.at == ended_at))
    if action.kind is ActionKind.SCENARIO:
        _withdraw_next(action, now)
    if action.kind is ActionKind.SPECIFIC:
        for row in action.items:
            if row.detached_at == ended_at and row.item.held_by_id is None and row.item.is_open:
                row.detached_at, row.item.held_by_id = None, action.id
    action.state, action.explanation = ActionState.PLANNED, ""
    action.done_on = action.done_at = action.done_by_id = None
    db.session.flush()
    ending.forget_contact(action)


def _tagged_by_its_end(action: Action) -> bool:
    """Whether its items got their status when it was completed: the dispute of them is resolved."""
    query = (
        select(QualificationItem.item_id)
        .join(Qualification, Qualification.id == QualificationItem.qualification_id)
        .join(ActionItem, ActionItem.item_id == QualificationItem.item_id)
        .where(ActionItem.action_id == action.id, Qualification.created_at == action.done_at)
    )
    return action.kind is ActionKind.SPECIFIC and db.session.scalars(query.limit(1)).first() is not None


def _withdraw_next(action: Action, now: datetime) -> None:
    query = select(Action).where(
        Action.customer_id == action.customer_id,
        Action.kind == ActionKind.SCENARIO,
        Action.state.in_(OPEN_ACTION_STATES),
        Action.id != action.id,
    )
    for following in db.session.scalars(query):
        _unqueue(following, "the step before was taken back")
        following.state, following.explanation = ActionState.CANCELLED, "the step before was taken back"
        following.updated_at = now
    db.session.flush()


def _by_entity(actions: Sequence[Action]) -> list[tuple[Entity, set[int]]]:
    found: dict[int, tuple[Entity, set[int]]] = {}
    for action in actions:
        entity = action.customer.entity
        found.setdefault(entity.id, (entity, set()))[1].add(action.customer_id)
    return list(found.values())


def _tell(action: Action, text: str, actor: User, now: datetime, **params: Any) -> None:
    history.record(action.customer, EventKind.ACTION, text, actor=actor, now=now, action=action.name, **params)
