"""The watched folder (2.5): whole files that lie there are queued, and put away with their result when they are in."""

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.errors import NotFound
from dso.domain.imports.mapping import FileMapping
from dso.domain.imports.rejects import counted
from dso.domain.imports.words import folded
from dso.domain.money import rounded
from dso.models import Entity, ImportRun, ImportUpload
from dso.queries import imports as queries
from dso.services import files
from dso.services.exports import csv_pieces
from dso.services.imports import failures, mappings, tasks
from dso.services.imports.options import FOLDER, ImportOptions
from dso.services.imports.preparing import opened_for
from dso.services.imports.rejected_rows import rejected_rows

DONE, FAILED = "done", "failed"
#: Beginnings of names, in the order files are taken in: who is named by another file comes before it.
NAMES = {
    "users": ImportKind.USERS,
    "rates": ImportKind.RATES,
    "eurofxref": ImportKind.RATES,
    "customers": ImportKind.CUSTOMERS,
    "clients": ImportKind.CUSTOMERS,
    "contacts": ImportKind.CONTACTS,
    "items": ImportKind.ITEMS,
}
_ORDER = list(dict.fromkeys(NAMES.values()))
_ENDS = frozenset({".csv", ".txt", ".tsv", ".xlsx", ".xls", ".xml"})
#: Endings of one kind only: the European Central Bank packs its CSV files.
_ENDS_OF = {ImportKind.RATES: frozenset({".zip"})}
#: Rejected rows named in a result file; all stand in the file of rejected rows.
_MOST_NAMED = 100_000
_BROKEN = "This file could not be taken in: the log of the clock process says why."


@dataclass(frozen=True)
class Found:
    """A file in the watched folder."""

    entity_id: int
    kind: ImportKind
    folder: Path
    name: str
    size: int
    mtime_ns: int

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.folder / self.name

    @property
    def state(self) -> tuple[int, int]:
        """What changes while somebody writes it."""
        return self.size, self.mtime_ns


def readable(name: str) -> str:
    """A name; of one that is not UTF-8, what it reads as on the machines that still write such names."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("cp1252", "replace")
    return name


def kind_of(name: str) -> ImportKind | None:
    """What a file holds by its name; None for one that is none of ours or not whole yet."""
    lower = name.lower()
    kind = next((kind for begin, kind in NAMES.items() if lower.startswith(begin)), None)
    return kind if kind and Path(lower).suffix in _ENDS | _ENDS_OF.get(kind, frozenset()) else None


def folders(root: Path, entities: Sequence[Entity]) -> Iterator[tuple[Path, Entity]]:
    """The folder of each company: one named like it, and for the only one the watched folder itself."""
    if len(entities) == 1:
        yield root, entities[0]
    named = {folded(each.name): each for each in entities}
    with os.scandir(root) as found:
        for each in sorted(found, key=lambda one: one.name):
            if each.is_dir(follow_symlinks=False) and folded(each.name) in named:
                yield Path(each.path), named[folded(each.name)]


def before(kind: ImportKind) -> Sequence[ImportKind]:
    """The kinds that go in before a kind."""
    return _ORDER[: _ORDER.index(kind)]


def find(root: Path) -> list[Found]:
    """The files that may be taken in, in the order they are; OSError when the folder cannot be read."""
    entities = db.session.scalars(select(Entity).order_by(Entity.id)).all()
    found: list[Found] = []
    for place, entity in folders(root, entities):
        found += _files(place, entity.id)
    return sorted(found, key=lambda one: (_ORDER.index(one.kind), one.name))


def of_no_company(root: Path) -> list[str]:
    """Files by their names ours in the watched folder itself, where several companies have folders of their own."""
    if db.session.scalars(select(Entity.id).limit(2)).all()[1:]:
        return sorted(readable(each.name) for each in _ours(root))
    return []


def strays(root: Path) -> list[str]:
    """Files by their names ours that lie where nobody looks: beside the folders of several companies, or in others."""
    entities = db.session.scalars(select(Entity).order_by(Entity.id)).all()
    looked_at = {place for place, _entity in folders(root, entities)} | {root / "done", root / "failed"}
    places = [root, *(each for each in root.iterdir() if each.is_dir() and not each.is_symlink())]
    lying = [each for place in places if place not in looked_at for each in _ours(place)]
    return sorted(readable(str(each.relative_to(root))) for each in lying)


def _ours(place: Path) -> list[Path]:
    """The files in a folder that are ours by their names."""
    return [each for each in place.iterdir() if kind_of(each.name) and each.is_file()]


def _files(place: Path, entity_id: int) -> Iterator[Found]:
    with os.scandir(place) as found:
        for each in found:
            kind = kind_of(each.name)
            if kind is not None and each.is_file(follow_symlinks=False):
                known = each.stat(follow_symlinks=False)
                yield Found(entity_id, kind, place, each.name, known.st_size, known.st_mtime_ns)


def opened(one: Found) -> BufferedReader:
    """The file for reading; OSError for a link, or when it cannot be read."""
    return os.fdopen(os.open(one.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


def queue(one: Found, *, now: datetime) -> ImportUpload | None:
    """Keep a copy and put it in the queue; None when it changed under our hands. OSError when it cannot be read.

    One whose name is not UTF-8 gets the name it reads as, and is found again under that. What fails leaves no copy.
    """
    if one.name != readable(one.name):
        one.path.rename(_free_name(one.folder, readable(one.name)))
        return None
    with opened(one) as stream:
        if not _is(stream, one):
            return None
        stored_as = files.keep(stream)
        try:
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            upload = _queued(one, stored_as, digest, now) if _is(stream, one) else None
        except BaseException:
            files.throw_away([stored_as])
            raise
    if upload is None:
        files.throw_away([stored_as])
    return upload


def _queued(one: Found, stored_as: str, digest: str, now: datetime) -> ImportUpload:
    origin = {"folder": str(one.folder), "name": one.name, "size": one.size, "mtime_ns": one.mtime_ns, "sha256": digest}
    upload = ImportUpload(
        entity_id=one.entity_id,
        kind=one.kind,
        file_name=one.name[:255],
        stored_as=stored_as,
        mapping={},
        author_id=None,
        created_at=now,
        task="run",
        state="queued",
        queued_at=now,
        origin=origin,
        source=FOLDER,
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def set_aside(one: Found) -> None:
    """Move a file that cannot even be queued to `failed/`, with a word; OSError when it cannot be moved."""
    target = _free_name(_place(one.folder, FAILED), readable(one.name))
    _write_result(target, {"kind": one.kind.value, "refused": _BROKEN})
    one.path.rename(target)


def _is(stream: BinaryIO, one: Found) -> bool:
    known = os.fstat(stream.fileno())
    return stat.S_ISREG(known.st_mode) and (known.st_size, known.st_mtime_ns) == one.state


def mapping(upload: ImportUpload) -> FileMapping | None:
    """What was decided for a file of this shape or nearly so; None when nothing was: then the headers say it."""
    entity = db.session.get_one(Entity, upload.entity_id)
    path = files.path_of(upload.stored_as or "")
    table = opened_for(entity, path, upload.kind, ImportOptions())
    found = mappings.known(entity, upload.kind, table)
    return replace(found, sheet=table.rows.sheet) if found else None


def put_away(upload: ImportUpload, *, now: datetime) -> bool:
    """Write the result of a file that is in, or failed, beside it, and move it; whether it could be moved.

    What failed stays on the pages until somebody takes it on, or a file of that name comes again.

    One that cannot be moved (OSError) keeps its row, and by it is known for taken in.
    """
    origin = upload.origin or {}
    source = Path(origin["folder"], origin["name"])
    if upload.state not in (DONE, FAILED):
        return False
    if not _moved_already(source.parent / upload.state / source.name, source, origin):
        target = _free_name(_place(source.parent, upload.state), source.name)
        _write_results(upload, target)
        if _same(source, origin):
            source.rename(target)
    failures.superseded(upload)
    if upload.import_run_id is None:
        failures.keep(upload, now=now)
        return True
    db.session.delete(upload)
    db.session.flush()
    return True


def _place(folder: Path, name: str) -> Path:
    """The folder of what is in or of what failed, made where there is none; OSError when it cannot be used."""
    place = folder / name
    place.mkdir(exist_ok=True)
    if place.is_symlink():
        raise NotADirectoryError(20, "is a link, which is not followed", str(place))
    return place


def _moved_already(target: Path, source: Path, origin: Mapping[str, Any]) -> bool:
    """Whether we were interrupted between the move and the word of it."""
    return not source.exists() and _same(target, origin)


def _same(path: Path, origin: Mapping[str, Any]) -> bool:
    """Whether the file is still the one that was taken in, and not a newer one of its name."""
    try:
        known = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(known.st_mode) and (known.st_size, known.st_mtime_ns) == (origin["size"], origin["mtime_ns"])


def _free_name(place: Path, name: str) -> Path:
    target, number = place / name, 1
    while target.exists() or target.is_symlink():
        number += 1
        target = place / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return target


def _write_results(upload: ImportUpload, target: Path) -> None:
    run = db.session.get(ImportRun, upload.import_run_id) if upload.import_run_id else None
    _write_result(target, _refusal(upload) if run is None else _result(run))
    if run is not None and run.counts.get("rejected"):
        # Without the original its rows cannot be written; the result names them.
        with suppress(NotFound):
            _write_rejected(run, target.with_name(f"{target.name}.rejected.csv"))


def _write_result(target: Path, result: Mapping[str, Any]) -> None:
    _whole(target.with_name(f"{target.name}.result.json"), json.dumps(result, ensure_ascii=False, indent=1) + "\n")


def _refusal(upload: ImportUpload) -> dict[str, Any]:
    problem = upload.problem or {"message": "", "params": {}}
    stops = [stop["message"] % stop["params"] for stop in problem.get("stops", [])]
    return {"kind": upload.kind.value, "refused": str(tasks.refusal(problem)), **({"stops": stops} if stops else {})}


def _result(run: ImportRun) -> dict[str, Any]:
    """The shape `import` of 10.2."""
    currency = db.session.get_one(Entity, run.entity_id).currency
    names = ("kind", "mode", "rows", "new", "changed", "cleared", "reopened", "unchanged", "rounded", "rejected")
    rejects = [
        {"line": each.line, "column": each.column, "value": each.value, "reason": each.sentence}
        for each in queries.rejects(run.id, limit=_MOST_NAMED)
    ]
    items = run.kind is ImportKind.ITEMS
    sums = {
        name: f"{rounded(Decimal(run.counts[name]), currency):f}" if items else None
        for name in ("receivable_before", "receivable_after")
    }
    told = {name: run.counts.get(name) for name in ("other_entities", "unconverted", "unidentified")}
    told["remarks"] = counted(run.counts.get("remarks", {}))
    more = {name: value for name, value in told.items() if value}
    return {**{name: run.counts.get(name) for name in names}, **more, "rejects": rejects, **sums}


def _write_rejected(run: ImportRun, path: Path) -> None:
    """The rejected rows as they stood in the file, with line and reason."""
    read = FileMapping.from_json(run.options.get("mapping", {}))
    table = rejected_rows(
        files.path_of(run.stored_as), run.kind, read, queries.all_rejects(run.id), lambda row: row.sentence
    )
    partial = path.with_name(f".{path.name}.part")
    with partial.open("wb") as file:
        file.writelines(csv_pieces(table))
    partial.replace(path)


def _whole(path: Path, text: str) -> None:
    """Written whole or not at all: whoever waits for the file may read it as soon as it is there."""
    partial = path.with_name(f".{path.name}.part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
