"""The application behind a real server on loopback, for clients that are no test clients."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import make_server

from dso.db import db
from dso.domain.codes import Role
from dso.services import api_users
from tests import factories
from tests.conftest import NOW


def with_program(app: Flask) -> tuple[str, str]:
    """A company, an administrator, a program; its name and secret."""
    with app.app_context():
        factories.an_entity()
        admin = factories.a_user(role=Role.ADMIN)
        made, secret = api_users.make("ERP", admin, actor=admin, now=NOW)
        name = made.name
        db.session.commit()
    return name, secret


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Host and port of the running server."""
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
