"""One record by its id; what is not the program's to see is not there."""

from typing import Any

from dso import clock
from dso.api import answers, bp
from dso.api.operations import described
from dso.db import db
from dso.domain.errors import NotFound
from dso.domain.permissions import Capability
from dso.http.guard import requires, viewer
from dso.models import Action, Customer, Entity, Item, Message
from dso.queries import actions, replies, scope, shapes
from dso.queries.customers import records as customers
from dso.queries.items import records as items
from dso.queries.messages import outbox
from dso.queries.paging import Slice

_sees = requires(Capability.CUSTOMERS_SEE)
_ONE = Slice(0, 1)


@bp.get("/v1/customers/<int:customer_id>")
@_sees
@described("A customer", answers.CustomerAnswer)
def one_customer(customer_id: int) -> dict[str, Any]:
    """A customer with its figures."""
    entity = scope.get_customer(viewer(), customer_id).entity
    where = [Customer.id == customer_id]
    found = customers.records(viewer(), entity, today=clock.today(entity.timezone), where=where)
    return shapes.customer(found[0], entity.currency)


@bp.get("/v1/items/<int:item_id>")
@_sees
@described("An item", answers.ItemAnswer)
def one_item(item_id: int) -> dict[str, Any]:
    """An item, open or cleared."""
    entity = scope.get_items(viewer(), [item_id])[0].customer.entity
    where = [Item.id == item_id]
    found = items.records_part(viewer(), entity, _ONE, today=clock.today(entity.timezone), where=where)
    return shapes.item(found[0])


@bp.get("/v1/actions/<int:action_id>")
@_sees
@described("An action", answers.ActionAnswer)
def one_action(action_id: int) -> dict[str, Any]:
    """An action, open or ended."""
    entity = db.session.get_one(Entity, scope.get_action(viewer(), action_id).entity_id)
    where = [Action.id == action_id]
    found = actions.action_rows(viewer(), entity, today=clock.today(entity.timezone), where=where, part=_ONE)
    return shapes.action(found[0])


@bp.get("/v1/messages/<int:message_id>")
@_sees
@described("A message", answers.MessageAnswer)
def one_message(message_id: int) -> dict[str, Any]:
    """A message and what became of it."""
    entity_id = scope.get_message(viewer(), message_id).entity_id
    entity = db.session.get(Entity, entity_id) if entity_id else None
    if entity is None:
        raise NotFound("There is no such message.")
    where = [Message.id == message_id]
    return shapes.message(next(outbox.stream(viewer(), entity, outbox.Filter(), where=where, part=_ONE)))


@bp.get("/v1/replies/<int:reply_id>")
@_sees
@described("A reply", answers.ReplyAnswer)
def one_reply(reply_id: int) -> dict[str, Any]:
    """What somebody answered."""
    reply = scope.get_reply(viewer(), reply_id)
    entity = db.session.get_one(Entity, reply.entity_id)
    return shapes.reply(replies.one(reply, today=clock.today(entity.timezone)))
