"""The open items of an account as lines of a document."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from dso.db import db
from dso.domain import penalties
from dso.domain.documents import Line
from dso.domain.pool import PoolItem
from dso.models import Customer, Entity, Item, Status
from dso.queries import penalties as penalty_rates


def _open_items(customer: Customer) -> Any:
    """Items collected under the account, and its own where it is collected by another one."""
    mine = or_(Item.account_id == customer.id, Item.customer_id == customer.id)
    return (
        select(
            Item,
            Customer.id,
            Customer.code,
            Customer.business_name,
            Customer.payment_method,
            Customer.insolvent_on,
            Status.labels,
        )
        .join(Customer, Customer.id == Item.customer_id)
        .outerjoin(Status, Status.id == Item.status_id)
        .where(mine, Item.cleared_on.is_(None))
        .order_by(Item.due_on, Item.number, Item.id)
    )


def _pool_item(item: Item, payment_method: str, insolvent_on: date | None) -> PoolItem:
    return PoolItem(
        id=item.id,
        number=item.number,
        type=item.type,
        currency=item.currency,
        remaining=item.remaining,
        issued_on=item.issued_on,
        due_on=item.due_on,
        ignored=item.ignored,
        held=item.held_by_id is not None,
        status_type=item.status_type,
        disputed_amount=item.disputed_amount,
        promise_until=item.promise_until,
        promise_broken=item.promise_broken,
        payment_method=item.payment_method or payment_method,
        insolvent_on=insolvent_on,
    )


def account_lines(customer: Customer, *, today: date) -> list[Line]:
    """Every open item of the account: one statement. Penalties are not computed."""
    return [
        Line(
            item=_pool_item(item, method, insolvent_on),
            customer_id=customer_id,
            customer_code=code,
            customer_name=name,
            amount=item.amount,
            remaining=item.remaining,
            days_late=(today - item.due_on).days,
            order_number=item.order_number,
            labels=labels or {},
            comment=item.status_comment if item.status_visible else "",
            promised_on=item.promised_on,
            assigned_to=item.assigned_to,
            document_url=item.document_url,
        )
        for item, customer_id, code, name, method, insolvent_on, labels in db.session.execute(_open_items(customer))
    ]


def with_penalties(
    lines: Sequence[Line], customer: Customer, entity: Entity, *, today: date
) -> tuple[list[Line], penalty_rates.Rates | None]:
    """The lines with what lateness costs this customer; as they are, and None, where neither sum is switched on."""
    if not (customer.penalties or customer.recovery_cost):
        return list(lines), None
    rates = penalty_rates.rates(entity)
    terms = {
        currency: rates.terms(
            customer.country, currency, today, interest=customer.penalties, fixed=customer.recovery_cost
        )
        for currency in {line.item.currency for line in lines}
    }
    paid = penalty_rates.part_payments({line.customer_id for line in lines}) if customer.penalties else {}
    claims = penalties.claims((line.item for line in lines), terms, today, paid)
    return [
        replace(line, penalties=claims[line.item.id].total) if line.item.id in claims else line for line in lines
    ], rates
