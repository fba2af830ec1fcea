"""One application for all commands that tests run in their own process, each on the database of its environment.

To make an application takes longer than most commands do, and each would compile its statements again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Dialect, Engine, event, make_url

from dso import create_app, settings_of
from dso.cli import common, demo, init
from dso.config import Config
from dso.db import db

#: One for each kind of database.
_made: dict[str, Flask] = {}


@contextmanager
def shared_application() -> Iterator[None]:
    """Commands meanwhile get the one application instead of one of their own."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (common, demo, init):
            patch.setattr(module, "create_app", _application)
        yield


def _application() -> Flask:
    """The application, told what the environment says now."""
    config = Config.load()
    url = make_url(config.database_url)
    if url.drivername not in _made:
        _made[url.drivername] = create_app(config)
        with _made[url.drivername].app_context():
            _connect_by_url(db.engine)
    app = _made[url.drivername]
    app.config.update(settings_of(config))
    with app.app_context():
        db.engine.url = url
    return app


def _connect_by_url(engine: Engine) -> None:
    """New connections are to the database of the URL the engine has by then."""

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Dialect, _record: object, words: list[Any], named: dict[str, Any]) -> None:
        words[:], more = dialect.create_connect_args(engine.url)
        named.update(more)
