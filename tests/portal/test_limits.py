"""How often a public page may be asked for, per link and per address."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from dso import create_app
from dso.db import Base, db
from dso.extensions import limiter
from tests.conftest import make_config
from tests.databases import new_database
from tests.portal.world import a_link, an_account, path


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


@pytest.fixture
def paths(limited_app: Flask) -> tuple[str, str]:
    """Two links of one customer."""
    with limited_app.app_context():
        customer, _collector = an_account()
        found = path(a_link(customer)), path(a_link(customer))
        db.session.commit()
    return found


def test_too_many_requests_by_one_link_are_told_to_wait(limited_app: Flask, paths: tuple[str, str]) -> None:
    client, (one, other) = limited_app.test_client(), paths
    codes = [client.get(f"{one}/statement.xlsx").status_code for _ in range(10)]
    response = client.get(f"{one}/statement.xlsx")
    assert set(codes) == {200}
    assert response.status_code == 429
    assert "Please wait a minute" in response.get_data(as_text=True)
    assert response.headers["Cache-Control"] == "no-store"
    assert client.get(f"{other}/statement.xlsx").status_code == 200


def test_a_link_takes_eight_posts_a_minute(limited_app: Flask, paths: tuple[str, str]) -> None:
    client = limited_app.test_client()
    codes = [client.post(paths[0], data={"kind": "x"}).status_code for _ in range(9)]
    assert codes == [422] * 8 + [429]


def test_too_many_requests_from_one_address_are_told_to_wait(limited_app: Flask) -> None:
    client = limited_app.test_client()
    codes = [client.get(f"/p/guess{n}").status_code for n in range(301)]
    assert codes == [404] * 300 + [429]
