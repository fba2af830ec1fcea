"""Everything of an entity that a person may see, record by record in an order that is the same on every database.

Records have no keys of ours: equal ledgers give equal records. Long results are streamed.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, cast, collate, func, or_, select
from sqlalchemy.orm import aliased

from dso.db import db
from dso.domain.codes import Role
from dso.domain.permissions import Capability
from dso.models import (
    Action,
    ActionItem,
    Contact,
    Customer,
    CustomerColleague,
    CustomField,
    Entity,
    Group,
    Item,
    Message,
    OtherGuarantee,
    PaymentCentre,
    Qualification,
    QualificationItem,
    Scenario,
    Status,
    Step,
    User,
    customer_groups,
    user_entities,
)
from dso.queries import streams
from dso.queries.criteria import is_sqlite
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
_ACTION = (
    "kind type flavour name on user_dated mode to_confirm state confirmed_at done_on done_at outcome note explanation "
    "created_at"
).split()
_MESSAGE = (
    "occurrence kind channel recipient recipient_name cc bcc language subject body_text body_html edited_body "
    "attachments listed state automatic override_reason explanation queued_at sent_at left_on printed_at "
    "message_id_header references_header"
).split()
_USER = "email first_name last_name role active may_import job_title phone mobile language signature".split()


def plainly(text: Any) -> ColumnElement[str]:
    """A text in the order of its characters' numbers, whatever the language of the database; nothing comes first."""
    filled = func.coalesce(cast(text, Text), "")
    return filled if is_sqlite() else collate(filled, "C")


def _of(model: Any, names: Sequence[str]) -> list[Any]:
    return [getattr(model, name) for name in names]


def _named(customer: Any = Customer) -> list[Any]:
    """The columns that name a customer in files."""
    return [customer.code.label("customer"), customer.unique_id.label("customer_unique_id")]


def _by_customer() -> list[Any]:
    return [plainly(Customer.code), plainly(Customer.unique_id)]


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
        .order_by(*_by_customer())
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
    people = select(colleague.customer_id, User.email, colleague.role).join(User, User.id == colleague.user_id)
    kept = select(guarantee.customer_id, guarantee.kind, guarantee.amount, guarantee.expires_on)
    found = []
    for query, column in ((groups, link.customer_id), (people, colleague.customer_id), (kept, guarantee.customer_id)):
        rows: dict[int, list[Any]] = {}
        for customer_id, *values in db.session.execute(query.where(column.in_(ids))):
            rows.setdefault(customer_id, []).append(tuple(values))
        found.append(rows)
    return tuple(found)


def contacts(user: User, entity: Entity) -> Iterator[Record]:
    """Contacts by customer: one statement."""
    centre = (
        select(func.min(PaymentCentre.name))
        .where(PaymentCentre.contact_id == Contact.id, PaymentCentre.entity_id == entity.id)
        .scalar_subquery()
    )
    query = (
        select(*_named(), *_of(Contact, _CONTACT), centre.label("payment_centre"))
        .join(Customer, Customer.id == Contact.customer_id)
        .where(Customer.id.in_(visible_customers(user, entity)))
    )
    texts = [plainly(column) for column in _of(Contact, "email last_name first_name title role phone mobile".split())]
    more = [plainly(Contact.language), Contact.for_collection, Contact.bounced, Contact.id]
    return _records(query.order_by(*_by_customer(), *texts, *more))


def items(user: User, entity: Entity) -> Iterator[Record]:
    """Items, cleared ones too, by customer: one statement."""
    query = (
        select(*_named(), *_of(Item, _ITEM))
        .join(Customer, Customer.id == Item.customer_id)
        .where(Item.entity_id == entity.id, Customer.id.in_(visible_customers(user, entity)))
    )
    key = [Item.issued_on, plainly(Item.number), plainly(Item.unique_id), Item.due_on, plainly(Item.type), Item.id]
    return _records(query.order_by(*_by_customer(), *key))


def qualifications(user: User, entity: Entity) -> Iterator[Record]:
    """Acts of tagging, a record an item: one statement."""
    author, resolver = aliased(User), aliased(User)
    columns = _of(Qualification, "on promised_on comment visible_to_customer created_at".split())
    query = (
        select(
            Qualification.id.label("qualification"), *_named(), Item.number.label("item"),
            Item.unique_id.label("item_unique_id"), Item.issued_on, Item.currency, Status.name.label("status"),
            Status.type.label("status_type"), *columns, author.email.label("author"), resolver.email.label("resolver"),
            Qualification.amount.label("amount_entered"), QualificationItem.remaining, QualificationItem.amount,
            QualificationItem.kept, QualificationItem.settled_on, Qualification.corrects_id.label("corrects"),
        )
        .select_from(Qualification)
        .join(Customer, Customer.id == Qualification.customer_id)
        .outerjoin(QualificationItem, QualificationItem.qualification_id == Qualification.id)
        .outerjoin(Item, Item.id == QualificationItem.item_id)
        .outerjoin(Status, Status.id == Qualification.status_id)
        .outerjoin(author, author.id == Qualification.author_id)
        .outerjoin(resolver, resolver.id == Qualification.resolver_id)
        .where(Qualification.entity_id == entity.id, Customer.id.in_(visible_customers(user, entity)))
        .order_by(Qualification.id, QualificationItem.item_id)
    )  # fmt: skip
    return _records(query)


def actions(user: User, entity: Entity) -> Iterator[Record]:
    """Actions, done ones too, with the numbers of their items: one statement, and one for every thousand."""
    leader, resolver, doer = aliased(Item), aliased(User), aliased(User)
    query = (
        select(
            Action.id.label("action"), *_named(), *_of(Action, _ACTION), Scenario.name.label("scenario"),
            Step.name.label("step"), leader.number.label("leader"), resolver.email.label("resolver"),
            doer.email.label("done_by"), Action.qualification_id.label("qualification"),
        )
        .select_from(Action)
        .join(Customer, Customer.id == Action.customer_id)
        .outerjoin(Scenario, Scenario.id == Action.scenario_id)
        .outerjoin(Step, Step.id == Action.step_id)
        .outerjoin(leader, leader.id == Action.leader_id)
        .outerjoin(resolver, resolver.id == Action.resolver_id)
        .outerjoin(doer, doer.id == Action.done_by_id)
        .where(Action.entity_id == entity.id, Customer.id.in_(visible_customers(user, entity)))
        .order_by(Action.id)
    )  # fmt: skip
    for part in streams.parts(query):
        numbers = _numbers(part)
        for row in part:
            yield {**row._asdict(), "items": numbers.get(row.action, [])}


def _numbers(part: Sequence[Row[Any]]) -> dict[int, list[str]]:
    query = select(ActionItem.action_id, Item.number).join(Item, Item.id == ActionItem.item_id)
    found: dict[int, list[str]] = {}
    for action_id, number in db.session.execute(query.where(ActionItem.action_id.in_([row.action for row in part]))):
        found.setdefault(action_id, []).append(number)
    return found


def messages(user: User, entity: Entity) -> Iterator[Record]:
    """Messages exactly as they left or wait: one statement. Notices of the product itself are the administrators'."""
    mine: ColumnElement[bool] = Message.customer_id.in_(visible_customers(user, entity))
    if user.role is Role.ADMIN:
        mine = or_(mine, Message.customer_id.is_(None))
    sender = aliased(User)
    query = (
        select(Message.id.label("message"), *_named(), Message.action_id.label("action"), *_of(Message, _MESSAGE),
               sender.email.label("sender"))
        .select_from(Message)
        .outerjoin(Customer, Customer.id == Message.customer_id)
        .outerjoin(sender, sender.id == Message.sender_id)
        .where(Message.entity_id == entity.id, mine)
        .order_by(Message.id)
    )  # fmt: skip
    return _records(query)


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
    return ({**record, "entities": own.get(record["id"], [])} for record in _records(query))


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
