"""Customer search: one page of customers with their rolled-up figures, and the totals of the whole result."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, ColumnElement, Select, case, func, select, type_coerce
from sqlalchemy.orm import aliased

from dso.db import among, db
from dso.domain.aging import overdue_percent
from dso.domain.codes import ReasonCode
from dso.domain.money import ZERO
from dso.domain.risk import available
from dso.models import Contact, Customer, CustomerState, Entity, Group, Scenario, User, customer_groups
from dso.queries import streams
from dso.queries.criteria import Criteria, conditions
from dso.queries.customers.criteria import fields as known_fields
from dso.queries.items.rows import person
from dso.queries.scope import sees_everything, visible_customers

SIZES = (50, 100, 250)
#: Who owes most that is late comes first.
DEFAULT_SORT = "-overdue"
AnySelect: TypeAlias = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer as the search shows it; amounts in the entity's currency."""

    id: int
    code: str
    unique_id: str | None
    business_name: str
    trade_name: str
    legal_id: str
    country: str
    city: str
    postal_code: str
    language: str
    payment_term: str
    payment_method: str
    business_line: str
    customer_type: str
    comment: str
    blocked: bool
    paused: bool
    draft: bool
    interactive: bool
    archived: bool
    credit_limit: Decimal | None
    custom: dict[str, Any]
    collector: str
    scenario: str
    contact: str
    contact_email: str
    receivable: Decimal
    overdue: Decimal
    not_due: Decimal
    oldest_due_on: date | None
    open_items: int
    unconverted: bool
    average_delay: int | None
    average_duration: int | None
    promises_kept: int
    promises_broken: int
    reason_code: ReasonCode | None
    reason_text: str
    reason_data: dict[str, Any]
    next_action_on: date | None
    last_action_on: date | None
    last_contact_on: date | None
    groups: tuple[str, ...] = ()

    @property
    def percent(self) -> Decimal | None:
        """O / R in percent; None where it says nothing."""
        return overdue_percent(self.receivable, self.overdue)

    @property
    def available(self) -> Decimal | None:
        """Credit limit − R; None without a limit."""
        return available(self.credit_limit, self.receivable)

    def oldest_delay(self, today: date) -> int | None:
        """Days the oldest open debit is late; None where nothing is open."""
        return (today - self.oldest_due_on).days if self.oldest_due_on else None


@dataclass(frozen=True, slots=True)
class Totals:
    """What the whole result amounts to, in the entity's currency."""

    count: int = 0
    receivable: Decimal = ZERO
    overdue: Decimal = ZERO
    not_due: Decimal = ZERO
    #: Customers with open items in a currency without a rate: those are in no sum.
    unconverted: int = 0

    @property
    def percent(self) -> Decimal | None:
        """O / R of all in percent; None where it says nothing."""
        return overdue_percent(self.receivable, self.overdue)


@dataclass(frozen=True)
class Found:
    """A page of customers with the totals of all of them."""

    rows: Sequence[CustomerRow]
    totals: Totals
    page: int
    size: int


_collector = aliased(User)
_CUSTOMER = (
    "id code unique_id business_name trade_name legal_id country city postal_code language payment_term payment_method "
    "business_line customer_type comment blocked paused draft interactive credit_limit custom"
).split()
_STATE: Mapping[str, Any] = {
    "receivable": ZERO,
    "overdue": ZERO,
    "not_due": ZERO,
    "open_items": 0,
    "unconverted": False,
    "promises_kept": 0,
    "promises_broken": 0,
    "reason_text": "",
}
_STATE_OR_NOTHING = (
    "oldest_due_on average_delay average_duration reason_code reason_data next_action_on last_action_on last_contact_on"
).split()


def _figure(name: str) -> ColumnElement[Any]:
    return func.coalesce(getattr(CustomerState, name), _STATE[name])


def _percent() -> ColumnElement[Any]:
    """O / R as a whole number to sort by."""
    overdue, receivable = (type_coerce(_figure(name), BigInteger) for name in ("overdue", "receivable"))
    return case((receivable > 0, overdue * 10_000 / receivable), (overdue > 0, 10_000_000), else_=0)


SORTS: Mapping[str, Any] = {
    **{name: getattr(Customer, name) for name in _CUSTOMER if name not in ("id", "custom")},
    **{name: _figure(name) for name in _STATE},
    **{name: getattr(CustomerState, name) for name in _STATE_OR_NOTHING if name != "reason_data"},
    "late": CustomerState.oldest_due_on,
    "percent": _percent(),
    "available": Customer.credit_limit - _figure("receivable"),
    "collector": person(_collector),
    "scenario": Scenario.name,
    "promises": CustomerState.promises_broken,
}


def _joined(query: AnySelect) -> AnySelect:
    return (
        query.select_from(Customer)
        .outerjoin(CustomerState, CustomerState.customer_id == Customer.id)
        .outerjoin(_collector, _collector.id == Customer.collector_id)
        .outerjoin(Scenario, Scenario.id == Customer.scenario_id)
    )


def found(user: User, entity: Entity, criteria: Criteria, *, today: date) -> list[ColumnElement[bool]]:
    """The conditions of a search, in the user's scope; archived customers only when they are asked for."""
    searched = {"archived": False, **criteria}
    where = [Customer.entity_id == entity.id, *conditions(known_fields(), searched, today)]
    if not sees_everything(user):
        where.append(Customer.id.in_(visible_customers(user, entity)))
    return where


def search(
    user: User, entity: Entity, criteria: Criteria, *, today: date, sort: str = "", page: int = 1, size: int = SIZES[0]
) -> Found:
    """One page of the customers found and the totals of all: four statements whatever their number."""
    where = found(user, entity, criteria, today=today)
    totals = _totals(where)
    page = min(max(page, 1), max(1, -(-totals.count // size)))
    return Found(rows(where, sort).page(size, page), totals, page, size)


def _totals(where: Sequence[ColumnElement[bool]]) -> Totals:
    sums = [
        func.coalesce(func.sum(CustomerState.__table__.c[name]), 0) for name in ("receivable", "overdue", "not_due")
    ]
    unconverted = func.coalesce(func.sum(case((CustomerState.unconverted.is_(True), 1), else_=0)), 0)
    count, receivable, overdue, not_due, apart = db.session.execute(
        _joined(select(func.count(), *sums, unconverted)).where(*where)
    ).one()
    return Totals(count, receivable, overdue, not_due, int(apart))


@dataclass(frozen=True)
class Rows:
    """The customers found, in order; read page by page or one after the other."""

    query: AnySelect

    def page(self, size: int, number: int) -> list[CustomerRow]:
        """One page; two statements."""
        return _with_groups(db.session.execute(self.query.limit(size).offset((number - 1) * size)).mappings())

    def stream(self) -> Iterator[CustomerRow]:
        """All of them, for exports: one statement, and one for the groups of every thousand."""
        for part in streams.parts(self.query):
            yield from _with_groups(row._asdict() for row in part)


def rows(where: Sequence[ColumnElement[bool]], sort: str) -> Rows:
    """The customers of these conditions by a column; "-" before its name turns the order round."""
    sort = sort if sort.lstrip("-") in SORTS else DEFAULT_SORT
    down, column = sort.startswith("-"), SORTS[sort.lstrip("-")]
    if sort.lstrip("-") == "late":
        down = not down
    email = select(Contact.email).where(Contact.customer_id == Customer.id, Contact.for_collection.is_(True))
    contact = select(person(Contact)).where(Contact.customer_id == Customer.id, Contact.for_collection.is_(True))
    query = _joined(
        select(
            *(getattr(Customer, name) for name in _CUSTOMER),
            Customer.archived_at.is_not(None).label("archived"),
            *(_figure(name).label(name) for name in _STATE),
            *(getattr(CustomerState, name) for name in _STATE_OR_NOTHING),
            person(_collector).label("collector"),
            func.coalesce(Scenario.name, "").label("scenario"),
            func.coalesce(contact.limit(1).scalar_subquery(), "").label("contact"),
            func.coalesce(email.limit(1).scalar_subquery(), "").label("contact_email"),
        )
    ).where(*where)
    ordering = (column.desc() if down else column.asc()).nulls_last()
    return Rows(query.order_by(ordering, Customer.id.desc() if down else Customer.id.asc()))


def _with_groups(found_rows: Any) -> list[CustomerRow]:
    records = [dict(row) for row in found_rows]
    groups = groups_of([record["id"] for record in records])
    return [
        CustomerRow(**{**record, "reason_data": record["reason_data"] or {}}, groups=groups.get(record["id"], ()))
        for record in records
    ]


def groups_of(customer_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The names of the groups of customers: one statement for a page."""
    link = customer_groups.c
    query = select(link.customer_id, Group.name).join(Group, Group.id == link.group_id).order_by(Group.name)
    found_groups: dict[int, tuple[str, ...]] = {}
    for customer_id, name in db.session.execute(query.where(among(link.customer_id, customer_ids))):
        found_groups[customer_id] = (*found_groups.get(customer_id, ()), name)
    return found_groups


#: Names of everything a row holds, for exports.
COLUMNS = tuple(field.name for field in fields(CustomerRow))
