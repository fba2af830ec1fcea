"""One leader among any number of schedulers: an advisory lock on PostgreSQL, a file lock beside a SQLite file."""

import fcntl
import os
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

#: Any number, the same in all schedulers of one database: advisory locks belong to their database.
_KEY = 0x0D50C10C
#: A connection cut without a word is noticed within about ten seconds.
_QUICK = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class Leadership(Protocol):
    """The right to work by the clock; the operating system or the server takes it from a process that dies."""

    def acquire(self) -> bool:
        """Try to become the leader now, without waiting."""

    def held(self) -> bool:
        """Whether this process still leads."""

    def release(self) -> None:
        """Let another lead."""


class FileLeadership:
    """Holds a lock on a file beside the SQLite database; the kernel frees it when the process ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock unless another process has it."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def held(self) -> bool:
        """A file lock is lost only by letting go."""
        return self._descriptor is not None

    def release(self) -> None:
        """Let go; the file stays, it is only a name."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class PostgresLeadership:
    """Holds a session's advisory lock on a connection of its own; the server frees it when the connection ends."""

    def __init__(self, url: str) -> None:
        # Statements commit by themselves: an idle transaction would keep the server from tidying up.
        self._engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=_QUICK)
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        """Take the lock unless another session has it; a server that cannot be reached gives it to nobody."""
        try:
            connection = self._engine.connect()
        except SQLAlchemyError:
            return False
        try:
            if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}):
                self._connection = connection
                return True
        except SQLAlchemyError:
            pass
        connection.close()
        return False

    def held(self) -> bool:
        """The lock lives exactly as long as its connection: ask over it."""
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            self.release()
            return False
        return True

    def release(self) -> None:
        """Close the connection and with it the lock."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


def leadership_for(url: str) -> Leadership:
    """The kind of lock that fits a database."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return PostgresLeadership(url)
    return FileLeadership(Path(f"{parsed.database}.scheduler-lock"))
