"""Customers and contacts with every field of 1.2 by its name, for scripts and exports."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from dso.db import db
from dso.domain import risk
from dso.domain.aging import overdue_percent
from dso.domain.money import ZERO
from dso.models import Contact, Customer, CustomerColleague, CustomerState, Entity, Scenario, User
from dso.queries.paging import Slice
from dso.queries.scope import visible_customers

PLAIN = (
    "id code unique_id business_name trade_name legal_id establishment_id vat_number business_line customer_type "
    "ultimate_parent_number street_number street street_line2 street_line3 po_box postal_code city state country phone "
    "email website language payment_term payment_method blocked blocked_on comment insolvent_on "
    "insolvency_administrator insolvency_deadline_on interactive penalties recovery_cost paused credit_limit "
    "order_backlog insurer_guarantee insurer_reference insurer_rating guarantee_type guarantee_currency "
    "temporary_guarantee temporary_guarantee_start temporary_guarantee_end risk_category risk_score financial_score "
    "information custom draft created_at updated_at archived_at"
).split()
CONTACT = (
    "id customer_id title first_name last_name role email phone mobile language for_collection bounced created_at "
    "updated_at"
).split()


def records(
    user: User, entity: Entity, *, today: date, where: Sequence[ColumnElement[bool]] = (), part: Slice | None = None
) -> list[dict[str, Any]]:
    """Customers by code, a part of them by id; six statements whatever their number. Figures are the rolled-up ones."""
    pilot = aliased(Customer)
    query = (
        select(Customer, CustomerState, Scenario.name, pilot.code)
        .outerjoin(CustomerState, CustomerState.customer_id == Customer.id)
        .outerjoin(Scenario, Scenario.id == Customer.scenario_id)
        .outerjoin(pilot, pilot.id == Customer.collected_by_id)
        .where(Customer.id.in_(visible_customers(user, entity)), *where)
        .order_by(Customer.code, Customer.id)
        .options(
            joinedload(Customer.collector),
            joinedload(Customer.payment_centre),
            selectinload(Customer.groups),
            selectinload(Customer.colleagues).joinedload(CustomerColleague.user),
            selectinload(Customer.contacts),
            selectinload(Customer.other_guarantees),
        )
    )
    query = part.of(query, Customer.id) if part else query
    return [
        {**_plain(customer), **_people(customer, scenario, pilot_code), **figures(customer, state, today)}
        for customer, state, scenario, pilot_code in db.session.execute(query)
    ]


def _plain(customer: Customer) -> dict[str, Any]:
    return {name: getattr(customer, name) for name in PLAIN}


def _people(customer: Customer, scenario: str | None, pilot: str | None) -> dict[str, Any]:
    return {
        "collector": customer.collector.email if customer.collector else None,
        "colleagues": [{"email": each.user.email, "role": each.role.value} for each in customer.colleagues],
        "contacts": [
            {"name": each.full_name, "email": each.email, "for_collection": each.for_collection}
            for each in customer.contacts
        ],
        "payment_centre": customer.payment_centre.name if customer.payment_centre else None,
        "groups": [group.name for group in customer.groups],
        "scenario": scenario,
        "collected_by": pilot,
        "other_guarantees": [
            {"kind": each.kind, "amount": each.amount, "expires_on": each.expires_on}
            for each in customer.other_guarantees
        ],
    }


def figures(customer: Customer, state: CustomerState | None, today: date) -> dict[str, Any]:
    """The derived fields, in the entity's currency; percent and days with one decimal."""
    receivable, overdue = (state.receivable, state.overdue) if state else (ZERO, ZERO)
    outstanding = risk.outstanding(receivable, customer.order_backlog)
    cover = risk.Cover(
        customer.insurer_guarantee,
        customer.temporary_guarantee,
        customer.temporary_guarantee_start,
        customer.temporary_guarantee_end,
        [(each.amount, each.expires_on) for each in customer.other_guarantees],
    )
    percent = overdue_percent(receivable, overdue)
    return {
        "receivable": receivable,
        "overdue": overdue,
        "overdue_percent": None if percent is None else round(percent, 1),
        "not_due": receivable - overdue,
        "outstanding": outstanding,
        "credit_available": risk.available(customer.credit_limit, receivable),
        "actual_risk": risk.actual_risk(outstanding, risk.guarantees(cover, today)),
        "unconverted": bool(state and state.unconverted),
        "average_delay": _days(state.average_delay if state else None),
        "average_duration": _days(state.average_duration if state else None),
        "promises_kept": state.promises_kept if state else 0,
        "promises_broken": state.promises_broken if state else 0,
        "oldest_due_on": state.oldest_due_on if state else None,
        "last_action_on": state.last_action_on if state else None,
        "last_contact_on": state.last_contact_on if state else None,
        "next_action_on": state.next_action_on if state else None,
        "reason": state.reason_code if state else None,
    }


def _days(tenths: int | None) -> Decimal | None:
    return None if tenths is None else Decimal(tenths) / 10


def contact_records(
    user: User,
    entity: Entity,
    *,
    customer_id: int | None = None,
    where: Sequence[ColumnElement[bool]] = (),
    part: Slice | None = None,
) -> list[Mapping[str, Any]]:
    """Contacts by customer, a part of them by id: one statement."""
    query = (
        select(Customer.code.label("customer"), *(getattr(Contact, name) for name in CONTACT))
        .join(Customer, Customer.id == Contact.customer_id)
        .where(Customer.id.in_(visible_customers(user, entity)), *where)
        .order_by(Customer.code, Contact.customer_id, Contact.id)
    )
    if customer_id is not None:
        query = query.where(Customer.id == customer_id)
    query = part.of(query, Contact.id) if part else query
    return [dict(row) for row in db.session.execute(query).mappings()]
