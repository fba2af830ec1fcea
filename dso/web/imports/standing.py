"""How far the work beside the request is: in percent, in minutes, or that nobody is at it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from dso import db as database
from dso.domain.imports.progress import Progress, Work, progress
from dso.http.errors import sentence
from dso.models import ImportUpload
from dso.queries import import_tasks, jobs
from dso.services.imports import tasks

#: What waits longer than this while no clock process shows a sign of life waits in vain.
_PATIENCE = timedelta(seconds=5)


def standing(upload: ImportUpload, now: datetime) -> dict[str, Any]:
    """What the parts that ask for themselves show."""
    found = _progress(upload, now)
    return {
        "problem": problem_words(upload),
        "progress": found,
        "left": _left(found),
        "before": import_tasks.before(upload) if upload.state == "queued" else [],
        "nobody_works": watcher(now)(upload.state, upload.beat_at or upload.queued_at),
    }


def problem_words(upload: ImportUpload) -> str:
    """Why the work failed, in words; empty while it did not."""
    return sentence(tasks.refusal(upload.problem)) if upload.problem else ""


def _progress(upload: ImportUpload, now: datetime) -> Progress | None:
    if upload.state != "running" or upload.started_at is None:
        return None
    work = Work(
        upload.kind,
        upload.task,
        upload.phase,
        upload.rows_done,
        upload.rows_total,
        upload.started_at,
        upload.beat_at or upload.started_at,
    )
    return progress(work, now)


def _left(found: Progress | None) -> str:
    if found is None or found.remaining is None:
        return ""
    seconds = found.remaining.total_seconds()
    if seconds < 50:
        return str(_("less than a minute left"))
    return str(ngettext("about one minute left", "about %(num)s minutes left", max(round(seconds / 60), 1)))


def watcher(now: datetime) -> Callable[[str, datetime | None], bool]:
    """Whether a task, by its state and when it was last heard of, waits for a clock process nobody hears of either.

    While something long is written to SQLite not even the clock process can say that it is alive: that is work too,
    and what is queued waits for it. That is asked once, and only where a task was silent for some time.
    """

    @cache
    def is_silent() -> bool:
        return not jobs.scheduler_is_alive(now) and not database.is_being_written()

    def nobody_works(state: str, heard_of_at: datetime | None) -> bool:
        waits = state in import_tasks.BUSY and heard_of_at is not None and now - heard_of_at > _PATIENCE
        return waits and is_silent()

    return nobody_works
