"""How far the work beside the request is: in percent, in minutes, or that nobody is at it."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from dso import db as database
from dso.domain.imports.progress import Progress, Work, progress
from dso.models import ImportUpload
from dso.queries import import_tasks, jobs

#: What waits longer than this while no clock process shows a sign of life waits in vain.
_PATIENCE = timedelta(seconds=5)


def standing(upload: ImportUpload, now: datetime) -> dict[str, Any]:
    """What the parts that ask for themselves show."""
    found = _progress(upload, now)
    heard_of_at = upload.beat_at or upload.queued_at
    return {
        "progress": found,
        "left": _left(found),
        "before": import_tasks.before(upload) if upload.state == "queued" else [],
        "nobody_works": nobody_works(upload.state, heard_of_at, now),
    }


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


def nobody_works(state: str, heard_of_at: datetime | None, now: datetime) -> bool:
    """Whether a task waits for a clock process: neither of them was heard of for some time.

    While something long is written to SQLite not even the clock process can say that it is alive: that is work too,
    and what is queued waits for it.
    """
    if state not in import_tasks.BUSY or heard_of_at is None or now - heard_of_at <= _PATIENCE:
        return False
    return not jobs.scheduler_is_alive(now) and not database.is_being_written()
