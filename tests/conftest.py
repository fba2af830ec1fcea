"""Fixtures of all tests: one application, one transaction per test that is rolled back, a frozen clock, no network."""

import os
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from dso import clock, create_app
from dso.config import Config
from dso.db import Base, db
from dso.domain.codes import Role
from dso.models import Entity, User
from dso.paths import CLONE
from tests import factories
from tests.databases import SERVER, new_database

#: A Friday, 10:00 in Paris.
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)

# How long an example takes says nothing of a rule, and much of what else the machine is doing; CI has it so already.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
if "CI" not in os.environ:
    settings.load_profile("here")

# Processes that tests start run the product beside these tests, wherever the environment has another one installed.
os.environ["PYTHONPATH"] = str(CLONE)


class Client(FlaskClient):
    """A browser whose requests share the test's transaction but nothing else; checks every HTML answer.

    Once, on SQLite: the same tests give the same pages over a server.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """One request in an application context of its own."""
        db.session.flush()
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        db.session.expire_all()
        is_page = response.mimetype == "text/html" and not 300 <= response.status_code < 400
        # A mail shown in a frame without rights is a document of its own, with styles in its elements.
        is_mail = "sandbox" in response.headers.get("Content-Security-Policy", "")
        if is_page and not is_mail and response.status_code < 500 and not SERVER:
            check_html(response.get_data(as_text=True))
        return response

    def token(self) -> str:
        """A CSRF token of this browser's session, as a page would carry it."""
        page = self.get("/login").get_data(as_text=True)
        return page.partition('name="csrf-token" content="')[2].partition('"')[0]


def check_html(text: str) -> None:
    """Rules every answer keeps; see `tests/html.py`."""
    from tests import html

    html.check(text)


def make_config(database_url: str, folder: Path, **more: Any) -> Config:
    """A configuration for tests."""
    return Config(
        database_url=database_url.replace("postgresql://", "postgresql+psycopg://", 1),
        secret_key="tests only",
        public_url="http://localhost",
        files_path=folder / "files",
        testing=True,
        **more,
    )


@pytest.fixture(scope="session")
def _application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("dso")
    with new_database(folder) as url:
        app = create_app(make_config(url, folder))
        app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        app.test_client_class = Client
        with app.app_context():
            Base.metadata.create_all(db.engine)
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(autouse=True)
def _frozen_clock(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.node.get_closest_marker("real_clock"):
        yield
        return
    with clock.at(NOW):
        yield


@pytest.fixture(autouse=True)
def _no_mail(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("network"):
        return

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a test without the mark `network` talked to a mail server")

    monkeypatch.setattr(smtplib.SMTP, "connect", refuse)


@contextmanager
def rolled_back(application: Flask) -> Iterator[None]:
    """A context of the application, in a transaction that is rolled back at its end.

    Within another one it is a part of that: what stands there already is seen, and stays.
    """
    with application.app_context():
        engines = db._app_engines[application]
        outer: Engine | Connection = engines[None]
        connection = outer.connect() if isinstance(outer, Engine) else outer
        transaction = connection.begin_nested() if connection.in_transaction() else connection.begin()
        engines[None] = connection  # type: ignore[assignment]
        try:
            yield
        finally:
            db.session.remove()
            transaction.rollback()
            engines[None] = outer  # type: ignore[assignment]
            if connection is not outer:
                connection.close()


@contextmanager
def scene(application: Flask) -> Iterator[None]:
    """What is made within stays for all tests of a module: the frame of its module-scoped fixtures."""
    with rolled_back(application), clock.at(NOW):
        yield


@pytest.fixture
def app(_application: Flask) -> Iterator[Flask]:
    """The application, in a transaction that is rolled back after the test."""
    with rolled_back(_application):
        yield _application


@pytest.fixture
def session(app: Flask) -> Session:
    """The database session of the test."""
    return db.session()


@pytest.fixture
def client(app: Flask) -> Client:
    """A browser nobody is logged in with."""
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def entity(session: Session) -> Entity:
    """A French company."""
    return factories.an_entity()


@pytest.fixture
def admin(entity: Entity) -> User:
    """An administrator."""
    return factories.a_user(role=Role.ADMIN)


@pytest.fixture
def login(app: Flask) -> Callable[[User], Client]:
    """Gives a browser in which a user is logged in."""
    return partial(logged_in, app)


def logged_in(app: Flask, user: User) -> Client:
    """A browser in which a user is logged in."""
    db.session.flush()
    browser: Client = app.test_client()  # type: ignore[assignment]
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = user.get_id()
        cookie["_fresh"] = True
    return browser


@pytest.fixture
def own_app(tmp_path: Path) -> Iterator[Flask]:
    """An application on an empty database of its own, for tests with several connections or processes."""
    with new_database(tmp_path) as url:
        app = create_app(make_config(url, tmp_path))
        app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        with app.app_context():
            Base.metadata.create_all(db.engine)
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
