"""Writing down how far a file is, beside the transaction that works on it."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError

from dso import clock
from dso.services.imports import tasks
from dso.services.imports.tasks import Claim

log = logging.getLogger("dso.jobs")

#: Seconds between two notes: each costs some milliseconds.
_PAUSE = 1.0
#: A note that would have to wait longer than this is left out.
_PATIENCE_MS = 100


class Stopping(Exception):
    """The clock process is told to stop: nothing is written yet, so the file waits for the next one."""


class Teller:
    """Notes of one file, by short transactions on a connection of its own; they never fail and never wait."""

    def __init__(self, url: str, mine: Claim, total: int, goes_on: Callable[[], bool]) -> None:
        self._url, self._mine, self._total, self._goes_on = url, mine, total, goes_on
        self._engine: Engine | None = None
        self._told_at = time.monotonic()
        self._phase = "reading"
        self._quiet = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        if self._engine is not None:
            self._engine.dispose()

    def hush(self) -> None:
        """From here on the work holds the row, and on SQLite the only write lock: a note would have to wait."""
        self._quiet = True

    def __call__(self, phase: str, rows: int) -> None:
        """So many rows are read; Stopping when there is no time to go on."""
        if self._quiet:
            return
        if not self._goes_on():
            raise Stopping
        at = time.monotonic()
        if at - self._told_at < _PAUSE and phase == self._phase:
            return
        self._told_at, self._phase = at, phase
        with suppress(SQLAlchemyError):
            self._note(phase, rows)

    def _note(self, phase: str, rows: int) -> None:
        if self._engine is None:
            self._engine = _impatient(self._url)
        with self._engine.begin() as connection:
            connection.execute(tasks.telling(self._mine, phase, rows, max(self._total, 1), now=clock.now()))


def _impatient(url: str) -> Engine:
    """An engine that gives up at once where it would have to wait."""
    if make_url(url).get_backend_name() == "postgresql":
        limits = f"-c lock_timeout={_PATIENCE_MS} -c statement_timeout={5 * _PATIENCE_MS}"
        return create_engine(url, pool_size=1, connect_args={"connect_timeout": 2, "options": limits})
    engine = create_engine(url, pool_size=1)

    @event.listens_for(engine, "connect")
    def hurry(connection: Any, _record: object) -> None:
        # The log keeps what others wrote; a note lost in a power cut is no loss.
        connection.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine
