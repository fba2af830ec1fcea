"""What a connection to the database is promised to do."""

import pytest
from flask import Flask
from sqlalchemy import text

from dso.db import db


def test_on_sqlite_a_commit_is_on_the_disk_before_it_counts(own_app: Flask) -> None:
    with own_app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL commits to the disk by itself")
        assert db.session.scalar(text("PRAGMA synchronous")) == 2
