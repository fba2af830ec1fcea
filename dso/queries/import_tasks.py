"""Files on their way in: what waits, what is worked on, what waits for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select

from dso.db import UtcDateTime, db
from dso.domain.codes import ImportKind
from dso.models import Entity, ImportRun, ImportUpload, User
from dso.queries.items.rows import person

#: States of a task that a worker has or will have.
BUSY = ("queued", "running")
#: Files of the watched folder (in `failed/` by now) and of programs that failed: whoever may import can take one on.
NOBODY_S = (ImportUpload.author_id.is_(None), ImportUpload.origin.is_(None))


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """A file that was sent and is not in yet, or an import that is to be taken back."""

    id: int
    kind: ImportKind
    file: str
    by: str
    author_id: int | None
    created_at: datetime
    task: str
    state: str
    phase: str
    #: The door it came by: "web", "folder" or "api NAME".
    source: str
    #: What was said of its columns; empty before that.
    mapping: Mapping[str, Any]
    #: Why it failed; None while it did not.
    problem: Mapping[str, Any] | None
    #: It came without a person, failed, and is nobody's: who may import can take it on.
    is_nobody_s: bool
    #: When it was queued, or its worker gave the last sign of life.
    heard_of_at: datetime | None
    #: The run that is to be taken back, where that is what is to be done.
    undoes_id: int | None

    @property
    def is_lost(self) -> bool:
        """Whether it never came whole, so that there is nothing to go on with."""
        return bool((self.problem or {}).get("lost"))

    @property
    def is_decided(self) -> bool:
        """Whether the difference is what is to be looked at next."""
        return bool(self.mapping)

    @property
    def is_working(self) -> bool:
        """Whether a worker has it."""
        return self.state == "running"


def on_their_way(entity: Entity, user: User) -> Sequence[OnItsWay]:
    """Files of the entity that are queued, worked on or failed; those that wait for this person; the oldest first."""
    query = (
        select(
            ImportUpload.id, ImportUpload.kind, ImportUpload.file_name, person(User), ImportUpload.author_id,
            ImportUpload.created_at, ImportUpload.task, ImportUpload.state, ImportUpload.phase,
            ImportUpload.source, ImportUpload.mapping, ImportUpload.problem, and_(*NOBODY_S),
            func.coalesce(ImportUpload.beat_at, ImportUpload.queued_at, type_=UtcDateTime()), ImportUpload.undoes_id,
        )
        .outerjoin(User, User.id == ImportUpload.author_id)
        .outerjoin(ImportRun, ImportRun.id == ImportUpload.undoes_id)
        .where(
            ImportUpload.entity_id == entity.id,
            ImportUpload.import_run_id.is_(None),
            # What failed, and was taken back by another way since, waits for nobody.
            ImportRun.undone_at.is_(None),
            or_(ImportUpload.state.in_(BUSY), ImportUpload.author_id == user.id, ImportUpload.author_id.is_(None)),
        )
        .order_by(ImportUpload.queued_at.nulls_last(), ImportUpload.id)
    )  # fmt: skip
    return [OnItsWay(*row) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class Failed:
    """A file of the watched folder or of a program that failed and nobody took on."""

    kind: ImportKind
    file: str
    #: The door it came by: "folder" or "api NAME".
    source: str
    company: str
    problem: Mapping[str, Any] | None


def failed(entity: Entity | None = None) -> Sequence[Failed]:
    """What failed without a person and nobody took on, of a company or of all; the newest first."""
    query = (
        select(ImportUpload.kind, ImportUpload.file_name, ImportUpload.source, Entity.name, ImportUpload.problem)
        .join(Entity, Entity.id == ImportUpload.entity_id)
        .where(*NOBODY_S)
        .order_by(ImportUpload.id.desc())
    )
    if entity is not None:
        query = query.where(ImportUpload.entity_id == entity.id)
    return [Failed(*row) for row in db.session.execute(query)]


def get_nobody_s(entity: Entity, upload_id: int) -> ImportUpload | None:
    """A file of the company that came without a person, failed, and nobody took on; None when it is no such one."""
    query = select(ImportUpload).where(ImportUpload.id == upload_id, ImportUpload.entity_id == entity.id, *NOBODY_S)
    return db.session.scalar(query)


def undo_of(run_id: int) -> ImportUpload | None:
    """The taking back of a run that is queued, worked on or failed; None when nobody asked for it, or it is done."""
    return db.session.scalar(select(ImportUpload).where(ImportUpload.undoes_id == run_id))


def is_busy(entity: Entity) -> bool:
    """Whether a file of the entity is queued or worked on, in or back out: another one waits its turn."""
    mine = select(1).where(ImportUpload.entity_id == entity.id, ImportUpload.state.in_(BUSY))
    return bool(db.session.scalar(select(exists(mine))))


def is_anything_waiting() -> bool:
    """Whether there is work for the clock process."""
    return bool(db.session.scalar(select(exists(select(1).where(ImportUpload.state.in_(BUSY))))))


def before(upload: ImportUpload) -> Sequence[str]:
    """Names of the files of the same entity that come first."""
    query = select(ImportUpload.file_name).where(
        ImportUpload.entity_id == upload.entity_id,
        ImportUpload.id != upload.id,
        or_(
            ImportUpload.state == "running",
            (ImportUpload.state == "queued") & (ImportUpload.queued_at <= upload.queued_at),
        ),
    )
    return db.session.scalars(query.order_by(ImportUpload.queued_at, ImportUpload.id)).all()


def ledger_mark(entity: Entity, today: date) -> str:
    """What a difference was worked out against: it is out of date when another file came in, or the day is over."""
    query = select(func.max(ImportRun.id), func.count(ImportRun.undone_at)).where(ImportRun.entity_id == entity.id)
    last, undone = db.session.execute(query).one()
    return f"{today.isoformat()} {last or 0} {undone}"


def from_folder() -> Sequence[ImportUpload]:
    """Files taken from the watched folder that still lie there, in the order they came."""
    query = select(ImportUpload).where(ImportUpload.origin.is_not(None)).order_by(ImportUpload.id)
    return db.session.scalars(query).all()


def by_id(upload_id: int) -> ImportUpload | None:
    """A file on its way, whoever sent it; for the clock process."""
    return db.session.get(ImportUpload, upload_id)
