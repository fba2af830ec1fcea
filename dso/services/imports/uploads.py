"""Files sent by a browser and not taken in yet: kept in the file store between the steps of the screens."""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import delete, update

from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.errors import NotFound, Refused
from dso.domain.imports.mapping import FileMapping
from dso.models import Entity, ImportUpload, User
from dso.queries.import_tasks import BUSY
from dso.services import files
from dso.services.imports import tasks
from dso.services.imports.readers import refuse_what_is_no_table

#: Bytes up to which a file is worked within the request: some twenty thousand rows, two seconds or so. What takes
#: longer shows its progress and can be left.
SMALL = 2 * 1024 * 1024
#: A file nobody took in for so long is forgotten.
LIFE = timedelta(days=2)


def receive(
    entity: Entity, kind: ImportKind, name: str, stream: BinaryIO, *, actor: User, now: datetime
) -> ImportUpload:
    """Keep a file for its next step, Refused when it is no table; those left lying are forgotten."""
    if not name.strip():
        raise Refused("Choose a file first.")
    _forget_old(now)
    stored_as = files.keep(stream)
    try:
        refuse_what_is_no_table(files.path_of(stored_as), kind)
    except Refused:
        files.throw_away([stored_as])
        raise
    upload = ImportUpload(
        entity_id=entity.id,
        kind=kind,
        file_name=Path(name.replace("\\", "/")).name[:255],
        stored_as=stored_as,
        mapping={},
        author_id=actor.id,
        created_at=now,
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def path(upload: ImportUpload) -> Path:
    """Where its bytes lie; Refused when they are gone."""
    try:
        return files.path_of(upload.stored_as)
    except NotFound as error:
        raise Refused("This file is no longer there: send it again.") from error


def is_large(upload: ImportUpload) -> bool:
    """Whether it is worked beside the request; one that is gone is told of within it."""
    with suppress(Refused):
        return path(upload).stat().st_size > SMALL
    return False


def decide(upload: ImportUpload, mapping: FileMapping) -> None:
    """Keep what was decided on the mapping screen; what was found with other decisions is forgotten."""
    values: dict[str, Any] = {"mapping": mapping.as_json(), "task": "", "state": "", "report": None, "problem": None}
    free = (ImportUpload.id == upload.id, ImportUpload.state.not_in(BUSY), ImportUpload.import_run_id.is_(None))
    if db.session.scalar(update(ImportUpload).where(*free).values(values).returning(ImportUpload.id)) is None:
        raise Refused("This file is being worked on elsewhere, or was taken in already.")
    db.session.refresh(upload)


def _forget_old(now: datetime) -> None:
    """What waits its turn stays, and what came from the watched folder until it is moved away there."""
    lying = (ImportUpload.created_at < now - LIFE, ImportUpload.state.not_in(BUSY), ImportUpload.origin.is_(None))
    gone = db.session.scalars(delete(ImportUpload).where(*lying).returning(ImportUpload.stored_as)).all()
    tasks.throw_away_later(list(gone))
