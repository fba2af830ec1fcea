"""Signing in and out."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dso import clock
from dso.domain.codes import Role
from dso.models import Entity, SignInFailure, User
from dso.services import settings, users
from tests.conftest import NOW, Client
from tests.factories import a_user, an_entity

Login = Callable[[User], Client]
PASSWORD = "Plum-Tree 47 Lantern"
WRONG = "do not go together"
pytestmark = pytest.mark.usefixtures("entity")


@pytest.fixture
def una(session: Session) -> User:
    """A collector with a password."""
    user = a_user(email="una@acme.example")
    users.set_password(user, PASSWORD, now=NOW)
    return user


def post(client: Client, password: str, email: str = "una@acme.example", **more: str):  # type: ignore[no-untyped-def]
    return client.post("/login", data={"email": email, "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get("/profile").status_code == 200


def test_the_right_password_lets_in_and_leads_home(client: Client, una: User) -> None:
    answer = post(client, PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_in(client)


def test_a_probe_without_content_is_answered_as_the_page_is(client: Client, una: User) -> None:
    assert client.head("/login").status_code == client.get("/login").status_code == 200
    assert client.head("/profile").location == client.get("/profile").location == "/login?next=/profile"


def test_the_address_is_written_in_any_case(client: Client, una: User) -> None:
    assert post(client, PASSWORD, " Una@ACME.example ").status_code == 303


def test_the_last_log_in_and_its_address_are_kept(client: Client, una: User) -> None:
    post(client, PASSWORD)
    assert (una.last_login_at, una.last_login_from) == (NOW, "127.0.0.1")


def test_after_log_in_one_goes_where_one_wanted(client: Client, una: User) -> None:
    assert client.get("/profile?tab=2").location == "/login?next=/profile?tab%3D2"
    assert post(client, PASSWORD, next="/profile?tab=2").location == "/profile?tab=2"


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_log_in_never_leads_to_another_site(client: Client, una: User, target: str) -> None:
    assert post(client, PASSWORD, next=target).location == "/"


def test_a_part_asked_for_without_log_in_sends_the_whole_page_to_the_log_in(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/profile?tab=2"}
    answer = client.get("/profile", headers=headers)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login?next=/profile?tab%3D2")


def test_a_wrong_password_and_an_unknown_address_are_told_alike(client: Client, una: User) -> None:
    wrong, unknown = post(client, "Wrong-Pass 1"), post(client, "Wrong-Pass 1", "nobody@acme.example")
    assert wrong.status_code == unknown.status_code == 422
    assert WRONG in wrong.text
    assert _without_tokens(wrong.text).replace("una@", "nobody@") == _without_tokens(unknown.text)


def _without_tokens(text: str) -> str:
    return re.sub(r'(csrf[-_]token" (?:value|content)=")[^"]+', r"\1", text)


def test_an_inactive_user_is_told_the_same_as_an_unknown_one(client: Client, una: User) -> None:
    una.active = False
    assert WRONG in post(client, PASSWORD).text


def test_a_user_without_password_cannot_log_in(client: Client, una: User) -> None:
    una.password_hash = None
    assert post(client, "").status_code == 422
    assert WRONG in post(client, PASSWORD).text


def test_what_was_typed_stays_but_the_password_does_not(client: Client, una: User) -> None:
    text = post(client, "Wrong-Pass 1").text
    assert "una@acme.example" in text
    assert "Wrong-Pass" not in text


def test_ten_wrong_passwords_lock_the_log_in_and_say_until_when(client: Client, una: User) -> None:
    answers = [post(client, "Wrong-Pass 1") for _ in range(10)]
    assert [answer.status_code for answer in answers] == [422] * 4 + [429] * 6
    assert "Try again in 1 minute." in answers[-1].text
    assert post(client, PASSWORD).status_code == 429
    assert not is_in(client)


def test_the_delay_grows_with_every_failure_after_it_is_over(client: Client, una: User) -> None:
    waits, at = [], NOW
    for _ in range(9):
        with clock.at(at):
            answer = post(client, "Wrong-Pass 1")
        wait = int(answer.headers.get("Retry-After", 1)) - 1
        waits.append(wait // 60)
        at += timedelta(seconds=wait)
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16]


def test_once_the_delay_is_over_the_right_password_lets_in_and_the_counting_ends(
    client: Client, una: User, session: Session
) -> None:
    for _ in range(5):
        post(client, "Wrong-Pass 1")
    with clock.at(NOW + timedelta(minutes=1)):
        assert post(client, PASSWORD).status_code == 303
    assert session.scalar(select(func.count()).select_from(SignInFailure)) == 0


def test_a_locked_address_of_mail_locks_nobody_else(client: Client, una: User) -> None:
    for _ in range(10):
        post(client, "Wrong-Pass 1", "other@acme.example")
    assert post(client, PASSWORD).status_code == 303


def test_one_network_address_cannot_try_many_accounts(client: Client, una: User) -> None:
    for n in range(25):
        post(client, "Wrong-Pass 1", f"user{n}@acme.example")
    assert post(client, PASSWORD).status_code == 429


def test_log_out_ends_the_session_and_only_by_post(client: Client, una: User) -> None:
    post(client, PASSWORD)
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").location == "/login"
    assert not is_in(client)


def test_a_new_password_ends_every_open_session(client: Client, una: User) -> None:
    post(client, PASSWORD)
    users.set_password(una, "Another-Lamp 48", now=NOW)
    assert not is_in(client)


def test_a_deactivated_user_is_out_at_once(client: Client, una: User, admin: User) -> None:
    post(client, PASSWORD)
    users.deactivate(una, actor=admin)
    assert not is_in(client)


def test_an_altered_session_is_nobody(client: Client, una: User) -> None:
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{una.id}:guess"
    assert not is_in(client)


def test_an_old_password_is_renewed_before_one_comes_in(client: Client, una: User, admin: User) -> None:
    settings.set_value(None, "security.password_months", "3", actor=admin, now=NOW)
    with clock.at(NOW + timedelta(days=100)):
        answer = post(client, PASSWORD)
        assert answer.location.startswith("/invitation/")
        assert not is_in(client)
        new = {"password": "Another-Lamp 48", "again": "Another-Lamp 48"}
        assert client.post(answer.location, data=new).status_code == 303
        assert post(client, new["password"]).location == "/"


def test_an_account_unused_for_too_long_is_deactivated(client: Client, una: User, admin: User) -> None:
    settings.set_value(None, "security.idle_months", "6", actor=admin, now=NOW)
    with clock.at(NOW + timedelta(days=200)):
        assert "not used for too long" in post(client, PASSWORD).text
    assert not una.active


def test_the_only_administrator_is_never_unused_for_too_long(client: Client, una: User) -> None:
    una.role = Role.ADMIN
    settings.set_value(None, "security.idle_months", "6", actor=una, now=NOW)
    with clock.at(NOW + timedelta(days=200)):
        assert post(client, PASSWORD).status_code == 303


def test_the_company_is_switched_for_the_session_among_ones_own(login: Callable[[User], Client], una: User) -> None:
    other, foreign = an_entity(name="Beta"), an_entity(name="Gamma")
    una.entities = [other]
    browser = login(una)
    assert browser.post(f"/entity/{other.id}", data={"next": "/profile"}).location == "/profile"
    assert browser.post("/entity", data={"entity": str(foreign.id)}).status_code == 404


def test_language_and_theme_are_kept(login: Callable[[User], Client], una: User) -> None:
    browser = login(una)
    browser.post("/appearance", data={"language": "fr", "next": "/profile"})
    answer = browser.post("/appearance", data={"theme": "dark", "next": "/profile"})
    assert una.language == "fr"
    assert "theme=dark" in answer.headers["Set-Cookie"]


def test_passwords_are_kept_as_argon2id_only(una: User) -> None:
    assert una.password_hash is not None
    assert una.password_hash.startswith("$argon2id$")


def test_a_company_that_has_just_begun_shows_its_first_steps_to_who_can_take_them(
    login: Callable[[User], Client], entity: Entity, una: User, admin: User
) -> None:
    entity.first_import_on = None
    assert login(admin).get("/").location == "/settings/first-steps"
    assert login(una).get("/").location == "/todo"
    entity.first_import_on = NOW.date()
    assert login(admin).get("/").location == "/todo"


def test_the_company_chosen_is_remembered_beyond_the_log_out(login: Login, entity: Entity) -> None:
    other, user, stranger = an_entity(name="Beta"), a_user(role=Role.ADMIN), a_user(role=Role.ADMIN)
    browser = login(user)
    browser.post("/entity", data={"entity": other.id})

    def heads(who: User) -> str:
        with browser.session_transaction() as cookie:
            cookie.clear()
            cookie["_user_id"], cookie["_fresh"] = who.get_id(), True
        return browser.get("/customers").get_data(as_text=True).partition("<title>")[2]

    assert "selected>Beta" in heads(user) and "selected>Beta" not in heads(stranger)
    user.entities = [entity]
    assert "Beta" not in heads(user)
