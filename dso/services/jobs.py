"""The clock's own records: who may run what is due, how it ended, and that the scheduler is alive."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from dso.db import db
from dso.models import Heartbeat, JobRun
from dso.queries import jobs

#: A run that fails is begun again, each time later; then it is left to people.
MOST_ATTEMPTS = 5
WAIT_AFTER_FAILURE = timedelta(minutes=10)


def claim(job: str, entity_id: int | None, due_at: datetime, *, now: datetime) -> int | None:
    """The id of the run one may begin now; None when it was done, is going on, or failed too often or just now.

    Commit before working: from then on nobody else gets the same run.
    """
    run = jobs.run_of(job, entity_id, due_at)
    if run is None:
        return _begin(job, entity_id, due_at, now)
    return _begin_again(run, now) if run.status == "failed" else None


def _begin(job: str, entity_id: int | None, due_at: datetime, now: datetime) -> int | None:
    row: dict[str, Any] = {"job": job, "entity_id": entity_id, "due_at": due_at, "started_at": now}
    row |= {"attempts": 1, "status": "running", "counts": {}, "error": ""}
    try:
        with db.session.begin_nested():
            return db.session.scalar(insert(JobRun).values(row).returning(JobRun.id))
    except IntegrityError:
        # Somebody began it between the look and the insert: the unique key decides.
        return None


def _begin_again(run: JobRun, now: datetime) -> int | None:
    if run.attempts >= MOST_ATTEMPTS:
        return None
    if run.finished_at is not None and now < run.finished_at + WAIT_AFTER_FAILURE * run.attempts:
        return None
    unchanged = (JobRun.id == run.id, JobRun.status == "failed", JobRun.attempts == run.attempts)
    begun = {"status": "running", "started_at": now, "finished_at": None, "attempts": run.attempts + 1, "error": ""}
    taken = db.session.scalar(update(JobRun).where(*unchanged).values(begun).returning(JobRun.id))
    db.session.expire(run)
    return taken


def finish(run_id: int, counts: Mapping[str, Any], *, now: datetime) -> None:
    """Record a run as done; in the transaction of its last work, so that both hold or neither."""
    done = {"status": "done", "finished_at": now, "counts": dict(counts), "error": ""}
    db.session.execute(update(JobRun).where(JobRun.id == run_id).values(done))


def fail(run_id: int, words: str, *, now: datetime) -> None:
    """Record that a run ended in an error, and which."""
    failed = {"status": "failed", "finished_at": now, "error": words}
    db.session.execute(update(JobRun).where(JobRun.id == run_id).values(failed))


def give_up_interrupted() -> int:
    """Runs begun by a scheduler that died may be begun again; for the new leader only. How many there were."""
    broken = {"status": "failed", "finished_at": None, "error": "The scheduler stopped in the middle of it."}
    given_up = update(JobRun).where(JobRun.status == "running").values(broken).returning(JobRun.id)
    return len(db.session.scalars(given_up).all())


def beat(worker: str, *, now: datetime) -> None:
    """Say that this scheduler leads and is alive."""
    changed = update(Heartbeat).where(Heartbeat.name == jobs.SCHEDULER).values(worker=worker, at=now)
    if db.session.scalar(changed.returning(Heartbeat.name)) is None:
        db.session.add(Heartbeat(name=jobs.SCHEDULER, worker=worker, at=now))
        db.session.flush()
