"""The statement of account as the debtor reads it: open lines, figures, files, and what was answered on them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, or_, select

from dso.db import db
from dso.domain.codes import ReplyKind, ReplyState
from dso.domain.documents import Line, Table, statement
from dso.domain.positions import Position, View, label_in, position
from dso.models import Attachment, Customer, Item, Reply, ReplyItem, attachment_items
from dso.queries import settings
from dso.queries.messages.lines import account_lines


@dataclass(frozen=True)
class FileRef:
    """A file to fetch."""

    id: int
    name: str
    size: int


@dataclass(frozen=True)
class Row:
    """A line of the page."""

    line: Line
    label: str
    files: tuple[FileRef, ...] = ()
    #: When and what was last answered on the item, while nobody has handled it.
    answered_at: datetime | None = None
    answered: ReplyKind | None = None
    ticked: bool = False

    @property
    def id(self) -> int:
        """The item."""
        return self.line.item.id

    @property
    def document_url(self) -> str:
        """The duplicate of the document, where its address is one of the web."""
        url = self.line.document_url.strip()
        return url if url.lower().startswith(("https://", "http://")) else ""


@dataclass(frozen=True)
class Page:
    """What the debtor sees: figures over everything open, rows as searched and paged."""

    positions: tuple[Position, ...]
    #: Rows per currency of this page, with the sums of all rows found.
    blocks: tuple["Block", ...]
    down_payments: tuple["Block", ...]
    #: Rows found in all, and open in all.
    found: int
    open: int
    labels: tuple[str, ...]
    #: Files for the debtor that belong to the account, not to an item.
    files: tuple[FileRef, ...]
    several_accounts: bool


@dataclass(frozen=True)
class Block:
    """Rows of one currency; totals are of everything found, not of the page."""

    currency: str
    rows: tuple[Row, ...]
    total: Decimal
    disputed: Decimal


def items_of_account(customer: Customer) -> ColumnElement[bool]:
    """The items a link shows: the customer's own, and of a pilot those it collects (5.1)."""
    return or_(Item.account_id == customer.id, Item.customer_id == customer.id)


def page(
    customer: Customer,
    view: View,
    *,
    language: str,
    today: date,
    ticked: Collection[int] = (),
    number: int = 1,
    size: int = 200,
) -> Page:
    """The debtor's statement in a language. Ticked items stay on it whatever is searched."""
    entity = customer.entity
    lines = account_lines(customer, today=today)
    whole = statement(lines, first=entity.currency)
    found = settings.value(entity, "figures.buckets")
    bounds = found if isinstance(found, tuple) else ()
    rows = _Rows(customer, language, frozenset(ticked))
    shown = [line for line in lines if line.item.id in rows.ticked or view.shows(line, rows.label(line))]
    narrowed = statement(view.ordered(shown), first=entity.currency)
    kept = _of_page([line for table in narrowed.tables for line in view.ordered(table.lines)], rows, number, size)
    return Page(
        positions=tuple(position(table, bounds) for table in whole.tables),
        blocks=tuple(rows.block(table, view, kept) for table in narrowed.tables),
        down_payments=tuple(rows.block(table, view, None) for table in narrowed.down_payments),
        found=sum(len(table.lines) for table in narrowed.tables),
        open=len(lines),
        labels=tuple(sorted({rows.label(line) for line in lines} - {""})),
        files=_files_of_account(customer),
        several_accounts=len({line.customer_id for line in lines}) > 1,
    )


def _of_page(lines: list[Line], rows: "_Rows", number: int, size: int) -> set[int]:
    """Items of the page asked for, and the ticked ones of the other pages."""
    start = (number - 1) * size
    return {line.item.id for line in lines[start : start + size]} | {
        line.item.id for line in lines if line.item.id in rows.ticked
    }


class _Rows:
    """Makes rows of lines: labels in the reader's language, files and answers read once."""

    def __init__(self, customer: Customer, language: str, ticked: frozenset[int]) -> None:
        self._languages = (language, customer.entity.language, "en")
        self.ticked = ticked
        self._files = _files_of_items(customer)
        self._answers = _answers(customer)

    def label(self, line: Line) -> str:
        """The status as the debtor reads it."""
        return label_in(line.labels, *self._languages)

    def block(self, table: Table, view: View, kept: set[int] | None) -> Block:
        """The rows of a table that are on the page (all when `kept` is None), in the order asked for."""
        lines = [line for line in view.ordered(table.lines) if kept is None or line.item.id in kept]
        return Block(table.currency, tuple(self._row(line) for line in lines), table.total, table.disputed)

    def _row(self, line: Line) -> Row:
        at, kind = self._answers.get(line.item.id, (None, None))
        return Row(
            line,
            self.label(line),
            self._files.get(line.item.id, ()),
            answered_at=at,
            answered=kind,
            ticked=line.item.id in self.ticked,
        )


def _files_of_items(customer: Customer) -> dict[int, tuple[FileRef, ...]]:
    query = (
        select(attachment_items.c.item_id, Attachment.id, Attachment.name, Attachment.size)
        .join(Attachment, Attachment.id == attachment_items.c.attachment_id)
        .join(Item, Item.id == attachment_items.c.item_id)
        .where(items_of_account(customer), Item.cleared_on.is_(None), Attachment.visible_to_debtor.is_(True))
        .order_by(Attachment.id)
    )
    found: dict[int, list[FileRef]] = {}
    for item_id, file_id, name, size in db.session.execute(query):
        found.setdefault(item_id, []).append(FileRef(file_id, name, size))
    return {item_id: tuple(files) for item_id, files in found.items()}


def _files_of_account(customer: Customer) -> tuple[FileRef, ...]:
    on_items = select(attachment_items.c.attachment_id)
    query = (
        select(Attachment.id, Attachment.name, Attachment.size)
        .where(Attachment.customer_id == customer.id, Attachment.visible_to_debtor.is_(True))
        .where(Attachment.id.not_in(on_items))
        .order_by(Attachment.id.desc())
        .limit(50)
    )
    return tuple(FileRef(*row) for row in db.session.execute(query))


def _answers(customer: Customer) -> dict[int, tuple[datetime, ReplyKind]]:
    """Item to instant and kind of the latest answer that waits."""
    query = (
        select(ReplyItem.item_id, Reply.at, Reply.kind)
        .join(Reply, Reply.id == ReplyItem.reply_id)
        .join(Item, Item.id == ReplyItem.item_id)
        .where(items_of_account(customer), Reply.state == ReplyState.NEW, Reply.internal.is_(False))
        .order_by(Reply.id)
    )
    return {item_id: (at, kind) for item_id, at, kind in db.session.execute(query)}


def file_for_debtor(customer: Customer, file_id: int) -> Attachment | None:
    """A file the debtor may fetch: marked visible, on the account or on one of its items."""
    on_items = (
        select(attachment_items.c.attachment_id)
        .join(Item, Item.id == attachment_items.c.item_id)
        .where(items_of_account(customer))
    )
    mine = (Attachment.customer_id == customer.id) | Attachment.id.in_(on_items)
    return db.session.scalar(
        select(Attachment).where(Attachment.id == file_id, Attachment.visible_to_debtor.is_(True), mine)
    )


def items_by_id(customer: Customer, ids: Collection[int]) -> dict[int, Item]:
    """Those of the items that are on the account, open or settled, oldest first; others are left out."""
    if not ids:
        return {}
    query = select(Item).where(items_of_account(customer), Item.id.in_(ids))
    found = db.session.scalars(query.order_by(Item.due_on, Item.number, Item.id))
    return {item.id: item for item in found}
