"""What machines that watch the product are told."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from dso import schema
from dso.services import jobs
from tests.conftest import NOW, Client


def migrated(session: Session) -> None:
    session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    session.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": schema.head()})


def test_it_says_that_it_is_alive_without_asking_the_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})


def test_it_is_ready_when_database_tables_and_scheduler_are(client: Client, session: Session) -> None:
    migrated(session)
    jobs.beat("one", now=NOW - timedelta(seconds=60))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ready", "database": "ok", "migrations": "ok", "scheduler": "ok"}


def test_it_is_not_ready_without_a_scheduler(client: Client, session: Session) -> None:
    migrated(session)
    jobs.beat("one", now=NOW - timedelta(seconds=61))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "database": "ok", "migrations": "ok", "scheduler": "silent"}


def test_it_is_not_ready_with_the_tables_of_another_version(client: Client, session: Session) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "database": "ok", "migrations": "behind", "scheduler": "silent"}


def test_it_is_not_ready_when_the_database_is_away(app: Flask, client: Client, session: Session) -> None:
    session.execute(text("CREATE TABLE alembic_version (something_else INTEGER)"))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    away = {"database": "away", "migrations": "unknown", "scheduler": "unknown"}
    assert answer.json == {"status": "not ready", **away}
