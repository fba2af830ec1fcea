"""The timeline: everything sent, received, said and changed. Nothing is ever deleted from it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dso.db import Base, Json, Key, UtcDateTime, enum_by_value
from dso.domain.codes import EventKind
from dso.models.users import User

event_items = Table(
    "event_items",
    Base.metadata,
    Column("event_id", ForeignKey("events.id"), primary_key=True),
    Column("item_id", ForeignKey("items.id"), primary_key=True, index=True),
)


class Event(Base):
    """One entry: who did what when on which account, in a sentence, with before and after in `data`."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_customer", "customer_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int | None] = mapped_column(ForeignKey("entities.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[EventKind] = mapped_column(enum_by_value(EventKind))
    #: English sentence with %(name)s placeholders filled from `data["params"]` where it is to be translated.
    text: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    pinned: Mapped[bool] = mapped_column(default=False)
    #: Null = the clock or a debtor.
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    #: The person's name where there is no user (a debtor).
    actor_name: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    actor: Mapped[User | None] = relationship()
