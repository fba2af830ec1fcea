"""Items with every field of 1.3 by its name, for scripts and exports: read in a stream, whatever their number."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from dso.db import db
from dso.domain.codes import StatusType
from dso.domain.forecast import expected_on
from dso.domain.penalties import Claim
from dso.models import Customer, CustomerState, Entity, Item, Status, User
from dso.queries.items.rows import IS_HELD
from dso.queries.items.statement import claims
from dso.queries.paging import Slice
from dso.queries.scope import visible_customers

OWN = (
    "id customer_id number unique_id type erp_type issued_on due_on cleared_on cleared_by cleared_amount "
    "expected_clearing_on amount amount_excl_tax remaining remaining_excl_tax currency order_number order_reference "
    "ordered_on project sales_person sales_admin payment_method document_url assigned_to custom status_type status_on "
    "status_comment promised_on promised_amount promise_broken disputed_amount reply_author reply_email reply_on "
    "reply_text internal_reply_author internal_reply_email internal_reply_on internal_reply_text ignored created_at "
    "updated_at"
).split()
#: Rows held in memory at a time.
_AT_ONCE = 2_000


def records(
    user: User, entity: Entity, *, today: date, customer_id: int | None = None, open_only: bool = False
) -> Iterator[dict[str, Any]]:
    """Items by customer and due date; amounts exact, days and instants typed."""
    where: list[ColumnElement[bool]] = [Item.entity_id == entity.id]
    where.append(Item.customer_id.in_(visible_customers(user, entity)))
    if customer_id is not None:
        where.append(Item.customer_id == customer_id)
    if open_only:
        where.append(Item.cleared_on.is_(None))
    mine = () if customer_id is None else (Customer.id == customer_id,)
    charged = _claims(user, entity, today, mine)
    with db.session.execute(_query().where(*where).execution_options(yield_per=_AT_ONCE)) as found:
        for row in found.mappings():
            yield _record(dict(row), charged.get(row["id"], Claim()), today)


def records_part(
    user: User, entity: Entity, part: Slice, *, today: date, where: Sequence[ColumnElement[bool]] = ()
) -> list[dict[str, Any]]:
    """A part of the items by id: three statements, and interest for the customers of these items only."""
    mine = (Item.entity_id == entity.id, Item.customer_id.in_(visible_customers(user, entity)), *where)
    rows = db.session.execute(part.of(_query().where(*mine), Item.id)).mappings().all()
    charged = _claims(user, entity, today, (Customer.id.in_({row["customer_id"] for row in rows}),))
    return [_record(dict(row), charged.get(row["id"], Claim()), today) for row in rows]


def _claims(user: User, entity: Entity, today: date, where: Sequence[ColumnElement[bool]]) -> Mapping[int, Claim]:
    on = Customer.penalties.is_(True) | Customer.recovery_cost.is_(True)
    query = select(Customer).where(Customer.id.in_(visible_customers(user, entity)), on, *where)
    return claims(db.session.scalars(query).all(), today=today).by_item


def _query() -> Select[Any]:
    author, resolver = aliased(User), aliased(User)
    return (
        select(
            *(getattr(Item, name) for name in OWN),
            Customer.code.label("customer"),
            Status.name.label("status"),
            author.email.label("status_author"),
            resolver.email.label("resolver"),
            (func.coalesce(CustomerState.leader_id, 0) == Item.id).label("leader"),
            IS_HELD.label("held"),
            CustomerState.average_delay,
        )
        .join(Customer, Customer.id == Item.customer_id)
        .outerjoin(Status, Status.id == Item.status_id)
        .outerjoin(author, author.id == Item.status_author_id)
        .outerjoin(resolver, resolver.id == Item.resolver_id)
        .outerjoin(CustomerState, CustomerState.customer_id == Item.account_id)
        .order_by(Item.customer_id, Item.due_on, Item.id)
    )


def _record(row: Mapping[str, Any], claim: Claim, today: date) -> dict[str, Any]:
    record = {"id": row["id"], "customer": row["customer"], **{name: row[name] for name in OWN}}
    expected = expected_on(
        row["type"], row["remaining"], row["due_on"], row["status_type"], row["promised_on"], row["average_delay"]
    )
    return record | {
        "status": row["status"],
        "status_author": row["status_author"],
        "resolver": row["resolver"],
        "leader": bool(row["leader"]),
        "held": bool(row["held"]),
        "disputed": row["status_type"] is StatusType.DISPUTE,
        "days_overdue": (today - row["due_on"]).days if row["cleared_on"] is None else None,
        "interest": claim.interest,
        "fixed_cost": claim.fixed_cost,
        "forecast_on": expected,
    }
