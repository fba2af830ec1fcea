"""Files taken in: runs, remembered mappings, rejected rows, the staging table."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dso.db import Base, Json, Key, Money, UtcDateTime, enum_by_value
from dso.domain.codes import ImportKind, ImportMode, ItemType


class ImportRun(Base):
    """One file taken in: who, when, what, mode, counts, the original file."""

    __tablename__ = "import_runs"
    __table_args__ = (Index("ix_import_runs_entity", "entity_id", "kind", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"))
    kind: Mapped[ImportKind] = mapped_column(enum_by_value(ImportKind))
    mode: Mapped[ImportMode | None] = mapped_column(enum_by_value(ImportMode))
    #: Calendar day of the entity on which its changes count.
    on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    #: The original file in the file store; empty when it was not kept.
    stored_as: Mapped[str] = mapped_column(String(100), default="")
    #: The counts of the JSON shape of 10.2.
    counts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: Open items and receivable per currency after the run, credits apart: what the brake compares with.
    measures: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    options: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class RejectedRow(Base):
    """A row that did not go in, with the reason."""

    __tablename__ = "rejected_rows"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    import_run_id: Mapped[int] = mapped_column(ForeignKey("import_runs.id"), index=True)
    line: Mapped[int] = mapped_column(Integer)
    column: Mapped[str] = mapped_column(String(200), default="")
    value: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text)
    #: The row as it stood in the file.
    cells: Mapped[list[str]] = mapped_column(Json, default=list)


class ImportMapping(Base):
    """What was decided about a file of this kind, entity and header set: the next one goes through in one click."""

    __tablename__ = "import_mappings"
    __table_args__ = (UniqueConstraint("entity_id", "kind", "header_key"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"))
    kind: Mapped[ImportKind] = mapped_column(enum_by_value(ImportKind))
    name: Mapped[str] = mapped_column(String(100), default="")
    #: SHA-256 of the sorted headers.
    header_key: Mapped[str] = mapped_column(String(64))
    #: Columns to fields, formats, types, constants, policies, mode.
    mapping: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StagedItem(Base):
    """A typed row of an items file on its way in; emptied at the end of the run. No foreign keys: it is scratch."""

    __tablename__ = "staged_items"
    __table_args__ = (Index("ix_staged_items_identity", "batch", "number", "issued_year"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    #: Which run the row belongs to.
    batch: Mapped[str] = mapped_column(String(36))
    line: Mapped[int] = mapped_column(Integer)
    item_id: Mapped[int | None] = mapped_column(Key)
    customer_id: Mapped[int] = mapped_column(Key)
    account_id: Mapped[int] = mapped_column(Key)
    number: Mapped[str] = mapped_column(String(100))
    unique_id: Mapped[str | None] = mapped_column(String(200))
    type: Mapped[ItemType] = mapped_column(enum_by_value(ItemType))
    erp_type: Mapped[str] = mapped_column(String(60), default="")
    issued_on: Mapped[date]
    issued_year: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date]
    cleared_on: Mapped[date | None]
    expected_clearing_on: Mapped[date | None]
    amount: Mapped[Any] = mapped_column(Money)
    amount_excl_tax: Mapped[Any] = mapped_column(Money, nullable=True)
    remaining: Mapped[Any] = mapped_column(Money)
    remaining_excl_tax: Mapped[Any] = mapped_column(Money, nullable=True)
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
