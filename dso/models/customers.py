"""Debtor accounts, their groups, payment centres, colleagues, custom fields and rolled-up state."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dso.db import Base, Json, Key, Money, UtcDateTime, enum_by_value
from dso.domain.codes import ColleagueRole, FieldType, ReasonCode
from dso.models.contacts import Contact
from dso.models.entities import Entity
from dso.models.users import User

customer_groups = Table(
    "customer_groups",
    Base.metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("group_id", ForeignKey("groups.id"), primary_key=True, index=True),
    #: Set by an import (replaced by the next one) or by hand (kept).
    Column("by_import", String(1), nullable=False, server_default="0"),
)


class Group(Base):
    """A label on customers: filter, report scope, rule target."""

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("entity_id", "name"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"))
    name: Mapped[str] = mapped_column(String(100))


class PaymentCentre(Base):
    """A shared paying office: one contact for collection of several customers."""

    __tablename__ = "payment_centres"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", use_alter=True))


class CustomerColleague(Base):
    """A user linked to a customer with the part played."""

    __tablename__ = "customer_colleagues"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    role: Mapped[ColleagueRole] = mapped_column(enum_by_value(ColleagueRole), default=ColleagueRole.OTHER)
    #: Set by an import, which may replace it, or by hand.
    by_import: Mapped[bool] = mapped_column(default=False)

    user: Mapped[User] = relationship()


class OtherGuarantee(Base):
    """A guarantee beside the insurer's: kind, amount in the guarantee currency, expiry."""

    __tablename__ = "other_guarantees"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    kind: Mapped[str] = mapped_column(String(100))
    amount: Mapped[Decimal] = mapped_column(Money)
    expires_on: Mapped[date | None]


class Customer(Base):
    """A debtor account of one entity (1.2)."""

    __tablename__ = "customers"
    __table_args__ = (
        Index(
            "uq_customers_code_alone",
            "entity_id",
            "code",
            unique=True,
            sqlite_where=text("unique_id IS NULL"),
            postgresql_where=text("unique_id IS NULL"),
        ),
        Index(
            "uq_customers_unique_id",
            "entity_id",
            "unique_id",
            unique=True,
            sqlite_where=text("unique_id IS NOT NULL"),
            postgresql_where=text("unique_id IS NOT NULL"),
        ),
        Index("ix_customers_entity_code", "entity_id", "code"),
        Index("ix_customers_entity_name", "entity_id", "business_name"),
        Index("ix_customers_legal", "entity_id", "legal_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"))
    code: Mapped[str] = mapped_column(String(100))
    unique_id: Mapped[str | None] = mapped_column(String(200))
    business_name: Mapped[str] = mapped_column(String(300))
    trade_name: Mapped[str] = mapped_column(String(300), default="")
    legal_id: Mapped[str] = mapped_column(String(50), default="")
    establishment_id: Mapped[str] = mapped_column(String(50), default="")
    vat_number: Mapped[str] = mapped_column(String(50), default="")
    business_line: Mapped[str] = mapped_column(String(200), default="")
    customer_type: Mapped[str] = mapped_column(String(100), default="")
    ultimate_parent_number: Mapped[str] = mapped_column(String(100), default="")
    street_number: Mapped[str] = mapped_column(String(30), default="")
    street: Mapped[str] = mapped_column(String(300), default="")
    street_line2: Mapped[str] = mapped_column(String(300), default="")
    street_line3: Mapped[str] = mapped_column(String(300), default="")
    po_box: Mapped[str] = mapped_column(String(100), default="")
    postal_code: Mapped[str] = mapped_column(String(30), default="")
    city: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(100), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    website: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str] = mapped_column(String(20), default="")
    payment_term: Mapped[str] = mapped_column(String(200), default="")
    payment_method: Mapped[str] = mapped_column(String(100), default="")
    blocked: Mapped[bool] = mapped_column(default=False)
    blocked_on: Mapped[date | None]
    comment: Mapped[str] = mapped_column(Text, default="")
    insolvent_on: Mapped[date | None]
    insolvency_administrator: Mapped[str] = mapped_column(Text, default="")
    insolvency_deadline_on: Mapped[date | None]
    collector_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    payment_centre_id: Mapped[int | None] = mapped_column(ForeignKey("payment_centres.id"), index=True)
    scenario_id: Mapped[int | None] = mapped_column(ForeignKey("scenarios.id"), index=True)
    interactive: Mapped[bool] = mapped_column(default=True)
    penalties: Mapped[bool] = mapped_column(default=False)
    recovery_cost: Mapped[bool] = mapped_column(default=False)
    #: The pilot account under which this one is collected.
    collected_by_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    #: Automatic sending to this account is stopped by hand.
    paused: Mapped[bool] = mapped_column(default=False)
    #: A known item's row was rejected by the last items file: nothing leaves automatically until a clean one (2.3).
    ledger_incomplete: Mapped[bool] = mapped_column(default=False)
    credit_limit: Mapped[Decimal | None] = mapped_column(Money)
    order_backlog: Mapped[Decimal | None] = mapped_column(Money)
    insurer_guarantee: Mapped[Decimal | None] = mapped_column(Money)
    insurer_reference: Mapped[str] = mapped_column(String(100), default="")
    insurer_rating: Mapped[str] = mapped_column(String(100), default="")
    guarantee_type: Mapped[str] = mapped_column(String(100), default="")
    guarantee_currency: Mapped[str] = mapped_column(String(3), default="")
    temporary_guarantee: Mapped[Decimal | None] = mapped_column(Money)
    temporary_guarantee_start: Mapped[date | None]
    temporary_guarantee_end: Mapped[date | None]
    risk_category: Mapped[str] = mapped_column(String(20), default="")
    risk_score: Mapped[str] = mapped_column(String(20), default="")
    financial_score: Mapped[str] = mapped_column(String(50), default="")
    #: Read-only blocks of providers and insurers: block to (key to value).
    information: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: Custom fields: code to value (text, number as text, ISO date, true/false).
    custom: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: Made by an items import for a code nobody knew; to be completed by a person.
    draft: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    entity: Mapped[Entity] = relationship()
    collector: Mapped[User | None] = relationship()
    groups: Mapped[list[Group]] = relationship(secondary=customer_groups, order_by=Group.name)
    colleagues: Mapped[list[CustomerColleague]] = relationship(cascade="all, delete-orphan")
    contacts: Mapped[list[Contact]] = relationship(order_by=Contact.id, foreign_keys=Contact.customer_id)
    payment_centre: Mapped[PaymentCentre | None] = relationship()
    other_guarantees: Mapped[list[OtherGuarantee]] = relationship(cascade="all, delete-orphan")
    state_row: Mapped["CustomerState | None"] = relationship(viewonly=True, uselist=False)


class CustomerState(Base):
    """The rollup row of an account: figures in the entity's currency, and what happens next and why.

    Kept in the transaction of whatever changes it, rebuilt by the day run.
    """

    __tablename__ = "customer_states"
    __table_args__ = (
        Index("ix_customer_states_overdue", "entity_id", "overdue"),
        Index("ix_customer_states_reason", "entity_id", "reason_code"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True, autoincrement=False)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"))
    as_of: Mapped[date | None]
    receivable: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    overdue: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    not_due: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    #: Oldest due date of an open debit that counts in the receivable.
    oldest_due_on: Mapped[date | None]
    open_items: Mapped[int] = mapped_column(default=0)
    #: Some open item has a currency without a rate: it is not in the figures and shown apart.
    unconverted: Mapped[bool] = mapped_column(default=False)
    #: Tenths of a day weighted by amount over six months (6.3); null = unknown.
    average_delay: Mapped[int | None]
    average_duration: Mapped[int | None]
    promises_kept: Mapped[int] = mapped_column(default=0)
    promises_broken: Mapped[int] = mapped_column(default=0)
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"), index=True)
    #: The day this item became leader: trigger B and `matching` count from it (11.2).
    leader_since_on: Mapped[date | None]
    #: Chaseable amount in the leader's currency.
    chaseable: Mapped[Decimal | None] = mapped_column(Money)
    reason_code: Mapped[ReasonCode | None] = mapped_column(enum_by_value(ReasonCode))
    #: The sentence in English; pages say it in the viewer's language from code and data.
    reason_text: Mapped[str] = mapped_column(Text, default="")
    reason_data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    reason_on: Mapped[date | None]
    next_action_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id"), index=True)
    next_action_on: Mapped[date | None]
    last_action_on: Mapped[date | None]
    #: Last dunning contact: a message that left or a conversation.
    last_contact_on: Mapped[date | None]


class CustomField(Base):
    """Definition of a typed custom field of customers or items."""

    __tablename__ = "custom_fields"
    __table_args__ = (UniqueConstraint("subject", "code"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    #: "customer" or "item".
    subject: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(100))
    type: Mapped[FieldType] = mapped_column(enum_by_value(FieldType))
    #: The choices of a list field.
    choices: Mapped[list[str]] = mapped_column(Json, default=list)
    position: Mapped[int] = mapped_column(default=0)
