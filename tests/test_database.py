"""What a connection to the database is promised to do."""

from contextlib import suppress

from flask import Flask
from sqlalchemy import text

from dso.db import db, is_being_written, on_postgresql, reading, wide_cache


def test_a_commit_is_on_the_disk_before_it_counts(own_app: Flask) -> None:
    asked = {"sqlite": ("PRAGMA synchronous", "2"), "postgresql": ("SHOW synchronous_commit", "on")}
    with own_app.app_context():
        question, wanted = asked[db.engine.dialect.name]
        assert str(db.session.scalar(text(question))) == wanted


def test_more_is_kept_in_memory_only_while_much_is_written(own_app: Flask) -> None:
    def kept() -> object:
        """Kibibytes of the cache, negative as SQLite says them; PostgreSQL has its own for all connections."""
        return None if on_postgresql() else db.session.scalar(text("PRAGMA cache_size"))

    with own_app.app_context():
        usual = kept()
        with suppress(ZeroDivisionError), wide_cache():
            within = kept()
            raise ZeroDivisionError
        assert kept() == usual
        assert on_postgresql() or (usual, within) == (-65536, -262144)
        with wide_cache():
            db.session().invalidate()
        assert kept() == usual


def test_who_writes_long_to_sqlite_is_seen_by_who_only_looks(own_app: Flask) -> None:
    with own_app.app_context(), db.engine.connect() as other:
        with reading():
            assert not is_being_written()
        other.execute(text("SELECT 1"))
        with reading():
            assert is_being_written() is not on_postgresql()
        other.rollback()
        with reading():
            assert not is_being_written()
