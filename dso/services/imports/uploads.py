"""Files sent by a browser and not taken in yet: kept in the file store between the steps of the screens."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import delete, event, select

from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.errors import NotFound, Refused
from dso.domain.imports.mapping import FileMapping
from dso.models import Entity, ImportRun, ImportUpload, User
from dso.services import files

#: A file nobody took in for so long is forgotten.
LIFE = timedelta(days=2)


def receive(
    entity: Entity, kind: ImportKind, name: str, stream: BinaryIO, *, actor: User, now: datetime
) -> ImportUpload:
    """Keep a file for its next step; those left lying are forgotten."""
    if not name.strip():
        raise Refused("Choose a file first.")
    _forget_old(now)
    upload = ImportUpload(
        entity_id=entity.id,
        kind=kind,
        file_name=Path(name.replace("\\", "/")).name[:255],
        stored_as=files.keep(stream),
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


def decide(upload: ImportUpload, mapping: FileMapping) -> None:
    """Keep what was decided on the mapping screen."""
    upload.mapping = mapping.as_json()
    db.session.flush()


def done(upload: ImportUpload) -> None:
    """The file was taken in: its run keeps it now."""
    db.session.delete(upload)
    db.session.flush()


def _forget_old(now: datetime) -> None:
    old = db.session.scalars(select(ImportUpload).where(ImportUpload.created_at < now - LIFE)).all()
    kept = set(
        db.session.scalars(select(ImportRun.stored_as).where(ImportRun.stored_as.in_([u.stored_as for u in old])))
    )
    left = [upload.stored_as for upload in old if upload.stored_as not in kept]
    db.session.execute(delete(ImportUpload).where(ImportUpload.id.in_([upload.id for upload in old])))
    if left:
        event.listen(db.session(), "after_commit", lambda _session: files.throw_away(left), once=True)
