"""Files sent by a browser and not taken in yet: kept in the file store between the steps of the screens."""

import hashlib
import json
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import delete, or_, update

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
#: A file with which nothing was done for so long is forgotten: whoever compares one on a Friday finds it on Monday, and
#: after a week off sick mostly too.
LIFE = timedelta(days=7)
#: Beside a mapping no person has decided on.
_AS_SENT = "as_sent"
#: When something was done with a file last is the latest of these.
_DONE_AT = (ImportUpload.created_at, ImportUpload.queued_at, ImportUpload.started_at, ImportUpload.beat_at)


def receive(
    entity: Entity, kind: ImportKind, name: str, stream: BinaryIO, *, actor: User, now: datetime
) -> ImportUpload:
    """Keep a file for its next step, Refused when it is no table; those left lying are forgotten."""
    if not name.strip():
        raise Refused("Choose a file first.")
    forget_old(now)
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
        source="web",
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def path(upload: ImportUpload) -> Path:
    """Where its bytes lie; Refused when they are gone."""
    try:
        return files.path_of(upload.stored_as or "")
    except NotFound as error:
        raise Refused("This file is no longer there: send it again.") from error


def is_large(upload: ImportUpload) -> bool:
    """Whether it is worked beside the request; one that is gone is told of within it."""
    with suppress(Refused):
        return path(upload).stat().st_size > SMALL
    return False


def decide(upload: ImportUpload, mapping: FileMapping, *, now: datetime) -> None:
    """Keep what was decided on the mapping screen; what was found with other decisions is forgotten."""
    values: dict[str, Any] = {"mapping": mapping.as_json(), "task": "", "state": "", "report": None, "problem": None}
    values["beat_at"] = now
    free = (ImportUpload.id == upload.id, ImportUpload.state.not_in(BUSY), ImportUpload.import_run_id.is_(None))
    if db.session.scalar(update(ImportUpload).where(*free).values(values).returning(ImportUpload.id)) is None:
        raise Refused("This file is being worked on elsewhere, or was taken in already.")
    db.session.refresh(upload)


def as_sent(mapping: FileMapping) -> dict[str, Any]:
    """How a program wants its file read: of this file only, until a person decides."""
    return {**mapping.as_json(), _AS_SENT: True}


def is_decided(upload: ImportUpload) -> bool:
    """Whether a person said how it is read, which is remembered for files of its shape."""
    return not upload.mapping.get(_AS_SENT)


def looked_at(upload: ImportUpload) -> str:
    """What a page of the difference stands for: this file, read in this way; columns can be changed in another tab."""
    said = json.dumps([upload.stored_as, upload.mapping], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def forget_old(now: datetime) -> None:
    """What nobody did anything with for long goes.

    What waits its turn stays, and what came from the watched folder until it is moved away there.
    """
    long_ago = [or_(column.is_(None), column < now - LIFE) for column in _DONE_AT]
    lying = (*long_ago, ImportUpload.state.not_in(BUSY), ImportUpload.origin.is_(None))
    tasks.throw_away_later(db.session.scalars(delete(ImportUpload).where(*lying).returning(ImportUpload.stored_as)))
