"""What the clock did: one row per job and due time, and the heartbeat of the scheduler."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from dso.db import Base, Json, Key, UtcDateTime


class JobRun(Base):
    """One run of a job; the unique key is what keeps it from running twice."""

    __tablename__ = "job_runs"
    __table_args__ = (
        Index(
            "uq_job_runs_installation",
            "job",
            "due_at",
            unique=True,
            sqlite_where=text("entity_id IS NULL"),
            postgresql_where=text("entity_id IS NULL"),
        ),
        Index(
            "uq_job_runs_entity",
            "job",
            "entity_id",
            "due_at",
            unique=True,
            sqlite_where=text("entity_id IS NOT NULL"),
            postgresql_where=text("entity_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    job: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[int | None] = mapped_column(ForeignKey("entities.id"))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: How often it was begun: once, and again after a crash or an error.
    attempts: Mapped[int] = mapped_column(default=1)
    #: "running", "done" or "failed".
    status: Mapped[str] = mapped_column(String(10), default="running")
    counts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    error: Mapped[str] = mapped_column(Text, default="")


class Heartbeat(Base):
    """Who leads the clock and when it was last alive."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    worker: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
