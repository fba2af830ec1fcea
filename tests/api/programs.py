"""A program that is let in, in a database that a real server serves too."""

from flask import Flask

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
