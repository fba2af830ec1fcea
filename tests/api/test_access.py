"""Who is let in: secrets, sessions, limits, what is noted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from dso import clock
from dso.domain.codes import Role
from dso.domain.errors import Forbidden, NotFound, Refused
from dso.models import Entity, Event, User
from dso.services import api_users
from tests import factories
from tests.api.conftest import Program, let_in, said
from tests.conftest import NOW, Client

Login = Callable[[User], Client]


def test_the_secret_is_kept_as_a_hash_only(program: Program) -> None:
    assert program.secret.startswith("dso_") and len(program.secret) > 40
    assert program.secret not in str(vars(program.made))


def test_bearer_and_basic_let_in_and_nothing_else(program: Program) -> None:
    for headers in (program.bearer, program.basic):
        assert program.client.get("/api/v1/entities", headers=headers).status_code == 200
    right = program.name
    program.name = "Other"
    assert program.client.get("/api/v1/entities", headers=program.basic).status_code == 401
    program.name, program.secret = right, ""
    for headers in (program.basic, program.bearer, {"Authorization": "Digest x"}, {}):
        assert program.client.get("/api/v1/entities", headers=headers).status_code == 401


def test_a_program_of_who_sees_a_portfolio_only_sends_no_files(app: Flask, entity: Entity) -> None:
    seller = factories.a_user(role=Role.SALES, may_import=True)
    _made, secret = api_users.make("CRM", seller, actor=factories.a_user(role=Role.ADMIN), now=NOW)
    headers = {"Authorization": f"Bearer {secret}"}
    for path in ("/api/v1/customers", "/api/v1/items"):
        answer = app.test_client().post(path, json={"rows": []}, headers=headers)
        assert answer.status_code == 403 and "own customers only" in said(answer)["error"]


def test_the_session_of_a_browser_opens_nothing_here(login: Login, admin: User, entity: Entity) -> None:
    browser = login(admin)
    assert browser.get("/customers").status_code == 200
    assert browser.get("/api/v1/customers").status_code == 401
    assert browser.post("/api/v1/qualifications", json={}).status_code == 401


def test_a_secret_opens_no_page(program: Program) -> None:
    assert program.client.get("/customers", headers=program.bearer).status_code == 303


def test_no_cookie_comes_with_an_answer(program: Program) -> None:
    assert "Set-Cookie" not in program.get("entities").headers


def test_posts_of_programs_need_no_form_token(app: Flask, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    body = {"rows": [{"code": "C1", "business_name": "Garnier"}]}
    assert program.post("customers", body).status_code == 200


def test_a_revoked_program_and_one_of_an_inactive_user_are_out(program: Program, admin: User) -> None:
    user = factories.a_user(role=Role.CREDIT_MANAGER)
    program.made.user = user
    assert program.get("entities").status_code == 200
    user.active = False
    assert program.get("entities").status_code == 401
    user.active = True
    api_users.revoke(program.made, actor=admin, now=NOW)
    assert program.get("entities").status_code == 401


def test_a_revoked_name_may_be_given_again_with_another_secret(app: Flask, program: Program, admin: User) -> None:
    with pytest.raises(Refused, match="already"):
        api_users.make("ERP", admin, actor=admin, now=NOW)
    api_users.revoke(program.made, actor=admin, now=NOW)
    again = let_in(app, admin)
    assert again.made.id == program.made.id and again.secret != program.secret
    assert (program.get("entities").status_code, again.get("entities").status_code) == (401, 200)


def test_nobody_lets_a_program_in_who_could_do_more_than_oneself(admin: User, entity: Entity) -> None:
    manager = factories.a_user(role=Role.CREDIT_MANAGER)
    with pytest.raises(Forbidden):
        api_users.make("X", admin, actor=manager, now=NOW)
    with pytest.raises(Forbidden):
        api_users.make("X", manager, actor=factories.a_user(role=Role.COLLECTOR), now=NOW)
    with pytest.raises(NotFound):
        api_users.make("X", manager, actor=factories.a_user(role=Role.ADMIN, entities=[entity]), now=NOW)


@pytest.mark.parametrize("name", ["", "  ", "a:b", "x" * 101])
def test_a_name_that_breaks_basic_authentication_is_refused(admin: User, name: str) -> None:
    with pytest.raises(Refused):
        api_users.make(name, admin, actor=admin, now=NOW)


def test_the_last_use_is_noted_at_most_once_a_minute(program: Program, session: Session) -> None:
    program.get("entities")
    assert (program.made.last_used_at, program.made.last_used_from) == (NOW, "127.0.0.1")
    for seconds, noted in ((30, 0), (60, 60)):
        with clock.at(NOW + timedelta(seconds=seconds)):
            program.get("entities")
        assert program.made.last_used_at == NOW + timedelta(seconds=noted)


def test_who_let_which_program_in_is_written_down(program: Program, session: Session) -> None:
    event = session.query(Event).filter(Event.customer_id.is_(None)).one()
    assert event.data["params"]["name"] == "api_user ERP"


def test_errors_are_a_sentence_whatever_is_wrong(program: Program) -> None:
    for method, path in (("get", "/api/v1/nothing"), ("delete", "/api/v1/items"), ("get", "/api/v1/items/999999")):
        answer = program.client.open(path, method=method, headers=program.bearer)
        assert answer.status_code in (404, 405) and said(answer)["error"].endswith(".")
