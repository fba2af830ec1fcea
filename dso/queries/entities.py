"""What the settings pages show of a company, and how far its beginning has come."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, func, select

from dso.db import db
from dso.domain.codes import ActionState, MessageState, Mode
from dso.domain.errors import NotFound
from dso.models import (
    Action,
    BankAccount,
    Contact,
    Customer,
    CustomField,
    Entity,
    Event,
    Group,
    Item,
    Message,
    Status,
    customer_groups,
)
from dso.queries import settings


@dataclass(frozen=True)
class FirstSteps:
    """What is done of what a new company has to do (9.5)."""

    company: bool
    bank_account: bool
    customers: int
    items: int
    without_scenario: int
    without_contact: int
    mail_server: bool
    test_message: bool
    live: bool

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        ready = self.company and self.bank_account and self.mail_server and self.test_message and self.live
        return ready and bool(self.customers and self.items) and not (self.without_scenario or self.without_contact)


def first_steps(entity: Entity, *, installation_server: bool, test_words: str) -> FirstSteps:
    """How far the company has come; `test_words` is the text of the event of a test message."""
    tested = exists().where(Event.entity_id == entity.id, Event.customer_id.is_(None), Event.text == test_words)
    return FirstSteps(
        company=bool(entity.legal_name and entity.address),
        bank_account=bool(entity.bank_accounts),
        customers=_count(select(Customer.id).where(Customer.entity_id == entity.id)),
        items=_count(select(Item.id).where(Item.entity_id == entity.id, Item.cleared_on.is_(None))),
        without_scenario=_count(_owing(entity).where(Customer.scenario_id.is_(None))),
        without_contact=_count(_owing(entity).where(~_reachable())),
        mail_server=bool(entity.smtp_host) or installation_server,
        test_message=bool(db.session.scalar(select(tested))),
        live=settings.is_live(entity),
    )


def _count(query: Select[int]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _owing(entity: Entity) -> Select[int]:
    """Customers of the company with open items."""
    owes = exists().where(Item.account_id == Customer.id, Item.cleared_on.is_(None))
    return select(Customer.id).where(Customer.entity_id == entity.id, Customer.archived_at.is_(None), owes)


def _reachable() -> ColumnElement[bool]:
    return exists().where(Contact.customer_id == Customer.id, Contact.for_collection.is_(True), Contact.email != "")


@dataclass(frozen=True)
class LiveFacts:
    """What turning sending on would mean, for the page that asks."""

    automatic: int
    to_confirm: int
    manual: int
    withheld: int


def live_facts() -> LiveFacts:
    """Open actions by mode, and messages that were withheld, of all companies."""
    open_states = (ActionState.PLANNED, ActionState.CONFIRMED, ActionState.QUEUED, ActionState.ERROR)
    by_mode = select(Action.mode, func.count()).where(Action.state.in_(open_states)).group_by(Action.mode)
    counts = dict(db.session.execute(by_mode).all())
    withheld = select(func.count()).where(Message.state == MessageState.WITHHELD)
    return LiveFacts(
        counts.get(Mode.AUTOMATIC, 0),
        counts.get(Mode.CONFIRM, 0),
        counts.get(Mode.MANUAL, 0),
        db.session.scalar(withheld) or 0,
    )


def get_account(entity: Entity, account_id: int) -> BankAccount:
    """A bank account of the company; NotFound otherwise."""
    found = next((account for account in entity.bank_accounts if account.id == account_id), None)
    if found is None:
        raise NotFound("There is no such bank account.")
    return found


@dataclass(frozen=True)
class GroupRow:
    """A group and how many customers are in it."""

    id: int
    name: str
    customers: int


def group_rows(entity: Entity) -> list[GroupRow]:
    """The groups of a company by name."""
    members = func.count(customer_groups.c.customer_id)
    query = (
        select(Group.id, Group.name, members)
        .outerjoin(customer_groups, customer_groups.c.group_id == Group.id)
        .where(Group.entity_id == entity.id)
        .group_by(Group.id, Group.name)
        .order_by(func.lower(Group.name))
    )
    return [GroupRow(*row) for row in db.session.execute(query)]


def get_group(entity: Entity, group_id: int) -> Group:
    """A group of the company; NotFound otherwise."""
    found = db.session.get(Group, group_id)
    if found is None or found.entity_id != entity.id:
        raise NotFound("There is no such group.")
    return found


def custom_fields() -> list[CustomField]:
    """All definitions, those of customers first."""
    return list(db.session.scalars(select(CustomField).order_by(CustomField.subject, CustomField.position)))


def get_field(field_id: int) -> CustomField:
    """A definition; NotFound otherwise."""
    found = db.session.get(CustomField, field_id)
    if found is None:
        raise NotFound("There is no such field.")
    return found


def all_statuses() -> list[Status]:
    """All statuses, retired ones too, in the order of the settings page."""
    return list(db.session.scalars(select(Status).order_by(Status.position, Status.id)))


def any_status(status_id: int) -> Status:
    """A status by id; NotFound otherwise."""
    found = db.session.get(Status, status_id)
    if found is None:
        raise NotFound("There is no such status.")
    return found
