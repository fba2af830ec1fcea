"""The settings page of programs: list, let in, revoke."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import Role
from dso.models import ApiUser, Entity, User
from dso.services import api_users
from tests.conftest import NOW, Client
from tests.factories import a_user

Login = Callable[[User], Client]
PAGE = "/settings/api-users"


def test_a_program_is_let_in_and_its_secret_shown_this_once(login: Login, admin: User, session: Session) -> None:
    browser = login(admin)
    page = browser.post(PAGE, data={"name": "ERP", "user": admin.id})
    made = session.scalars(select(ApiUser)).one()
    secret = page.text.partition("<code>")[2].partition("</code>")[0]
    assert page.status_code == 200 and api_users.authenticate(secret) is made
    listed = browser.get(PAGE)
    assert "ERP" in listed.text and secret not in listed.text


def test_a_name_twice_is_said_beside_its_field(login: Login, admin: User, session: Session) -> None:
    browser = login(admin)
    browser.post(PAGE, data={"name": "ERP", "user": admin.id})
    again = browser.post(PAGE, data={"name": "ERP", "user": admin.id})
    assert again.status_code == 422 and "already: revoke it first" in again.text
    assert browser.post(PAGE, data={"name": "", "user": admin.id}).status_code == 422
    assert browser.post(PAGE, data={"name": "X", "user": 999_999}).status_code == 422


def test_a_revoked_program_stays_on_the_list_and_is_out(login: Login, admin: User, entity: Entity) -> None:
    made, secret = api_users.make("ERP", admin, actor=admin, now=NOW)
    browser = login(admin)
    assert browser.post(f"{PAGE}/{made.id}/revoke").status_code == 303
    assert "Revoked" in browser.get(PAGE).text and api_users.authenticate(secret) is None


def test_a_manager_sees_no_program_of_other_companies_and_makes_none_for_an_administrator(
    login: Login, admin: User, entity: Entity
) -> None:
    made, _secret = api_users.make("Everywhere", admin, actor=admin, now=NOW)
    boss = a_user(role=Role.CREDIT_MANAGER, entities=[entity])
    browser = login(boss)
    assert "Everywhere" not in browser.get(PAGE).text
    assert browser.post(f"{PAGE}/{made.id}/revoke").status_code == 404
    manager = login(a_user(role=Role.CREDIT_MANAGER))
    assert manager.post(PAGE, data={"name": "X", "user": admin.id}).status_code == 403
