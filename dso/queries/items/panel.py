"""Everything known about one item: its fields, qualifications, replies, files, actions and changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from dso.db import db
from dso.domain.money import from_units
from dso.domain.penalties import Claim
from dso.models import (
    Action,
    ActionItem,
    Attachment,
    Customer,
    Item,
    ItemChange,
    Qualification,
    QualificationItem,
    Reply,
    ReplyItem,
    Status,
    User,
    attachment_items,
)
from dso.queries.items.rows import ItemRow, item_rows, person
from dso.queries.items.statement import claims

#: Fields whose changes are amounts, days or yes and no.
AMOUNTS = frozenset(
    "remaining amount remaining_excl_tax amount_excl_tax cleared_amount disputed_amount promised_amount".split()
)
YESNO = frozenset({"ignored", "promise_broken"})
#: Kept for undoing, of no use to a reader.
_INSIDE = ("issued_year", "account_id", "custom", "last_import_id")


@dataclass(frozen=True)
class Change:
    """One change of one field, typed again for pages to write."""

    at: datetime
    on: date
    field: str
    old: Decimal | date | bool | str | None
    new: Decimal | date | bool | str | None
    by: str
    import_run_id: int | None


@dataclass(frozen=True)
class Panel:
    """An item with all that hangs on it."""

    item: Item
    row: ItemRow
    claim: Claim
    qualifications: Sequence[tuple[Qualification, QualificationItem]]
    replies: Sequence[Reply]
    files: Sequence[Attachment]
    actions: Sequence[tuple[Action, bool]]
    changes: Sequence[Change]


def panel(item: Item, *, today: date) -> Panel:
    """The item with its history; a fixed number of statements."""
    return Panel(
        item,
        item_rows([item.id])[0],
        claims([item.customer], today=today).by_item.get(item.id, Claim()),
        _qualifications(item),
        _replies(item),
        _files(item),
        _actions(item),
        _changes(item),
    )


def _qualifications(item: Item) -> list[tuple[Qualification, QualificationItem]]:
    query = (
        select(Qualification, QualificationItem)
        .join(QualificationItem, QualificationItem.qualification_id == Qualification.id)
        .where(QualificationItem.item_id == item.id)
        .order_by(Qualification.id.desc())
        .options(joinedload(Qualification.status), joinedload(Qualification.author), joinedload(Qualification.resolver))
    )
    return [(act, part) for act, part in db.session.execute(query)]


def _replies(item: Item) -> Sequence[Reply]:
    query = select(Reply).join(ReplyItem, ReplyItem.reply_id == Reply.id).where(ReplyItem.item_id == item.id)
    return db.session.scalars(query.order_by(Reply.id.desc())).all()


def _files(item: Item) -> Sequence[Attachment]:
    linked = select(attachment_items.c.attachment_id).where(attachment_items.c.item_id == item.id)
    return db.session.scalars(select(Attachment).where(Attachment.id.in_(linked)).order_by(Attachment.id.desc())).all()


def _actions(item: Item) -> list[tuple[Action, bool]]:
    """Actions about the item, and whether it was taken out of them."""
    query = select(Action, ActionItem.detached_at).join(ActionItem, ActionItem.action_id == Action.id)
    query = query.where(ActionItem.item_id == item.id).order_by(Action.on.desc(), Action.id.desc())
    return [(action, detached is not None) for action, detached in db.session.execute(query)]


def _changes(item: Item) -> list[Change]:
    """What changed, newest first; keys of customers and statuses as their names."""
    query = select(ItemChange, person(User).label("by")).outerjoin(User, User.id == ItemChange.actor_id)
    query = query.where(ItemChange.item_id == item.id, ItemChange.field.not_in(_INSIDE))
    rows = db.session.execute(query.order_by(ItemChange.id.desc())).all()
    names = {
        "customer": _names(Customer.id, Customer.code, "customer", rows),
        "status_id": _names(Status.id, Status.name, "status_id", rows),
    }
    return [_change(row.ItemChange, row.by, names) for row in rows]


def _names(key: Any, name: Any, field: str, rows: Sequence[Any]) -> dict[str, str]:
    """The names behind the keys that changes of a field speak of; no statement where there are none."""
    texts = {text for row in rows if row.ItemChange.field == field for text in (row.ItemChange.old, row.ItemChange.new)}
    keys = [int(text) for text in texts if text and text.isdigit()]
    if not keys:
        return {}
    return {str(found): word for found, word in db.session.execute(select(key, name).where(key.in_(keys)))}


def _change(change: ItemChange, by: str, names: Mapping[str, Mapping[str, str]]) -> Change:
    known = names.get(change.field, {})
    old, new = (_typed(change.field, known.get(text or "", text)) for text in (change.old, change.new))
    return Change(change.at, change.on, change.field, old, new, by, change.import_run_id)


def _typed(field: str, text: str | None) -> Any:
    """A value as `item_changes.as_text` wrote it, read back."""
    if text is None or text == "":
        return None
    if field in AMOUNTS:
        return from_units(int(text))
    if field in YESNO:
        return text == "1"
    return date.fromisoformat(text) if field.endswith("_on") else text
