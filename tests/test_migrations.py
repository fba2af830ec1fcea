"""The tables made by migrations are those of the models, and every step can be taken back, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app

from dso import create_app, schema
from dso.db import Base, db
from dso.domain.errors import Refused
from tests.conftest import make_config
from tests.databases import new_database


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Flask]:
    """An application over a database that has nothing in it."""
    with new_database(tmp_path) as url:
        app = create_app(make_config(url, tmp_path))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def alembic_config() -> Config:
    config: Config = current_app.extensions["migrate"].migrate.get_config()
    return config


def tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


def differences() -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def test_migrations_make_the_tables_the_models_describe(empty: Flask) -> None:
    schema.upgrade()
    assert tables() == set(Base.metadata.tables)
    assert differences() == []


def test_migrations_can_be_taken_back_to_nothing_and_made_again(empty: Flask) -> None:
    schema.upgrade()
    command.downgrade(alembic_config(), "base")
    assert tables() == set()
    schema.upgrade()
    assert tables() == set(Base.metadata.tables)


def test_every_single_migration_goes_up_down_and_up_again(empty: Flask) -> None:
    revisions = [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()]
    for revision in reversed(revisions):
        command.upgrade(alembic_config(), revision)
        command.downgrade(alembic_config(), "-1")
        command.upgrade(alembic_config(), revision)
    assert schema.is_current()


def test_migrations_form_one_line(empty: Flask) -> None:
    assert len(ScriptDirectory.from_config(alembic_config()).get_heads()) == 1


def test_upgrading_twice_changes_nothing_and_looking_between_does_not_lock(empty: Flask) -> None:
    assert schema.current() is None
    schema.upgrade()
    assert schema.is_current()
    schema.upgrade()
    assert schema.current() == schema.head()


def test_an_empty_database_is_refused_with_what_to_do(empty: Flask) -> None:
    with pytest.raises(Refused, match="run dso init"):
        schema.ensure_current()


def test_a_database_of_another_version_is_refused_with_what_to_do(empty: Flask) -> None:
    schema.upgrade()
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(Refused, match=r"0000.*run dso init"):
        schema.ensure_current()


def test_checks_and_foreign_keys_hold_in_a_migrated_database(empty: Flask) -> None:
    schema.upgrade()
    insert = "INSERT INTO customer_groups (customer_id, group_id) VALUES (1, 1)"
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.execute(sa.text(insert))
