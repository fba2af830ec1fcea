"""What programs read: lists in parts with filters, single records, reports."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import ColumnElement, func

from dso import clock
from dso.api import answers, bp
from dso.api.asking import (
    OfCustomer,
    OfEntity,
    asked_part,
    chosen_customer,
    chosen_entity,
    code_of,
    part_answer,
    switch,
    word,
)
from dso.api.fields import Day, schema
from dso.api.operations import described
from dso.domain.codes import (
    OPEN_ACTION_STATES,
    ActionState,
    Channel,
    ItemType,
    MessageState,
    ReplyState,
    StatusType,
    StepType,
)
from dso.domain.permissions import Capability
from dso.http.guard import requires, viewer
from dso.models import Action, Contact, Customer, Entity, Group, Item, Message, Qualification, Reply
from dso.queries import actions, replies, shapes, statuses
from dso.queries.customers import records as customers
from dso.queries.items import records as items
from dso.queries.messages import outbox
from dso.queries.reports.aging import aging
from dso.queries.scope import entities_of

Conditions = list[ColumnElement[bool]]
_sees = requires(Capability.CUSTOMERS_SEE)


class CustomersAsked(OfCustomer):
    """Which customers."""

    group = word("Name of a group.")
    collector = word("E-mail address of the collector.")
    archived = switch()


class ItemsAsked(OfCustomer):
    """Which items."""

    open = switch()
    number = word()
    type = code_of(ItemType)
    status_type = code_of(StatusType)
    due_from = Day(load_default=None, allow_none=False)
    due_to = Day(load_default=None, allow_none=False)


class ActionsAsked(OfCustomer):
    """Which actions."""

    open = switch()
    state = code_of(ActionState)
    type = code_of(StepType)
    on_from = Day(load_default=None, allow_none=False)
    on_to = Day(load_default=None, allow_none=False)


class MessagesAsked(OfCustomer):
    """Which messages."""

    state = code_of(MessageState)
    channel = code_of(Channel)


class RepliesAsked(OfCustomer):
    """Which replies."""

    state = code_of(ReplyState)


class AsOf(OfEntity):
    """A report as at a day."""

    as_of = Day(load_default=None, allow_none=False, metadata={"description": "The day; today where none is named."})


def _page_of(name: str, one: type[Schema]) -> type[Schema]:
    rows = fields.List(fields.Nested(one), required=True)
    return schema(name, {"rows": rows, "next": fields.String(required=True, allow_none=True)})


def _mine(query: Mapping[str, Any], entity: Entity, column: Any) -> Conditions:
    return [column == chosen_customer(entity, query["customer"]).id] if query["customer"] else []


def _since(query: Mapping[str, Any], column: Any) -> Conditions:
    return [column >= query["changed_since"]] if query["changed_since"] else []


def _equal(query: Mapping[str, Any], **columns: Any) -> Conditions:
    """A condition for each word that was asked."""
    return [column == query[name] for name, column in columns.items() if query[name]]


def _between(query: Mapping[str, Any], name: str, column: Any) -> Conditions:
    first, last = query[f"{name}_from"], query[f"{name}_to"]
    return [*([column >= first] if first else []), *([column <= last] if last else [])]


@bp.get("/v1/entities")
@_sees
@described(
    "Selling companies", schema("Entities", {"rows": fields.List(fields.Nested(answers.EntityAnswer), required=True)})
)
def list_entities() -> dict[str, Any]:
    """The companies the program may name."""
    names = ("id", "name", "legal_name", "country", "currency", "timezone")
    return {"rows": [{name: getattr(each, name) for name in names} for each in entities_of(viewer())]}


@bp.get("/v1/customers")
@_sees
@described("Customers with their figures", _page_of("Customers", answers.CustomerAnswer), query=CustomersAsked)
def list_customers(query: dict[str, Any]) -> dict[str, Any]:
    """A part of the customers."""
    entity, part = chosen_entity(query["entity"]), asked_part(query)
    where = _mine(query, entity, Customer.id) + _since(query, Customer.updated_at)
    if query["group"]:
        where.append(Customer.groups.any(Group.name == query["group"]))
    if query["collector"]:
        where.append(Customer.collector.has(email=query["collector"].lower()))
    if query["archived"] is not None:
        where.append(Customer.archived_at.is_not(None) if query["archived"] else Customer.archived_at.is_(None))
    found = customers.records(viewer(), entity, today=clock.today(entity.timezone), where=where, part=part)
    return part_answer(found, part, _id, lambda each: shapes.customer(each, entity.currency))


def _id(record: Mapping[str, Any]) -> int:
    return int(record["id"])


@bp.get("/v1/contacts")
@_sees
@described("Persons at the customers", _page_of("Contacts", answers.ContactAnswer), query=OfCustomer)
def list_contacts(query: dict[str, Any]) -> dict[str, Any]:
    """A part of the contacts."""
    entity, part = chosen_entity(query["entity"]), asked_part(query)
    where = _mine(query, entity, Customer.id) + _since(query, Contact.updated_at)
    found = customers.contact_records(viewer(), entity, where=where, part=part)
    return part_answer(found, part, _id, lambda each: shapes.record(each, entity.currency))


@bp.get("/v1/items")
@_sees
@described("Items, open and cleared", _page_of("Items", answers.ItemAnswer), query=ItemsAsked)
def list_items(query: dict[str, Any]) -> dict[str, Any]:
    """A part of the items."""
    entity, part = chosen_entity(query["entity"]), asked_part(query)
    where = _mine(query, entity, Item.customer_id) + _since(query, Item.updated_at)
    where += _equal(query, number=Item.number, type=Item.type, status_type=Item.status_type)
    where += _between(query, "due", Item.due_on)
    if query["open"] is not None:
        where.append(Item.cleared_on.is_(None) if query["open"] else Item.cleared_on.is_not(None))
    found = items.records_part(viewer(), entity, part, today=clock.today(entity.timezone), where=where)
    return part_answer(found, part, _id, shapes.item)


@bp.get("/v1/actions")
@_sees
@described("Actions, open and ended", _page_of("Actions", answers.ActionAnswer), query=ActionsAsked)
def list_actions(query: dict[str, Any]) -> dict[str, Any]:
    """A part of the actions."""
    entity, part = chosen_entity(query["entity"]), asked_part(query)
    where = _mine(query, entity, Action.customer_id) + _since(query, Action.updated_at)
    where += _equal(query, state=Action.state, type=Action.type) + _between(query, "on", Action.on)
    if query["open"] is not None:
        is_open = Action.state.in_(OPEN_ACTION_STATES)
        where.append(is_open if query["open"] else ~is_open)
    found = actions.action_rows(viewer(), entity, today=clock.today(entity.timezone), where=where, part=part)
    return part_answer(found, part, lambda row: row.id, shapes.action)


@bp.get("/v1/messages")
@_sees
@described("Messages and what became of them", _page_of("Messages", answers.MessageAnswer), query=MessagesAsked)
def list_messages(query: dict[str, Any]) -> dict[str, Any]:
    """A part of the messages."""
    entity, part = chosen_entity(query["entity"]), asked_part(query)
    where = _mine(query, entity, Message.customer_id) + _equal(query, state=Message.state, channel=Message.channel)
    where += _since(query, func.coalesce(Message.sent_at, Message.queued_at))
    found = list(outbox.stream(viewer(), entity, outbox.Filter(), where=where, part=part))
    return part_answer(found, part, lambda row: row.id, shapes.message)


@bp.get("/v1/replies")
@_sees
@described("What debtors and colleagues answered", _page_of("Replies", answers.ReplyAnswer), query=RepliesAsked)
def list_replies(query: dict[str, Any]) -> dict[str, Any]:
    """A part of the replies."""
    entity, part = chosen_entity(query["entity"]), asked_part(query)
    where = _mine(query, entity, Reply.customer_id) + _equal(query, state=Reply.state)
    where += _since(query, func.coalesce(Reply.handled_at, Reply.at))
    found = replies.of_user(viewer(), entity, today=clock.today(entity.timezone), where=where, part=part)
    return part_answer(found, part, lambda row: row.id, shapes.reply)


@bp.get("/v1/qualifications")
@_sees
@described("Acts of tagging", _page_of("Qualifications", answers.QualificationAnswer), query=OfCustomer)
def list_qualifications(query: dict[str, Any]) -> dict[str, Any]:
    """A part of the qualifications."""
    entity, part = chosen_entity(query["entity"]), asked_part(query)
    where = _mine(query, entity, Qualification.customer_id) + _since(query, Qualification.created_at)
    found = statuses.qualifications(viewer(), entity, where=where, part=part)
    return part_answer(found, part, lambda row: row.id, shapes.qualification)


@bp.get("/v1/reports/aging")
@requires(Capability.REPORTS_SEE)
@described("The aging balance per customer", answers.AgingAnswer, query=AsOf)
def report_aging(query: dict[str, Any]) -> dict[str, Any]:
    """The aging balance as at a day, in the company's currency."""
    entity = chosen_entity(query["entity"])
    today = clock.today(entity.timezone)
    return shapes.aging(aging(viewer(), entity, as_of=query["as_of"] or today, today=today))
