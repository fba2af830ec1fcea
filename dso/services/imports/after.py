"""What follows the rows of a file, in the same run: one list of steps, in bulk, whichever kind came in (2.4)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select, text

from dso.db import db, on_postgresql
from dso.domain.codes import ImportKind, ReasonCode
from dso.models import Contact, Customer, CustomerState, Entity, ImportRun, Item, Qualification, QualificationItem
from dso.services import actions
from dso.services.imports import plans
from dso.services.imports.report import ImportReport

#: New records after which the database's statistics are refreshed, if they are a tenth of all: what the database itself
#: waits for.
_MANY, _SHARE = 500, 10
#: What the records of a file are kept in.
_TABLES = {ImportKind.ITEMS: Item, ImportKind.CUSTOMERS: Customer, ImportKind.CONTACTS: Contact}


@dataclass(frozen=True)
class Taken:
    """A file whose rows are written."""

    entity: Entity
    run: ImportRun
    report: ImportReport
    #: Customers whose account may stand otherwise now.
    touched: Collection[int]
    today: date
    now: datetime


def after_import(taken: Taken) -> None:
    """Take the steps that follow a file; what they change of what people arranged is kept, so that undo brings it back.

    New customers have the defaults of the entity already: their rows were made with them (`new_customers`).
    """
    db.session.expire_all()
    taken = replace(taken, touched=_concerned(taken))
    standing = plans.standing(taken.entity, taken.touched, taken.run)
    for step in STEPS:
        step(taken)
    plans.keep(taken.run, standing)


def _concerned(taken: Taken) -> set[int]:
    """The customers the rows touched, and those whom the file concerns though it says nothing new of them."""
    found = set(taken.touched)
    if taken.run.kind is ImportKind.ITEMS:
        found.update(db.session.scalars(_waiting_for_a_ledger(taken.entity)))
        found.update(db.session.scalars(_promised_before(taken.entity, taken.today)))
    return found


def _waiting_for_a_ledger(entity: Entity) -> Select[int]:
    """Accounts whose messages were held because the ledger was too old."""
    return select(CustomerState.customer_id).where(
        CustomerState.entity_id == entity.id, CustomerState.reason_code == ReasonCode.LEDGER_OLD
    )


def _promised_before(entity: Entity, today: date) -> Select[int]:
    """Accounts with a promise past its day that nobody has judged yet."""
    return (
        select(Item.account_id)
        .join(QualificationItem, QualificationItem.item_id == Item.id)
        .join(Qualification, Qualification.id == QualificationItem.qualification_id)
        .where(
            Qualification.entity_id == entity.id,
            Qualification.promised_on < today,
            QualificationItem.kept.is_(None),
            Item.qualification_id == Qualification.id,
            Item.promise_until < today,
        )
        .distinct()
    )


def _refresh_statistics(taken: Taken) -> None:
    new, table = taken.report.count("new"), _TABLES.get(taken.run.kind)
    if table is not None and on_postgresql() and new >= _MANY and new * _SHARE >= _counted(table.__tablename__):
        refresh_statistics()


def _counted(table: str) -> int:
    """How many rows PostgreSQL believes a table to have; less than zero where it never looked."""
    query = text("SELECT CAST(reltuples AS bigint) FROM pg_class WHERE oid = to_regclass(:name)")
    return int(db.session.scalar(query, {"name": table}) or 0)


def refresh_statistics() -> None:
    """Let PostgreSQL know what just came in: without, it plans the review of a new ledger as if it were empty."""
    if on_postgresql():
        db.session.execute(text("ANALYZE customers, contacts, items, customer_states"))


def _review(taken: Taken) -> None:
    """Settled disputes, promises kept and broken, follow-ups whose items are paid, figures, then the plan and why."""
    yesterday = taken.today - timedelta(days=1) if taken.run.kind is ImportKind.ITEMS else None
    actions.review(taken.entity, taken.touched, today=taken.today, now=taken.now, broken_until=yesterday)


#: In this order. Assignment rules (3.9) go before the review, which decides by the scenario and collector they give;
#: a step that changes customers first keeps with the run how they stood (`befores.changing`).
STEPS: tuple[Callable[[Taken], None], ...] = (_refresh_statistics, _review)
