"""Specific actions: tied to chosen items, which they hold out of the scenario while they are open (3.7)."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from dso.db import db
from dso.domain.codes import (
    NEVER_AUTOMATIC,
    OPEN_ACTION_STATES,
    ActionKind,
    ActionState,
    EventKind,
    Flavour,
    Mode,
    StepType,
)
from dso.domain.errors import Refused
from dso.models import Action, ActionItem, Item, Qualification, Step, User
from dso.services import history, states


def create(
    items: Sequence[Item],
    *,
    name: str,
    type: StepType,
    mode: Mode,
    on: date,
    actor: User | None,
    today: date,
    now: datetime,
    flavour: Flavour = Flavour.PLAIN,
    step: Step | None = None,
    resolver: User | None = None,
    qualification: Qualification | None = None,
    basis: dict[str, Any] | None = None,
) -> Action:
    """Open a specific action that holds its items; items of an earlier one move over.

    Refused without items, over several accounts, for a day that is over, or for a type that is never automatic.
    The caller calls `review` afterwards.
    """
    states.lock_items(items)
    _check_new(items, type=type, mode=mode, on=on, today=today)
    account = items[0].customer if items[0].account_id == items[0].customer_id else None
    release(items, "replaced by a newer action", actor=actor, now=now)
    action = Action(
        entity_id=items[0].entity_id,
        customer_id=items[0].account_id,
        kind=ActionKind.SPECIFIC,
        type=type,
        flavour=flavour,
        name=name,
        step=step,
        on=on,
        user_dated=True,
        basis=basis or {},
        mode=mode,
        resolver_id=resolver.id if resolver else None,
        qualification_id=qualification.id if qualification else None,
        created_at=now,
        updated_at=now,
    )
    _hold(action, items)
    customer = account or items[0].customer
    words = "%(action)s planned for %(on)s"
    ids = [item.id for item in items]
    history.record(customer, EventKind.ACTION, words, actor=actor, now=now, item_ids=ids, action=name, on=on)
    return action


def _check_new(items: Sequence[Item], *, type: StepType, mode: Mode, on: date, today: date) -> None:
    if not items:
        raise Refused("Tick at least one item.")
    if len({item.account_id for item in items}) > 1:
        raise Refused("A specific action is about the items of one customer.")
    if on < today:
        raise Refused("A follow-up needs a day from today on.")
    if mode is Mode.AUTOMATIC and type in NEVER_AUTOMATIC:
        raise Refused("An action of this type is never automatic.")


def _hold(action: Action, items: Sequence[Item]) -> None:
    """Keep a new action with its items, which leave the scenario for it."""
    action.items = [ActionItem(item=item) for item in items]
    db.session.add(action)
    db.session.flush()
    for item in items:
        item.held_by_id = action.id
    db.session.flush()


def release(items: Collection[Item], why: str, *, actor: User | None, now: datetime) -> None:
    """Take items out of the specific actions that hold them; an action left with none is cancelled for that reason."""
    holding = {item.held_by_id for item in items if item.held_by_id}
    if not holding:
        return
    ids = {item.id for item in items}
    held = select(Action).where(Action.id.in_(holding)).options(selectinload(Action.items))
    for action in db.session.scalars(held):
        for row in action.items:
            if row.item_id in ids and row.detached_at is None:
                row.detached_at = now
        if all(row.detached_at for row in action.items) and action.state in OPEN_ACTION_STATES:
            action.state = ActionState.CANCELLED
            action.explanation = why
            action.updated_at = now
    for item in items:
        item.held_by_id = None
    db.session.flush()


def detach(action: Action, items: Sequence[Item], *, actor: User, now: datetime) -> None:
    """Take items out of an open action at a person's wish; they rejoin the scenario at once. Caller reviews."""
    _hold_open(action)
    mine = {row.item_id for row in action.items if row.detached_at is None}
    for item in items:
        if item.id not in mine:
            raise Refused("%(number)s is not part of this action.", number=item.number)
    release(items, "all its items were taken out", actor=actor, now=now)
    for item in items:
        words = "%(number)s taken out of %(action)s"
        values = {"number": item.number, "action": action.name}
        history.record(item.customer, EventKind.ACTION, words, actor=actor, now=now, item_ids=[item.id], **values)


def change_resolver(
    action: Action, resolver: User | None, *, actor: User, now: datetime, items: Sequence[Item] | None = None
) -> None:
    """Give the action (or, of its items, only some) to another resolver."""
    _hold_open(action)
    chosen = [row.item for row in action.items if row.detached_at is None] if items is None else list(items)
    if items is None:
        action.resolver_id = resolver.id if resolver else None
    for item in chosen:
        item.resolver_id = resolver.id if resolver else None
        item.updated_at = now
    action.updated_at = now
    words = "Resolver of %(action)s is now %(who)s"
    who = resolver.full_name if resolver else "nobody"
    ids = [item.id for item in chosen]
    history.record(
        action.customer, EventKind.ACTION, words, actor=actor, now=now, item_ids=ids, action=action.name, who=who
    )


def _hold_open(action: Action) -> None:
    """The action and its items as they stand now, held until the end of the transaction; Refused when it is over."""
    states.lock_items([row.item for row in action.items])
    db.session.refresh(action, with_for_update={"key_share": True})
    check_open(action)


def check_open(action: Action) -> None:
    """Refused when the action is no longer open or is no specific one."""
    if action.kind is not ActionKind.SPECIFIC:
        raise Refused("This is not a specific action.")
    if action.state not in OPEN_ACTION_STATES:
        raise Refused("This action is no longer open.")


def open_items(action: Action) -> list[Item]:
    """The items it still holds."""
    return [row.item for row in action.items if row.detached_at is None]
