"""Dunning plans and their steps."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dso.db import Base, Json, Key, Money, UtcDateTime, enum_by_value
from dso.domain.codes import Flavour, Mode, StartRule, StepType


class Scenario(Base):
    """A dunning plan of one entity; without steps it means "never chased automatically"."""

    __tablename__ = "scenarios"
    __table_args__ = (UniqueConstraint("entity_id", "name"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"))
    name: Mapped[str] = mapped_column(String(100))
    language: Mapped[str] = mapped_column(String(20), default="en")
    active: Mapped[bool] = mapped_column(default=True)
    start: Mapped[StartRule] = mapped_column(enum_by_value(StartRule), default=StartRule.FIRST)
    #: Only holds templates for specific and one-off actions; cannot be assigned.
    library: Mapped[bool] = mapped_column(default=False)
    #: Automatic sending of this scenario is stopped by hand.
    paused: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    steps: Mapped[list["Step"]] = relationship(order_by="Step.position", cascade="all, delete-orphan")


class Step(Base):
    """One step: what, when, to whom, with which text, who lets it go (3.2)."""

    __tablename__ = "steps"
    __table_args__ = (CheckConstraint("after_due IS NULL OR after_previous IS NULL", name="one_trigger"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    type: Mapped[StepType] = mapped_column(enum_by_value(StepType))
    flavour: Mapped[Flavour] = mapped_column(enum_by_value(Flavour), default=Flavour.PLAIN)
    #: Trigger A: days after (negative: before) the leader's due date.
    after_due: Mapped[int | None]
    #: Trigger B: days after the previous action was done.
    after_previous: Mapped[int | None]
    mode: Mapped[Mode] = mapped_column(enum_by_value(Mode), default=Mode.CONFIRM)
    #: {"to": ["collection", role…], "colleagues": [role…], "cc": [address…]}.
    recipients: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: "collector" (default), "manager", or an e-mail address.
    sender: Mapped[str] = mapped_column(String(254), default="")
    #: Words: "statement", "invoices".
    attachments: Mapped[list[str]] = mapped_column(Json, default=list)
    #: A second channel for the same text.
    also_by: Mapped[StepType | None] = mapped_column(enum_by_value(StepType))
    #: Working days after which a manual step not done is passed over; null = never.
    pass_over_after: Mapped[int | None]
    #: Only for leaders above this amount (the friendly note).
    minimum_leader: Mapped[Decimal | None] = mapped_column(Money)
    #: At most once in this many days for the account (the friendly note).
    once_in_days: Mapped[int | None]
    #: Removed from the plan but named by done actions.
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    scenario: Mapped[Scenario] = relationship(back_populates="steps")
    templates: Mapped[list["StepTemplate"]] = relationship(cascade="all, delete-orphan")


class StepTemplate(Base):
    """Subject and body of a step in one language, with hashtags."""

    __tablename__ = "step_templates"
    __table_args__ = (UniqueConstraint("step_id", "language"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"), index=True)
    language: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
