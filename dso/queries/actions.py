"""The actions of accounts, as lists and commands show them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from dso.db import among, db
from dso.domain.codes import OPEN_ACTION_STATES, ActionKind, ActionState, Mode, StepType
from dso.models import Action, ActionItem, Customer, Entity, Item, Scenario, Step, User
from dso.queries import pool, settings
from dso.queries.paging import Slice
from dso.queries.scope import visible_customers


@dataclass(frozen=True)
class ActionRow:
    """One action with what it is about."""

    id: int
    customer: str
    customer_id: int
    kind: ActionKind
    type: StepType
    name: str
    scenario: str | None
    step: str | None
    on: date
    mode: Mode
    state: ActionState
    leader: str | None
    items: tuple[str, ...]
    resolver: str | None


def action_rows(
    user: User,
    entity: Entity,
    *,
    today: date,
    customer_id: int | None = None,
    where: Sequence[ColumnElement[bool]] = (),
    part: Slice | None = None,
) -> list[ActionRow]:
    """All actions a user may see, open and ended, by day, or a part by id; five statements whatever their number.

    The items of an open scenario action are those it would ask for today; of others, those it was about.
    """
    leader, resolver = aliased(Item), aliased(User)
    query = (
        select(
            Action.id,
            Action.customer_id,
            Customer.code,
            Action.kind,
            Action.type,
            Action.name,
            Scenario.name.label("scenario"),
            Step.name.label("step"),
            Action.on,
            Action.mode,
            Action.state,
            leader.number.label("leader"),
            resolver.email.label("resolver"),
        )
        .join(Customer, Customer.id == Action.customer_id)
        .outerjoin(Scenario, Scenario.id == Action.scenario_id)
        .outerjoin(Step, Step.id == Action.step_id)
        .outerjoin(leader, leader.id == Action.leader_id)
        .outerjoin(resolver, resolver.id == Action.resolver_id)
        .where(Action.entity_id == entity.id, Action.customer_id.in_(visible_customers(user, entity)), *where)
        .order_by(Action.on, Action.id)
    )
    if customer_id is not None:
        query = query.where(Action.customer_id == customer_id)
    rows = list(db.session.execute(part.of(query, Action.id) if part else query))
    planned = {row.customer_id for row in rows if _is_open_scenario(row)}
    asked = _asked(entity, planned, today) if planned else {}
    listed = _listed(entity, customer_id, [row.id for row in rows] if part else None)
    return [
        _row(row, asked.get(row.customer_id, ()) if _is_open_scenario(row) else listed.get(row.id, ())) for row in rows
    ]


def _is_open_scenario(row: Any) -> bool:
    return row.kind is ActionKind.SCENARIO and row.state in OPEN_ACTION_STATES


def _row(row: Any, items: Collection[str]) -> ActionRow:
    return ActionRow(
        row.id,
        row.code,
        row.customer_id,
        row.kind,
        row.type,
        row.name,
        row.scenario,
        row.step,
        row.on,
        row.mode,
        row.state,
        row.leader,
        tuple(items),
        row.resolver,
    )


def _asked(entity: Entity, account_ids: Collection[int], today: date) -> dict[int, list[str]]:
    """Numbers of the items asked for, by account."""
    rules = settings.collection_settings(entity)
    only = account_ids if len(account_ids) <= 500 else None
    by_account = pool.item_ids(entity, rules, today, only)
    ids = [item_id for account_id in account_ids for item_id in by_account.get(account_id, ())]
    numbers = _numbers(ids)
    return {account_id: [numbers[item_id] for item_id in by_account.get(account_id, ())] for account_id in account_ids}


def _numbers(ids: list[int]) -> dict[int, str]:
    query = select(Item.id, Item.number).where(among(Item.id, ids))
    return {row.id: row.number for row in db.session.execute(query)}


def _listed(entity: Entity, customer_id: int | None, ids: Sequence[int] | None = None) -> dict[int, list[str]]:
    """Numbers of the items an action is or was about, by action; those taken out of it left out."""
    query = (
        select(ActionItem.action_id, Item.number)
        .join(Item, Item.id == ActionItem.item_id)
        .join(Action, Action.id == ActionItem.action_id)
        .where(Action.entity_id == entity.id)
        .where(ActionItem.detached_at.is_(None) | Action.state.not_in(OPEN_ACTION_STATES))
        .order_by(ActionItem.action_id, Item.due_on, Item.number)
    )
    if customer_id is not None:
        query = query.where(Action.customer_id == customer_id)
    if ids is not None:
        query = query.where(among(Action.id, ids))
    found: dict[int, list[str]] = {}
    for action_id, number in db.session.execute(query):
        found.setdefault(action_id, []).append(number)
    return found
