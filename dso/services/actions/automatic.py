"""Automatic specific actions: which may go into the outbox today, and what becomes of the others (3.4, 3.7)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from dso.db import among, db, narrowed
from dso.domain.codes import MESSAGE_TYPES, OPEN_ACTION_STATES, ActionKind, ActionState, Mode
from dso.domain.money import from_units
from dso.domain.scenarios import Rules, StepRule
from dso.domain.scenarios.decide import NO_CONTACT
from dso.domain.scenarios.specific import Specific, Verdict, judge_specific
from dso.models import Action, ActionItem, Entity, Item
from dso.queries import accounts, pool
from dso.queries.accounts import Known

Amounts = dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class _Context:
    """What the verdicts on the specific actions of some accounts depend on."""

    rules: Rules
    known: dict[int, Known]
    open: dict[int, Amounts]
    credits: dict[int, Amounts]
    zone: ZoneInfo


def sendable_specific(entity: Entity, account_ids: Collection[int] | None, *, today: date, now: datetime) -> list[int]:
    """Ids of the automatic specific actions whose message may be queued now; the others are marked with why not."""
    due = list(db.session.scalars(_due(entity, account_ids, today)))
    if not due:
        return []
    context = _context(entity, due, today=today, now=now)
    sendable: list[int] = []
    spent: dict[int, int] = {}
    for action in due:
        verdict = _verdict(action, context, today, spent.get(action.customer_id, 0))
        _mark(action, verdict, now)
        if verdict.send:
            sendable.append(action.id)
            spent[action.customer_id] = spent.get(action.customer_id, 0) + 1
    db.session.flush()
    return sendable


def judge(action: Action, *, today: date, now: datetime) -> Verdict:
    """The verdict on one specific action now."""
    context = _context(action.customer.entity, [action], today=today, now=now)
    return _verdict(action, context, today, 0)


def _due(entity: Entity, account_ids: Collection[int] | None, today: date) -> Any:
    waiting = (ActionState.PLANNED, ActionState.CONFIRMED, ActionState.ERROR)
    query = select(Action).where(
        Action.entity_id == entity.id,
        Action.kind == ActionKind.SPECIFIC,
        Action.state.in_(OPEN_ACTION_STATES),
        Action.state.in_(waiting),
        (Action.state != ActionState.ERROR) | (Action.explanation == NO_CONTACT),
        Action.mode != Mode.MANUAL,
        Action.type.in_(MESSAGE_TYPES),
        Action.on <= today,
    )
    query = query.order_by(Action.on, Action.id)
    return narrowed(query, Action.customer_id, account_ids)


def _context(entity: Entity, actions: Iterable[Action], *, today: date, now: datetime) -> _Context:
    ids = {action.id for action in actions}
    account_ids = {action.customer_id for action in actions}
    rules = accounts.rules_of(entity, now)
    return _Context(
        rules=rules,
        known={one.account.id: one for one in accounts.known(entity, rules, today, account_ids)},
        open=_open_amounts(ids),
        credits=pool.netting_credits(account_ids),
        zone=ZoneInfo(entity.timezone),
    )


def _open_amounts(action_ids: Collection[int]) -> dict[int, Amounts]:
    """What is open on the items of each action, per currency."""
    query = (
        select(ActionItem.action_id, Item.currency, func.sum(pool.UNITS))
        .join(Item, Item.id == ActionItem.item_id)
        .where(among(ActionItem.action_id, action_ids), ActionItem.detached_at.is_(None), Item.cleared_on.is_(None))
        .group_by(ActionItem.action_id, Item.currency)
    )
    found: dict[int, Amounts] = {}
    for action_id, currency, units in db.session.execute(query):
        found.setdefault(action_id, {})[currency] = from_units(int(units))
    return found


def _verdict(action: Action, context: _Context, today: date, spent: int) -> Verdict:
    known = context.known[action.customer_id]
    own = _as_step(action)
    confirmed = action.confirmed_at.astimezone(context.zone).date() if action.confirmed_at else None
    account = accounts.with_more_contacts(known.before(action.id), spent)
    specific = Specific(
        step=own,
        on=action.on,
        open=context.open.get(action.id, {}),
        credits=context.credits.get(action.customer_id, {}),
        to_confirm=action.to_confirm,
        confirmed_on=confirmed,
    )
    return judge_specific(specific, account, None, context.rules, today)


def _as_step(action: Action) -> StepRule:
    """The action as a step: its own type, flavour and mode; the recipients of the step whose text it uses."""
    words = action.step.recipients.get("to") if action.step is not None else None
    return StepRule(
        id=action.step_id or 0,
        name=action.name,
        type=action.type,
        mode=action.mode,
        flavour=action.flavour,
        to=tuple(words or ("collection",)),
    )


def _mark(action: Action, verdict: Verdict, now: datetime) -> None:
    """Keep on the action why a person is asked, or that there is nobody to send it to."""
    state = ActionState.CONFIRMED if action.confirmed_at and not verdict.to_confirm else ActionState.PLANNED
    explanation = ""
    if verdict.unreachable:
        state, explanation = ActionState.ERROR, NO_CONTACT
    wanted = (state, explanation, verdict.to_confirm)
    if (action.state, action.explanation, action.to_confirm) != wanted:
        action.state, action.explanation, action.to_confirm = wanted
        action.updated_at = now
