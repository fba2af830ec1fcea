"""What a person needs beside an action: whom to talk to, about which items, what was said lately."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from dso.db import db
from dso.domain.codes import ActionKind
from dso.models import Action, ActionItem, Contact, CustomerState, Event, Item, PaymentCentre

#: The sheet shows the oldest items and the latest entries; the customer file shows all.
ITEMS, EVENTS = 12, 5


@dataclass(frozen=True)
class SheetItem:
    """An item the action is about."""

    id: int
    number: str
    due_on: date
    remaining: Decimal
    currency: str
    status: str
    status_type: str
    comment: str
    detached: bool


@dataclass(frozen=True)
class SheetContact:
    """A person to talk to."""

    id: int
    name: str
    role: str
    phone: str
    mobile: str
    email: str
    for_collection: bool
    bounced: bool


@dataclass(frozen=True)
class SheetEvent:
    """An entry of the timeline."""

    at: datetime
    text: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """The call sheet of an action."""

    items: list[SheetItem]
    contacts: list[SheetContact]
    events: list[SheetEvent]
    state: CustomerState | None


def sheet(action: Action) -> Sheet:
    """Everything beside one action, in five statements."""
    return Sheet(_items(action), _contacts(action), _events(action), db.session.get(CustomerState, action.customer_id))


def _items(action: Action) -> list[SheetItem]:
    """The items of a specific action; of another one the overdue open ones of the account, oldest first."""
    query = select(Item).options(selectinload(Item.status))
    if action.kind is not ActionKind.SCENARIO and action.items:
        query = query.join(ActionItem).where(ActionItem.action_id == action.id).order_by(Item.due_on, Item.number)
    else:
        query = query.where(Item.account_id == action.customer_id, Item.cleared_on.is_(None), Item.remaining > 0)
        query = query.order_by(Item.due_on, Item.number).limit(ITEMS)
    gone = {row.item_id for row in action.items if row.detached_at}
    return [
        SheetItem(
            item.id,
            item.number,
            item.due_on,
            item.remaining,
            item.currency,
            item.status.name if item.status else "",
            item.status_type.value if item.status_type else "",
            item.status_comment,
            item.id in gone,
        )
        for item in db.session.scalars(query)
    ]


def _contacts(action: Action) -> list[SheetContact]:
    centre = select(PaymentCentre.contact_id).where(PaymentCentre.id == action.customer.payment_centre_id)
    query = select(Contact).where((Contact.customer_id == action.customer_id) | Contact.id.in_(centre))
    return [
        SheetContact(c.id, c.full_name, c.role.value, c.phone, c.mobile, c.email, c.for_collection, c.bounced)
        for c in db.session.scalars(query.order_by(Contact.for_collection.desc(), Contact.id))
    ]


def _events(action: Action) -> list[SheetEvent]:
    query = select(Event).where(Event.customer_id == action.customer_id).order_by(Event.id.desc()).limit(EVENTS)
    return [SheetEvent(e.at, e.text, dict(e.data.get("params", {}))) for e in db.session.scalars(query)]
