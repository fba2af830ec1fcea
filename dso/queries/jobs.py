"""What the clock did and whether it is alive."""

from datetime import datetime, timedelta

from sqlalchemy import select

from dso.db import db
from dso.models import Heartbeat, JobRun

SCHEDULER = "scheduler"
#: The scheduler says every few seconds that it is alive; after this long without it nobody leads.
SILENCE = timedelta(seconds=60)


def last_beat() -> datetime | None:
    """When a scheduler last said that it leads; None when none ever did."""
    return db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == SCHEDULER))


def scheduler_is_alive(now: datetime) -> bool:
    """Whether a scheduler leads at this instant."""
    beat = last_beat()
    return beat is not None and now - beat <= SILENCE


def run_of(job: str, entity_id: int | None, due_at: datetime) -> JobRun | None:
    """The record of one due run, None when nobody has begun it."""
    mine = JobRun.entity_id.is_(None) if entity_id is None else JobRun.entity_id == entity_id
    return db.session.scalar(select(JobRun).where(JobRun.job == job, JobRun.due_at == due_at, mine))
