"""Files of customers and items, in scope."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from dso.db import db
from dso.domain.errors import NotFound
from dso.domain.permissions import Capability
from dso.models import Attachment, Customer, Item, Reply, User, attachment_items
from dso.queries.scope import visible_customers


@dataclass(frozen=True)
class FileRow:
    """A file as the team sees it; `source` is "team", or "reply" when a debtor sent it."""

    id: int
    name: str
    size: int
    created_at: datetime
    author: str
    source: str
    items: tuple[str, ...]
    visible_to_debtor: bool
    visible_to_colleagues: bool


def _of_visible(user: User) -> Select[int]:
    """Ids of files on a customer the user may see, or on an item of one."""
    mine = visible_customers(user)
    on_items = (
        select(attachment_items.c.attachment_id)
        .join(Item, Item.id == attachment_items.c.item_id)
        .where(Item.customer_id.in_(mine))
    )
    query = select(Attachment.id).where(or_(Attachment.customer_id.in_(mine), Attachment.id.in_(on_items)))
    return query if _sees_all(user) else query.where(Attachment.visible_to_colleagues.is_(True))


def _sees_all(user: User) -> bool:
    """Who works on collection sees every file; other colleagues those that are shown to them."""
    return user.can(Capability.COLLECTION_WORK)


def get_file(user: User, file_id: int) -> Attachment:
    """The file; NotFound when it does not exist or hangs on nothing the user may see."""
    found = db.session.scalar(select(Attachment).where(Attachment.id == file_id, Attachment.id.in_(_of_visible(user))))
    if found is None:
        raise NotFound("There is no such file.")
    return found


def of_customer(user: User, customer: Customer) -> tuple[FileRow, ...]:
    """The files of an account and its items that a user may see, latest first. The caller checked the scope."""
    on_items = (
        select(attachment_items.c.attachment_id)
        .join(Item, Item.id == attachment_items.c.item_id)
        .where(or_(Item.customer_id == customer.id, Item.account_id == customer.id))
    )
    query: Any = (
        select(Attachment, User, Reply.author)
        .outerjoin(User, User.id == Attachment.author_id)
        .outerjoin(Reply, Reply.id == Attachment.reply_id)
        .where(or_(Attachment.customer_id == customer.id, Attachment.id.in_(on_items)))
        .order_by(Attachment.id.desc())
    )
    if not _sees_all(user):
        query = query.where(Attachment.visible_to_colleagues.is_(True))
    found = db.session.execute(query).all()
    numbers = _numbers([file.id for file, _author, _sender in found])
    return tuple(
        FileRow(
            file.id,
            file.name,
            file.size,
            file.created_at,
            sender or "" if author is None else author.full_name,
            "reply" if file.reply_id else "team",
            numbers.get(file.id, ()),
            file.visible_to_debtor,
            file.visible_to_colleagues,
        )
        for file, author, sender in found
    )


def _numbers(ids: list[int]) -> dict[int, tuple[str, ...]]:
    query = (
        select(attachment_items.c.attachment_id, Item.number)
        .join(Item, Item.id == attachment_items.c.item_id)
        .where(attachment_items.c.attachment_id.in_(ids))
        .order_by(Item.number)
    )
    found: dict[int, list[str]] = {}
    for file_id, number in db.session.execute(query):
        found.setdefault(file_id, []).append(number)
    return {file_id: tuple(rows) for file_id, rows in found.items()}
