"""Accounting documents and every change of what they say."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, null, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dso.db import Base, Json, Key, Money, UtcDateTime, enum_by_value
from dso.domain.codes import ClearedBy, ItemType, StatusType
from dso.models.customers import Customer
from dso.models.statuses import Status
from dso.models.users import User

OPEN = text("cleared_on IS NULL")
CLEARED = text("cleared_on IS NOT NULL")
HELD = text("held_by_id IS NOT NULL")


class Item(Base):
    """An accounting document (1.3): open until cleared.

    Debits are positive, credits negative. Open, `cleared_on IS NULL` and `remaining <> 0` say the same.
    """

    __tablename__ = "items"
    __table_args__ = (
        CheckConstraint("(remaining <> 0) = (cleared_on IS NULL)", name="open_or_cleared"),
        # Leaders: the oldest item of an account by correlated look-up over open items.
        Index(
            "ix_items_open_account",
            "account_id",
            "due_on",
            "remaining",
            "currency",
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index("ix_items_open_due", "entity_id", "due_on", "remaining", sqlite_where=OPEN, postgresql_where=OPEN),
        Index(
            "uq_items_unique_id",
            "entity_id",
            "unique_id",
            unique=True,
            sqlite_where=text("unique_id IS NOT NULL"),
            postgresql_where=text("unique_id IS NOT NULL"),
        ),
        # Totals and aging of a whole ledger are read from this index alone, customer by customer.
        Index(
            "ix_items_open_totals",
            "entity_id",
            "customer_id",
            "currency",
            "due_on",
            "remaining",
            "type",
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        # The operator class lets PostgreSQL find the beginning of a number whatever the language of the database.
        Index(
            "ix_items_number", "entity_id", "number", "issued_year", postgresql_ops={"number": "varchar_pattern_ops"}
        ),
        Index("ix_items_customer", "customer_id", "due_on"),
        Index("ix_items_cleared", "entity_id", "cleared_on", sqlite_where=CLEARED, postgresql_where=CLEARED),
        Index("ix_items_held_by", "held_by_id", sqlite_where=HELD, postgresql_where=HELD),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    # The customer's key guards the row. Entity and account are copies of what the customer says, and the run is never
    # removed: as keys of their own they would cost PostgreSQL three look-ups for each of a million rows.
    entity_id: Mapped[int] = mapped_column(Key)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    #: The account under which the item is collected: its customer, or the pilot of the group collection.
    account_id: Mapped[int] = mapped_column(Key)
    number: Mapped[str] = mapped_column(String(100))
    unique_id: Mapped[str | None] = mapped_column(String(200))
    type: Mapped[ItemType] = mapped_column(enum_by_value(ItemType))
    erp_type: Mapped[str] = mapped_column(String(60), default="")
    issued_on: Mapped[date]
    #: Year of `issued_on`, part of the identity where no unique identifier is mapped.
    issued_year: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date]
    cleared_on: Mapped[date | None]
    cleared_by: Mapped[ClearedBy | None] = mapped_column(enum_by_value(ClearedBy))
    #: What was remaining when it was cleared.
    cleared_amount: Mapped[Decimal | None] = mapped_column(Money)
    #: A payment date in the future: the item stays open until then (11.5).
    expected_clearing_on: Mapped[date | None]
    amount: Mapped[Decimal] = mapped_column(Money)
    amount_excl_tax: Mapped[Decimal | None] = mapped_column(Money)
    remaining: Mapped[Decimal] = mapped_column(Money)
    remaining_excl_tax: Mapped[Decimal | None] = mapped_column(Money)
    currency: Mapped[str] = mapped_column(String(3))
    order_number: Mapped[str] = mapped_column(String(100), default="")
    order_reference: Mapped[str] = mapped_column(String(100), default="")
    ordered_on: Mapped[date | None]
    project: Mapped[str] = mapped_column(String(200), default="")
    sales_person: Mapped[str] = mapped_column(String(200), default="")
    sales_admin: Mapped[str] = mapped_column(String(200), default="")
    payment_method: Mapped[str] = mapped_column(String(100), default="")
    document_url: Mapped[str] = mapped_column(Text, default="")
    assigned_to: Mapped[str] = mapped_column(String(200), default="")
    custom: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    status_id: Mapped[int | None] = mapped_column(ForeignKey("statuses.id"))
    status_type: Mapped[StatusType | None] = mapped_column(enum_by_value(StatusType))
    status_on: Mapped[date | None]
    status_comment: Mapped[str] = mapped_column(Text, default="")
    #: The status comment is shown to the debtor.
    status_visible: Mapped[bool] = mapped_column(default=False)
    status_author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    resolver_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    qualification_id: Mapped[int | None] = mapped_column(ForeignKey("qualifications.id", use_alter=True))
    promised_on: Mapped[date | None]
    promised_amount: Mapped[Decimal | None] = mapped_column(Money)
    #: Last day on which the promise keeps the item out of the pool (promised day + offset in working days).
    promise_until: Mapped[date | None]
    promise_broken: Mapped[bool] = mapped_column(default=False)
    #: The disputed part; null while in dispute = the whole.
    disputed_amount: Mapped[Decimal | None] = mapped_column(Money)
    #: The latest validated reply of the debtor, and of a colleague: author, e-mail, day, text.
    reply_author: Mapped[str] = mapped_column(String(200), default="")
    reply_email: Mapped[str] = mapped_column(String(254), default="")
    reply_on: Mapped[date | None]
    reply_text: Mapped[str] = mapped_column(Text, default="")
    internal_reply_author: Mapped[str] = mapped_column(String(200), default="")
    internal_reply_email: Mapped[str] = mapped_column(String(254), default="")
    internal_reply_on: Mapped[date | None]
    internal_reply_text: Mapped[str] = mapped_column(Text, default="")
    #: Left out of collection by hand.
    ignored: Mapped[bool] = mapped_column(default=False)
    #: The open specific action that keeps the item out of the scenario.
    held_by_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id", use_alter=True))
    last_import_id: Mapped[int | None] = mapped_column(Key)
    #: Proof that a row of a file says what the item holds already (`domain/imports/fingerprints.py`). Every other
    #: change of the item, by whomever, takes it away: whoever updates items without naming it sets it to null.
    fingerprint: Mapped[int | None] = mapped_column(BigInteger, onupdate=null(), deferred=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    customer: Mapped[Customer] = relationship(foreign_keys=customer_id)
    status: Mapped[Status | None] = relationship()
    status_author: Mapped[User | None] = relationship(foreign_keys=status_author_id)
    resolver: Mapped[User | None] = relationship(foreign_keys=resolver_id)

    @property
    def is_open(self) -> bool:
        """Whether the item still counts."""
        return self.cleared_on is None


class ItemChange(Base):
    """One change of one field of an item, with its day: what reports as at a past day read."""

    __tablename__ = "item_changes"
    __table_args__ = (
        Index("ix_item_changes_item", "item_id", "on"),
        Index("ix_item_changes_entity_on", "entity_id", "on"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    #: Calendar day of the entity on which the change counts.
    on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Name of the field: remaining, due_on, cleared_on, status, customer, ignored, … Being made is no change: the
    #: item's own `created_at` says when it became known (a million new items write no million rows here).
    field: Mapped[str] = mapped_column(String(30))
    #: Values as text: amounts in whole ten-thousandths, days as ISO dates, statuses by name.
    old: Mapped[str | None] = mapped_column(Text)
    new: Mapped[str | None] = mapped_column(Text)
    import_run_id: Mapped[int | None] = mapped_column(ForeignKey("import_runs.id"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
