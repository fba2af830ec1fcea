"""Who may import, and what: users files only who edits users, nothing who sees a part of the customers."""

import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from dso.domain.codes import ImportKind, Role
from dso.models import Entity, ImportRun, ImportUpload, User
from tests import factories
from tests.conftest import NOW, TODAY, Client
from tests.web.test_imports import CUSTOMERS, decide, send, take

Login = Callable[[User], Client]

USERS = "E-mail;Last name;Role\nboss@acme.example;Boss;admin\n"


@pytest.fixture
def collector(entity: Entity) -> User:
    """Somebody who takes files in and edits no users."""
    return factories.a_user(role=Role.COLLECTOR, may_import=True)


@pytest.fixture
def collecting(collector: User, login: Login) -> Client:
    return login(collector)


def of_users(entity: Entity, session: Session, author: User) -> tuple[str, str]:
    """A users file on its way and one taken in: their addresses."""
    upload = ImportUpload(
        entity_id=entity.id, kind=ImportKind.USERS, file_name="users.csv", stored_as="nowhere", created_at=NOW,
        author_id=author.id,
    )  # fmt: skip
    run = ImportRun(
        entity_id=entity.id, kind=ImportKind.USERS, on=TODAY, at=NOW, file_name="people.csv", sha256="0" * 64,
        counts={"rejected": 1}, stored_as="nowhere", source="web",
    )  # fmt: skip
    session.add_all([upload, run])
    session.flush()
    return f"/imports/files/{upload.id}", f"/imports/{run.id}"


def test_who_edits_no_users_is_not_offered_users_files(collecting: Client) -> None:
    page = collecting.get("/imports").get_data(as_text=True)
    assert 'value="items"' in page and 'value="users"' not in page and "template/users.csv" not in page


def test_who_edits_no_users_sends_no_users_file(collecting: Client, session: Session) -> None:
    data = {"kind": "users", "file": (io.BytesIO(USERS.encode()), "users.csv")}
    assert collecting.post("/imports", data=data, content_type="multipart/form-data").status_code == 403
    assert session.scalar(select(func.count()).select_from(ImportUpload)) == 0


def test_a_users_file_on_its_way_is_closed_to_who_lost_the_right(
    collecting: Client, collector: User, entity: Entity, session: Session
) -> None:
    file, _run = of_users(entity, session, collector)
    for address in ("", "/preview", "/progress"):
        assert collecting.get(file + address).status_code == 403, address
    for address in ("", "/run", "/again", "/cancel"):
        assert collecting.post(file + address).status_code == 403, address


def test_a_users_run_is_closed_to_who_edits_no_users(
    collecting: Client, collector: User, entity: Entity, session: Session
) -> None:
    _file, run = of_users(entity, session, collector)
    for address in ("", "/file", "/rejected.csv", "/rejected.xlsx", "/changes", "/undo"):
        assert collecting.get(run + address).status_code == 403, address
    page = collecting.get("/imports").get_data(as_text=True)
    assert "people.csv" in page and f'href="{run}' not in page


def test_an_administrator_s_users_file_is_compared_with_his_own_rights_beside_the_request_too(
    session: Session, login: Login, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dso.jobs import imports as job
    from dso.services.imports import uploads

    monkeypatch.setattr(uploads, "SMALL", 0)
    client = login(admin)
    himself = f"E-mail;Last name;Role\n{admin.email};{admin.last_name};guest\n"
    factories.a_user(role=Role.ADMIN)
    preview = decide(client, send(client, "users", himself))
    client.get(preview)
    session.commit()
    job.work("clock", lambda: True)
    page = client.get(preview).get_data(as_text=True)
    assert re.search(r"Changed</dt>\s*<dd[^>]*>0", page) and "own" in page.partition("Rejected rows")[2]


@pytest.fixture
def seller(entity: Entity) -> User:
    """Somebody whose role sees linked customers only, with the import tick."""
    return factories.a_user(role=Role.SALES, may_import=True)


def test_who_sees_a_portfolio_only_imports_nothing_and_sees_no_imports(
    seller: User, login: Login, admin: User, session: Session
) -> None:
    run = take(login(admin), decide(login(admin), send(login(admin), "customers", CUSTOMERS)))
    client = login(seller)
    for address in ("/imports", run, f"{run}/changes", f"{run}/file", "/imports/history.csv"):
        answer = client.get(address)
        assert answer.status_code == 403 and "own customers only" in answer.get_data(as_text=True), address
    assert client.post("/imports").status_code == 403
    assert 'href="/imports"' not in client.get("/customers").get_data(as_text=True)


def test_a_file_queued_by_who_may_import_no_more_is_refused(
    session: Session, login: Login, collector: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dso.jobs import imports as job
    from dso.services.imports import uploads

    monkeypatch.setattr(uploads, "SMALL", 0)
    client = login(collector)
    take(client, decide(client, send(client, "customers", CUSTOMERS)))
    session.execute(update(User).where(User.id == collector.id).values(may_import=False))
    session.commit()
    assert job.work("clock", lambda: True)["refused"] == 1
    assert session.scalar(select(func.count()).select_from(ImportRun)) == 0
