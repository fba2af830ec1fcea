"""The contacts of the customers found, for exports."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from dso.models import Contact, Customer, CustomerState, Scenario, User
from dso.queries import streams

COLUMNS = "title first_name last_name role email phone mobile language for_collection bounced".split()


def of_customers(where: Sequence[ColumnElement[bool]]) -> Iterator[Row[Any]]:
    """Contacts with the code and name of their customer, by customer; one statement."""
    query = (
        select(Customer.code, Customer.unique_id, Customer.business_name, *(getattr(Contact, each) for each in COLUMNS))
        .join(Customer, Customer.id == Contact.customer_id)
        .outerjoin(CustomerState, CustomerState.customer_id == Customer.id)
        .outerjoin(User, User.id == Customer.collector_id)
        .outerjoin(Scenario, Scenario.id == Customer.scenario_id)
        .where(*where)
    )
    return streams.rows(query.order_by(Customer.business_name, Customer.id, Contact.id))
