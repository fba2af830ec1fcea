"""Databases of tests: SQLite files by default, databases of a PostgreSQL server when `DSO_TEST_DATABASE_URL` is set."""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, NullPool, create_engine, make_url, text

SERVER = os.environ.get("DSO_TEST_DATABASE_URL", "")


@contextmanager
def new_database(folder: Path, like: str = "") -> Iterator[str]:
    """The URL of a database that is gone afterwards: an empty one, or a copy of one that nobody is connected to."""
    if not SERVER:
        url = f"sqlite:///{folder / (secrets.token_hex(4) + '.sqlite')}"
        if like:
            copy_database(like, url)
        yield url
        return
    name = f"dso_test_{secrets.token_hex(6)}"
    _tell_server(f"CREATE DATABASE {name}" + (f" TEMPLATE {make_url(like).database}" if like else ""))
    try:
        yield _server().set(database=name).render_as_string(hide_password=False)
    finally:
        _tell_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def copy_database(source: str, target: str) -> None:
    """Make the second database what the first one is."""
    if not SERVER:
        paths = [url.removeprefix("sqlite:///") for url in (source, target)]
        with closing(sqlite3.connect(paths[0])) as old_file, closing(sqlite3.connect(paths[1])) as new_file:
            old_file.backup(new_file)
        return
    old, new = make_url(source).database, make_url(target).database
    _tell_server(f"DROP DATABASE {new}", f"CREATE DATABASE {new} TEMPLATE {old}")


def _server() -> URL:
    return make_url(SERVER.replace("postgresql://", "postgresql+psycopg://", 1)).set(database="postgres")


def _tell_server(*statements: str) -> None:
    engine = create_engine(_server(), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
