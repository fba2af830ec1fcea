"""What programs read: lists in parts with filters, single records, reports."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from dso import clock
from dso.api import answers, bp
from dso.api.asking import (
    OF_COLLECTOR,
    OF_GROUP,
    OF_ONE,
    OfCustomer,
    Paged,
    asked_part,
    chosen_customer,
    chosen_entity,
    code_of,
    next_part,
    part_answer,
    switch,
    word,
)
from dso.api.fields import Day, schema
from dso.api.operations import described
from dso.domain.codes import (
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
from dso.models import Entity
from dso.queries import actions, asked, replies, shapes, statuses
from dso.queries.customers import records as customers
from dso.queries.items import records as items
from dso.queries.messages import outbox
from dso.queries.reports.aging import AgingRow, aging
from dso.queries.scope import entities_of

_sees = requires(Capability.CUSTOMERS_SEE)


class CustomersAsked(OfCustomer):
    """Which customers."""

    group, collector, archived = OF_GROUP, OF_COLLECTOR, switch()


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


class AgingAsked(Paged):
    """The balance as at a day, of which customers."""

    as_of = Day(load_default=None, allow_none=False, metadata={"description": "The day; today where none is named."})
    customer, group, collector, archived = OF_ONE, OF_GROUP, OF_COLLECTOR, switch()


def _page_of(name: str, one: type[Schema]) -> type[Schema]:
    rows = fields.List(fields.Nested(one), required=True)
    return schema(name, {"rows": rows, "next": fields.String(required=True, allow_none=True)})


def _asked(query: Mapping[str, Any], entity: Entity) -> Mapping[str, Any]:
    """The words of a request, with the id of the customer they name."""
    code = query["customer"]
    return {**query, "customer_id": chosen_customer(entity, code).id if code else None}


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
    where = asked.customers(_asked(query, entity))
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
    where = asked.contacts(_asked(query, entity))
    found = customers.contact_records(viewer(), entity, where=where, part=part)
    return part_answer(found, part, _id, lambda each: shapes.record(each, entity.currency))


@bp.get("/v1/items")
@_sees
@described("Items, open and cleared", _page_of("Items", answers.ItemAnswer), query=ItemsAsked)
def list_items(query: dict[str, Any]) -> dict[str, Any]:
    """A part of the items."""
    entity, part = chosen_entity(query["entity"]), asked_part(query)
    where = asked.items(_asked(query, entity))
    found = items.records_part(viewer(), entity, part, today=clock.today(entity.timezone), where=where)
    return part_answer(found, part, _id, shapes.item)


@bp.get("/v1/actions")
@_sees
@described("Actions, open and ended", _page_of("Actions", answers.ActionAnswer), query=ActionsAsked)
def list_actions(query: dict[str, Any]) -> dict[str, Any]:
    """A part of the actions."""
    entity, part = chosen_entity(query["entity"]), asked_part(query)
    where = asked.actions(_asked(query, entity))
    found = actions.action_rows(viewer(), entity, today=clock.today(entity.timezone), where=where, part=part)
    return part_answer(found, part, lambda row: row.id, shapes.action)


@bp.get("/v1/messages")
@_sees
@described("Messages and what became of them", _page_of("Messages", answers.MessageAnswer), query=MessagesAsked)
def list_messages(query: dict[str, Any]) -> dict[str, Any]:
    """A part of the messages."""
    entity, part = chosen_entity(query["entity"]), asked_part(query)
    where = asked.messages(_asked(query, entity))
    found = list(outbox.stream(viewer(), entity, outbox.Filter(), where=where, part=part))
    return part_answer(found, part, lambda row: row.id, shapes.message)


@bp.get("/v1/replies")
@_sees
@described("What debtors and colleagues answered", _page_of("Replies", answers.ReplyAnswer), query=RepliesAsked)
def list_replies(query: dict[str, Any]) -> dict[str, Any]:
    """A part of the replies."""
    entity, part = chosen_entity(query["entity"]), asked_part(query)
    where = asked.replies(_asked(query, entity))
    found = replies.of_user(viewer(), entity, today=clock.today(entity.timezone), where=where, part=part)
    return part_answer(found, part, lambda row: row.id, shapes.reply)


@bp.get("/v1/qualifications")
@_sees
@described("Acts of tagging", _page_of("Qualifications", answers.QualificationAnswer), query=OfCustomer)
def list_qualifications(query: dict[str, Any]) -> dict[str, Any]:
    """A part of the qualifications."""
    entity, part = chosen_entity(query["entity"]), asked_part(query)
    where = asked.qualifications(_asked(query, entity))
    found = statuses.qualifications(viewer(), entity, where=where, part=part)
    return part_answer(found, part, lambda row: row.id, shapes.qualification)


@bp.get("/v1/reports/aging")
@requires(Capability.REPORTS_SEE)
@described("The aging balance per customer", answers.AgingAnswer, query=AgingAsked)
def report_aging(query: dict[str, Any]) -> dict[str, Any]:
    """The aging balance as at a day, in the company's currency: a part of the rows, and the total of all of them."""
    entity, part = chosen_entity(query["entity"]), asked_part(query)
    today = clock.today(entity.timezone)
    where = asked.customers(_asked(query, entity))
    found = aging(viewer(), entity, as_of=query["as_of"] or today, today=today, customers=where)
    rows = part.of_rows(found.rows, _customer_id)
    return {**shapes.aging(found, part.cut(rows)[0]), "next": next_part(rows, part, _customer_id)}


def _customer_id(row: AgingRow) -> int:
    return row.customer_id
