"""Everything of an entity that a person may see, record by record in an order that is the same on every database.

Records have no keys of ours: equal ledgers give equal records. Long results are streamed.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, collate, func, or_, select
from sqlalchemy.orm import aliased

from dso.db import among, db, on_postgresql
from dso.domain.imports.dumps import joined
from dso.domain.permissions import Capability
from dso.models import (
    Contact,
    Customer,
    CustomerColleague,
    CustomField,
    Entity,
    Group,
    Item,
    OtherGuarantee,
    PaymentCentre,
    Scenario,
    User,
    customer_groups,
    user_entities,
)
from dso.queries import streams
from dso.queries.scope import visible_customers
from dso.queries.users import manageable

Record = dict[str, Any]

_CUSTOMER = (
    "code unique_id business_name trade_name legal_id establishment_id vat_number business_line customer_type "
    "ultimate_parent_number street_number street street_line2 street_line3 po_box postal_code city state country phone "
    "email website language payment_term payment_method blocked blocked_on comment insolvent_on "
    "insolvency_administrator insolvency_deadline_on interactive penalties recovery_cost paused credit_limit "
    "order_backlog insurer_guarantee insurer_reference insurer_rating guarantee_type guarantee_currency "
    "temporary_guarantee temporary_guarantee_start temporary_guarantee_end risk_category risk_score financial_score "
    "information custom draft archived_at"
).split()
_CONTACT = "last_name first_name title role email phone mobile language for_collection bounced".split()
_ITEM = (
    "number unique_id type erp_type issued_on due_on cleared_on amount amount_excl_tax remaining remaining_excl_tax "
    "currency order_number order_reference ordered_on project sales_person sales_admin payment_method document_url "
    "assigned_to expected_clearing_on ignored cleared_by cleared_amount custom"
).split()
_USER = "email first_name last_name role active may_import job_title phone mobile language signature".split()


def plainly(text: Any) -> ColumnElement[str]:
    """A text in the order of its characters' numbers, whatever the language of the database; nothing comes first."""
    filled = func.coalesce(cast(text, Text), "")
    return collate(filled, "C") if on_postgresql() else filled


def _of(model: Any, names: Sequence[str]) -> list[Any]:
    return [getattr(model, name) for name in names]


def _named(customer: Any = Customer) -> list[Any]:
    """The columns that name a customer in files."""
    return [customer.code.label("customer"), customer.unique_id.label("customer_unique_id")]


def by_customer() -> list[Any]:
    """The order of customers in files."""
    return [plainly(Customer.code), plainly(Customer.unique_id)]


def by_item() -> list[Any]:
    """The order of the items of a customer in files."""
    return [Item.issued_on, plainly(Item.number), plainly(Item.unique_id), Item.due_on, plainly(Item.type), Item.id]


def _records(query: Select[Any]) -> Iterator[Record]:
    return (row._asdict() for row in streams.rows(query))


def customers(user: User, entity: Entity) -> Iterator[Record]:
    """Customers with groups, colleagues and guarantees: one statement, and three for every thousand."""
    pilot = aliased(Customer)
    query = (
        select(
            Customer.id,
            *_of(Customer, _CUSTOMER),
            User.email.label("collector"),
            Scenario.name.label("scenario"),
            PaymentCentre.name.label("payment_centre"),
            pilot.code.label("collected_by"),
            pilot.unique_id.label("collected_by_unique_id"),
        )
        .outerjoin(User, User.id == Customer.collector_id)
        .outerjoin(Scenario, Scenario.id == Customer.scenario_id)
        .outerjoin(PaymentCentre, PaymentCentre.id == Customer.payment_centre_id)
        .outerjoin(pilot, pilot.id == Customer.collected_by_id)
        .where(Customer.id.in_(visible_customers(user, entity)))
        .order_by(*by_customer())
    )
    for part in streams.parts(query):
        groups, colleagues, guarantees = _belonging([row.id for row in part])
        for row in part:
            own = groups.get(row.id, [])
            yield {
                **row._asdict(),
                "groups": [name for name, _by in own],
                "groups_by_hand": [name for name, by_import in own if by_import == "0"],
                "colleagues": colleagues.get(row.id, []),
                "other_guarantees": guarantees.get(row.id, []),
            }


def _belonging(ids: Sequence[int]) -> tuple[dict[int, list[Any]], ...]:
    """Groups, colleagues and guarantees of customers."""
    link, guarantee, colleague = customer_groups.c, OtherGuarantee, CustomerColleague
    groups = select(link.customer_id, Group.name, link.by_import).join(Group, Group.id == link.group_id)
    people = select(colleague.customer_id, User.email, colleague.role, colleague.by_import).join(
        User, User.id == colleague.user_id
    )
    kept = select(guarantee.customer_id, guarantee.kind, guarantee.amount, guarantee.expires_on)
    found = []
    for query, column in ((groups, link.customer_id), (people, colleague.customer_id), (kept, guarantee.customer_id)):
        rows: dict[int, list[Any]] = {}
        for customer_id, *values in db.session.execute(query.where(among(column, ids))):
            rows.setdefault(customer_id, []).append(tuple(values))
        found.append(rows)
    return tuple(found)


def contacts(user: User, entity: Entity) -> Iterator[Record]:
    """Contacts by customer, with the payment centres each serves: one statement, and one for every thousand."""
    query = (
        select(Contact.id, *_named(), *_of(Contact, _CONTACT))
        .join(Customer, Customer.id == Contact.customer_id)
        .where(Customer.id.in_(visible_customers(user, entity)))
    )
    texts = [plainly(column) for column in _of(Contact, "email last_name first_name title role phone mobile".split())]
    more = [plainly(Contact.language), Contact.for_collection, Contact.bounced, Contact.id]
    for part in streams.parts(query.order_by(*by_customer(), *texts, *more)):
        centres = _centres(entity, [row.id for row in part])
        for row in part:
            yield {**row._asdict(), "payment_centre": joined(centres.get(row.id, []))}


def _centres(entity: Entity, contact_ids: Sequence[int]) -> dict[int | None, list[str]]:
    """Names of the payment centres by the contact that serves them."""
    query = select(PaymentCentre.contact_id, PaymentCentre.name).where(PaymentCentre.entity_id == entity.id)
    found: dict[int | None, list[str]] = {}
    for contact_id, name in db.session.execute(query.where(among(PaymentCentre.contact_id, contact_ids))):
        found.setdefault(contact_id, []).append(name)
    return found


def items(user: User, entity: Entity) -> Iterator[Record]:
    """Items, cleared ones too, by customer: one statement."""
    query = (
        select(*_named(), *_of(Item, _ITEM))
        .join(Customer, Customer.id == Item.customer_id)
        .where(Item.entity_id == entity.id, Customer.id.in_(visible_customers(user, entity)))
    )
    return _records(query.order_by(*by_customer(), *by_item()))


def users(user: User, entity: Entity) -> Iterator[Record]:
    """Users by address, without anything secret; who may not manage them gets those of the customers in sight."""
    deputy = aliased(User)
    query = select(User.id, *_of(User, _USER), deputy.email.label("deputy"), User.absent_from, User.absent_to)
    query = query.outerjoin(deputy, deputy.id == User.deputy_id).order_by(plainly(User.email))
    mine = visible_customers(user, entity)
    linked = select(CustomerColleague.user_id).where(CustomerColleague.customer_id.in_(mine))
    collectors = select(Customer.collector_id).where(Customer.id.in_(mine), Customer.collector_id.is_not(None))
    seen = [User.id.in_(linked), User.id.in_(collectors)]
    if user.can(Capability.SETTINGS_EDIT):
        seen.append(User.id.in_(manageable(user).with_only_columns(User.id)))
    query = query.where(or_(*seen))
    own: dict[int, list[str]] = {}
    named = select(user_entities.c.user_id, Entity.name).join(Entity, Entity.id == user_entities.c.entity_id)
    for user_id, name in db.session.execute(named.order_by(plainly(Entity.name))):
        own.setdefault(user_id, []).append(name)
    return ({**record, "entities": joined(own.get(record["id"], []))} for record in _records(query))


def groups(user: User, entity: Entity) -> Iterator[Record]:
    """Groups by name, and how many of the customers in sight are in each: one statement."""
    link = customer_groups.c
    count = (
        select(func.count())
        .where(link.group_id == Group.id, link.customer_id.in_(visible_customers(user, entity)))
        .scalar_subquery()
    )
    query = select(Group.name, count.label("customers")).where(Group.entity_id == entity.id)
    return _records(query.order_by(plainly(Group.name)))


def custom_fields(subject: str = "") -> list[CustomField]:
    """Definitions of custom fields, of customers or items or both, in their order."""
    query = select(CustomField).order_by(CustomField.subject, CustomField.position, plainly(CustomField.code))
    return list(db.session.scalars(query.where(CustomField.subject == subject) if subject else query))


def scenarios(entity: Entity) -> list[Scenario]:
    """The scenarios customers can have, by name."""
    mine = (Scenario.entity_id == entity.id, Scenario.library.is_(False), Scenario.archived_at.is_(None))
    return list(db.session.scalars(select(Scenario).where(*mine).order_by(plainly(Scenario.name))))
