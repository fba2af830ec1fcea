"""Files that came without a person and failed: kept for whoever may import, until somebody takes them on.

They come from the watched folder, and from programs over the API. What a way fails with again and again is one file,
the newest; what it brings well takes the word of it away.
"""

import codecs
import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from dso.db import db
from dso.domain.codes import ImportKind, ImportMode
from dso.domain.errors import Refused
from dso.domain.imports.mapping import FileMapping
from dso.models import Entity, ImportUpload, User
from dso.queries.import_tasks import NOBODY_S
from dso.services import files
from dso.services.imports import mappings, tasks, uploads
from dso.services.imports.options import ImportOptions
from dso.services.imports.preparing import opened_for
from dso.services.imports.readers import Table, open_table

#: Failed files kept of a company: a feed that fails every few minutes fills no disk.
MOST = 20
_BROKE = "The work on this file broke off: the log of the web server says why."


def keep(upload: ImportUpload, *, now: datetime) -> None:
    """From here on nobody's: the pages show it. Those of long ago and the oldest go."""
    upload.origin, upload.beat_at = None, now
    db.session.flush()
    uploads.forget_old(now)
    mine = select(ImportUpload.id).where(ImportUpload.entity_id == upload.entity_id, *NOBODY_S)
    _forget(ImportUpload.id.in_(mine.order_by(ImportUpload.id.desc()).offset(MOST)))


def superseded(upload: ImportUpload) -> None:
    """A file of the same name and kind came by the same way: what failed before it is of no use any more."""
    whole = bool((upload.problem or {}).get("full"))
    _supersede(upload.entity_id, upload.kind, (upload.source, upload.file_name), whole=whole, but=upload.id)


def made_good(entity: Entity, kind: ImportKind, options: ImportOptions) -> None:
    """A program's file is going in: what failed before it by the same way is of no use any more."""
    _supersede(entity.id, kind, (options.source, options.file_name), whole=_is_full(kind, options))


def _supersede(entity_id: int, kind: ImportKind, way: tuple[str, str], *, whole: bool, but: int = 0) -> None:
    """A partial file does not stand for a full one that failed: what that would have cleared is still open."""
    source, name = way
    failed = select(ImportUpload.id, ImportUpload.problem).where(
        ImportUpload.entity_id == entity_id,
        ImportUpload.kind == kind,
        ImportUpload.source == source,
        ImportUpload.file_name == name,
        ImportUpload.id != but,
        *NOBODY_S,
    )
    gone = [each.id for each in db.session.execute(failed) if whole or not (each.problem or {}).get("full")]
    if gone:
        _forget(ImportUpload.id.in_(gone))


def _is_full(kind: ImportKind, options: ImportOptions) -> bool:
    """Whether a program sends all open items there are."""
    mode = options.mapping.mode if options.mapping else options.mode
    return kind is ImportKind.ITEMS and mode is ImportMode.STOCK


def tell(entity: Entity, kind: ImportKind, options: ImportOptions, error: Exception, *, now: datetime) -> None:
    """Keep a program's file that did not go in, with the reason and how it was to be read; the reading is over then.

    One that did not even come whole (`stored_as` is empty) is told of, and cannot be taken on.
    """
    problem: dict[str, Any] = (
        tasks.as_problem(error) if isinstance(error, Refused) else {"message": _BROKE, "params": {}}
    )
    problem |= {"full": _is_full(kind, options), "lost": not options.stored_as}
    mapping = _read_as(entity, kind, options) if options.stored_as and isinstance(error, Refused) else None
    options.begin_writing()
    upload = ImportUpload(
        entity_id=entity.id,
        kind=kind,
        file_name=options.file_name[:255],
        stored_as=options.stored_as or secrets.token_hex(20),
        mapping=uploads.as_sent(mapping) if mapping else {},
        author_id=None,
        created_at=now,
        task="run",
        state="failed",
        problem=problem,
        source=options.source[:120],
    )
    db.session.add(upload)
    db.session.flush()
    superseded(upload)
    keep(upload, now=now)


def _read_as(entity: Entity, kind: ImportKind, options: ImportOptions) -> FileMapping | None:
    """How the program wanted its file read, as far as that fits it; None where its columns are to be looked at anew."""
    path = files.path_of(options.stored_as)
    for said in (options, replace(options, encoding="", separator="")):
        with suppress(Refused):
            table = opened_for(entity, path, kind, said)
            if mappings.strange_kind(entity, kind, table, options):
                return None
            mapping = mappings.decided(entity, kind, table, said)
            with suppress(Refused):
                return replace(mapping, **_unsaid(table, mapping, open_table(path, kind)))
            # Nothing is recognised: all that was said is needed.
            return mapping
    return None


def _unsaid(table: Table, mapping: FileMapping, recognised: Table) -> dict[str, Any]:
    """Encoding and separator where nobody has to name them: what a person decides then binds no later file."""
    same_text = _codec(mapping.encoding) == _codec(table.recognised)
    same_cells = recognised.headers == table.headers
    return {**({"encoding": ""} if same_text else {}), **({"separator": ""} if same_cells else {})}


def _codec(name: str) -> str:
    """One name for an encoding, with or without the mark Windows puts in front."""
    with suppress(LookupError, ValueError):
        return codecs.lookup(name).name.removesuffix("-sig")
    return name


def take_on(upload: ImportUpload, *, actor: User, now: datetime) -> None:
    """From here on it is as if this person had sent it; Elsewhere when somebody else was quicker."""
    values: dict[str, Any] = {"author_id": actor.id, "task": "", "state": "", "problem": None, "beat_at": now}
    free = (ImportUpload.id == upload.id, *NOBODY_S)
    if db.session.scalar(update(ImportUpload).where(*free).values(values).returning(ImportUpload.id)) is None:
        raise tasks.Elsewhere


def _forget(*which: ColumnElement[bool]) -> None:
    """But for those somebody took on meanwhile."""
    gone = delete(ImportUpload).where(*which, *NOBODY_S).returning(ImportUpload.stored_as)
    tasks.throw_away_later(db.session.scalars(gone))
