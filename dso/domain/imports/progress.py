"""How far a file is on its way in, and how long it still takes: a guess that gets better while it is read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dso.domain.codes import ImportKind

#: Seconds in which a record is taken back, about: a hundred thousand took eight.
_TO_TAKE_BACK = 0.0001
#: Seconds under which nothing is foretold.
_TOO_EARLY = 2
#: A guess that was too low never shows a finished work that is not.
_MOST = 0.97


@dataclass(frozen=True)
class Progress:
    """What a person is told."""

    percent: int
    #: Rows read; of those, about how many there are.
    rows: int
    total: int
    remaining: timedelta | None


@dataclass(frozen=True)
class Work:
    """What is known of a file that is worked on; `phase_at` is when its last phase began or was last heard of."""

    kind: ImportKind
    task: str
    phase: str
    rows_done: int
    rows_total: int
    started_at: datetime
    phase_at: datetime


def _readings(work: Work) -> int:
    """How often the file is read before the rest begins: other kinds than items are gone through again."""
    return 3 if work.task == "preview" and work.kind is not ImportKind.ITEMS else 1


def _rest(work: Work) -> float:
    """How long comparing, or writing and reviewing, takes beside the reading, as measured on both databases."""
    if work.kind is ImportKind.ITEMS:
        return 0.6 if work.task == "preview" else 2.0
    return 0.1 if work.task == "preview" else 4.0


def _of_undo(work: Work, now: datetime) -> float:
    """The share done by the time it takes: nothing can be told of it, for it is one piece."""
    return (now - work.started_at).total_seconds() / max(work.rows_total * _TO_TAKE_BACK, 1.0)


def _of_file(work: Work, now: datetime) -> tuple[float, int]:
    """The share done, and the rows read."""
    readings, rest = _readings(work), _rest(work)
    reading = 1 / (1 + rest)
    rows = min(work.rows_done // readings, work.rows_total or work.rows_done)
    if work.phase == "reading" or readings > 1:
        read = min(work.rows_done / (work.rows_total * readings), 1.0) if work.rows_total else 0.0
        share = reading * read
    else:
        took = max((work.phase_at - work.started_at).total_seconds(), 0.5)
        share = reading + (1 - reading) * min((now - work.phase_at).total_seconds() / (took * rest), 1.0)
    return share, rows


def progress(work: Work, now: datetime) -> Progress:
    """Percent done and time left; no time once it took longer than was guessed."""
    share, rows = (_of_undo(work, now), 0) if work.task == "undo" else _of_file(work, now)
    elapsed = (now - work.started_at).total_seconds()
    told = 0 < share < _MOST and elapsed >= _TOO_EARLY
    left = timedelta(seconds=round(elapsed * (1 - share) / share)) if told else None
    return Progress(int(min(share, _MOST) * 100), rows, work.rows_total, left)
