"""The customer file: who it is, what happens next, and what stands beside its statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from dso.db import db
from dso.domain import risk
from dso.domain.codes import OPEN_ACTION_STATES, ActionKind, ReplyState
from dso.domain.money import ZERO
from dso.models import (
    Action,
    ActionItem,
    Customer,
    CustomerColleague,
    CustomerState,
    Item,
    PaymentCentre,
    Reply,
)
from dso.queries import figures
from dso.queries.figures import CurrencyFigures


@dataclass(frozen=True)
class OpenAction:
    """A specific or one-off action that is open on the account."""

    action: Action
    #: Numbers of the items it is about, detached ones left out.
    items: tuple[str, ...]


@dataclass(frozen=True)
class CustomerFile:
    """Everything above the tabs of a customer file."""

    customer: Customer
    state: CustomerState | None
    figures: Sequence[CurrencyFigures]
    #: In the entity's currency, over all accounts of the same legal entity (chapter 7); None without a limit.
    available: Decimal | None
    next_action: Action | None
    leader: str
    specific: Sequence[OpenAction]
    #: Replies nobody has handled.
    replies: int
    #: The pilot that collects this account.
    pilot: Customer | None
    members: Sequence[Customer]
    #: The payment centre whose contact gets the messages of this account.
    centre: PaymentCentre | None


def customer_file(customer: Customer, *, today: date) -> CustomerFile:
    """What a person needs to know before anything else; a fixed number of statements."""
    _load(customer)
    state = db.session.get(CustomerState, customer.id)
    leader = db.session.get(Item, state.leader_id) if state and state.leader_id else None
    next_action = db.session.get(Action, state.next_action_id) if state and state.next_action_id else None
    members = select(Customer).where(Customer.collected_by_id == customer.id).order_by(Customer.code)
    return CustomerFile(
        customer,
        state,
        figures.of_customer(customer, today=today),
        available_credit(customer, state),
        next_action,
        leader.number if leader else "",
        _specific(customer),
        _waiting(customer),
        db.session.get(Customer, customer.collected_by_id) if customer.collected_by_id else None,
        db.session.scalars(members).all(),
        customer.payment_centre,
    )


def _load(customer: Customer) -> None:
    """Read at once what the header shows."""
    options = (
        selectinload(Customer.groups),
        selectinload(Customer.colleagues).joinedload(CustomerColleague.user),
        joinedload(Customer.entity),
        joinedload(Customer.collector),
        joinedload(Customer.payment_centre),
    )
    db.session.scalar(select(Customer).where(Customer.id == customer.id).options(*options))


def available_credit(customer: Customer, state: CustomerState | None) -> Decimal | None:
    """The limit less the receivable of all accounts of the same legal entity; None without a limit."""
    if customer.credit_limit is None:
        return None
    receivable = state.receivable if state else ZERO
    if customer.legal_id:
        same = (Customer.entity_id == customer.entity_id, Customer.legal_id == customer.legal_id)
        query = select(func.sum(CustomerState.receivable)).join(Customer, Customer.id == CustomerState.customer_id)
        receivable = db.session.scalar(query.where(*same)) or ZERO
    return risk.available(customer.credit_limit, receivable)


def has_open_items(customer: Customer) -> bool:
    """Whether anything is open on the account."""
    query = select(Item.id).where(Item.customer_id == customer.id, Item.cleared_on.is_(None)).limit(1)
    return db.session.scalar(query) is not None


def _specific(customer: Customer) -> list[OpenAction]:
    """Open specific and one-off actions with their items; two statements."""
    mine = (Action.customer_id == customer.id, Action.kind != ActionKind.SCENARIO)
    query = select(Action).where(*mine, Action.state.in_(OPEN_ACTION_STATES)).order_by(Action.on, Action.id)
    actions = db.session.scalars(query.options(joinedload(Action.resolver))).all()
    numbers: dict[int, list[str]] = {}
    linked = (
        select(ActionItem.action_id, Item.number)
        .join(Item, Item.id == ActionItem.item_id)
        .where(ActionItem.action_id.in_([action.id for action in actions]), ActionItem.detached_at.is_(None))
        .order_by(Item.due_on, Item.number)
    )
    for action_id, number in db.session.execute(linked):
        numbers.setdefault(action_id, []).append(number)
    return [OpenAction(action, tuple(numbers.get(action.id, ()))) for action in actions]


def _waiting(customer: Customer) -> int:
    query = select(func.count()).where(Reply.customer_id == customer.id, Reply.state == ReplyState.NEW)
    return db.session.scalar(query) or 0
