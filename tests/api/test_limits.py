"""How often a program may ask, and how often an address may be wrong about a secret."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from limits import parse

from dso import create_app
from dso.api import access
from dso.db import Base, db
from dso.extensions import limiter
from tests.api.programs import with_program
from tests.conftest import make_config
from tests.databases import new_database


@pytest.fixture
def limited_app(tmp_path: Path) -> Iterator[Flask]:
    """An application that counts requests, on a database of its own."""
    with new_database(tmp_path) as url:
        app = create_app(replace(make_config(url, tmp_path), testing=False))
        with app.app_context():
            Base.metadata.create_all(db.engine)
        try:
            yield app
        finally:
            limiter.reset()
            limiter.enabled = False
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def asked(app: Flask, secret: str, times: int = 1) -> list[int]:
    headers = {"Authorization": f"Bearer {secret}"}
    return [app.test_client().get("/api/v1/entities", headers=headers).status_code for _ in range(times)]


def test_wrong_secrets_end_in_429_and_the_right_one_waits_as_well(limited_app: Flask) -> None:
    _name, secret = with_program(limited_app)
    most = access.FAILURES.amount
    assert asked(limited_app, "dso_wrong", most + 1) == [401] * most + [429]
    headers = {"Authorization": f"Bearer {secret}"}
    answer = limited_app.test_client().get("/api/v1/entities", headers=headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert answer.get_json() == {"error": "Asked too often: wait a minute."}


def test_a_program_that_asks_too_often_waits(limited_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "PER_PROGRAM", parse("3 per minute"))
    _name, secret = with_program(limited_app)
    assert asked(limited_app, secret, 4) == [200, 200, 200, 429]


def test_a_right_secret_is_never_counted_as_a_wrong_one(limited_app: Flask) -> None:
    _name, secret = with_program(limited_app)
    assert set(asked(limited_app, secret, access.FAILURES.amount + 5)) == {200}
