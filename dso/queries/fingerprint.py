"""Whether anything a day's run goes by has changed since the last one: a mark over all it reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from dso.db import db
from dso.domain.codes import OPEN_ACTION_STATES, ActionKind, ReplyState
from dso.models import (
    Action,
    ConsumedStep,
    Contact,
    ContactLog,
    Customer,
    CustomerState,
    Entity,
    Event,
    ImportRun,
    Item,
    ItemChange,
    Message,
    PaymentCentre,
    Qualification,
    Rate,
    Reply,
    Scenario,
    Setting,
    Step,
)
from dso.queries import accounts, pool

AnySelect = Select[*tuple[Any, ...]]


def mark(entity: Entity, *, today: date, now: datetime) -> str:
    """Equal marks of one day mean that a run would find and decide the same; one statement goes over the ledger."""
    seen: list[object] = [today, entity.country, accounts.rules_of(entity, now).ledger_is_old]
    seen += [tuple(row) for query in _queries(entity) for row in db.session.execute(query)]
    return sha256(repr(seen).encode()).hexdigest()


def _queries(entity: Entity) -> Iterator[AnySelect]:
    mine = select(Customer.id).where(Customer.entity_id == entity.id)
    yield _items(entity)
    yield _customers(entity)
    yield select(func.count(), func.max(Contact.updated_at), _yes(Contact.for_collection), _yes(Contact.bounced)).where(
        Contact.customer_id.in_(mine)
    )
    yield select(func.count(), func.sum(PaymentCentre.contact_id)).where(PaymentCentre.entity_id == entity.id)
    yield (
        select(Action.state, func.count(), func.max(Action.id), func.max(Action.updated_at), func.max(Action.on))
        .where(Action.entity_id == entity.id)
        .group_by(Action.state)
        .order_by(Action.state)
    )
    yield (
        select(Message.state, func.count(), func.max(Message.id))
        .where(Message.entity_id == entity.id)
        .group_by(Message.state)
        .order_by(Message.state)
    )
    yield select(func.count(), func.max(ContactLog.id)).where(ContactLog.entity_id == entity.id)
    yield select(func.count(), func.max(Reply.id)).where(Reply.entity_id == entity.id, Reply.state == ReplyState.NEW)
    yield select(func.count(), func.max(ConsumedStep.id)).where(ConsumedStep.account_id.in_(mine))
    yield select(func.max(Qualification.id)).where(Qualification.entity_id == entity.id)
    yield select(func.max(ImportRun.id)).where(ImportRun.entity_id == entity.id)
    # Whatever people do is written down, even within one instant of a frozen clock.
    yield select(func.max(Event.id))
    yield select(func.max(ItemChange.id))
    yield select(func.count(), func.max(Rate.id), func.max(Rate.on))
    yield from _rows(entity)


def _items(entity: Entity) -> AnySelect:
    """The open items as a whole: whatever a person or a file did to one of them shows in one of these."""
    return select(
        func.count(),
        func.sum(pool.UNITS),
        func.max(Item.updated_at),
        func.count(Item.held_by_id),
        func.sum(Item.qualification_id),
        func.min(Item.expected_clearing_on),
        _yes(Item.ignored),
        _yes(Item.promise_broken),
    ).where(Item.entity_id == entity.id, Item.cleared_on.is_(None))


def _customers(entity: Entity) -> AnySelect:
    return (
        select(
            func.count(),
            func.max(Customer.updated_at),
            func.sum(Customer.scenario_id),
            func.sum(Customer.id * func.coalesce(Customer.scenario_id, 0)),
            func.sum(Customer.collected_by_id),
            func.count(Customer.archived_at),
            func.count(Customer.insolvent_on),
            _yes(Customer.paused),
            _yes(Customer.ledger_incomplete),
            func.count(CustomerState.reason_code),
            func.sum(CustomerState.leader_id),
        )
        .outerjoin(CustomerState, CustomerState.customer_id == Customer.id)
        .where(Customer.entity_id == entity.id)
    )


def _rows(entity: Entity) -> Iterator[AnySelect]:
    """Small tables row by row: scenarios, their steps, settings."""
    own = Scenario.entity_id == entity.id
    yield select(Scenario.id, Scenario.start, Scenario.paused, Scenario.active).where(own).order_by(Scenario.id)
    steps = [column for column in Step.__table__.columns if column.name not in ("recipients", "attachments")]
    yield select(*steps).join(Scenario, Scenario.id == Step.scenario_id).where(own).order_by(Step.id)
    yield (
        select(Setting.name, Setting.value)
        .where(Setting.entity_id.is_(None) | (Setting.entity_id == entity.id))
        .order_by(Setting.id)
    )


def _yes(column: Any) -> ColumnElement[int]:
    """How many rows say yes."""
    return func.sum(case((column.is_(True), 1), else_=0))


@dataclass(frozen=True)
class Standing:
    """What stands on the accounts of an entity, counted."""

    accounts: int
    leaders: int
    open: int
    reasons: dict[str, int]


def standing(entity: Entity) -> Standing:
    """Accounts, leaders, open scenario actions, and how often each reason holds; four statements."""
    worked = (Customer.entity_id == entity.id, Customer.collected_by_id.is_(None), Customer.archived_at.is_(None))
    accounts_of = select(func.count()).select_from(Customer).where(*worked)
    leaders = select(func.count(CustomerState.leader_id)).join(Customer, Customer.id == CustomerState.customer_id)
    leaders = leaders.where(*worked)
    opened = select(func.count()).where(
        Action.entity_id == entity.id, Action.kind == ActionKind.SCENARIO, Action.state.in_(OPEN_ACTION_STATES)
    )
    reasons = (
        select(CustomerState.reason_code, func.count())
        .where(CustomerState.entity_id == entity.id, CustomerState.reason_code.is_not(None))
        .group_by(CustomerState.reason_code)
    )
    return Standing(
        accounts=db.session.scalar(accounts_of) or 0,
        leaders=db.session.scalar(leaders) or 0,
        open=db.session.scalar(opened) or 0,
        reasons={code.value: count for code, count in db.session.execute(reasons) if code is not None},
    )
