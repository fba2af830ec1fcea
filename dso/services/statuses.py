"""Tagging items: one act of qualification, what it does to the items, and the follow-up it creates (3.6, 11.4)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from sqlalchemy import select

from dso.db import db
from dso.domain import statuses as rules
from dso.domain.codes import EventKind, Flavour, Mode, StatusType, StepType
from dso.domain.errors import Refused
from dso.domain.permissions import Capability
from dso.domain.promises import hold_until
from dso.models import Action, Customer, Entity, Item, Qualification, QualificationItem, Reply, Status, Step, User
from dso.queries import calendars, settings
from dso.services import history, item_changes, states
from dso.services.actions import specific

FollowUp = date | Literal["default", "none"]


@dataclass(frozen=True)
class Tagging:
    """What a person chose in the dialogue; `status` None removes the status.

    `follow_up`: a day, "none" (let the scenario go on), or "default" (what the status says).
    """

    status: Status | None
    on: date | None = None
    promised_on: date | None = None
    amount: Decimal | None = None
    comment: str = ""
    visible_to_customer: bool = False
    resolver: User | None = None
    follow_up: FollowUp = "default"
    follow_up_step: Step | None = None
    follow_up_mode: Mode | None = None


def qualify(
    items: Sequence[Item],
    tagging: Tagging,
    *,
    actor: User | None,
    today: date,
    now: datetime,
    reply: Reply | None = None,
    corrects: Qualification | None = None,
) -> Qualification:
    """Tag items of one customer; Refused when the status cannot stand on them. The caller calls `review`.

    A promise with a date holds its items until that day + offset, a dispute or litigation creates its specific
    action, whatever door the tagging comes by.
    """
    states.lock_items(items)
    tagged = [_tagged(item) for item in items]
    rules.check(tagging.status.type if tagging.status else None, tagged, tagging.promised_on, today)
    if len({item.customer_id for item in items}) > 1:
        raise Refused("One act of tagging is about one customer: tag the customers one after the other.")
    if tagging.status is not None and not tagging.status.active:
        raise Refused('The status "%(name)s" is no longer in use.', name=tagging.status.name)
    shares = rules.spread(tagging.amount, tagged)
    if actor is not None and not actor.can(Capability.COLLECTION_WORK):
        tagging = replace(tagging, follow_up="default", follow_up_step=None, follow_up_mode=None)
    customer = items[0].customer
    act = _save(customer, items, tagging, shares, actor, today, now)
    act.reply_id = reply.id if reply else None
    act.corrects_id = corrects.id if corrects else None
    until = _promise_until(customer.entity, tagging)
    for item in items:
        _put_on_item(item, tagging, act, shares[item.id], until, actor=actor, today=today, now=now)
    action = _follow_up(items, tagging, act, until, actor=actor, today=today, now=now)
    act.action_id = action.id if action else None
    _record(customer, items, tagging, actor, now)
    db.session.flush()
    return act


def qualify_each(
    items: Sequence[Item], tagging: Tagging, *, actor: User | None, today: date, now: datetime
) -> list[Qualification]:
    """Tag items of several customers (the item grid): one act per customer, all or none."""
    states.lock_items(items)
    by_customer: dict[int, list[Item]] = {}
    for item in items:
        by_customer.setdefault(item.customer_id, []).append(item)
    if len(by_customer) > 1 and tagging.amount is not None:
        raise Refused("A part can be given for the items of one customer only.")
    return [qualify(own, tagging, actor=actor, today=today, now=now) for own in by_customer.values()]


def quick_promise(entity: Entity, today: date) -> Tagging:
    """What one click promises: the set status, today + the set days; Refused when the status is gone."""
    name = settings.get(entity, "promise.quick_status")
    status = db.session.scalar(select(Status).where(Status.name == name, Status.active.is_(True)))
    if status is None or status.type is not StatusType.PROMISE:
        raise Refused('The quick promise needs an active status of type promise named "%(name)s".', name=name)
    return Tagging(status, promised_on=today + timedelta(days=settings.number(entity, "promise.quick_days")))


def correct(last: Qualification, tagging: Tagging, *, actor: User, today: date, now: datetime) -> Qualification:
    """Edit the last qualification of its items, by its author; the earlier one stays in history."""
    if last.author_id != actor.id:
        raise Refused("Only the author may edit a qualification.")
    rows = db.session.scalars(select(Item).where(Item.id.in_([row.item_id for row in last.items]))).all()
    states.lock_items(rows)
    if any(item.qualification_id != last.id for item in rows):
        raise Refused("Only the last qualification of an item can be edited.")
    return qualify(rows, tagging, actor=actor, today=today, now=now, corrects=last)


def _tagged(item: Item) -> rules.Tagged:
    return rules.Tagged(item.id, item.number, item.type, item.currency, item.due_on, item.remaining)


def _promise_until(entity: Entity, tagging: Tagging) -> date | None:
    if tagging.promised_on is None:
        return None
    offset = settings.number(entity, "promise.offset_days")
    return hold_until(tagging.promised_on, offset, calendars.of_entity(entity))


def _save(
    customer: Customer,
    items: Sequence[Item],
    tagging: Tagging,
    shares: dict[int, Decimal | None],
    actor: User | None,
    today: date,
    now: datetime,
) -> Qualification:
    act = Qualification(
        entity_id=customer.entity_id,
        customer_id=customer.id,
        status_id=tagging.status.id if tagging.status else None,
        on=tagging.on or today,
        promised_on=tagging.promised_on,
        amount=tagging.amount,
        comment=tagging.comment.strip(),
        visible_to_customer=tagging.visible_to_customer,
        author_id=actor.id if actor else None,
        resolver_id=tagging.resolver.id if tagging.resolver else None,
        created_at=now,
    )
    act.items = [QualificationItem(item_id=i.id, remaining=i.remaining, amount=shares[i.id]) for i in items]
    db.session.add(act)
    db.session.flush()
    return act


def _put_on_item(
    item: Item,
    tagging: Tagging,
    act: Qualification,
    share: Decimal | None,
    until: date | None,
    *,
    actor: User | None,
    today: date,
    now: datetime,
) -> None:
    status = tagging.status
    disputed = share if status and status.type is StatusType.DISPUTE else None
    promised = share if status and status.type is StatusType.PROMISE else None
    values = {
        "status_id": status.id if status else None,
        "promised_on": tagging.promised_on,
        "promised_amount": promised,
        "disputed_amount": disputed,
    }
    item_changes.change(item, actor, today, now, **values)
    item.status_type = status.type if status else None
    item.status_on = act.on if status else None
    item.status_comment = act.comment if status else ""
    item.status_visible = act.visible_to_customer
    item.status_author_id = act.author_id if status else None
    item.resolver_id = act.resolver_id
    item.qualification_id = act.id
    item.promise_until = until
    item.promise_broken = False
    item.updated_at = now


def _follow_up(
    items: Sequence[Item],
    tagging: Tagging,
    act: Qualification,
    until: date | None,
    *,
    actor: User | None,
    today: date,
    now: datetime,
) -> Action | None:
    """The specific action of a tagging; earlier ones let the items go in any case."""
    status = tagging.status
    on = _follow_up_day(tagging, until, today)
    if status is None or on is None:
        specific.release(items, "the status changed", actor=actor, now=now)
        return None
    step = tagging.follow_up_step or (
        db.session.get(Step, status.template_step_id) if status.template_step_id else None
    )
    return specific.create(
        items,
        name=step.name if step else f"Follow up: {status.name}",
        type=step.type if step else StepType.TASK,
        flavour=step.flavour if step else Flavour.PLAIN,
        mode=tagging.follow_up_mode or (status.mode if step else Mode.MANUAL),
        on=on,
        actor=actor,
        today=today,
        now=now,
        step=step,
        resolver=tagging.resolver,
        qualification=act,
    )


def _follow_up_day(tagging: Tagging, until: date | None, today: date) -> date | None:
    """When the follow-up is due; None when there is none.

    A promised date beats the status's days; a dispute or litigation has one even when "none" was chosen.
    """
    status = tagging.status
    if status is None:
        return None
    if isinstance(tagging.follow_up, date):
        return tagging.follow_up
    followed = status.type in rules.ALWAYS_FOLLOWED
    if tagging.follow_up == "none" and not followed:
        return None
    if not followed and status.type is not StatusType.PROMISE:
        return None
    return until or today + timedelta(days=status.follow_up_days)


#: Whole sentences, so that they can be translated: with a promised day or not, with a comment or not.
_SENTENCES = {
    (False, False): "%(numbers)s tagged %(status)s",
    (False, True): "%(numbers)s tagged %(status)s: %(comment)s",
    (True, False): "%(numbers)s tagged %(status)s for %(promised_on)s",
    (True, True): "%(numbers)s tagged %(status)s for %(promised_on)s: %(comment)s",
}


def _record(customer: Customer, items: Sequence[Item], tagging: Tagging, actor: User | None, now: datetime) -> None:
    ids = [item.id for item in items]
    numbers = ", ".join(item.number for item in items)
    if tagging.status is None:
        words = "Status of %(numbers)s removed"
        history.record(customer, EventKind.STATUS, words, actor=actor, now=now, item_ids=ids, numbers=numbers)
        return
    params = {"numbers": numbers, "status": tagging.status.name}
    if tagging.promised_on:
        params["promised_on"] = tagging.promised_on.isoformat()
    if tagging.comment.strip():
        params["comment"] = tagging.comment.strip()
    words = _SENTENCES["promised_on" in params, "comment" in params]
    history.record(customer, EventKind.STATUS, words, actor=actor, now=now, item_ids=ids, **params)
