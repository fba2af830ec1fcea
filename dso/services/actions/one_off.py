"""Messages outside the plan: an e-mail about chosen items that goes with a tagging, now (3.6 step 2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ActionKind, Flavour, Mode, StatusType, StepType
from dso.domain.errors import Refused
from dso.models import Action, ActionItem, Entity, Item, Scenario, Status, Step, User
from dso.services import messages

#: Which library text goes with which status type, when nothing was written: to the customer, to a colleague.
_TEXTS = {
    StatusType.PROMISE: "Promise confirmed",
    StatusType.DISPUTE: "Dispute acknowledged",
    StatusType.DISPUTE_RESOLVED: "Dispute settled",
}
_OTHER_TEXT = "Follow-up of your answer"
_COLLEAGUE_TEXT = "Dispute: question to the colleague in charge"


def text_step(entity: Entity, status: Status | None, *, internal: bool) -> Step | None:
    """The step of the entity's libraries whose text goes with a status."""
    name = _COLLEAGUE_TEXT if internal else _TEXTS.get(status.type, _OTHER_TEXT) if status else _OTHER_TEXT
    query = select(Step).join(Scenario)
    query = query.where(Scenario.entity_id == entity.id, Scenario.library.is_(True), Step.name == name)
    return db.session.scalars(query.order_by(Step.id)).first()


@dataclass(frozen=True)
class Words:
    """What is written to whom: the customer's contact, or a colleague; empty texts are taken from the library."""

    subject: str
    body: str
    to: User | None = None


def tell_about(
    items: Sequence[Item], status: Status | None, words: Words, *, actor: User, today: date, now: datetime
) -> Action:
    """Queue an e-mail about items of one customer, to a colleague with the internal link.

    Refused when there is no text or nobody to write to.
    """
    action = _about(items, status, words, today=today, now=now)
    recipients = [words.to.email] if words.to else None
    subject, body = words.subject.strip() or None, words.body.strip() or None
    messages.queue_for_action(
        action, actor=actor, today=today, now=now, subject=subject, body=body, recipients=recipients
    )
    return action


def draft_about(
    items: Sequence[Item], status: Status | None, words: Words, *, actor: User, today: date, now: datetime
) -> messages.Draft:
    """What `tell_about` would send; nothing of it stays."""
    nested = db.session.begin_nested()
    try:
        action = _about(items, status, words, today=today, now=now)
        subject, body = words.subject.strip() or None, words.body.strip() or None
        return messages.compose(action, actor=actor, today=today, now=now, subject=subject, body=body)
    finally:
        nested.rollback()


def _about(items: Sequence[Item], status: Status | None, words: Words, *, today: date, now: datetime) -> Action:
    """The action that carries the e-mail, flushed."""
    customer, to = items[0].customer, words.to
    step = text_step(customer.entity, status, internal=to is not None)
    if step is None and not words.body.strip():
        raise Refused("There is no text for this e-mail: write one, or add it to the templates.")
    if to is not None and not to.email:
        raise Refused("%(who)s has no e-mail address.", who=to.full_name)
    action = Action(
        entity_id=customer.entity_id,
        customer_id=items[0].account_id,
        kind=ActionKind.ONE_OFF,
        type=StepType.EMAIL,
        flavour=Flavour.INTERNAL if to else Flavour.INTERACTIVE if customer.interactive else Flavour.PLAIN,
        name=step.name if step else words.subject or (status.name if status else "E-mail"),
        step_id=step.id if step else None,
        on=today,
        user_dated=True,
        mode=Mode.MANUAL,
        resolver_id=to.id if to else None,
        created_at=now,
        updated_at=now,
    )
    action.items = [ActionItem(item=item) for item in items]
    db.session.add(action)
    db.session.flush()
    return action
