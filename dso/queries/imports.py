"""Files taken in: history, one run, its rejected rows, files sent and not taken in yet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select

from dso.db import db
from dso.domain.codes import ImportKind, ImportMode
from dso.domain.errors import NotFound
from dso.models import Entity, ImportRun, ImportUpload, Item, ItemChange, RejectedRow, User

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class RunRow:
    """One file taken in."""

    id: int
    kind: ImportKind
    mode: ImportMode | None
    on: date
    at: datetime
    by: str
    file: str
    stored_as: str
    counts: dict[str, Any]

    def count(self, name: str) -> int:
        """One of its counts."""
        return int(self.counts.get(name, 0))


@dataclass(frozen=True, slots=True)
class RejectRow:
    """One row that did not go in."""

    line: int
    column: str
    value: str
    reason: str
    params: dict[str, str]

    @property
    def sentence(self) -> str:
        """The reason in English."""
        return self.reason % self.params if self.params else self.reason


def _runs(entity: Entity) -> Any:
    person = func.trim(func.coalesce(User.first_name, "") + " " + func.coalesce(User.last_name, ""))
    return (
        select(
            ImportRun.id, ImportRun.kind, ImportRun.mode, ImportRun.on, ImportRun.at, person,
            ImportRun.file_name, ImportRun.stored_as, ImportRun.counts,
        )
        .outerjoin(User, User.id == ImportRun.actor_id)
        .where(ImportRun.entity_id == entity.id)
        .order_by(ImportRun.id.desc())
    )  # fmt: skip


def history(entity: Entity, *, limit: int = 200, customer_id: int | None = None) -> list[RunRow]:
    """Files taken in, the latest first; of a customer, those that made or changed items of it."""
    query = _runs(entity).limit(limit)
    if customer_id is not None:
        changed = select(ItemChange.import_run_id).join(Item, Item.id == ItemChange.item_id)
        latest = select(Item.last_import_id).where(Item.customer_id == customer_id, Item.last_import_id.is_not(None))
        changed = changed.where(Item.customer_id == customer_id, ItemChange.import_run_id.is_not(None))
        query = query.where(or_(ImportRun.id.in_(changed), ImportRun.id.in_(latest)))
    return [RunRow(*row) for row in db.session.execute(query)]


def get_run(entity: Entity, run_id: int) -> RunRow:
    """One run; NotFound when it is not the entity's."""
    row = db.session.execute(_runs(entity).where(ImportRun.id == run_id)).first()
    if row is None:
        raise NotFound("There is no such import.")
    return RunRow(*row)


def rejects(run_id: int, *, limit: int = 200) -> Sequence[RejectRow]:
    """The first rejected rows of a run, in the order of the file."""
    return list(_rejects(run_id, limit))


def all_rejects(run_id: int) -> Iterator[RejectRow]:
    """Every rejected row of a run, in the order of the file, a thousand at a time."""
    return _rejects(run_id, None)


def _rejects(run_id: int, limit: int | None) -> Iterator[RejectRow]:
    query = select(
        RejectedRow.line, RejectedRow.column, RejectedRow.value, RejectedRow.reason, RejectedRow.params
    ).where(RejectedRow.import_run_id == run_id)
    query = query.order_by(RejectedRow.line, RejectedRow.id).limit(limit)
    for row in db.session.execute(query, execution_options={"yield_per": _BATCH}):
        yield RejectRow(*row)


def get_upload(entity: Entity, user: User, upload_id: int) -> ImportUpload:
    """A file the user sent and did not take in yet; NotFound when it is somebody else's."""
    mine = (ImportUpload.entity_id == entity.id, ImportUpload.author_id == user.id)
    upload = db.session.scalar(select(ImportUpload).where(ImportUpload.id == upload_id, *mine))
    if upload is None:
        raise NotFound("This file is no longer there: send it again.")
    return upload
