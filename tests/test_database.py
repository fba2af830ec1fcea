"""What a connection to the database is promised to do."""

from flask import Flask
from sqlalchemy import text

from dso.db import db


def test_a_commit_is_on_the_disk_before_it_counts(own_app: Flask) -> None:
    asked = {"sqlite": ("PRAGMA synchronous", "2"), "postgresql": ("SHOW synchronous_commit", "on")}
    with own_app.app_context():
        question, wanted = asked[db.engine.dialect.name]
        assert str(db.session.scalar(text(question))) == wanted
