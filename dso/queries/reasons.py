"""Why each account stands where it stands."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select

from dso.db import db
from dso.models import Customer, CustomerState, Entity, User
from dso.queries.scope import visible_customers


@dataclass(frozen=True)
class ReasonRow:
    """Why an account stands where it stands."""

    customer: str
    code: str
    text: str
    on: date | None


def reason_rows(user: User, entity: Entity, customer_id: int | None = None) -> list[ReasonRow]:
    """One row per account a user may see, by code of the customer."""
    query = (
        select(Customer.code, CustomerState.reason_code, CustomerState.reason_text, CustomerState.reason_on)
        .join(
            CustomerState,
            and_(CustomerState.customer_id == Customer.id, CustomerState.reason_code.is_not(None)),
        )
        .where(Customer.id.in_(visible_customers(user, entity)))
        .order_by(Customer.code, Customer.id)
    )
    if customer_id is not None:
        query = query.where(Customer.id == customer_id)
    return [ReasonRow(code, why.value, text, on) for code, why, text, on in db.session.execute(query) if why]
