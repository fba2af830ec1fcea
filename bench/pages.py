"""Server time and number of statements of one page over the database named by DSO_DATABASE_URL.

Run as `python -m bench.pages customer|items|todo`; prints one JSON object.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bench.ledger import BIG_CODE
from bench.yardsticks import quickest
from dso import clock, create_app
from dso.db import db
from dso.models import Customer, Entity, User


def address(app: Flask, page: str) -> str:
    """The URL of a page."""
    if page == "todo":
        # Where what waits to be confirmed stands: the shipped scenario's first steps.
        return "/todo?tab=automatic"
    if page == "items":
        return "/items"
    with app.app_context():
        return f"/customers/{db.session.scalar(sa.select(Customer.id).where(Customer.code == BIG_CODE))}"


def browser(app: Flask) -> FlaskClient:
    """A browser in which the administrator is logged in."""
    with app.app_context():
        user = db.session.scalars(sa.select(User).order_by(User.id)).first()
        assert user is not None
        number = user.get_id()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = number
        cookie["_fresh"] = True
    return client


def measure(page: str) -> dict[str, Any]:
    """Open the page some times; seconds of the quickest, its statements, its rows."""
    app = create_app()
    url, client = address(app, page), browser(app)
    statements: list[str] = []
    with app.app_context():
        entity = db.session.scalars(sa.select(Entity)).one()
        day = entity.ledger_at
        assert day is not None
        engine = db.engine

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with clock.at(day):
        sa.event.listen(engine, "before_cursor_execute", note)
        answer = client.get(url)
        sa.event.remove(engine, "before_cursor_execute", note)
        assert answer.status_code == 200, f"{url}: {answer.status}"
        seconds = quickest(lambda: client.get(url).data)
    return {"seconds": seconds, "statements": len(statements), "rows": answer.get_data(as_text=True).count("<tr")}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
