"""Removing what an import made: set statements, once nothing of other people's depends on it."""

from typing import Any

from sqlalchemy import Text, and_, cast, delete, exists, or_, select, update

from dso.db import db
from dso.domain.codes import Consumed, ImportKind, MessageState
from dso.models import (
    Action,
    ActionItem,
    ConsumedStep,
    Contact,
    ContactLog,
    Customer,
    CustomerColleague,
    CustomerState,
    CustomField,
    Event,
    Group,
    ImportRun,
    Item,
    ItemChange,
    Message,
    OtherGuarantee,
    PaymentCentre,
    Rate,
    RejectedRow,
    User,
    customer_groups,
)
from dso.models.users import user_entities
from dso.services.imports import befores
from dso.services.imports.befores import made_by, table_of

_QUIET = {"synchronize_session": False}
WHY = "the import was taken back"


def _run(*statements: Any) -> None:
    for statement in statements:
        db.session.execute(statement, execution_options=_QUIET)


def detach(run: ImportRun) -> None:
    """Take what the engine planned from the records that go; waiting messages of theirs are cancelled.

    What the run rejected lacks in nobody's ledger any more.
    """
    _run(update(RejectedRow).where(RejectedRow.import_run_id == run.id, RejectedRow.pending).values(pending=False))
    if run.kind is ImportKind.ITEMS:
        _detach_items(run)
    _detach_contacts(made_by(run, table_of(Contact)))
    _detach_customers(made_by(run, table_of(Customer)))
    steps = ConsumedStep.id.in_(made_by(run, table_of(ConsumedStep)))
    _run(delete(ConsumedStep).where(steps, ConsumedStep.how == Consumed.PASSED_OVER))


def _new_items(run: ImportRun) -> Any:
    """Conditions on the items of the run: of an entity nothing else makes items, and later runs are taken back."""
    return and_(Item.id > run.entity_before["last_item"], Item.entity_id == run.entity_id)


def _detach_items(run: ImportRun) -> None:
    new = select(Item.id).where(_new_items(run)).scalar_subquery()
    planned = select(Action.id).where(Action.kind == "scenario")
    _run(
        update(CustomerState).where(CustomerState.leader_id.in_(new)).values(leader_id=None, leader_since_on=None),
        update(Action).where(Action.leader_id.in_(new)).values(leader_id=None),
        delete(ConsumedStep).where(ConsumedStep.leader_id.in_(new), ConsumedStep.how == Consumed.PASSED_OVER),
        delete(ActionItem).where(ActionItem.item_id.in_(new), ActionItem.action_id.in_(planned)),
        delete(ItemChange).where(ItemChange.item_id.in_(new)),
    )


def _detach_contacts(made: Any) -> None:
    _run(
        update(Message).where(Message.contact_id.in_(made)).values(contact_id=None),
        update(ContactLog).where(ContactLog.contact_id.in_(made)).values(contact_id=None),
    )


def _detach_customers(made: Any) -> None:
    """What stands on their timelines stays in the history of the entity."""
    actions = select(Action.id).where(Action.customer_id.in_(made)).scalar_subquery()
    waiting = or_(Message.customer_id.in_(made), Message.action_id.in_(actions))
    cancelled = {"state": MessageState.CANCELLED, "explanation": WHY}
    _run(
        update(Message).where(waiting, Message.state == MessageState.QUEUED).values(cancelled),
        update(Message).where(waiting).values(customer_id=None, action_id=None),
        update(Event).where(Event.customer_id.in_(made)).values(customer_id=None),
        update(RejectedRow).where(RejectedRow.customer_id.in_(made)).values(customer_id=None, pending=False),
        delete(CustomerState).where(CustomerState.customer_id.in_(made)),
        delete(ConsumedStep).where(ConsumedStep.account_id.in_(made), ConsumedStep.how == Consumed.PASSED_OVER),
        delete(ActionItem).where(ActionItem.action_id.in_(actions)),
        delete(Action).where(Action.customer_id.in_(made)),
        delete(CustomerColleague).where(CustomerColleague.customer_id.in_(made)),
        delete(OtherGuarantee).where(OtherGuarantee.customer_id.in_(made)),
        delete(customer_groups).where(customer_groups.c.customer_id.in_(made)),
        update(Customer).where(Customer.collected_by_id.in_(made)).values(collected_by_id=None),
    )


def remove(run: ImportRun) -> None:
    """Remove the records themselves; those that hold others last."""
    if run.kind is ImportKind.ITEMS:
        _run(delete(Item).where(_new_items(run)))
    groups = made_by(run, table_of(Group))
    own = befores.changed_by(run, customer_groups)
    people, changed = made_by(run, table_of(User)), befores.changed_by(run, table_of(User))
    centres = PaymentCentre.id.in_(made_by(run, table_of(PaymentCentre)))
    _run(
        update(PaymentCentre).where(centres).values(contact_id=None),
        delete(Contact).where(Contact.id.in_(made_by(run, table_of(Contact)))),
        delete(Customer).where(Customer.id.in_(made_by(run, table_of(Customer)))),
        delete(customer_groups).where(customer_groups.c.customer_id.in_(own), customer_groups.c.group_id.in_(groups)),
        delete(Group).where(Group.id.in_(groups)),
        delete(PaymentCentre).where(centres),
        delete(user_entities).where(user_entities.c.user_id.in_(people)),
        update(User).where(User.deputy_id.in_(people), User.id.in_(changed)).values(deputy_id=None),
        delete(User).where(User.id.in_(people)),
        delete(Rate).where(Rate.id.in_(made_by(run, table_of(Rate)))),
    )


def remove_custom_fields(run: ImportRun) -> None:
    """Forget the custom fields the run defined, unless another company has values in them by now."""
    query = select(CustomField).where(CustomField.id.in_(made_by(run, table_of(CustomField))))
    for field in db.session.scalars(query).all():
        custom = Customer.custom if field.subject == "customer" else Item.custom
        named = cast(custom, Text).contains(f'"{field.code}":', autoescape=True)
        if not db.session.scalar(select(exists().where(named))):
            db.session.delete(field)
    db.session.flush()
