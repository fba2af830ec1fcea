"""The aging balance as at any day: per customer, in buckets of days overdue, in the entity's currency (6.2, 11.6).

The ledger as it stands is summed by the database. What changed since the day is put back item by item from the
recorded changes. Before the first import the day is rebuilt from issue, due and clearing dates (1.7).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, func, or_, select, type_coerce

from dso.db import among, db
from dso.domain import aging as rules
from dso.domain.aging import Bucket
from dso.domain.codes import ItemType
from dso.domain.money import ZERO, from_units, to_units
from dso.domain.rates import RateTable
from dso.models import Customer, Entity, Item, User
from dso.queries import figures
from dso.queries.rates import rates
from dso.queries.reports.past import Past, changed_since
from dso.queries.scope import sees_everything, visible_customers


@dataclass(frozen=True, slots=True)
class AgingRow:
    """A customer with one amount per bucket, kept in ten-thousandths: of 20 000 rows a page writes a hundred."""

    customer_id: int
    code: str
    name: str
    units: tuple[int, ...]

    @property
    def amounts(self) -> tuple[Decimal, ...]:
        """One amount per bucket."""
        return tuple(map(from_units, self.units))

    @property
    def total(self) -> Decimal:
        """The buckets add up to the receivable."""
        return from_units(sum(self.units))


@dataclass(frozen=True)
class Aging:
    """The aging balance of an entity, or of some of its customers, on a day."""

    as_of: date
    currency: str
    buckets: tuple[Bucket, ...]
    rows: Sequence[AgingRow]
    #: Sums per currency of what has no rate and is in no bucket.
    unconverted: tuple[tuple[str, Decimal], ...] = ()

    @property
    def amounts(self) -> tuple[Decimal, ...]:
        """The total of each bucket."""
        columns = zip(*(row.units for row in self.rows), strict=True)
        return tuple(from_units(sum(column)) for column in columns) or tuple(ZERO for _ in self.buckets)

    @property
    def total(self) -> Decimal:
        """The receivable of all rows."""
        return sum(self.amounts, ZERO)


@dataclass
class _Sums:
    """Ten-thousandths per customer and bucket, and items in other currencies one by one: each is rounded once."""

    size: int
    entity_id: int
    home: str
    units: dict[int, list[int]] = field(default_factory=dict)
    foreign: list[tuple[int, str, int, Decimal]] = field(default_factory=list)

    def row(self, customer_id: int) -> list[int]:
        return self.units.setdefault(customer_id, [0] * self.size)

    def add(self, past: Past, bounds: Sequence[int], as_of: date, sign: int = 1) -> None:
        """Put an item in, or take it out with a negative sign."""
        if not past.counts:
            return
        place = rules.place((as_of - past.due_on).days, bounds)
        if past.currency == self.home:
            self.row(past.customer_id)[place] += sign * to_units(past.remaining)
        else:
            self.foreign.append((past.customer_id, past.currency, place, sign * past.remaining))


def aging(
    user: User, entity: Entity, *, as_of: date, today: date, customers: Sequence[ColumnElement[bool]] = ()
) -> Aging:
    """The balance at the end of a day; `customers` are further conditions on whose items count."""
    bounds = figures.bounds(entity)
    buckets = rules.buckets(bounds)
    sums = _Sums(len(buckets), entity.id, entity.currency)
    where = _scope(user, entity, customers)
    if as_of >= today:
        _add(sums, [*where, Item.cleared_on.is_(None)], Item.remaining, buckets, as_of)
    elif entity.first_import_on is None or as_of < entity.first_import_on:
        _add(sums, [*where, *_stood_by_documents(as_of)], Item.amount, buckets, as_of)
    else:
        end = _end_of(as_of, entity)
        _add(sums, [*where, Item.cleared_on.is_(None), Item.created_at < end], Item.remaining, buckets, as_of)
        for now, then in changed_since(entity, as_of, end):
            sums.add(now, bounds, as_of, -1)
            sums.add(then, bounds, as_of)
        _keep(sums, user, entity, customers)
    unconverted = _convert(sums, rates(as_of))
    return Aging(as_of, entity.currency, buckets, _rows(sums), unconverted)


def _scope(user: User, entity: Entity, customers: Sequence[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [Item.entity_id == entity.id, Item.type != ItemType.DOWN_PAYMENT]
    if not sees_everything(user):
        where.append(Item.customer_id.in_(visible_customers(user, entity)))
    if customers:
        where.append(Item.customer_id.in_(select(Customer.id).where(*customers)))
    return where


def _end_of(day: date, entity: Entity) -> datetime:
    """The instant at which a day of the entity is over."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(entity.timezone)).astimezone(UTC)


def _stood_by_documents(as_of: date) -> tuple[ColumnElement[bool], ...]:
    """An item counts from its issue day until the day before it was cleared."""
    return Item.issued_on <= as_of, or_(Item.cleared_on.is_(None), Item.cleared_on > as_of)


def _add(
    sums: _Sums, where: Sequence[ColumnElement[bool]], amount: Any, buckets: Sequence[Bucket], as_of: date
) -> None:
    """Items in the entity's currency summed by the database, others read one by one."""
    home = select(Item.customer_id, *_heaped(amount, buckets, as_of)).where(*where, Item.currency == sums.home)
    for customer_id, *heaps in db.session.execute(home.group_by(Item.customer_id)):
        row, before = sums.row(customer_id), 0
        for place, heap in enumerate(heaps):
            row[place] += int(heap or 0) - before
            before = int(heap or 0)
    bounds = [bucket.end for bucket in buckets if bucket.start is not None and bucket.end is not None]
    # Named as a set, the customers lead SQLite to the index that holds all of this.
    named = Item.customer_id.in_(select(Customer.id).where(Customer.entity_id == sums.entity_id))
    abroad = select(Item.customer_id, Item.currency, Item.due_on, amount)
    abroad = abroad.where(*where, named, Item.currency != sums.home)
    for customer_id, currency, due_on, found in db.session.execute(abroad):
        sums.foreign.append((customer_id, currency, rules.place((as_of - due_on).days, bounds), found))


def _heaped(amount: Any, buckets: Sequence[Bucket], as_of: date) -> list[ColumnElement[int]]:
    """The sum of each bucket and all before it: one comparison an item, half the time of a span per bucket."""
    total = func.sum(type_coerce(amount, BigInteger))
    firsts = [bucket.due_between(as_of)[0] for bucket in buckets]
    return [total if first is None else total.filter(Item.due_on >= first) for first in firsts]


def _keep(sums: _Sums, user: User, entity: Entity, customers: Sequence[ColumnElement[bool]]) -> None:
    """Items that changed customers may have brought in some that are not asked for or not to be seen."""
    if sees_everything(user) and not customers:
        return
    query = select(Customer.id).where(Customer.id.in_(visible_customers(user, entity)), *customers)
    allowed = set(db.session.scalars(query))
    sums.units = {key: row for key, row in sums.units.items() if key in allowed}
    sums.foreign = [line for line in sums.foreign if line[0] in allowed]


def _convert(sums: _Sums, table: RateTable) -> tuple[tuple[str, Decimal], ...]:
    """Bring foreign items into the buckets; what has no rate is summed apart."""
    apart: dict[str, Decimal] = {}
    for customer_id, currency, place, amount in sums.foreign:
        converted = table.convert(amount, currency, sums.home)
        if converted is None:
            apart[currency] = apart.get(currency, ZERO) + amount
        else:
            sums.row(customer_id)[place] += to_units(converted)
    return tuple(sorted((currency, amount) for currency, amount in apart.items() if amount))


def _rows(sums: _Sums) -> list[AgingRow]:
    ids = [customer_id for customer_id, units in sums.units.items() if any(units)]
    names = _names(ids)
    rows = [
        AgingRow(customer_id, *names[customer_id], tuple(sums.units[customer_id]))
        for customer_id in ids
        if customer_id in names
    ]
    return sorted(rows, key=lambda row: (row.code, row.customer_id))


def _names(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    query = select(Customer.id, Customer.code, Customer.business_name).where(among(Customer.id, ids))
    return {customer_id: (code, name) for customer_id, code, name in db.session.execute(query)}
