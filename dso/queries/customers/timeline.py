"""The timeline of a customer: everything sent, received, said and changed, newest first (3.10)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from dso.db import db
from dso.domain.codes import EventKind
from dso.domain.errors import NotFound
from dso.models import Customer, Event, Item, User, event_items
from dso.queries import streams
from dso.queries.items.rows import person

PAGE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: an English sentence with places for `params`, or a note as it was written."""

    id: int
    kind: EventKind
    text: str
    params: dict[str, Any]
    by: str
    at: datetime
    pinned: bool
    #: (id, number) of the items it is about.
    items: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Timeline:
    """A page of entries; pinned ones stand before all others."""

    entries: Sequence[Entry]
    pinned: Sequence[Entry]
    kinds: dict[EventKind, int]
    total: int
    page: int


def timeline(customer: Customer, *, kind: EventKind | None = None, page: int = 1) -> Timeline:
    """A page of a customer's entries, of one kind where it is named; four statements."""
    counts = select(Event.kind, func.count()).where(Event.customer_id == customer.id).group_by(Event.kind)
    kinds: dict[EventKind, int] = dict(db.session.execute(counts).all())
    total = sum(kinds.values()) if kind is None else kinds.get(kind, 0)
    page = min(max(page, 1), max(1, -(-total // PAGE)))
    query = _entries(customer) if kind is None else _entries(customer).where(Event.kind == kind)
    shown = query.limit(PAGE).offset((page - 1) * PAGE)
    pinned = _entries(customer).where(Event.pinned.is_(True))
    return Timeline(_read(shown), _read(pinned) if page == 1 else (), kinds, total, page)


def stream(customer: Customer, kind: EventKind | None) -> Iterator[Entry]:
    """Every entry, newest first, for exports: a part of them in memory at a time."""
    query = _entries(customer) if kind is None else _entries(customer).where(Event.kind == kind)
    for rows in streams.parts(query):
        yield from _with_items(rows)


def of_item(item: Item, limit: int = 100) -> list[Entry]:
    """The latest entries about one item."""
    linked = select(event_items.c.event_id).where(event_items.c.item_id == item.id)
    return _read(_query().where(Event.id.in_(linked)).limit(limit))


def get_entry(customer: Customer, event_id: int) -> Event:
    """An entry of this customer's timeline; NotFound otherwise."""
    found = db.session.scalar(select(Event).where(Event.id == event_id, Event.customer_id == customer.id))
    if found is None:
        raise NotFound("There is no such entry.")
    return found


def _entries(customer: Customer) -> Select[Any]:
    return _query().where(Event.customer_id == customer.id)


def _query() -> Select[Any]:
    author = func.coalesce(func.nullif(person(User), ""), Event.actor_name)
    columns = (Event.id, Event.kind, Event.text, Event.data, author.label("by"), Event.at, Event.pinned)
    return select(*columns).outerjoin(User, User.id == Event.actor_id).order_by(Event.at.desc(), Event.id.desc())


def _read(query: Select[Any]) -> list[Entry]:
    return _with_items(db.session.execute(query).all())


def _with_items(rows: Sequence[Any]) -> list[Entry]:
    linked = (
        select(event_items.c.event_id, Item.id, Item.number)
        .join(Item, Item.id == event_items.c.item_id)
        .where(event_items.c.event_id.in_([row.id for row in rows]))
        .order_by(Item.due_on, Item.number)
    )
    items: dict[int, list[tuple[int, str]]] = {}
    for event_id, item_id, number in db.session.execute(linked):
        items.setdefault(event_id, []).append((item_id, number))
    return [_entry(row, items.get(row.id, ())) for row in rows]


def _entry(row: Any, items: Sequence[tuple[int, str]]) -> Entry:
    params = (row.data or {}).get("params", {})
    return Entry(row.id, row.kind, row.text, params, row.by, row.at, row.pinned, tuple(items))
