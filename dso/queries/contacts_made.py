"""Dunning contacts: messages of actions that left or are about to, and conversations (11.2). Spacing and budget."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from dso.db import among, db, narrowed
from dso.domain.codes import CONVERSATIONS, ActionKind, Flavour, MessageKind, MessageState
from dso.models import Action, ContactLog, Customer, Entity, Message

#: Days over which the contact budget counts.
WEEK = 7
#: Messages that left, and messages that may leave any moment.
LEFT = (MessageState.SENT, MessageState.UNCERTAIN, MessageState.WITHHELD)
_LEAVING = (MessageState.QUEUED, MessageState.SENDING)
#: Of messages bound to another one, that one.
_first = aliased(Message)

#: An action and its occurrence: by letter and e-mail it is one contact. Of messages that left as one it is the first's.
Occurrence = tuple[int | None, int]
#: Payment centre and step of a message of the clock: those that wait with the same leave as one (3.4).
Journey = tuple[int, int]


@dataclass(slots=True)
class Contacts:
    """The contacts of one account, or of one address, in the last days."""

    last_on: date | None = None
    #: Occurrences sent by the clock, and all of them, within the week; each with the actions it was for.
    automatic: dict[Occurrence, set[int | None]] = field(default_factory=dict)
    messages: dict[Occurrence, set[int | None]] = field(default_factory=dict)
    #: Those of them that have not left yet, with what they could leave together with.
    waiting: dict[Occurrence, Journey | None] = field(default_factory=dict)
    conversations: int = 0

    def automatic_but(self, action_id: int | None, journey: Journey | None = None) -> int:
        """How many messages of the clock, without those of one action and those it would leave together with."""
        return sum(1 for one, of in self.automatic.items() if self._counts(one, of, action_id, journey))

    def all_but(self, action_id: int | None, journey: Journey | None = None) -> int:
        """How many contacts in all, without the messages of one action and those it would leave together with."""
        counted = sum(1 for one, of in self.messages.items() if self._counts(one, of, action_id, journey))
        return self.conversations + counted

    def _counts(self, one: Occurrence, of: set[int | None], action_id: int | None, journey: Journey | None) -> bool:
        """Of two messages that wait for the same budget the earlier action goes first, or both would wait for ever."""
        if action_id in of or (journey is not None and self.waiting.get(one) == journey):
            return False
        waits_too = one in self.waiting and any(action == action_id for action, _occurrence in self.waiting)
        return not (waits_too and (one[0] or 0) > (action_id or 0))


@dataclass(frozen=True, slots=True)
class ContactBook:
    """Contacts by account and by address."""

    by_account: dict[int, Contacts]
    by_address: dict[str, Contacts]


def recent(
    entity: Entity, today: date, *, days: int, ids: Collection[int] | None, addresses: Collection[str] | None = None
) -> ContactBook:
    """The contacts of the last days, at least of the week of the budget; two statements.

    With `ids` the accounts are narrowed to these, messages to one of their `addresses` still counted.
    """
    first = today - timedelta(days=max(days, WEEK) - 1)
    week = today - timedelta(days=WEEK - 1)
    book = ContactBook({}, {})
    query = _messages().where(
        Message.entity_id == entity.id,
        Message.kind == MessageKind.ACTION,
        Action.flavour != Flavour.INTERNAL,
        _recent(first),
    )
    if ids is not None:
        query = query.where(among(Message.customer_id, ids) | among(Message.recipient, addresses or ()))
    for row in db.session.execute(query):
        for one in _of(book, row.customer_id, row.recipient):
            if row.left_on is not None:
                one.last_on = max(row.left_on, one.last_on or row.left_on)
            if row.kind is not ActionKind.ONE_OFF and (row.left_on is None or row.left_on >= week):
                _spend(one, row)
    _add_conversations(book, entity, first, week, ids)
    return book


def _recent(first: date) -> ColumnElement[bool]:
    left = Message.state.in_(LEFT) & (Message.left_on >= first)
    return left | Message.state.in_(_LEAVING)


def _of(book: ContactBook, customer_id: int | None, recipient: str) -> Iterable[Contacts]:
    if customer_id is not None:
        yield book.by_account.setdefault(customer_id, Contacts())
    if "@" in recipient:
        yield book.by_address.setdefault(recipient.lower(), Contacts())


def _messages() -> Any:
    """Messages of actions with what the budget goes by; of those bound to another one the first's occurrence."""
    return (
        select(
            Message.customer_id,
            Message.action_id,
            func.coalesce(_first.action_id, Message.action_id).label("counted_as"),
            func.coalesce(_first.occurrence, Message.occurrence).label("occurrence"),
            Message.recipient,
            Message.automatic,
            Message.left_on,
            Action.kind,
            Action.step_id,
            Customer.payment_centre_id,
        )
        .join(Action, Action.id == Message.action_id)
        .join(Customer, Customer.id == Action.customer_id)
        .outerjoin(_first, _first.id == Message.bundle_id)
    )


def _spend(one: Contacts, row: Any) -> None:
    """What uses the budget up; answers, which are outside the plan, do not (3.4)."""
    occurrence = (row.counted_as, row.occurrence)
    one.messages.setdefault(occurrence, set()).add(row.action_id)
    if row.left_on is None:
        joins = row.automatic and row.payment_centre_id is not None and row.step_id is not None
        one.waiting[occurrence] = (row.payment_centre_id, row.step_id) if joins else None
    if row.automatic:
        one.automatic.setdefault(occurrence, set()).add(row.action_id)


def _add_conversations(book: ContactBook, entity: Entity, first: date, week: date, ids: Collection[int] | None) -> None:
    query = select(ContactLog.customer_id, ContactLog.on).where(
        ContactLog.entity_id == entity.id, ContactLog.on >= first, ContactLog.outcome.in_(CONVERSATIONS)
    )
    for customer_id, on in db.session.execute(narrowed(query, ContactLog.customer_id, ids)):
        one = book.by_account.setdefault(customer_id, Contacts())
        one.last_on = max(on, one.last_on or on)
        one.conversations += on >= week
