"""Files taken in: runs, remembered mappings, rejected rows, files sent and not taken in yet."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dso.db import Base, Json, Key, UtcDateTime, enum_by_value
from dso.domain.codes import ImportKind, ImportMode

PENDING = text("pending")


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
    __table_args__ = (Index("ix_rejected_rows_pending", "customer_id", sqlite_where=PENDING, postgresql_where=PENDING),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    import_run_id: Mapped[int] = mapped_column(ForeignKey("import_runs.id"), index=True)
    line: Mapped[int] = mapped_column(Integer)
    column: Mapped[str] = mapped_column(String(200), default="")
    value: Mapped[str] = mapped_column(Text, default="")
    #: English sentence with %(name)s places filled from `params`, so that it can be translated.
    reason: Mapped[str] = mapped_column(Text)
    params: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    #: Whose ledger lacks the row, and the number of its item, where they can be told.
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    number: Mapped[str] = mapped_column(String(100), default="")
    #: The row has not come in since: its customer's ledger is incomplete.
    pending: Mapped[bool] = mapped_column(default=False)


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


class ImportUpload(Base):
    """A file sent by a browser and not taken in yet; gone once it is."""

    __tablename__ = "import_uploads"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"), index=True)
    kind: Mapped[ImportKind] = mapped_column(enum_by_value(ImportKind))
    file_name: Mapped[str] = mapped_column(String(255))
    #: Random name in the file store.
    stored_as: Mapped[str] = mapped_column(String(100), unique=True)
    #: What was decided so far.
    mapping: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
