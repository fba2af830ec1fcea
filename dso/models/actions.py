"""What is to be done or was done on accounts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dso.db import Base, Json, Key, UtcDateTime, enum_by_value
from dso.domain.codes import (
    ActionKind,
    ActionState,
    CallOutcome,
    Consumed,
    DisputeOutcome,
    Flavour,
    Mode,
    StepType,
)
from dso.models.customers import Customer
from dso.models.items import Item
from dso.models.scenarios import Scenario, Step
from dso.models.users import User

OPEN_STATES = "state IN ('planned', 'confirmed', 'queued', 'error')"
OPEN_SCENARIO = text(f"kind = 'scenario' AND {OPEN_STATES}")
OPEN = text(OPEN_STATES)


class Action(Base):
    """Something to do or done on an account, from a step, on chosen items, or at once."""

    __tablename__ = "actions"
    __table_args__ = (
        Index(
            "uq_actions_open_scenario",
            "customer_id",
            unique=True,
            sqlite_where=OPEN_SCENARIO,
            postgresql_where=OPEN_SCENARIO,
        ),
        Index("ix_actions_open_on", "entity_id", "on", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_actions_customer", "customer_id", "state"),
        Index("ix_actions_done", "entity_id", "done_on"),
        Index("ix_actions_leader", "leader_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"))
    #: The account: of a group collection, the pilot.
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[ActionKind] = mapped_column(enum_by_value(ActionKind))
    type: Mapped[StepType] = mapped_column(enum_by_value(StepType))
    flavour: Mapped[Flavour] = mapped_column(enum_by_value(Flavour), default=Flavour.PLAIN)
    name: Mapped[str] = mapped_column(String(200))
    scenario_id: Mapped[int | None] = mapped_column(ForeignKey("scenarios.id"))
    #: The step; of a specific action the step whose texts it uses.
    step_id: Mapped[int | None] = mapped_column(ForeignKey("steps.id"))
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    on: Mapped[date]
    #: The date was set by a user and stays while leader and step stay.
    user_dated: Mapped[bool] = mapped_column(default=False)
    #: What the date was computed from; computed again only when this changes (11.2).
    basis: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    mode: Mapped[Mode] = mapped_column(enum_by_value(Mode))
    #: Why an automatic action asks for a person first: "part_payment", "language_fallback", "payment_not_allocated".
    to_confirm: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[ActionState] = mapped_column(enum_by_value(ActionState), default=ActionState.PLANNED)
    resolver_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    qualification_id: Mapped[int | None] = mapped_column(ForeignKey("qualifications.id", use_alter=True))
    #: Counts sendings of a specific action that is sent without ending.
    occurrence: Mapped[int] = mapped_column(default=1)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    done_on: Mapped[date | None]
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    #: Outcome of a dispute's action.
    outcome: Mapped[DisputeOutcome | None] = mapped_column(enum_by_value(DisputeOutcome))
    note: Mapped[str] = mapped_column(Text, default="")
    #: Why it was skipped, cancelled or is in error, in words.
    explanation: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    customer: Mapped[Customer] = relationship()
    scenario: Mapped[Scenario | None] = relationship()
    step: Mapped[Step | None] = relationship()
    leader: Mapped[Item | None] = relationship(foreign_keys=leader_id)
    resolver: Mapped[User | None] = relationship(foreign_keys=resolver_id)
    items: Mapped[list["ActionItem"]] = relationship(cascade="all, delete-orphan")


class ActionItem(Base):
    """An item a specific action is about, or a scenario message listed."""

    __tablename__ = "action_items"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, index=True)
    #: Taken out of the action; it rejoined the scenario then.
    detached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    item: Mapped[Item] = relationship()


class ConsumedStep(Base):
    """A step used up for a leader, for good (11.2)."""

    __tablename__ = "consumed_steps"
    __table_args__ = (UniqueConstraint("account_id", "leader_id", "step_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    leader_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
    how: Mapped[Consumed] = mapped_column(enum_by_value(Consumed))
    on: Mapped[date]
    action_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id"))


class ContactLog(Base):
    """A telephone call or other conversation written down by a user."""

    __tablename__ = "contact_logs"
    __table_args__ = (
        Index("ix_contact_logs_customer", "customer_id", "on"),
        Index("ix_contact_logs_entity", "entity_id", "on"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    outcome: Mapped[CallOutcome] = mapped_column(enum_by_value(CallOutcome))
    note: Mapped[str] = mapped_column(Text, default="")
    on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
