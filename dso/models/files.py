"""Files on items, customers, replies and imports; the bytes lie in the file store under random names."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from dso.db import Base, Key, UtcDateTime

attachment_items = Table(
    "attachment_items",
    Base.metadata,
    Column("attachment_id", ForeignKey("attachments.id"), primary_key=True),
    Column("item_id", ForeignKey("items.id"), primary_key=True, index=True),
)


class Attachment(Base):
    """A file with its visibility for colleagues and for the debtor."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("replies.id", use_alter=True), index=True)
    name: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    #: Random name in the file store.
    stored_as: Mapped[str] = mapped_column(String(100), unique=True)
    visible_to_colleagues: Mapped[bool] = mapped_column(default=True)
    visible_to_debtor: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
