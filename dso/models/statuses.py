"""Statuses made by the team, and acts of tagging items with them."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dso.db import Base, Json, Key, Money, UtcDateTime, enum_by_value
from dso.domain.codes import Mode, StatusType
from dso.models.users import User


class Status(Base):
    """A label of one of the five fixed types; shared by all entities."""

    __tablename__ = "statuses"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    type: Mapped[StatusType] = mapped_column(enum_by_value(StatusType))
    #: Language to the label the debtor reads; none = not shown to the debtor.
    labels: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    active: Mapped[bool] = mapped_column(default=True)
    #: Days until the follow-up of a specific action, unless a promise date says otherwise.
    follow_up_days: Mapped[int] = mapped_column(default=7)
    #: Step of a library scenario whose texts the specific action uses.
    template_step_id: Mapped[int | None] = mapped_column(ForeignKey("steps.id", use_alter=True))
    mode: Mapped[Mode] = mapped_column(enum_by_value(Mode), default=Mode.MANUAL)
    position: Mapped[int] = mapped_column(default=0)


class Qualification(Base):
    """One act of tagging: status, date, comment, author, resolver over one or more items. Never overwritten."""

    __tablename__ = "qualifications"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    #: Null = the status was removed.
    status_id: Mapped[int | None] = mapped_column(ForeignKey("statuses.id"))
    on: Mapped[date]
    promised_on: Mapped[date | None]
    #: Amount promised or disputed per item is on `QualificationItem`; this is what the person entered.
    amount: Mapped[Decimal | None] = mapped_column(Money)
    comment: Mapped[str] = mapped_column(Text, default="")
    visible_to_customer: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    resolver_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    #: The follow-up this act created.
    action_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id", use_alter=True))
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("replies.id", use_alter=True))
    #: The earlier qualification this one corrects; the earlier stays in history.
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("qualifications.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    status: Mapped[Status | None] = relationship()
    author: Mapped[User | None] = relationship(foreign_keys=author_id)
    resolver: Mapped[User | None] = relationship(foreign_keys=resolver_id)
    items: Mapped[list["QualificationItem"]] = relationship(cascade="all, delete-orphan")


class QualificationItem(Base):
    """An item of a qualification, with what was open and what was promised or disputed of it."""

    __tablename__ = "qualification_items"

    qualification_id: Mapped[int] = mapped_column(ForeignKey("qualifications.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, index=True)
    remaining: Mapped[Decimal] = mapped_column(Money)
    amount: Mapped[Decimal | None] = mapped_column(Money)
    #: How a promise ended: null = open, true = kept, false = broken.
    kept: Mapped[bool | None]
    settled_on: Mapped[date | None]
