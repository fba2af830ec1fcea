"""A database somebody else writes to for longer than anybody waits."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine

from dso import db as database
from tests.databases import SERVER

#: What the tests write to, with which a long write on PostgreSQL stands in their way.
_TABLES = "events, customers, settings"


def impatient(patch: pytest.MonkeyPatch) -> None:
    """Connections made from now on wait a twentieth of a second."""
    patch.setattr(database, "PATIENCE_MS", 50)
    patch.setenv("PGOPTIONS", "-c lock_timeout=50ms")


@contextmanager
def somebody_writes(url: str) -> Iterator[None]:
    """Meanwhile another connection holds what is needed to write."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        # On SQLite whatever is done first takes the one lock there is.
        connection.exec_driver_sql(f"LOCK TABLE {_TABLES} IN SHARE MODE" if SERVER else "SELECT 1")
        yield
        connection.rollback()
    engine.dispose()
