"""What is worked beside the request: asked for, claimed, done, given back. One of an entity at a time.

Files on their way in, and imports that are taken back, wait in one queue.

Whoever works on a file names itself, its attempt and the state in every change: one whose file was given to
somebody else meanwhile finds nothing to change. The row is held from the beginning of the writing to its end.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Update, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from dso.db import db
from dso.domain.errors import Refused
from dso.domain.imports.brake import Braked
from dso.domain.imports.constants import WrongConstant
from dso.domain.imports.profile import Undecided
from dso.models import ImportRun, ImportUpload, User
from dso.queries.import_tasks import BUSY
from dso.services import files
from dso.services.imports.kept_reports import stops_kept

#: How often a file is begun whose worker dies of it.
MOST_ATTEMPTS = 3
_DIED = "The work broke off %(times)s times without a word. Look at the log of the clock process."
_AT_WORK = "This is being worked on: wait until it is done."


class Elsewhere(Refused):
    """Somebody else has the file, or it is in already."""

    def __init__(self) -> None:
        super().__init__("This file is being worked on elsewhere, or was taken in already.")


@dataclass(frozen=True)
class Claim:
    """One worker's right to one file."""

    upload_id: int
    worker: str
    attempts: int

    @property
    def mine(self) -> tuple[ColumnElement[bool], ...]:
        """The row, as long as this worker has it."""
        return (
            ImportUpload.id == self.upload_id,
            ImportUpload.state == "running",
            ImportUpload.worker == self.worker,
            ImportUpload.attempts == self.attempts,
        )


def _queued(task: str, now: datetime) -> dict[str, Any]:
    """A task nobody has begun."""
    begun = {"started_at": None, "beat_at": None, "worker": "", "attempts": 0, "phase": "", "rows_done": 0}
    return {"task": task, "state": "queued", "queued_at": now, "problem": None, **begun}


def ask(upload_id: int, task: str, *, force: bool = False, now: datetime) -> None:
    """Put a file in the queue for "preview" or "run"; one that is there already, or in, stays as it is."""
    values = {**_queued(task, now), "force": force}
    if task == "preview":
        values["report"] = None
    db.session.execute(update(ImportUpload).where(*_free(upload_id)).values(values))


def ask_back(run: ImportRun, records: int, *, actor: User, now: datetime) -> None:
    """Put the taking back of a run in the queue; one that is there already stays, one that failed begins anew."""
    values = {**_queued("undo", now), "rows_total": records, "author_id": actor.id, "created_at": now}
    failed = (ImportUpload.undoes_id == run.id, ImportUpload.state.not_in(BUSY))
    if db.session.scalar(update(ImportUpload).where(*failed).values(values).returning(ImportUpload.id)) is not None:
        return
    of_run = {"entity_id": run.entity_id, "kind": run.kind, "file_name": run.file_name, "undoes_id": run.id}
    try:
        with db.session.begin_nested():
            db.session.execute(insert(ImportUpload).values(**of_run, **values, mapping={}))
    except IntegrityError:
        # The other click was quicker: the unique key decides.
        return


def _free(upload_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        ImportUpload.id == upload_id,
        ImportUpload.state.not_in(BUSY),
        ImportUpload.import_run_id.is_(None),
    )


def claim(worker: str, *, now: datetime) -> Claim | None:
    """Take the file that waits longest and whose entity has none at work; None when there is none.

    Commit before working: from then on nobody else gets it.
    """
    other = aliased(ImportUpload)
    at_work = exists().where(other.entity_id == ImportUpload.entity_id, other.state == "running")
    queue = select(ImportUpload.id).where(ImportUpload.state == "queued", ~at_work)
    queue = queue.order_by(ImportUpload.queued_at, ImportUpload.id).limit(1).with_for_update(skip_locked=True)
    upload_id = db.session.scalar(queue)
    if upload_id is None:
        return None
    begun = {"state": "running", "worker": worker, "started_at": now, "beat_at": now, "phase": "reading"}
    taken = update(ImportUpload).where(ImportUpload.id == upload_id, ImportUpload.state == "queued")
    taken = taken.values(**begun, rows_done=0, attempts=ImportUpload.attempts + 1)
    attempts = db.session.scalar(taken.returning(ImportUpload.attempts))
    return None if attempts is None else Claim(upload_id, worker, attempts)


def take_up_interrupted() -> int:
    """Files whose worker died wait again, or have failed when that came too often; for the leader only.

    A worker that lost its lead and still writes holds its row: it is left alone, and finishes.
    """
    running = select(ImportUpload.id, ImportUpload.attempts).where(ImportUpload.state == "running")
    found = db.session.execute(running.with_for_update(skip_locked=True)).all()
    for upload_id, attempts in found:
        db.session.execute(update(ImportUpload).where(ImportUpload.id == upload_id).values(_again(attempts)))
    return len(found)


def _again(attempts: int) -> dict[str, Any]:
    if attempts < MOST_ATTEMPTS:
        return {"state": "queued", "worker": ""}
    return {"state": "failed", "problem": {"message": _DIED, "params": {"times": str(attempts)}}}


def hold(mine: Claim) -> None:
    """From here to the end of the transaction nobody takes the file away; Elsewhere when somebody has."""
    if db.session.scalar(select(ImportUpload.id).where(*mine.mine).with_for_update()) is None:
        raise Elsewhere


def hold_free(upload_id: int) -> None:
    """The same for who takes a small file in within the request."""
    if db.session.scalar(select(ImportUpload.id).where(*_free(upload_id)).with_for_update()) is None:
        raise Elsewhere


def writing(mine: Claim, *, now: datetime) -> None:
    """Say that the reading is over: commit, for nothing more can be said until all is written."""
    db.session.execute(update(ImportUpload).where(*mine.mine).values(phase="writing", beat_at=now))


def telling(mine: Claim, phase: str, rows: int, total: int, *, now: datetime) -> Update:
    """How far the reading is, as a statement: who tells it has a connection beside the work."""
    values: dict[str, Any] = {"phase": phase, "rows_done": rows, "rows_total": total, "beat_at": now}
    return update(ImportUpload).where(*mine.mine).values(values)


def previewed(mine: Claim, report: dict[str, Any]) -> None:
    """The difference is found and waits for a person."""
    db.session.execute(update(ImportUpload).where(*mine.mine).values(state="done", report=report))


def taken_in(upload_id: int, run_id: int | None) -> None:
    """The file is in: recorded in the transaction of the import, so that both hold or neither."""
    done = {"task": "run", "state": "done", "import_run_id": run_id, "report": None, "problem": None}
    db.session.execute(update(ImportUpload).where(ImportUpload.id == upload_id).values(done))


def taken_back(mine: Claim) -> None:
    """The run is taken back: recorded with it, in the transaction of the undo."""
    db.session.execute(delete(ImportUpload).where(*mine.mine))


def braked(mine: Claim, *, now: datetime) -> None:
    """The brake stopped it: the difference is worked out anew, and shown with what the brake says."""
    again = {"task": "preview", "state": "queued", "force": False, "worker": "", "attempts": 0, "queued_at": now}
    db.session.execute(update(ImportUpload).where(*mine.mine).values(**again, report=None))


def refused(mine: Claim, error: Refused) -> None:
    """It cannot go in as it is; kept in words for whoever sent it."""
    problem = as_problem(error)
    db.session.execute(update(ImportUpload).where(*mine.mine).values(state="failed", problem=problem))


def as_problem(error: Refused) -> dict[str, Any]:
    """A refusal as plain values."""
    kept: dict[str, Any] = {"message": error.message, "refused": True}
    kept["params"] = {name: str(value) for name, value in error.params.items()}
    if isinstance(error, Undecided):
        kept |= {"question": error.question, "columns": error.columns}
    if isinstance(error, WrongConstant):
        kept["constant"] = {"target": error.target, "reason": error.reason, "places": dict(error.places)}
    if isinstance(error, Braked):
        kept["stops"] = stops_kept(error.stops)
    return kept


def refusal(problem: dict[str, Any]) -> Refused:
    """The refusal that was kept."""
    if "question" in problem:
        return Undecided(problem["question"], problem["columns"], problem["message"], **problem["params"])
    if (constant := problem.get("constant")) is not None:
        field, value = problem["params"]["field"], problem["params"]["value"]
        return WrongConstant(constant["target"], field, value, (constant["reason"], constant["places"]))
    return Refused(problem["message"], **problem["params"])


def give_back(mine: Claim) -> None:
    """Something broke: it is tried again, a few times."""
    db.session.execute(update(ImportUpload).where(*mine.mine).values(_again(mine.attempts)))


def put_back(mine: Claim) -> None:
    """The worker is told to stop: who comes after it begins anew, and nothing is counted."""
    waits = {"state": "queued", "worker": "", "attempts": mine.attempts - 1}
    db.session.execute(update(ImportUpload).where(*mine.mine).values(waits))


def cancel(upload: ImportUpload) -> None:
    """Forget a file that is not at work; Refused when it is, nothing when it is gone or another person's by now."""
    its = (ImportUpload.id == upload.id, ImportUpload.author_id == upload.author_id)
    idle = (*its, ImportUpload.state != "running", ImportUpload.import_run_id.is_(None))
    stored_as = db.session.scalar(delete(ImportUpload).where(*idle).returning(ImportUpload.stored_as))
    if stored_as is not None:
        throw_away_later([stored_as])
    elif db.session.scalar(select(ImportUpload.id).where(*its)) is not None:
        raise Refused(_AT_WORK)


def throw_away_later(stored: Iterable[str | None]) -> None:
    """Remove stored files no run keeps, once the transaction is committed; what had none is passed over."""
    names = [name for name in stored if name is not None]
    kept = set(db.session.scalars(select(ImportRun.stored_as).where(ImportRun.stored_as.in_(names))))
    files.throw_away_later([name for name in names if name not in kept])
