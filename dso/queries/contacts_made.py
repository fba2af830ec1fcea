"""Dunning contacts: messages of actions that left or are about to, and conversations (11.2). Spacing and budget."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import ColumnElement, select

from dso.db import db
from dso.domain.codes import CONVERSATIONS, ActionKind, Flavour, MessageKind, MessageState
from dso.models import Action, ContactLog, Entity, Message

#: Days over which the contact budget counts.
WEEK = 7
#: Messages that left, and messages that may leave any moment.
LEFT = (MessageState.SENT, MessageState.UNCERTAIN, MessageState.WITHHELD)
_LEAVING = (MessageState.QUEUED, MessageState.SENDING)

#: An action and its occurrence: by letter and e-mail it is one contact.
Occurrence = tuple[int | None, int]


@dataclass(slots=True)
class Contacts:
    """The contacts of one account, or of one address, in the last days."""

    last_on: date | None = None
    #: Occurrences sent by the clock, and all of them, within the week.
    automatic: set[Occurrence] = field(default_factory=set)
    messages: set[Occurrence] = field(default_factory=set)
    #: Those of them that have not left yet.
    waiting: set[Occurrence] = field(default_factory=set)
    conversations: int = 0

    def automatic_but(self, action_id: int | None) -> int:
        """How many messages of the clock, without those of one action."""
        return sum(1 for one in self.automatic if self._counts(one, action_id))

    def all_but(self, action_id: int | None) -> int:
        """How many contacts in all, without the messages of one action."""
        return self.conversations + sum(1 for one in self.messages if self._counts(one, action_id))

    def _counts(self, one: Occurrence, action_id: int | None) -> bool:
        """Of two messages that wait for the same budget the earlier action goes first, or both would wait for ever."""
        if one[0] == action_id:
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
    query = select(
        Message.customer_id,
        Message.action_id,
        Message.occurrence,
        Message.recipient,
        Message.automatic,
        Message.left_on,
        (Action.kind == ActionKind.ONE_OFF).label("answer"),
    ).join(Action, Action.id == Message.action_id)
    query = query.where(
        Message.entity_id == entity.id,
        Message.kind == MessageKind.ACTION,
        Action.flavour != Flavour.INTERNAL,
        _recent(first),
    )
    if ids is not None:
        query = query.where(Message.customer_id.in_(ids) | Message.recipient.in_(addresses or ()))
    for customer_id, action_id, occurrence, recipient, automatic, left_on, answer in db.session.execute(query):
        for one in _of(book, customer_id, recipient):
            if left_on is not None:
                one.last_on = max(left_on, one.last_on or left_on)
            if not answer and (left_on is None or left_on >= week):
                _spend(one, (action_id, occurrence), automatic, waits=left_on is None)
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


def _spend(one: Contacts, occurrence: Occurrence, automatic: bool, *, waits: bool) -> None:
    """What uses the budget up; answers, which are outside the plan, do not (3.4)."""
    one.messages.add(occurrence)
    if waits:
        one.waiting.add(occurrence)
    if automatic:
        one.automatic.add(occurrence)


def _add_conversations(book: ContactBook, entity: Entity, first: date, week: date, ids: Collection[int] | None) -> None:
    query = select(ContactLog.customer_id, ContactLog.on).where(
        ContactLog.entity_id == entity.id, ContactLog.on >= first, ContactLog.outcome.in_(CONVERSATIONS)
    )
    if ids is not None:
        query = query.where(ContactLog.customer_id.in_(ids))
    for customer_id, on in db.session.execute(query):
        one = book.by_account.setdefault(customer_id, Contacts())
        one.last_on = max(on, one.last_on or on)
        one.conversations += on >= week
