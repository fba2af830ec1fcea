"""The item grid: one page of items and the totals of the whole result, in four statements whatever its size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Label, Select, and_, case, func, select

from dso.db import db, on_postgresql
from dso.models import Customer, Entity, Item, Status, User
from dso.queries.criteria import Criteria, conditions
from dso.queries.items.criteria import fields
from dso.queries.items.rows import MEMORANDUM, ItemRow, item_rows, person
from dso.queries.scope import sees_everything, visible_customers

SIZES = (50, 100, 250)
#: Up to so many are sorted at once sooner than looked for in an order.
FEW = 20_000
#: What a column is sorted by; the default is the oldest due date first.
DEFAULT_SORT = "due_on"
OWN_COLUMNS = (
    "number type erp_type issued_on due_on cleared_on amount remaining currency order_number order_reference project "
    "sales_person sales_admin payment_method assigned_to status_on promised_on status_comment ignored"
).split()


@dataclass(frozen=True, slots=True)
class Total:
    """The total of a currency; down-payment requests are counted but not summed (1.7)."""

    currency: str
    count: int
    remaining: Decimal
    overdue: Decimal
    #: Sum of the initial amounts; None where only open items are listed.
    amount: Decimal | None = None


@dataclass(frozen=True)
class Listing:
    """A page of items with the totals of all of them."""

    rows: Sequence[ItemRow]
    totals: Sequence[Total]
    page: int
    size: int

    @property
    def count(self) -> int:
        """How many items were found."""
        return sum(total.count for total in self.totals)


def found(user: User, entity: Entity, criteria: Criteria, *, today: date) -> list[ColumnElement[bool]]:
    """The conditions of a search, in the user's scope; open items unless the search says otherwise."""
    searched = {"state": ("open",), **criteria}
    where = [Item.entity_id == entity.id, *conditions(fields(), searched, today)]
    if not sees_everything(user):
        where.append(Item.customer_id.in_(visible_customers(user, entity)))
    return where


def grid(
    user: User, entity: Entity, criteria: Criteria, *, today: date, sort: str = "", page: int = 1, size: int = SIZES[0]
) -> Listing:
    """One page of the items found, and the totals of all of them per currency."""
    where = found(user, entity, criteria, today=today)
    with_amounts = criteria.get("state", ("open",)) != ("open",)
    totals = sums(where, today=today, with_amounts=with_amounts)
    count = sum(total.count for total in totals)
    page = min(max(page, 1), max(1, -(-count // size)))
    query = ordered(where, sort, few=count <= FEW)
    ids = db.session.scalars(query.limit(size).offset((page - 1) * size)).all() if count else []
    return Listing(item_rows(ids), totals, page, size)


def ordered(where: Sequence[ColumnElement[bool]], sort: str, *, few: bool = False) -> Select[int]:
    """The ids of the items found, by a column; "-" before its name turns the order round.

    `few` are found first and sorted then: walking the ledger in order until fifty of them have come takes seconds.
    """
    down = sort.startswith("-")
    query, column = _sorted_by(select(Item.id).where(*where), sort.lstrip("-"), few)
    # The key last makes pages that neither repeat nor leave out a row.
    return query.order_by(column.desc() if down else column.asc(), Item.id.desc() if down else Item.id.asc())


def _sorted_by(query: Select[Any], name: str, few: bool) -> tuple[Select[Any], Any]:
    if name in OWN_COLUMNS:
        return query, _off_index(getattr(Item, name), few)
    if name == "late":
        # More days late is an older due date.
        return query, _turned(_off_index(Item.due_on, few))
    if name in ("customer", "code", "country"):
        column = {"customer": Customer.business_name, "code": Customer.code, "country": Customer.country}[name]
        return query.join(Customer, Customer.id == Item.customer_id), column
    if name == "collector":
        joined = query.join(Customer, Customer.id == Item.customer_id)
        return joined.outerjoin(User, User.id == Customer.collector_id), person(User)
    if name == "status":
        return query.outerjoin(Status, Status.id == Item.status_id), func.coalesce(Status.name, "")
    return query, _off_index(Item.due_on, few)


def _off_index(column: Any, few: bool) -> Any:
    """The same order in a form that no index offers."""
    return func.coalesce(column, column) if few else column


class _Turned:
    """A column whose ascending order is the descending one of another, so that its index still serves."""

    def __init__(self, column: Any) -> None:
        self.column = column

    def asc(self) -> Any:
        return self.column.desc()

    def desc(self) -> Any:
        return self.column.asc()


def _turned(column: Any) -> _Turned:
    return _Turned(column)


def sums(where: Sequence[ColumnElement[bool]], *, today: date, with_amounts: bool = False) -> list[Total]:
    """The totals per currency of the items of these conditions, in one statement."""
    counted = Item.type != MEMORANDUM
    columns = {
        "count": func.count(),
        "remaining": func.sum(case((counted, Item.remaining), else_=0)),
        "overdue": func.sum(case((and_(counted, Item.due_on < today), Item.remaining), else_=0)),
    }
    if with_amounts:
        columns["amount"] = func.sum(case((counted, Item.amount), else_=0))
    labelled = [column.label(name) for name, column in columns.items()]
    query = select(Item.currency, *labelled).where(*where).group_by(Item.currency)
    if not on_postgresql():
        query = _summed_per_customer(where, labelled)
    return [Total(**row) for row in db.session.execute(query.order_by("currency")).mappings()]


def _summed_per_customer(where: Sequence[ColumnElement[bool]], columns: Sequence[Label[Any]]) -> Select[Any]:
    """The same summed per customer first: an index gives the ledger in that order.

    SQLite groups by sorting: a million items by currency take it seconds.
    """
    inner = select(Item.currency, *columns).where(*where).group_by(Item.customer_id, Item.currency).subquery()
    outer = [func.sum(inner.c[column.name]).label(column.name) for column in columns]
    return select(inner.c.currency, *outer).group_by(inner.c.currency)
