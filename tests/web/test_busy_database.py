"""Somebody writes for longer than a page waits: told in words, nothing is lost, reading goes on."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dso.db import db
from dso.domain.codes import Role
from dso.services import api_users
from tests.busy import impatient, somebody_writes
from tests.factories import NOW, a_customer, a_user, an_entity


@pytest.fixture
def secret() -> dict[str, str]:
    """What a program says, once the company is there."""
    return {}


@pytest.fixture
def browser_of_staff(own_app: Flask, secret: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """A browser somebody is logged in with, while another connection writes."""
    with own_app.app_context():
        an_entity()
        admin = a_user(role=Role.ADMIN)
        a_customer(code="C1")
        made, said = api_users.make("ERP", admin, actor=admin, now=NOW)
        made.last_used_at = NOW
        secret["Authorization"] = f"Bearer {said}"
        db.session.commit()
        cookie, url = {"_user_id": admin.get_id(), "_fresh": True}, db.engine.url.render_as_string(hide_password=False)
        db.session.remove()
        impatient(monkeypatch)
        db.engine.dispose()
    client = own_app.test_client()
    with client.session_transaction() as session:
        session.update(cookie)
    with somebody_writes(url):
        yield client


def test_a_page_that_cannot_write_now_says_so_with_503(browser_of_staff: FlaskClient) -> None:
    answer = browser_of_staff.post("/customers/1/notes", data={"text": "Called back"})
    words = answer.get_data(as_text=True)
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "30"
    assert "Somebody else is writing" in words and "what you typed" in words


def test_a_part_that_cannot_write_now_leaves_what_was_typed(browser_of_staff: FlaskClient) -> None:
    answer = browser_of_staff.post("/customers/1/notes", data={"text": "Called"}, headers={"HX-Request": "true"})
    assert answer.status_code == 503 and answer.headers["HX-Retarget"] == "#problems"
    assert "Somebody else is writing" in answer.get_data(as_text=True)


def test_a_program_that_cannot_write_now_is_told_when_to_come_back(
    browser_of_staff: FlaskClient, secret: dict[str, str]
) -> None:
    row = {"code": "C2", "business_name": "Beta"}
    answer = browser_of_staff.post("/api/v1/customers", json={"rows": [row]}, headers=secret)
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "30"
    assert "Somebody else is writing" in json.loads(answer.get_data(as_text=True))["error"]


def test_who_only_reads_waits_for_nobody_who_writes(browser_of_staff: FlaskClient) -> None:
    assert browser_of_staff.get("/customers/1").status_code == 200
