"""Files taken in: runs, what stood before them, remembered mappings, rejected rows, files on their way."""

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
    #: The door it came by: "web", "cli", "folder", or "api NAME".
    source: Mapped[str] = mapped_column(String(120), default="")
    #: What of the entity itself the run changed, as it stood before: `ledger_at`, `first_import_on`; and the highest
    #: keys there were then: `last_item`, `last_event`, `last_step`. Empty for runs that cannot be taken back.
    entity_before: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: When everything it did was taken back, and by whom.
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ImportBefore(Base):
    """How a record stood before a run changed it: what an undo brings back.

    Of items only what the review at the end of the run changes is here: what a file changes is in `item_changes`, and
    new ones are known by their ids, which are higher than `last_item` of the run.
    """

    __tablename__ = "import_befores"
    __table_args__ = (Index("ix_import_befores_run", "import_run_id", "subject", "record_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    import_run_id: Mapped[int] = mapped_column(ForeignKey("import_runs.id"))
    #: Table of the record: "customers", "contacts", "customer_groups", …; "users after" is how people stood afterwards.
    subject: Mapped[str] = mapped_column(String(30))
    record_id: Mapped[int] = mapped_column(Key)
    #: Column to value, as JSON writes it; null when the run made the record.
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)


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
    #: Whose ledger lacks the row, and number and year of its item, where they can be told.
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    number: Mapped[str] = mapped_column(String(100), default="")
    issued_year: Mapped[int | None] = mapped_column(Integer)
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
    """A file sent by a browser or dropped into the watched folder, and the work on it beside the request.

    Also one a program sent that did not go in: it is nobody's until a person takes it on. And an import that is taken
    back there: that row has no file.
    """

    __tablename__ = "import_uploads"
    # A page left open must never be one of another file: SQLite too gives no number again.
    __table_args__ = (Index("ix_import_uploads_state", "state", "queued_at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"), index=True)
    kind: Mapped[ImportKind] = mapped_column(enum_by_value(ImportKind))
    file_name: Mapped[str] = mapped_column(String(255))
    #: Random name in the file store; null where there is no file: of an import that is to be taken back.
    stored_as: Mapped[str | None] = mapped_column(String(100), unique=True)
    #: What was decided so far.
    mapping: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: What is asked of the clock process: "preview", "run", "undo", or nothing.
    task: Mapped[str] = mapped_column(String(10), default="")
    #: Of the task: "queued", "running", "done", "failed"; empty while a person is at the columns.
    state: Mapped[str] = mapped_column(String(10), default="")
    #: Go in although the brake stops.
    force: Mapped[bool] = mapped_column(default=False)
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Last sign of life: of the worker, or of the person at the columns.
    beat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str] = mapped_column(String(100), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    #: "reading", "comparing", "writing".
    phase: Mapped[str] = mapped_column(String(20), default="")
    rows_done: Mapped[int] = mapped_column(default=0)
    #: An estimate until the file is read; of an undo, the records the run touched.
    rows_total: Mapped[int] = mapped_column(default=0)
    #: The difference found by a preview.
    report: Mapped[dict[str, Any] | None] = mapped_column(Json)
    #: Why it failed: {"message": English sentence, "params": {…}}; of a program's file also whether it was "full", and
    #: whether it is "lost" because it never came whole.
    problem: Mapped[dict[str, Any] | None] = mapped_column(Json)
    #: Of a file of the watched folder, where it lies and what it was when it was taken from there:
    #: {"folder", "name", "size", "mtime_ns", "sha256"}; null for one a browser sent.
    origin: Mapped[dict[str, Any] | None] = mapped_column(Json)
    #: The door it came by, as of a run: "web", "folder", or "api NAME".
    source: Mapped[str] = mapped_column(String(120), default="")
    #: The run it became.
    import_run_id: Mapped[int | None] = mapped_column(ForeignKey("import_runs.id"))
    #: The run that is to be taken back: once at a time. The row goes with the run's word that it is.
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("import_runs.id"), unique=True)
