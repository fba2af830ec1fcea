"""What programs narrow lists by: from the words of a request to conditions, one function for each list.

`customer_id` is the customer whose records are asked for; a word that is absent, None or empty asks for nothing.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, func

from dso.domain.codes import OPEN_ACTION_STATES
from dso.models import Action, Contact, Customer, Group, Item, Message, Qualification, Reply

Words = Mapping[str, Any]
Conditions = list[ColumnElement[bool]]


def customers(words: Words) -> Conditions:
    """Customers by `group`, `collector` (an address), `archived`, `changed_since`."""
    where = _of_customer(words, Customer.id) + _since(words, Customer.updated_at)
    if words.get("group"):
        where.append(Customer.groups.any(Group.name == words["group"]))
    if words.get("collector"):
        where.append(Customer.collector.has(email=words["collector"].lower()))
    return where + _switched(words, "archived", Customer.archived_at.is_not(None))


def contacts(words: Words) -> Conditions:
    """Contacts by `changed_since`."""
    return _of_customer(words, Customer.id) + _since(words, Contact.updated_at)


def items(words: Words) -> Conditions:
    """Items by `number`, `type`, `status_type`, `due_from`, `due_to`, `open`, `changed_since`."""
    where = _of_customer(words, Item.customer_id) + _since(words, Item.updated_at)
    where += _equal(words, number=Item.number, type=Item.type, status_type=Item.status_type)
    where += _between(words, "due", Item.due_on)
    return where + _switched(words, "open", Item.cleared_on.is_(None))


def actions(words: Words) -> Conditions:
    """Actions by `state`, `type`, `on_from`, `on_to`, `open`, `changed_since`."""
    where = _of_customer(words, Action.customer_id) + _since(words, Action.updated_at)
    where += _equal(words, state=Action.state, type=Action.type) + _between(words, "on", Action.on)
    return where + _switched(words, "open", Action.state.in_(OPEN_ACTION_STATES))


def messages(words: Words) -> Conditions:
    """Messages by `state`, `channel`, `changed_since`: sent since then, or queued where nothing was sent."""
    where = _of_customer(words, Message.customer_id) + _equal(words, state=Message.state, channel=Message.channel)
    return where + _since(words, func.coalesce(Message.sent_at, Message.queued_at))


def replies(words: Words) -> Conditions:
    """Replies by `state`, `changed_since`: handled since then, or come in where nobody handled them."""
    where = _of_customer(words, Reply.customer_id) + _equal(words, state=Reply.state)
    return where + _since(words, func.coalesce(Reply.handled_at, Reply.at))


def qualifications(words: Words) -> Conditions:
    """Qualifications by `changed_since`."""
    return _of_customer(words, Qualification.customer_id) + _since(words, Qualification.created_at)


def _of_customer(words: Words, column: Any) -> Conditions:
    return [column == words["customer_id"]] if words.get("customer_id") else []


def _since(words: Words, column: Any) -> Conditions:
    return [column >= words["changed_since"]] if words.get("changed_since") else []


def _equal(words: Words, **columns: Any) -> Conditions:
    return [column == words[name] for name, column in columns.items() if words.get(name)]


def _between(words: Words, name: str, column: Any) -> Conditions:
    first, last = words.get(f"{name}_from"), words.get(f"{name}_to")
    return [*([column >= first] if first else []), *([column <= last] if last else [])]


def _switched(words: Words, name: str, condition: ColumnElement[bool]) -> Conditions:
    if words.get(name) is None:
        return []
    return [condition if words[name] else ~condition]
