"""The figures of customers as their rollup rows keep them: a few statements for all customers of an entity."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import BigInteger, ColumnElement, Integer, Select, and_, case, func, select, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from dso.db import among, db, narrowed
from dso.domain.codes import RECEIVABLE_TYPES, ClearedBy, ImportKind, ItemType
from dso.domain.money import ZERO, from_units
from dso.models import Customer, Entity, ImportRun, Item, Qualification, QualificationItem
from dso.queries.figures import in_receivable
from dso.queries.rates import rates

#: Months of cleared invoices that payment behaviour is measured over (6.3).
_MONTHS = 6
#: A payment found by absence is only known to lie after the file before: farther apart it says nothing of delays (2.3).
_KNOWN_WITHIN = timedelta(days=3)
_REMAINING = type_coerce(Item.remaining, BigInteger)
_AMOUNT = type_coerce(Item.amount, BigInteger)


class days_between(GenericFunction[int]):  # noqa: N801 - SQL functions are written in small letters
    """Whole days from the second day to the first; each database counts days its own way."""

    type = Integer()
    inherit_cache = True


@compiles(days_between)
def _days_between(element: days_between, compiler: SQLCompiler, **kw: Any) -> str:
    later, earlier = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({later} - {earlier})"


@compiles(days_between, "sqlite")
def _days_between_sqlite(element: days_between, compiler: SQLCompiler, **kw: Any) -> str:
    later, earlier = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


@dataclass(slots=True)
class Figures:
    """The figures of one customer in the entity's currency."""

    receivable: Decimal = ZERO
    overdue: Decimal = ZERO
    oldest_due_on: date | None = None
    open_items: int = 0
    unconverted: bool = False
    #: Tenths of a day, weighted by amount; None = unknown.
    average_delay: int | None = None
    average_duration: int | None = None
    promises_kept: int = 0
    promises_broken: int = 0

    def as_row(self) -> dict[str, Any]:
        """The columns of `CustomerState`."""
        return {
            "receivable": self.receivable,
            "overdue": self.overdue,
            "not_due": self.receivable - self.overdue,
            "oldest_due_on": self.oldest_due_on,
            "open_items": self.open_items,
            "unconverted": self.unconverted,
            "average_delay": self.average_delay,
            "average_duration": self.average_duration,
            "promises_kept": self.promises_kept,
            "promises_broken": self.promises_broken,
        }


def figures(
    entity: Entity, *, overdue_from: int, today: date, ids: Collection[int] | None = None
) -> dict[int, Figures]:
    """The figures of all customers of an entity, or of these; customers with none of them have no entry."""
    found: dict[int, Figures] = {}
    cutoff = today - timedelta(days=overdue_from)
    _add_home(found, entity, cutoff, ids)
    _add_foreign(found, entity, cutoff, today, ids)
    _add_behaviour(found, entity, today, ids)
    _add_promises(found, entity, ids)
    return found


def _mine(entity: Entity, ids: Collection[int] | None) -> list[ColumnElement[bool]]:
    mine = [Item.entity_id == entity.id]
    return mine if ids is None else [*mine, among(Item.customer_id, ids)]


def _add_home(found: dict[int, Figures], entity: Entity, cutoff: date, ids: Collection[int] | None) -> None:
    """Items in the entity's own currency, summed by the database."""
    counts = in_receivable(Item.type)
    query = (
        select(
            Item.customer_id,
            func.coalesce(func.sum(case((counts, _REMAINING), else_=0)), 0),
            func.coalesce(func.sum(case((and_(counts, Item.due_on < cutoff), _REMAINING), else_=0)), 0),
            func.min(case((and_(counts, _REMAINING > 0), Item.due_on))),
            func.count(),
        )
        .where(*_mine(entity, ids), Item.cleared_on.is_(None), Item.currency == entity.currency)
        .group_by(Item.customer_id)
    )
    for customer_id, receivable, overdue, oldest, count in db.session.execute(query):
        found[customer_id] = Figures(from_units(int(receivable)), from_units(int(overdue)), oldest, count)


def _add_foreign(
    found: dict[int, Figures], entity: Entity, cutoff: date, today: date, ids: Collection[int] | None
) -> None:
    """Items in other currencies, each converted and rounded once (1.6)."""
    query = select(Item.customer_id, Item.currency, Item.type, Item.remaining, Item.due_on).where(
        *_mine(entity, ids), Item.cleared_on.is_(None), Item.currency != entity.currency
    )
    if ids is None:
        # Named as a set, the customers lead SQLite to the index that holds all of this.
        query = query.where(Item.customer_id.in_(select(Customer.id).where(Customer.entity_id == entity.id)))
    table = rates(today)
    for customer_id, currency, type_, remaining, due_on in db.session.execute(query):
        one = found.setdefault(customer_id, Figures())
        one.open_items += 1
        if type_ not in RECEIVABLE_TYPES:
            continue
        if remaining > 0:
            one.oldest_due_on = min(due_on, one.oldest_due_on or due_on)
        amount = table.convert(remaining, currency, entity.currency)
        if amount is None:
            one.unconverted = True
            continue
        one.receivable += amount
        if due_on < cutoff:
            one.overdue += amount


def _add_behaviour(found: dict[int, Figures], entity: Entity, today: date, ids: Collection[int] | None) -> None:
    """Average delay and duration of the invoices paid in the last six months, weighted by amount (6.3)."""
    for customer_id, amount, late, lasted in db.session.execute(_behaviour(entity, today, ids)):
        if amount:
            one = found.setdefault(customer_id, Figures())
            one.average_delay = _tenths(int(late), int(amount))
            one.average_duration = _tenths(int(lasted), int(amount))


def _behaviour(entity: Entity, today: date, ids: Collection[int] | None) -> Select[int, int, int, int]:
    first = today - relativedelta(months=_MONTHS)
    paid = [*_mine(entity, ids), Item.cleared_on > first, Item.cleared_on <= today]
    credited = (
        select(Item.customer_id, Item.cleared_on, (-_AMOUNT).label("units"))
        .where(*paid, Item.type == ItemType.CREDIT_NOTE)
        .distinct()
        .subquery()
    )
    same = and_(
        credited.c.customer_id == Item.customer_id,
        credited.c.cleared_on == Item.cleared_on,
        credited.c.units == _AMOUNT,
    )
    query = (
        select(
            Item.customer_id,
            func.sum(_AMOUNT),
            func.sum(_AMOUNT * days_between(Item.cleared_on, Item.due_on)),
            func.sum(_AMOUNT * days_between(Item.cleared_on, Item.issued_on)),
        )
        .outerjoin(credited, same)
        .where(*paid, Item.type == ItemType.INVOICE, credited.c.customer_id.is_(None))
        .group_by(Item.customer_id)
    )
    unsure = _unsure_days(entity, first)
    if unsure:
        query = query.where((Item.cleared_by != ClearedBy.ABSENCE) | Item.cleared_on.not_in(unsure))
    return query


def _unsure_days(entity: Entity, first: date) -> list[date]:
    """Days of full files whose file before was too long ago for a payment found by absence to have a day."""
    mine = (ImportRun.entity_id == entity.id, ImportRun.kind == ImportKind.ITEMS, ImportRun.undone_at.is_(None))
    days = list(db.session.scalars(select(ImportRun.on).where(*mine).distinct().order_by(ImportRun.on)))
    pairs = zip([None, *days], days, strict=False)
    return [day for before, day in pairs if day > first and (before is None or day - before > _KNOWN_WITHIN)]


def _tenths(weighted: int, amount: int) -> int:
    """Tenths of a day, half up away from zero."""
    doubled = 2 * 10 * abs(weighted) + amount
    return (doubled // (2 * amount)) * (1 if weighted >= 0 else -1)


def _add_promises(found: dict[int, Figures], entity: Entity, ids: Collection[int] | None) -> None:
    """How many promises were kept and broken."""
    kept = func.sum(case((QualificationItem.kept.is_(True), 1), else_=0))
    query = (
        select(Qualification.customer_id, kept, func.count())
        .join(QualificationItem, QualificationItem.qualification_id == Qualification.id)
        .where(Qualification.entity_id == entity.id, QualificationItem.kept.is_not(None))
        .group_by(Qualification.customer_id)
    )
    for customer_id, number, count in db.session.execute(narrowed(query, Qualification.customer_id, ids)):
        one = found.setdefault(customer_id, Figures())
        one.promises_kept, one.promises_broken = int(number), count - int(number)


def customer_ids(entity: Entity, ids: Collection[int] | None) -> list[int]:
    """The customers meant, in order."""
    query = select(Customer.id).where(Customer.entity_id == entity.id).order_by(Customer.id)
    return list(db.session.scalars(narrowed(query, Customer.id, ids)))
