"""Files of the watched folder that failed: kept for whoever may import, until somebody takes them on."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from dso.db import db
from dso.models import ImportUpload, User
from dso.queries.import_tasks import NOBODY_S
from dso.services.imports import tasks, uploads

#: Failed files kept of a company: a feed that fails every few minutes fills no disk.
MOST = 20


def keep(upload: ImportUpload, *, now: datetime) -> None:
    """From here on nobody's: it lies in `failed/`, and the pages show it. Those of long ago and the oldest go."""
    upload.origin, upload.beat_at = None, now
    db.session.flush()
    uploads.forget_old(now)
    mine = select(ImportUpload.id).where(ImportUpload.entity_id == upload.entity_id, *NOBODY_S)
    _forget(ImportUpload.id.in_(mine.order_by(ImportUpload.id.desc()).offset(MOST)))


def superseded(upload: ImportUpload) -> None:
    """A file of the same name and kind came from the folder: what failed before it is of no use any more."""
    _forget(
        ImportUpload.entity_id == upload.entity_id,
        ImportUpload.kind == upload.kind,
        ImportUpload.file_name == upload.file_name,
        ImportUpload.id != upload.id,
    )


def take_on(upload: ImportUpload, *, actor: User, now: datetime) -> None:
    """From here on it is as if this person had sent it; Elsewhere when somebody else was quicker."""
    values: dict[str, Any] = {"author_id": actor.id, "task": "", "state": "", "problem": None, "beat_at": now}
    free = (ImportUpload.id == upload.id, *NOBODY_S)
    if db.session.scalar(update(ImportUpload).where(*free).values(values).returning(ImportUpload.id)) is None:
        raise tasks.Elsewhere


def _forget(*which: ColumnElement[bool]) -> None:
    """But for those somebody took on meanwhile."""
    gone = delete(ImportUpload).where(*which, *NOBODY_S).returning(ImportUpload.stored_as)
    tasks.throw_away_later([name for name in db.session.scalars(gone) if name is not None])
