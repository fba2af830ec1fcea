"""The right, carried by a URL, to open one interactive page."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dso.db import Base, Key, UtcDateTime, enum_by_value
from dso.domain.codes import Flavour
from dso.models.customers import Customer


class Link(Base):
    """One customer, one recipient, one message; expires, can be revoked, openings are logged."""

    __tablename__ = "links"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    flavour: Mapped[Flavour] = mapped_column(enum_by_value(Flavour), default=Flavour.INTERACTIVE)
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(20), default="en")
    #: Random part of the signed token; what stands in the database alone opens nothing.
    nonce: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_count: Mapped[int] = mapped_column(default=0)
    last_address: Mapped[str] = mapped_column(String(64), default="")

    customer: Mapped[Customer] = relationship()
