"""What the files of the demonstration do not say: scenarios, who looks after whom, an address for all who owe."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, exists, func, select

from dso.db import db
from dso.domain.codes import ColleagueRole, ContactRole, StartRule
from dso.models import Contact, Customer, CustomerColleague, CustomerState, Entity, Group, Item, User
from dso.paths import DEMO_DATA
from dso.queries import scenarios as plans
from dso.services import actions, contacts, links, scenarios

_SMALL_LIMIT, _LARGE_LIMIT = Decimal(5_000), Decimal(50_000)
#: Agency whose customers the salesman follows, and the one the credit manager collects.
_SALES_GROUP = "Sud"
_MANAGED_GROUP = "Ouest"


def complete(entity: Entity, people: Sequence[User], *, today: date, now: datetime) -> None:
    """Give every customer what a team would have given it in its first week."""
    admin, manager, _collector, sales = people
    read = json.loads((DEMO_DATA / "key_accounts.json").read_text("utf-8"))
    key_accounts, _known = scenarios.import_file(entity, read, today=today, now=now)
    risky = plans.by_name(entity, "Risky customers")
    if risky is not None:
        # Chased by hand until now: with these, an old invoice does not begin with "you may have overlooked".
        risky.start = StartRule.MATCHING
    _assign(entity, key_accounts.name, Customer.credit_limit >= _LARGE_LIMIT, admin, today, now)
    _assign(entity, "Risky customers", Customer.credit_limit <= _SMALL_LIMIT, admin, today, now)
    _assign(entity, "Public bodies", Customer.business_line == "Santé", admin, today, now)
    for customer in db.session.scalars(select(Customer).where(_in_group(entity, _MANAGED_GROUP))):
        customer.collector_id = manager.id
    for customer in db.session.scalars(select(Customer).where(_in_group(entity, _SALES_GROUP))):
        customer.colleagues.append(CustomerColleague(user_id=sales.id, role=ColleagueRole.SALES))
    db.session.flush()
    for customer in db.session.scalars(select(Customer).where(_unreachable(entity)).order_by(Customer.id)).all():
        contacts.add(customer, _accounts_office(customer), actor=admin, today=today, now=now)
    actions.review(entity, None, today=today, now=now)


def _assign(entity: Entity, name: str, which: ColumnElement[bool], actor: User, today: date, now: datetime) -> None:
    scenario = plans.by_name(entity, name)
    ids = db.session.scalars(select(Customer.id).where(Customer.entity_id == entity.id, which)).all()
    scenarios.assign(entity, scenario, ids, actor=actor, today=today, now=now)


def _in_group(entity: Entity, name: str) -> ColumnElement[bool]:
    return (Customer.entity_id == entity.id) & Customer.groups.any(Group.name == name)


def _unreachable(entity: Entity) -> ColumnElement[bool]:
    """Has open items and nobody to write to."""
    owes = exists().where(Item.account_id == Customer.id, Item.cleared_on.is_(None))
    reached = exists().where(Contact.customer_id == Customer.id, Contact.for_collection.is_(True), Contact.email != "")
    return (Customer.entity_id == entity.id) & owes & ~reached


def _accounts_office(customer: Customer) -> dict[str, object]:
    return {
        "last_name": "Service comptabilité",
        "email": f"comptabilite@{customer.code.lower()}.example",
        "role": ContactRole.ACCOUNTANT,
        "language": "fr",
        "for_collection": True,
    }


def debtor_link(entity: Entity, *, now: datetime) -> str:
    """The page of the customer who owes most of what can be chased, as its contact would open it."""
    query = (
        select(Customer, Contact)
        .join(CustomerState, CustomerState.customer_id == Customer.id)
        .join(Contact, (Contact.customer_id == Customer.id) & Contact.for_collection.is_(True))
        .where(Customer.entity_id == entity.id, Contact.email != "", CustomerState.chaseable > 0)
        .order_by(func.coalesce(CustomerState.overdue, 0).desc(), Customer.id)
    )
    customer, contact = db.session.execute(query.limit(1)).one()
    link = links.create(customer, None, contact.email, now=now, name=contact.full_name, language="fr")
    return links.url(link)
