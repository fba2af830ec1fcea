"""The statement of one account: a page of its items, the totals of all of them, what they bear in interest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, select

from dso.db import db
from dso.domain import penalties
from dso.domain.aging import buckets
from dso.domain.money import ZERO
from dso.domain.penalties import Claim, Terms
from dso.domain.pool import PoolItem
from dso.models import Customer, Item
from dso.queries import figures
from dso.queries import penalties as penalty_rates
from dso.queries.items.grid import SIZES, Total, ordered, sums
from dso.queries.items.rows import ItemRow, item_rows
from dso.queries.penalties import Rates

STATES = ("open", "cleared", "all")


@dataclass(frozen=True)
class Claims:
    """What lateness costs, item by item and summed per currency."""

    by_item: Mapping[int, Claim]
    by_currency: Mapping[str, Claim]


@dataclass(frozen=True)
class Statement:
    """A page of an account's items with the totals of all that were asked for."""

    rows: Sequence[ItemRow]
    totals: Sequence[Total]
    #: Of all open items of the account; empty where neither interest nor fixed cost is switched on.
    claims: Claims
    page: int
    size: int

    @property
    def count(self) -> int:
        """How many items were asked for."""
        return sum(total.count for total in self.totals)

    @property
    def subtotals(self) -> Mapping[str, Decimal]:
        """What is remaining of this page, by currency."""
        found: dict[str, Decimal] = {}
        for row in self.rows:
            found[row.currency] = found.get(row.currency, ZERO) + (row.remaining if row.counts else ZERO)
        return found


def statement(
    customer: Customer,
    *,
    today: date,
    state: str = "open",
    bucket: int | None = None,
    sort: str = "",
    page: int = 1,
    size: int = SIZES[0],
) -> Statement:
    """A page of the account's open items (or cleared, or all), of one aging bucket where it is named."""
    where = _asked(customer, state, bucket, today)
    totals = sums(where, today=today, with_amounts=state != "open")
    last = max(1, -(-sum(total.count for total in totals) // size))
    page = min(max(page, 1), last)
    ids = db.session.scalars(ordered(where, sort).limit(size).offset((page - 1) * size)).all()
    return Statement(item_rows(ids), totals, claims(_accounts(customer), today=today), page, size)


def _asked(customer: Customer, state: str, bucket: int | None, today: date) -> list[ColumnElement[bool]]:
    where = [figures.account(customer)]
    if state != "all":
        where.append(Item.cleared_on.is_not(None) if state == "cleared" else Item.cleared_on.is_(None))
    parts = buckets(figures.bounds(customer.entity))
    if bucket is not None and 0 <= bucket < len(parts):
        where += [figures.bucket_condition(parts[bucket], today), figures.in_receivable(Item.type)]
    return where


def _accounts(customer: Customer) -> list[Customer]:
    """The account, and of a pilot those it collects."""
    members = select(Customer).where(Customer.collected_by_id == customer.id).order_by(Customer.id)
    return [customer, *db.session.scalars(members)]


def claims(customers: Sequence[Customer], *, today: date) -> Claims:
    """What lateness costs the open items of these customers of one entity; no statement where it is switched off."""
    charged = [customer for customer in customers if customer.penalties or customer.recovery_cost]
    if not charged:
        return Claims({}, {})
    items = pool_items([customer.id for customer in charged])
    rates = penalty_rates.rates(charged[0].entity)
    paid = penalty_rates.part_payments([customer.id for customer in charged if customer.penalties])
    found: dict[int, Claim] = {}
    for customer in charged:
        own = items[customer.id]
        found |= penalties.claims(own, _terms(rates, customer, own, today), today, paid)
    return Claims(found, _summed(found, (item for own in items.values() for item in own)))


def _terms(rates: Rates, customer: Customer, items: Sequence[PoolItem], today: date) -> dict[str, Terms]:
    wanted = {"interest": customer.penalties, "fixed": customer.recovery_cost}
    currencies = {item.currency for item in items}
    return {currency: rates.terms(customer.country, currency, today, **wanted) for currency in currencies}


def _summed(found: Mapping[int, Claim], items: Iterable[PoolItem]) -> dict[str, Claim]:
    sums: dict[str, Claim] = {}
    for item in items:
        one, held = found.get(item.id), sums.get(item.currency, Claim())
        if one is not None:
            sums[item.currency] = Claim(held.interest + one.interest, held.fixed_cost + one.fixed_cost)
    return sums


_POOLED = (
    Item.id,
    Item.number,
    Item.type,
    Item.currency,
    Item.remaining,
    Item.issued_on,
    Item.due_on,
    Item.ignored,
    Item.held_by_id.is_not(None).label("held"),
    Item.status_type,
    Item.disputed_amount,
)


def pool_items(customer_ids: Sequence[int]) -> dict[int, list[PoolItem]]:
    """The open items of customers as the rules of lateness see them: one statement."""
    query = select(Item.customer_id, Customer.insolvent_on, *_POOLED).join(Customer, Customer.id == Item.customer_id)
    query = query.where(and_(Item.customer_id.in_(customer_ids), Item.cleared_on.is_(None)))
    found: dict[int, list[PoolItem]] = {customer_id: [] for customer_id in customer_ids}
    for row in db.session.execute(query).mappings():
        values = {name: value for name, value in row.items() if name != "customer_id"}
        found[row["customer_id"]].append(PoolItem(**values))
    return found
