"""What a colleague is asked about: the items of an internal message, with all that colleagues may know of them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from dso.db import db
from dso.domain.codes import ItemType, StatusType
from dso.models import ActionItem, Attachment, Item, Link, Message, Status, User, attachment_items
from dso.queries.statement import FileRef, items_of_account


@dataclass(frozen=True)
class AskedItem:
    """An item somebody asks about."""

    id: int
    number: str
    type: ItemType
    order_number: str
    issued_on: date
    due_on: date
    amount: Decimal
    remaining: Decimal
    currency: str
    days_late: int
    status: str
    status_type: StatusType | None
    status_on: date | None
    comment: str
    author: str
    resolver: str
    promised_on: date | None
    disputed_amount: Decimal | None
    reply: str
    files: tuple[FileRef, ...]

    @property
    def is_open(self) -> bool:
        """Whether it still counts."""
        return self.remaining != 0


@dataclass(frozen=True)
class Question:
    """Who asks, why, and about what."""

    asked_by: str
    why: str
    items: tuple[AskedItem, ...]

    @property
    def is_dispute(self) -> bool:
        """Whether something is to be resolved."""
        return any(item.status_type is StatusType.DISPUTE and item.is_open for item in self.items)


def of_link(link: Link, *, today: date) -> Question:
    """The question behind an internal link; without items of its own it is about everything in dispute."""
    message = db.session.get(Message, link.message_id) if link.message_id else None
    sender = db.session.get(User, message.sender_id) if message and message.sender_id else link.customer.collector
    why = message.action.name if message and message.action else ""
    return Question(sender.full_name if sender else "", why, _items(link, message, today))


def item_ids(link: Link) -> list[int]:
    """The items the question is about: of the action, else those the message named, else all in dispute."""
    message = db.session.get(Message, link.message_id) if link.message_id else None
    return _ids(link, message)


def _ids(link: Link, message: Message | None) -> list[int]:
    found: list[int] = []
    if message is not None and message.action_id is not None:
        query = select(ActionItem.item_id).where(ActionItem.action_id == message.action_id)
        found = list(db.session.scalars(query.where(ActionItem.detached_at.is_(None))))
    if not found and message is not None:
        found = [int(each) for each in (message.listed or {}).get("items", [])]
    if not found:
        disputed = (Item.status_type == StatusType.DISPUTE, Item.cleared_on.is_(None))
        found = list(db.session.scalars(select(Item.id).where(items_of_account(link.customer), *disputed)))
    return found


def _items(link: Link, message: Message | None, today: date) -> tuple[AskedItem, ...]:
    tagger, solver = aliased(User), aliased(User)
    query: Any = (
        select(Item, Status.name, tagger, solver)
        .outerjoin(Status, Status.id == Item.status_id)
        .outerjoin(tagger, tagger.id == Item.status_author_id)
        .outerjoin(solver, solver.id == Item.resolver_id)
        .where(items_of_account(link.customer), Item.id.in_(_ids(link, message)))
        .order_by(Item.due_on, Item.number, Item.id)
    )
    rows = db.session.execute(query).all()
    files = _files([item.id for item, _status, _author, _resolver in rows])
    return tuple(
        _asked(item, status, author, resolver, files.get(item.id, ()), today) for item, status, author, resolver in rows
    )


def _asked(
    item: Item, status: str | None, author: User | None, resolver: User | None, files: tuple[FileRef, ...], today: date
) -> AskedItem:
    return AskedItem(
        id=item.id,
        number=item.number,
        type=item.type,
        order_number=item.order_number,
        issued_on=item.issued_on,
        due_on=item.due_on,
        amount=item.amount,
        remaining=item.remaining,
        currency=item.currency,
        days_late=(today - item.due_on).days,
        status=status or "",
        status_type=item.status_type,
        status_on=item.status_on,
        comment=item.status_comment,
        author=author.full_name if author else "",
        resolver=resolver.full_name if resolver else "",
        promised_on=item.promised_on,
        disputed_amount=item.disputed_amount,
        reply=item.reply_text,
        files=files,
    )


def _files(ids: list[int]) -> dict[int, tuple[FileRef, ...]]:
    query = (
        select(attachment_items.c.item_id, Attachment.id, Attachment.name, Attachment.size)
        .join(Attachment, Attachment.id == attachment_items.c.attachment_id)
        .where(attachment_items.c.item_id.in_(ids), Attachment.visible_to_colleagues.is_(True))
        .order_by(Attachment.id)
    )
    found: dict[int, list[FileRef]] = {}
    for item_id, file_id, name, size in db.session.execute(query):
        found.setdefault(item_id, []).append(FileRef(file_id, name, size))
    return {item_id: tuple(rows) for item_id, rows in found.items()}


def file_for_colleague(link: Link, file_id: int) -> Attachment | None:
    """A file a colleague may fetch: marked for colleagues, on one of the items asked about."""
    on_items = select(attachment_items.c.attachment_id).where(attachment_items.c.item_id.in_(item_ids(link)))
    query = select(Attachment).where(Attachment.id == file_id, Attachment.visible_to_colleagues.is_(True))
    return db.session.scalar(query.where(Attachment.id.in_(on_items)))
