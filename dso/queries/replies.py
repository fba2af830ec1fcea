"""Replies for the team and for the debtor: lists, what waits, what waits too long."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from dso.db import db
from dso.domain.calendars import WorkingCalendar
from dso.domain.codes import ReplyKind, ReplyState, Role
from dso.models import Attachment, Customer, Entity, Item, Link, Reply, ReplyItem, User
from dso.queries import calendars, settings, streams
from dso.queries.paging import Slice
from dso.queries.scope import visible_customers
from dso.queries.statement import FileRef

#: Characters that LIKE gives a meaning.
_LITERAL = re.compile("[/%_]")


@dataclass(frozen=True)
class ItemRef:
    """An item an answer speaks of."""

    id: int
    number: str
    remaining: Decimal
    currency: str
    is_open: bool


@dataclass(frozen=True)
class ReplyRow:
    """An answer with all that a list shows of it."""

    id: int
    customer_id: int
    customer_code: str
    customer_name: str
    collector: str
    author: str
    email: str
    at: datetime
    channel: str
    internal: bool
    kind: ReplyKind
    text: str
    reason: str
    promised_on: date | None
    paid_on: date | None
    amount: Decimal | None
    currency: str
    resolved: bool
    state: ReplyState
    handled_at: datetime | None
    handled_by: str
    items: tuple[ItemRef, ...]
    files: tuple[FileRef, ...]
    #: New for longer than `reply.escalate_days` working days: the managers' matter too.
    escalated: bool = False


@dataclass(frozen=True)
class Filter:
    """Which replies: `state` "new", "handled" or "all"; the replies of one collector; some text."""

    state: str = "new"
    collector_id: int | None = None
    text: str = ""
    customer_id: int | None = None
    escalated: bool = False


@dataclass(frozen=True)
class Counts:
    """Numbers beside the filters, and how many of the new ones wait too long."""

    new: int
    handled: int
    escalated: int


@dataclass(frozen=True)
class Found:
    """One page of replies and how many there are."""

    rows: tuple[ReplyRow, ...]
    total: int


def _visible(user: User, entity: Entity, collector_id: int | None, today: date) -> Select[Any]:
    """The replies a user may see; of one collector the own portfolio and what was left to its deputy too long."""
    query = (
        select(Reply.id)
        .join(Customer, Customer.id == Reply.customer_id)
        .where(Reply.entity_id == entity.id, Customer.id.in_(visible_customers(user, entity)))
    )
    if collector_id is None:
        return query
    deputed = select(User.id).where(User.deputy_id == collector_id)
    left = Customer.collector_id.in_(deputed) & Reply.id.in_(_escalated(entity, today))
    return query.where(or_(Customer.collector_id == collector_id, left))


def _filtered(user: User, entity: Entity, wanted: Filter, today: date) -> Select[Any]:
    query = _visible(user, entity, wanted.collector_id, today)
    if wanted.state == "new":
        query = query.where(Reply.state == ReplyState.NEW)
    elif wanted.state == "handled":
        query = query.where(Reply.state != ReplyState.NEW)
    if wanted.customer_id is not None:
        query = query.where(Reply.customer_id == wanted.customer_id)
    if wanted.escalated:
        query = query.where(Reply.id.in_(_escalated(entity, today)))
    for word in wanted.text.split():
        like = _LITERAL.sub(r"/\g<0>", word).join("%%")
        columns = (Customer.business_name, Customer.code, Reply.author, Reply.email, Reply.text)
        query = query.where(or_(*(column.ilike(like, escape="/") for column in columns)))
    return query


def _escalated(entity: Entity, today: date) -> set[int]:
    """The new replies that wait longer than they may; few wait at any time."""
    waiting = select(Reply.id, Reply.at).where(Reply.entity_id == entity.id, Reply.state == ReplyState.NEW)
    rule = _Patience(entity, today)
    return {reply_id for reply_id, at in db.session.execute(waiting) if rule.is_over(at)}


class _Patience:
    """How long a reply may wait: whole working days of the entity after the day it came."""

    def __init__(self, entity: Entity, today: date) -> None:
        self._days = settings.number(entity, "reply.escalate_days")
        self._calendar: WorkingCalendar = calendars.of_entity(entity)
        self._zone = ZoneInfo(entity.timezone)
        self._today = today

    def is_over(self, at: datetime) -> bool:
        """Whether a reply of that instant has waited long enough."""
        return self._calendar.add(at.astimezone(self._zone).date(), self._days) < self._today


def counts(user: User, entity: Entity, *, today: date, collector_id: int | None = None) -> Counts:
    """What is new, handled, and waits too long, of the replies a user may see."""
    mine = _visible(user, entity, collector_id, today)
    rows = db.session.execute(select(Reply.state, func.count()).where(Reply.id.in_(mine)).group_by(Reply.state))
    by_state = {state: int(count) for state, count in rows}
    new = by_state.pop(ReplyState.NEW, 0)
    late = _escalated(entity, today)
    escalated = db.session.scalar(select(func.count()).select_from(mine.where(Reply.id.in_(late)).subquery())) or 0
    return Counts(new, sum(by_state.values()), escalated)


def search(user: User, entity: Entity, wanted: Filter, *, today: date, page: int = 1, size: int = 50) -> Found:
    """A page of replies: new ones oldest first, handled ones the latest first."""
    ids = _filtered(user, entity, wanted, today)
    total = db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    chosen = _rows(Reply.id.in_(ids)).order_by(_order(wanted)).limit(size).offset((page - 1) * size)
    return Found(_read(chosen, entity, today), total)


def stream(user: User, entity: Entity, wanted: Filter, *, today: date) -> Iterator[ReplyRow]:
    """All of them in the order of the list, for exports: one statement, and two for every thousand."""
    query = _rows(Reply.id.in_(_filtered(user, entity, wanted, today))).order_by(_order(wanted))
    for part in streams.parts(query):
        yield from _built(part, entity, today)


def _order(wanted: Filter) -> Any:
    return Reply.id if wanted.state == "new" else Reply.id.desc()


def of_user(
    user: User,
    entity: Entity,
    *,
    today: date,
    customer_id: int | None = None,
    where: Sequence[ColumnElement[bool]] = (),
    part: Slice | None = None,
) -> tuple[ReplyRow, ...]:
    """All replies a user may see or a part of them, oldest first, for scripts."""
    wanted = Filter(state="all", customer_id=customer_id)
    query = _rows(Reply.id.in_(_filtered(user, entity, wanted, today)), *where).order_by(Reply.id)
    query = part.of(query, Reply.id) if part else query
    return _read(query, entity, today)


def waiting_of(customer: Customer, *, today: date) -> tuple[ReplyRow, ...]:
    """The new replies of an account, oldest first: what the customer file shows. The caller checked the scope."""
    query = _rows(Reply.customer_id == customer.id, Reply.state == ReplyState.NEW).order_by(Reply.id)
    return _read(query, customer.entity, today)


def one(reply: Reply, *, today: date) -> ReplyRow:
    """One reply as lists show it."""
    entity = db.session.get_one(Entity, reply.entity_id)
    return _read(_rows(Reply.id == reply.id), entity, today)[0]


def given_by(customer: Customer, *, today: date, limit: int = 20) -> tuple[ReplyRow, ...]:
    """What the debtor answered on its pages, latest first; not colleagues' answers, nor e-mails of other people."""
    links = select(Link.id).where(Link.customer_id == customer.id)
    mine = or_(Reply.customer_id == customer.id, Reply.link_id.in_(links))
    query = _rows(mine, Reply.internal.is_(False), Reply.channel == "page")
    return _read(query.order_by(Reply.id.desc()).limit(limit), customer.entity, today)


def by_link(link: Link, *, today: date, limit: int = 20) -> tuple[ReplyRow, ...]:
    """What was answered by one link, latest first: a colleague sees the own answers only."""
    query = _rows(Reply.link_id == link.id).order_by(Reply.id.desc()).limit(limit)
    return _read(query, link.customer.entity, today)


def _rows(*conditions: Any) -> Select[Any]:
    collector, handler = aliased(User), aliased(User)
    query: Any = (
        select(Reply, Customer.code, Customer.business_name, collector, handler)
        .join(Customer, Customer.id == Reply.customer_id)
        .outerjoin(collector, collector.id == Customer.collector_id)
        .outerjoin(handler, handler.id == Reply.handled_by_id)
        .where(*conditions)
    )
    return cast(Select[Any], query)


def _read(query: Select[Any], entity: Entity, today: date) -> tuple[ReplyRow, ...]:
    return _built(db.session.execute(query).all(), entity, today)


def _built(found: Sequence[Any], entity: Entity, today: date) -> tuple[ReplyRow, ...]:
    ids = [row[0].id for row in found]
    items, files = _items_of(ids), _files_of(ids)
    rule = _Patience(entity, today)
    return tuple(
        ReplyRow(
            id=reply.id,
            customer_id=reply.customer_id,
            customer_code=code,
            customer_name=name,
            collector=collector.full_name if collector else "",
            author=reply.author,
            email=reply.email,
            at=reply.at,
            channel=reply.channel,
            internal=reply.internal,
            kind=reply.kind,
            text=reply.text,
            reason=reply.reason,
            promised_on=reply.promised_on,
            paid_on=reply.paid_on,
            amount=reply.amount,
            currency=reply.currency,
            resolved=reply.resolved,
            state=reply.state,
            handled_at=reply.handled_at,
            handled_by=handler.full_name if handler else "",
            items=items.get(reply.id, ()),
            files=files.get(reply.id, ()),
            escalated=reply.state is ReplyState.NEW and rule.is_over(reply.at),
        )
        for reply, code, name, collector, handler in found
    )


def _items_of(ids: Sequence[int]) -> dict[int, tuple[ItemRef, ...]]:
    query = (
        select(ReplyItem.reply_id, Item.id, Item.number, Item.remaining, Item.currency, Item.cleared_on)
        .join(Item, Item.id == ReplyItem.item_id)
        .where(ReplyItem.reply_id.in_(ids))
        .order_by(Item.due_on, Item.number, Item.id)
    )
    found: dict[int, list[ItemRef]] = {}
    for reply_id, item_id, number, remaining, currency, cleared_on in db.session.execute(query):
        found.setdefault(reply_id, []).append(ItemRef(item_id, number, remaining, currency, cleared_on is None))
    return {reply_id: tuple(rows) for reply_id, rows in found.items()}


def _files_of(ids: Sequence[int]) -> dict[int, tuple[FileRef, ...]]:
    query = select(Attachment.reply_id, Attachment.id, Attachment.name, Attachment.size)
    query = query.where(Attachment.reply_id.in_(ids)).order_by(Attachment.id)
    found: dict[int, list[FileRef]] = {}
    for reply_id, file_id, name, size in db.session.execute(query):
        if reply_id is not None:
            found.setdefault(reply_id, []).append(FileRef(file_id, name, size))
    return {reply_id: tuple(rows) for reply_id, rows in found.items()}


def readers(customer: Customer, *, today: date) -> list[User]:
    """Who is told that an answer came: the collector, and the deputy while away; else the first administrator."""
    collector = customer.collector
    if collector is not None and collector.active:
        return [collector, *_deputy(collector, today)]
    return _administrators(customer.entity_id)


def _deputy(user: User, today: date) -> list[User]:
    away = user.absent_from and user.absent_from <= today and (user.absent_to is None or today <= user.absent_to)
    deputy = db.session.get(User, user.deputy_id) if away and user.deputy_id else None
    return [deputy] if deputy is not None and deputy.active else []


def _administrators(entity_id: int) -> list[User]:
    here = or_(~User.entities.any(), User.entities.any(Entity.id == entity_id))
    query = select(User).where(User.role == Role.ADMIN, User.active.is_(True), here)
    return list(db.session.scalars(query.order_by(User.id).limit(1)))
