"""What debtors and colleagues answered, waiting to be validated."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dso.db import Base, Key, Money, UtcDateTime, enum_by_value
from dso.domain.codes import ReplyKind, ReplyState
from dso.models.customers import Customer
from dso.models.files import Attachment
from dso.models.items import Item
from dso.models.links import Link

NEW = text("state = 'new'")


class Reply(Base):
    """An answer given on an interactive page; while new it holds all automatic messages of the account."""

    __tablename__ = "replies"
    __table_args__ = (
        Index("ix_replies_new", "customer_id", sqlite_where=NEW, postgresql_where=NEW),
        Index("ix_replies_entity_state", "entity_id", "state", "at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("links.id"), index=True)
    #: "page" or "email".
    channel: Mapped[str] = mapped_column(String(10), default="page")
    #: From a colleague (internal page), not from the debtor.
    internal: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[ReplyKind] = mapped_column(enum_by_value(ReplyKind))
    author: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    text: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    #: A colleague says that the dispute is settled; somebody of the team decides.
    resolved: Mapped[bool] = mapped_column(default=False)
    promised_on: Mapped[date | None]
    paid_on: Mapped[date | None]
    amount: Mapped[Decimal | None] = mapped_column(Money)
    currency: Mapped[str] = mapped_column(String(3), default="")
    state: Mapped[ReplyState] = mapped_column(enum_by_value(ReplyState), default=ReplyState.NEW)
    #: Same for a form sent twice by a double click.
    form_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    customer: Mapped[Customer] = relationship()
    link: Mapped[Link | None] = relationship()
    items: Mapped[list["ReplyItem"]] = relationship(cascade="all, delete-orphan")
    files: Mapped[list[Attachment]] = relationship(order_by=Attachment.id)


class ReplyItem(Base):
    """An item a reply speaks of."""

    __tablename__ = "reply_items"

    reply_id: Mapped[int] = mapped_column(ForeignKey("replies.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, index=True)

    item: Mapped[Item] = relationship()
