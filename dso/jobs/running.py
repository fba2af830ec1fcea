"""Runs what the table says is due: claim, commit, work, record, commit."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from dso import clock
from dso.db import db
from dso.domain.days import latest_opening
from dso.domain.errors import Refused
from dso.jobs.table import Daily, Repeated
from dso.models import Entity
from dso.queries import settings
from dso.services import jobs

log = logging.getLogger("dso.jobs")


def run_daily(job: Daily) -> int:
    """Begin the run of every entity whose day has opened and has not been worked; how many were begun.

    Only the latest opening counts: days missed while nothing ran are made up by one run, not by a burst.
    """
    now = clock.now()
    begun = 0
    for entity_id in db.session.scalars(select(Entity.id).order_by(Entity.id)).all():
        begun += _run_if_due(job, entity_id, now)
    return begun


def _run_if_due(job: Daily, entity_id: int, now: datetime) -> bool:
    entity = db.session.get_one(Entity, entity_id)
    settings.forget()
    start, _end = settings.collection_settings(entity).sending_hours
    due_at = latest_opening(now, start, entity.timezone)
    if due_at < entity.created_at:
        return False
    run_id = jobs.claim(job.name, entity_id, due_at, now=now)
    db.session.commit()
    if run_id is None:
        return False
    _work(job, entity, run_id)
    return True


def _work(job: Daily, entity: Entity, run_id: int) -> None:
    """The work and the word that it is done are one transaction."""
    entity_id = entity.id
    try:
        counts = job.work(entity, clock.now())
        jobs.finish(run_id, counts, now=clock.now())
        db.session.commit()
        log.info("%s of entity %s done: %s", job.name, entity_id, counts)
    except Exception as error:
        db.session.rollback()
        words = str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}"
        log.exception("%s of entity %s failed", job.name, entity_id)
        jobs.fail(run_id, words[:2000], now=clock.now())
        db.session.commit()


def run_repeated(job: Repeated, worker: str, goes_on: Callable[[], bool]) -> None:
    """One turn, as long as it likes while `goes_on` says so; when it fails, that is logged and the next one comes."""
    try:
        counts = job.work(worker, goes_on)
        db.session.commit()
        if any(counts.values()):
            log.info("%s: %s", job.name, counts)
    except Exception:
        db.session.rollback()
        log.exception("%s failed", job.name)
