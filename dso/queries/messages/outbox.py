"""The outbox as pages and scripts show it: one row a message, newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from dso.db import db
from dso.domain.codes import Channel, MessageKind, MessageState, Role
from dso.models import Action, Customer, Entity, Message, User
from dso.queries import streams
from dso.queries.paging import Slice
from dso.queries.scope import sees_everything, visible_customers

#: Choices of the page: a name and the states it shows; "" shows all.
GROUPS: dict[str, tuple[MessageState, ...]] = {
    "waiting": (MessageState.QUEUED, MessageState.SENDING),
    "attention": (MessageState.UNCERTAIN, MessageState.FAILED),
    "sent": (MessageState.SENT,),
    "withheld": (MessageState.WITHHELD,),
    "cancelled": (MessageState.CANCELLED,),
}
#: A group of its own: letters whose PDF nobody has fetched yet.
TO_PRINT = "print"


@dataclass(frozen=True)
class Filter:
    """What is asked for; empty means everything."""

    group: str = ""
    state: MessageState | None = None
    channel: Channel | None = None
    text: str = ""
    customer_id: int | None = None


@dataclass(frozen=True)
class MessageRow:
    """A message on the list."""

    id: int
    kind: MessageKind
    channel: Channel
    state: MessageState
    recipient: str
    recipient_name: str
    subject: str
    customer_id: int | None
    customer_code: str
    customer_name: str
    action_id: int | None
    action_name: str
    automatic: bool
    queued_at: datetime
    sent_at: datetime | None
    left_on: date | None
    next_try_at: datetime | None
    explanation: str
    to_print: bool

    @property
    def to(self) -> str:
        """The recipient in words: name, address."""
        address = "" if self.channel is Channel.LETTER else self.recipient
        return ", ".join(part for part in (self.recipient_name, address) if part)


@dataclass(frozen=True)
class Found:
    """A page of the list and how many there are."""

    rows: tuple[MessageRow, ...]
    total: int


_COLUMNS = (
    Message.id,
    Message.kind,
    Message.channel,
    Message.state,
    Message.recipient,
    Message.recipient_name,
    Message.subject,
    Message.customer_id,
    Customer.code.label("customer_code"),
    Customer.business_name.label("customer_name"),
    Message.action_id,
    Action.name.label("action_name"),
    Message.automatic,
    Message.queued_at,
    Message.sent_at,
    Message.left_on,
    Message.next_try_at,
    Message.explanation,
    Message.printed_at,
)


def search(user: User, entity: Entity, wanted: Filter, *, page: int, size: int) -> Found:
    """A page of the messages a person may see; two statements."""
    query = _narrowed(_visible(user, entity), wanted)
    total = db.session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    rows = query.order_by(Message.id.desc()).limit(size).offset((page - 1) * size)
    return Found(tuple(_row(one) for one in db.session.execute(rows)), total)


def stream(
    user: User,
    entity: Entity,
    wanted: Filter,
    *,
    where: Sequence[ColumnElement[bool]] = (),
    part: Slice | None = None,
    newest_first: bool = False,
) -> Iterator[MessageRow]:
    """All of them or a part, oldest first for scripts, newest first as the list has them: one statement."""
    query = _narrowed(_visible(user, entity), wanted).where(*where)
    query = query.order_by(Message.id.desc() if newest_first else Message.id)
    query = part.of(query, Message.id) if part else query
    return (_row(one) for one in streams.rows(query))


def to_print(user: User, entity: Entity, wanted: Filter, *, most: int) -> list[Message]:
    """The letters nobody has fetched yet, as the list is narrowed: those written first, so many at most."""
    ids = _narrowed(_visible(user, entity), replace(wanted, group=TO_PRINT)).with_only_columns(Message.id)
    query = select(Message).where(Message.id.in_(ids)).order_by(Message.id).limit(most)
    return list(db.session.scalars(query.options(joinedload(Message.customer))))


def counts(user: User, entity: Entity) -> dict[str, int]:
    """How many messages each group of the page holds."""
    by_state = _visible(user, entity).with_only_columns(Message.state, func.count(), maintain_column_froms=True)
    found: dict[MessageState, int] = {row[0]: row[1] for row in db.session.execute(by_state.group_by(Message.state))}
    letters = _visible(user, entity).where(_to_print())
    counted = {name: sum(found.get(state, 0) for state in states) for name, states in GROUPS.items()}
    total = db.session.scalar(letters.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    return {**counted, TO_PRINT: total, "": sum(found.values())}


def _visible(user: User, entity: Entity) -> Select[Any]:
    columns: Any = _COLUMNS
    query: Select[Any] = (
        select(*columns)
        .select_from(Message)
        .outerjoin(Customer, Customer.id == Message.customer_id)
        .outerjoin(Action, Action.id == Message.action_id)
        .where(Message.entity_id == entity.id)
    )
    if user.role is not Role.ADMIN:
        query = query.where(Message.customer_id.is_not(None))
    if not sees_everything(user):
        mine = Message.customer_id.in_(visible_customers(user, entity))
        query = query.where(or_(mine, Message.customer_id.is_(None)))
    return query


def _narrowed(query: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.group == TO_PRINT:
        query = query.where(_to_print())
    elif wanted.group in GROUPS:
        query = query.where(Message.state.in_(GROUPS[wanted.group]))
    if wanted.state is not None:
        query = query.where(Message.state == wanted.state)
    if wanted.channel is not None:
        query = query.where(Message.channel == wanted.channel)
    if wanted.customer_id is not None:
        query = query.where(Message.customer_id == wanted.customer_id)
    if wanted.text:
        query = query.where(_mentions(wanted.text))
    return query


def _mentions(text: str) -> ColumnElement[bool]:
    fields = (Message.recipient, Message.recipient_name, Message.subject, Customer.code, Customer.business_name)
    return or_(*(field.icontains(text, autoescape=True) for field in fields))


def _to_print() -> ColumnElement[bool]:
    return and_(Message.channel == Channel.LETTER, Message.state == MessageState.SENT, Message.printed_at.is_(None))


def _row(one: Any) -> MessageRow:
    given = one._asdict()
    printed_at = given.pop("printed_at")
    letter = given["channel"] is Channel.LETTER and given["state"] is MessageState.SENT
    given["action_name"] = given["action_name"] or ""
    given["customer_code"] = given["customer_code"] or ""
    given["customer_name"] = given["customer_name"] or ""
    return MessageRow(**given, to_print=letter and printed_at is None)
