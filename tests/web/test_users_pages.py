"""People: added by a manager, invited by a link that works once, never left without an administrator."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from dso import clock
from dso.domain.codes import Role
from dso.models import Entity, Invitation, Message, User
from dso.services import users
from tests.conftest import NOW, Client
from tests.factories import a_user, an_entity

PASSWORD = "Plum-Tree 47 Lantern"
NEW = {
    "email": "cleo@acme.example",
    "first_name": "Cléo",
    "last_name": "Petit",
    "role": "collector",
    "may_import": "",
    "language": "fr",
}


@pytest.fixture
def admins(login: Callable[[User], Client], admin: User) -> Client:
    """A browser of the administrator."""
    return login(admin)


@pytest.fixture
def manager(login: Callable[[User], Client], entity: Entity) -> Client:
    """A browser of a credit manager."""
    return login(a_user(role=Role.CREDIT_MANAGER))


def _added(session: Session) -> User:
    return session.scalars(select(User).where(User.email == NEW["email"])).one()


def _link(answer: TestResponse) -> str:
    found = re.search(r"http://localhost(/invitation/[\w-]+)", answer.text)
    assert found is not None
    return found[1]


def _choose(client: Client, link: str, password: str = PASSWORD) -> TestResponse:
    return client.post(link, data={"password": password, "again": password})


def test_adding_somebody_sends_an_invitation_and_shows_the_link_once(admins: Client, session: Session) -> None:
    answer = admins.post("/settings/users/new", data=NEW)
    user = _added(session)
    assert (user.full_name, user.role, user.may_import, user.password_hash) == (
        "Cléo Petit",
        Role.COLLECTOR,
        False,
        None,
    )
    message = session.scalar(select(Message).where(Message.recipient == user.email))
    assert message is not None
    assert _link(answer)
    assert "/invitation/" not in admins.get("/settings/users").text


def test_the_link_itself_is_nowhere_in_the_table_of_invitations(admins: Client, session: Session) -> None:
    token = _link(admins.post("/settings/users/new", data=NEW)).rpartition("/")[2]
    rows = session.scalars(select(Invitation.token_hash)).all()
    assert rows
    assert token not in rows


def test_a_link_lets_choose_a_password_and_log_in(admins: Client, client: Client) -> None:
    link = _link(admins.post("/settings/users/new", data=NEW))
    assert "Cléo Petit" in client.get(link).text
    answer = _choose(client, link)
    assert (answer.status_code, answer.location) == (303, "/login?email=cleo@acme.example")
    assert client.post("/login", data={"email": NEW["email"], "password": PASSWORD}).location == "/"


def test_looking_at_a_link_uses_nothing_up(admins: Client, client: Client) -> None:
    link = _link(admins.post("/settings/users/new", data=NEW))
    for _ in range(3):
        assert client.get(link).status_code == 200


def test_a_link_works_once(admins: Client, client: Client) -> None:
    link = _link(admins.post("/settings/users/new", data=NEW))
    _choose(client, link)
    assert client.get(link).status_code == 404
    assert _choose(client, link, "Another-Lamp 48").status_code == 404
    assert client.post("/login", data={"email": NEW["email"], "password": PASSWORD}).status_code == 303


def test_a_link_dies_after_thirty_days(admins: Client, client: Client) -> None:
    link = _link(admins.post("/settings/users/new", data=NEW))
    with clock.at(NOW + timedelta(days=30, seconds=-1)):
        assert client.get(link).status_code == 200
    with clock.at(NOW + timedelta(days=30)):
        assert client.get(link).status_code == 404
        assert _choose(client, link).status_code == 404


def test_an_altered_link_opens_nothing(admins: Client, client: Client) -> None:
    link = _link(admins.post("/settings/users/new", data=NEW))
    altered = link[:-1] + ("A" if link[-1] != "A" else "B")
    assert client.get(altered).status_code == 404
    assert "no longer valid" in client.get("/invitation/" + "x" * 500).text


def test_inviting_again_ends_the_link_before(admins: Client, client: Client, session: Session) -> None:
    first = _link(admins.post("/settings/users/new", data=NEW))
    second = _link(admins.post(f"/settings/users/{_added(session).id}/invite"))
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200


def test_the_link_of_somebody_deactivated_is_dead(admins: Client, client: Client, session: Session) -> None:
    link = _link(admins.post("/settings/users/new", data=NEW))
    admins.post(f"/settings/users/{_added(session).id}/deactivate")
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "at least 9 characters"),
        (PASSWORD, "Something-Else 9", "The two passwords differ"),
        ("Cleo-Petit 2026", "Cleo-Petit 2026", "your name or address"),
    ],
)
def test_a_password_that_will_not_do_is_told_beside_its_field(
    admins: Client, client: Client, password: str, again: str, words: str
) -> None:
    link = _link(admins.post("/settings/users/new", data=NEW))
    answer = client.post(link, data={"password": password, "again": again})
    assert (answer.status_code, words in answer.text) == (422, True)
    assert client.get(link).status_code == 200


def test_the_same_address_twice_is_told_beside_its_field(admins: Client) -> None:
    admins.post("/settings/users/new", data=NEW)
    answer = admins.post("/settings/users/new", data={**NEW, "email": "CLEO@acme.example"})
    assert (answer.status_code, "already" in answer.text) == (422, True)


def test_the_import_tick_follows_the_role_unless_it_is_set(admins: Client, session: Session) -> None:
    admins.post("/settings/users/new", data={**NEW, "role": "credit_manager"})
    assert _added(session).may_import
    admins.post(f"/settings/users/{_added(session).id}", data={**NEW, "role": "collector", "may_import": "yes"})
    assert (_added(session).role, _added(session).may_import) == (Role.COLLECTOR, True)


def test_the_only_active_administrator_stays_one(admins: Client, admin: User, session: Session) -> None:
    data = {**NEW, "email": admin.email, "role": "guest", "may_import": "no"}
    answer = admins.post(f"/settings/users/{admin.id}", data=data)
    assert (answer.status_code, "the only active administrator" in answer.text) == (422, True)
    assert admins.post(f"/settings/users/{admin.id}/deactivate").status_code == 409
    session.refresh(admin)
    assert (admin.role, admin.active) == (Role.ADMIN, True)


def test_of_two_administrators_one_may_go(admins: Client) -> None:
    second = a_user(role=Role.ADMIN)
    assert admins.post(f"/settings/users/{second.id}/deactivate").status_code == 303
    assert not second.active


def test_an_inactive_user_can_be_activated_again(admins: Client) -> None:
    user = a_user(active=False)
    admins.post(f"/settings/users/{user.id}/activate")
    assert user.active


def test_a_manager_neither_makes_nor_touches_administrators(manager: Client, admin: User, session: Session) -> None:
    assert manager.post("/settings/users/new", data={**NEW, "role": "admin"}).status_code == 422
    for path in (f"/{admin.id}/deactivate", f"/{admin.id}/invite", f"/{admin.id}/absence"):
        assert manager.post(f"/settings/users{path}").status_code in (303, 403), path
    assert manager.post(f"/settings/users/{admin.id}", data={**NEW, "may_import": "no"}).status_code == 403
    session.refresh(admin)
    assert (admin.role, admin.active, admin.invited_at) == (Role.ADMIN, True, None)


def test_a_manager_of_one_company_gives_no_access_to_others(login: Callable[[User], Client], entity: Entity) -> None:
    other = an_entity()
    boss = a_user(role=Role.CREDIT_MANAGER, entities=[entity])
    stranger = a_user(entities=[other])
    everywhere = a_user()
    browser = login(boss)
    answer = browser.post("/settings/users/new", data=NEW)
    assert (answer.status_code, "Name at least one company" in answer.text) == (422, True)
    for user in (stranger, everywhere):
        assert browser.get(f"/settings/users/{user.id}").status_code == 404
        assert browser.post(f"/settings/users/{user.id}/deactivate").status_code == 404
    assert stranger.full_name not in browser.get("/settings/users").text


def test_a_deputy_sees_what_the_absent_sees(admins: Client) -> None:
    absent, deputy = a_user(), a_user()
    data = {"deputy": str(deputy.id), "absent_from": "2026-11-23", "absent_to": "2026-11-27"}
    admins.post(f"/settings/users/{absent.id}/absence", data=data)
    assert absent.deputy_id == deputy.id


def test_an_absence_that_ends_before_it_begins_is_said_beside_its_field(admins: Client) -> None:
    absent, deputy = a_user(), a_user()
    data = {"deputy": str(deputy.id), "absent_from": "2026-11-27", "absent_to": "2026-11-23"}
    answer = admins.post(f"/settings/users/{absent.id}/absence", data=data)
    assert (answer.status_code, absent.deputy_id) == (422, None)
    assert "is-invalid" in answer.text and 'value="2026-11-23"' in answer.text


def test_what_two_people_saved_at_one_moment_is_said_in_words(admins: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_late(*_args: object, **_kwargs: object) -> None:
        raise IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed"))

    monkeypatch.setattr(users, "set_absence", too_late)
    answer = admins.post(f"/settings/users/{a_user().id}/absence", data={"deputy": "0"})
    assert answer.status_code == 409 and "Somebody else saved something at the same moment." in answer.text


def test_own_name_signature_and_language_are_kept(login: Callable[[User], Client], entity: Entity) -> None:
    una = a_user()
    data = {"first_name": " Una ", "last_name": "Roy", "signature": "Una Roy\nAcme", "language": "fr"}
    assert login(una).post("/profile", data=data).status_code == 303
    assert (una.full_name, una.signature, una.language) == ("Una Roy", "Una Roy\nAcme", "fr")


def test_changing_the_own_password_needs_the_old_one_and_keeps_this_session(
    login: Callable[[User], Client], entity: Entity
) -> None:
    una = a_user()
    users.set_password(una, PASSWORD, now=NOW)
    browser = login(una)
    data = {"old": "Wrong-Pass 1", "password": "Another-Lamp 48", "again": "Another-Lamp 48"}
    assert "not your password" in browser.post("/profile/password", data=data).text
    assert browser.post("/profile/password", data={**data, "old": PASSWORD}).status_code == 303
    assert browser.get("/profile").status_code == 200


def test_guessing_the_own_old_password_is_slowed_down_too(login: Callable[[User], Client], entity: Entity) -> None:
    una = a_user()
    users.set_password(una, PASSWORD, now=NOW)
    browser = login(una)
    data = {"old": "Wrong-Pass 1", "password": "Another-Lamp 48", "again": "Another-Lamp 48"}
    for _ in range(5):
        browser.post("/profile/password", data=data)
    assert "Too many wrong passwords" in browser.post("/profile/password", data={**data, "old": PASSWORD}).text
