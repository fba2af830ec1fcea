"""Whether the database has the tables this version of the product needs, and how it gets them."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from dso import paths
from dso.db import db
from dso.domain.errors import Refused


def _config() -> Config:
    config: Config = current_app.extensions["migrate"].migrate.get_config()
    return config


@cache
def _head_in(folder: str) -> str | None:
    return ScriptDirectory(folder).get_current_head()


def head() -> str | None:
    """The newest migration this version ships; read once, the files do not change while a process runs."""
    return _head_in(str(paths.MIGRATIONS))


def current() -> str | None:
    """The migration the database is at; None when it has no tables."""
    going_on = db.session().in_transaction()
    found = MigrationContext.configure(db.session.connection()).get_current_revision()
    if not going_on:
        # A look must not leave a lock behind that an upgrade would then wait for.
        db.session.rollback()
    return found


def is_current() -> bool:
    """Whether they are the same."""
    return current() == head()


def upgrade() -> None:
    """Bring the database up to date; a database that is, stays as it is."""
    command.upgrade(_config(), "head")


def ensure_current() -> None:
    """Refused in words when the database lacks what this version needs."""
    found = current()
    if found is None:
        raise Refused("The database is empty: run dso init (or dso demo) first.")
    if found != head():
        words = (
            "The database is at version %(found)s, this program needs %(wanted)s: run dso init to bring it up to date."
        )
        raise Refused(words, found=found, wanted=head())
