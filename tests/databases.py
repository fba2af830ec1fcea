"""Databases of tests: SQLite files by default, databases of a PostgreSQL server when `DSO_TEST_DATABASE_URL` is set."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

SERVER = os.environ.get("DSO_TEST_DATABASE_URL", "")


@contextmanager
def new_database(folder: Path) -> Iterator[str]:
    """The URL of an empty database that is gone afterwards."""
    if not SERVER:
        yield f"sqlite:///{folder / (secrets.token_hex(4) + '.sqlite')}"
        return
    name = f"dso_test_{secrets.token_hex(6)}"
    server = make_url(SERVER.replace("postgresql://", "postgresql+psycopg://", 1)).set(database="postgres")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        engine.dispose()
