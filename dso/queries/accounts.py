"""The facts of accounts that a decision is made from: a fixed number of statements for however many accounts."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from dso.db import among, db, narrowed
from dso.domain.codes import (
    MESSAGE_TYPES,
    OPEN_ACTION_STATES,
    ActionKind,
    ActionState,
    Consumed,
    MessageState,
    ReplyState,
    StartRule,
    StepType,
)
from dso.domain.scenarios import Account, ConsumedAt, Leader, OpenAction, Plan, Rules, StepRule
from dso.domain.scenarios.decide import NO_CONTACT
from dso.models import (
    Action,
    ActionItem,
    ConsumedStep,
    Customer,
    CustomerState,
    Entity,
    Message,
    Reply,
)
from dso.queries import calendars, contacts_made, part_payments, plans, pool, reachable, settings
from dso.queries.contacts_made import ContactBook, Contacts, Journey
from dso.queries.pool import PoolRow
from dso.queries.reachable import People

_pilot = aliased(Customer)


@dataclass(frozen=True, slots=True)
class Known:
    """An account with its plan and the address its messages of the clock go to."""

    account: Account
    plan: Plan | None
    address: str = ""
    made: tuple[Contacts, ...] = ()
    #: The payment centre it shares.
    centre: int | None = None

    def journey(self, step: StepRule | None) -> Journey | None:
        """What a message of a step would leave together with; None where it leaves alone."""
        shared = self.centre is not None and step is not None and step.is_automatic and step.type is StepType.EMAIL
        return (self.centre, step.id) if shared else None  # type: ignore[return-value, union-attr]

    def joining(self, journey: Journey | None) -> Account:
        """The account without the waiting messages that its own would leave together with (3.4)."""
        if journey is None:
            return self.account
        own = self.account.open.id if self.account.open else None
        return replace(
            self.account,
            automatic_in_week=max((one.automatic_but(own, journey) for one in self.made), default=0),
            contacts_in_week=max((one.all_but(own, journey) for one in self.made), default=0),
        )

    def before(self, action_id: int) -> Account:
        """The account with the contacts of the week but those of one action."""
        return replace(
            self.account,
            automatic_in_week=max((one.automatic_but(action_id) for one in self.made), default=0),
            contacts_in_week=max((one.all_but(action_id) for one in self.made), default=0),
        )


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the other statements found, by account."""

    pool: Mapping[int, PoolRow]
    plans: Mapping[int, Plan]
    people: Mapping[int, People]
    open: Mapping[int, OpenAction]
    consumed: Mapping[int, list[ConsumedAt]]
    listed: Mapping[int, set[int]]
    last_done: Mapping[int, dict[int, date]]
    replies: Mapping[int, date]
    book: ContactBook
    part_paid: Mapping[int, date]
    incomplete: set[int]


def rules_of(entity: Entity, now: datetime) -> Rules:
    """What holds for every account of the entity at an instant."""
    return Rules(
        settings=settings.collection_settings(entity),
        calendar=calendars.of_entity(entity),
        ledger_age=calendars.ledger_age(entity, now),
        holidays=calendars.holidays_name(entity),
    )


def with_pilots(entity: Entity, ids: Collection[int]) -> set[int]:
    """These customers and the accounts under which they are collected."""
    query = select(Customer.collected_by_id).where(among(Customer.id, ids), Customer.collected_by_id.is_not(None))
    return {*ids, *(each for each in db.session.scalars(query) if each is not None)}


def known(entity: Entity, rules: Rules, today: date, ids: Collection[int] | None = None) -> list[Known]:
    """The facts of all accounts of an entity, or of these, by id."""
    of_pool = pool.rows(entity, rules.settings, today, ids)
    led = {row.leader.id: account_id for account_id, row in of_pool.items() if row.leader is not None}
    mine = plans.plans(entity)
    people = reachable.people(entity, ids)
    parts = _Parts(
        pool=of_pool,
        plans=mine,
        people=people,
        open=_open_actions(entity, ids),
        consumed=_consumed(led),
        listed=_listed(led) if _asks_what_was_listed(mine.values()) else {},
        last_done=_last_done(mine.values(), ids),
        replies=_replies(entity, ids),
        book=contacts_made.recent(
            entity,
            today,
            days=rules.settings.minimum_spacing_days,
            ids=ids,
            addresses=[one.address for one in people.values()],
        ),
        part_paid=part_payments.part_paid(entity, of_pool, rules.calendar, today, ids),
        incomplete=_incomplete(entity),
    )
    return [_known(row, parts, today) for row in db.session.execute(_customers(entity, ids))]


def _customers(entity: Entity, ids: Collection[int] | None) -> Any:
    query = (
        select(
            Customer.id,
            Customer.code,
            Customer.archived_at,
            Customer.insolvent_on,
            Customer.scenario_id,
            Customer.paused,
            Customer.payment_centre_id,
            _pilot.code.label("pilot"),
            CustomerState.leader_id,
            CustomerState.leader_since_on,
            CustomerState.last_contact_on,
        )
        .outerjoin(_pilot, _pilot.id == Customer.collected_by_id)
        .outerjoin(CustomerState, CustomerState.customer_id == Customer.id)
        .where(Customer.entity_id == entity.id)
        .order_by(Customer.id)
    )
    return narrowed(query, Customer.id, ids)


def _incomplete(entity: Entity) -> set[int]:
    """Accounts whose ledger is incomplete: of a group collection one member is enough."""
    account = func.coalesce(Customer.collected_by_id, Customer.id)
    query = select(Customer.id, account).where(Customer.entity_id == entity.id, Customer.ledger_incomplete.is_(True))
    return {each for row in db.session.execute(query) for each in row}


def _known(row: Any, parts: _Parts, today: date) -> Known:
    of_pool = parts.pool.get(row.id) or PoolRow()
    people = parts.people.get(row.id) or People()
    standing = parts.open.get(row.id)
    made = parts.book.by_account.get(row.id)
    there = parts.book.by_address.get(people.address.lower())
    own = standing.id if standing else None
    both = tuple(one for one in (made, there) if one is not None)
    account = Account(
        id=row.id,
        code=row.code,
        archived=row.archived_at is not None,
        collected_by=row.pilot or "",
        insolvent_on=row.insolvent_on,
        open_items=of_pool.open_items,
        leader=_leader(row, of_pool, today),
        chaseable=of_pool.chaseable,
        later=of_pool.later,
        asides=of_pool.asides,
        consumed=tuple(parts.consumed.get(row.id, ())),
        listed=frozenset(parts.listed.get(row.id, ())),
        last_done=parts.last_done.get(row.id, {}),
        open=standing,
        last_contact_on=max(filter(None, (row.last_contact_on, made.last_on if made else None)), default=None),
        to=people.to,
        reachable=frozenset(people.reachable),
        paused=row.paused,
        reply_since=parts.replies.get(row.id),
        ledger_incomplete=row.id in parts.incomplete,
        automatic_in_week=max((one.automatic_but(own) for one in both), default=0),
        contacts_in_week=max((one.all_but(own) for one in both), default=0),
        part_paid_on=parts.part_paid.get(row.id),
    )
    plan = parts.plans.get(row.scenario_id) if row.scenario_id is not None else None
    return Known(account, plan, people.address, both, row.payment_centre_id)


def _leader(row: Any, of_pool: PoolRow, today: date) -> Leader | None:
    if of_pool.leader is None:
        return None
    item_id, number, currency, remaining, due_on = of_pool.leader
    since = row.leader_since_on if row.leader_id == item_id and row.leader_since_on else today
    return Leader(item_id, number, currency, remaining, due_on, since)


def with_more_contacts(account: Account, count: int) -> Account:
    """The account as if so many more messages of the clock had left this week."""
    if not count:
        return account
    return replace(
        account,
        automatic_in_week=account.automatic_in_week + count,
        contacts_in_week=account.contacts_in_week + count,
    )


def _open_actions(entity: Entity, ids: Collection[int] | None) -> dict[int, OpenAction]:
    """The open scenario action of each account."""
    by_hand = exists().where(
        Message.action_id == Action.id,
        Message.occurrence == Action.occurrence,
        Message.automatic.is_(False),
        Message.state.in_((MessageState.QUEUED, MessageState.SENDING)),
    )
    begun = exists().where(
        Message.action_id == Action.id, Message.occurrence == Action.occurrence, Message.state.in_(contacts_made.LEFT)
    )
    query = select(
        Action.id,
        Action.customer_id,
        Action.leader_id,
        Action.step_id,
        Action.on,
        Action.state,
        Action.user_dated,
        Action.basis,
        Action.to_confirm,
        Action.confirmed_at,
        Action.explanation,
        Action.type,
        Action.flavour,
        Action.name,
        Action.mode,
        by_hand.label("by_hand"),
        begun.label("begun"),
    ).where(Action.entity_id == entity.id, Action.kind == ActionKind.SCENARIO, Action.state.in_(OPEN_ACTION_STATES))
    zone = ZoneInfo(entity.timezone)
    return {
        row.customer_id: open_action(row, zone, sent_by_hand=bool(row.by_hand), begun=bool(row.begun))
        for row in db.session.execute(narrowed(query, Action.customer_id, ids))
    }


def open_action(row: Any, zone: ZoneInfo, *, sent_by_hand: bool, begun: bool = False) -> OpenAction:
    """An action row as the decision sees it."""
    failed = row.state is ActionState.ERROR and row.explanation != NO_CONTACT
    return OpenAction(
        id=row.id,
        leader_id=row.leader_id,
        step_id=row.step_id,
        on=row.on,
        state=row.state,
        user_dated=row.user_dated,
        basis=row.basis or {},
        to_confirm=row.to_confirm,
        confirmed_on=row.confirmed_at.astimezone(zone).date() if row.confirmed_at else None,
        says=(row.type.value, row.flavour.value, row.name, row.mode.value),
        failure=row.explanation if failed else "",
        sent_by_hand=sent_by_hand,
        begun=begun,
    )


def _consumed(led: Mapping[int, int]) -> dict[int, list[ConsumedAt]]:
    """The steps used up for each account's present leader (`led`: accounts by leader)."""
    if not led:
        return {}
    query = select(
        ConsumedStep.account_id, ConsumedStep.leader_id, ConsumedStep.step_id, ConsumedStep.how, ConsumedStep.on
    ).order_by(ConsumedStep.id)
    found: dict[int, list[ConsumedAt]] = {}
    mine = query.where(among(ConsumedStep.leader_id, led))
    for account_id, leader_id, step_id, how, on in db.session.execute(mine):
        if led[leader_id] == account_id:
            found.setdefault(account_id, []).append(ConsumedAt(step_id, how, on))
    return found


def _asks_what_was_listed(mine: Iterable[Plan]) -> bool:
    return any(plan.start is StartRule.CONTINUE for plan in mine)


def _listed(led: Mapping[int, int]) -> dict[int, set[int]]:
    """The steps whose message listed each account's present leader, whoever led then (`led`: accounts by leader)."""
    if not led:
        return {}
    query = (
        select(ActionItem.item_id, Action.step_id)
        .join(Action, Action.id == ActionItem.action_id)
        .where(
            Action.kind == ActionKind.SCENARIO,
            Action.state == ActionState.DONE,
            Action.type.in_(MESSAGE_TYPES),
            Action.step_id.is_not(None),
        )
        .distinct()
    )
    found: dict[int, set[int]] = {}
    for leader_id, step_id in db.session.execute(query.where(among(ActionItem.item_id, led))):
        if step_id is not None:
            found.setdefault(led[leader_id], set()).add(step_id)
    return found


def _last_done(mine: Iterable[Plan], ids: Collection[int] | None) -> dict[int, dict[int, date]]:
    """When steps that come at most once in some days were last done for each account."""
    steps = [step.id for plan in mine for step in plan.steps if step.once_in_days]
    if not steps:
        return {}
    query = select(ConsumedStep.account_id, ConsumedStep.step_id, func.max(ConsumedStep.on)).where(
        ConsumedStep.step_id.in_(steps), ConsumedStep.how == Consumed.DONE
    )
    query = narrowed(query, ConsumedStep.account_id, ids).group_by(ConsumedStep.account_id, ConsumedStep.step_id)
    found: dict[int, dict[int, date]] = {}
    for account_id, step_id, on in db.session.execute(query):
        found.setdefault(account_id, {})[step_id] = on
    return found


def _replies(entity: Entity, ids: Collection[int] | None) -> dict[int, date]:
    """Since when an answer waits to be handled, by the account that is chased for it."""
    account = func.coalesce(Customer.collected_by_id, Customer.id)
    query = (
        select(account, func.min(Reply.at))
        .join(Customer, Customer.id == Reply.customer_id)
        .where(Reply.entity_id == entity.id, Reply.state == ReplyState.NEW)
        .group_by(account)
    )
    zone = ZoneInfo(entity.timezone)
    query = narrowed(query, account, ids)
    return {account_id: at.astimezone(zone).date() for account_id, at in db.session.execute(query)}
