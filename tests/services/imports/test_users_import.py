"""Users files: who is added and changed, and what nobody may do by one (2.1, 8.1)."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import ImportKind, Role
from dso.domain.errors import Forbidden
from dso.models import Entity, User
from dso.services.imports import ImportOptions, ImportReport, preview, run_import
from tests import factories
from tests.factories import NOW, TODAY
from tests.services.imports.helpers import counts, reasons

HEADERS = "E-mail;Nom;Prénom;Rôle;Actif;Téléphone"


class Office:
    """Takes users files in, in somebody's name."""

    def __init__(self, entity: Entity, folder: Path) -> None:
        self.entity, self._folder = entity, folder

    def take(self, actor: User | None, *lines: str, headers: str = HEADERS, **options: Any) -> ImportReport:
        path = self._folder / "users.csv"
        path.write_text("\n".join([headers, *lines]) + "\n", encoding="utf-8")
        said = ImportOptions(**options)
        return run_import(self.entity, ImportKind.USERS, path, said, actor=actor, today=TODAY, now=NOW)


@pytest.fixture
def office(session: Session, entity: Entity, tmp_path: Path) -> Office:
    """An installation with one company."""
    return Office(entity, tmp_path)


@pytest.fixture
def admin(office: Office) -> User:
    """The only administrator."""
    return factories.a_user(role=Role.ADMIN, email="root@seller.example", may_import=True)


def _user(email: str) -> User:
    return db.session.scalars(select(User).where(User.email == email)).one()


def test_users_are_added_with_their_roles_in_words_and_without_a_password(office: Office, admin: User) -> None:
    report = office.take(
        admin, "Ana@seller.example;Ruiz;Ana;Chargé de recouvrement;oui;01 02", "b@seller.example;Bo;;sales;non;"
    )
    assert counts(report) == {"new": 2}
    ana = _user("ana@seller.example")
    assert (ana.first_name, ana.role, ana.active, ana.phone) == ("Ana", Role.COLLECTOR, True, "01 02")
    assert (ana.password_hash, ana.may_import) == (None, False)
    assert _user("b@seller.example").active is False


def test_the_same_users_file_twice_changes_nothing(office: Office, admin: User) -> None:
    rows = ("a@seller.example;Ruiz;Ana;collector;1;", "b@seller.example;Bo;;manager;1;")
    office.take(admin, *rows)
    assert counts(office.take(admin, *rows)) == {"unchanged": 2}


def test_a_known_user_is_changed_and_keeps_the_password(office: Office, admin: User) -> None:
    user = factories.a_user(role=Role.SALES, email="s@seller.example")
    user.password_hash = "kept"
    assert counts(office.take(admin, "S@seller.example;Neu;;Innendienst;;")) == {"changed": 1}
    db.session.refresh(user)
    assert (user.last_name, user.role, user.password_hash) == ("Neu", Role.SALES_ADMIN, "kept")


def test_an_unknown_role_and_a_doubled_address_reject_their_rows(office: Office, admin: User) -> None:
    rows = ("a@x.example;A;;wizard;;", "b@x.example;B;;guest;;", "B@x.example;C;;guest;;", "nobody;D;;guest;;")
    report = office.take(admin, *rows)
    assert reasons(report) == [
        "2: this is none of the roles",
        "3: the e-mail address b@x.example stands in the file twice",
        "4: the e-mail address b@x.example stands in the file twice",
        "5: this is not an e-mail address",
    ]


def test_users_of_a_house_with_its_own_mail_are_addressed_as_its_contacts_are(office: Office, admin: User) -> None:
    report = office.take(admin, "xx@corp.local;Xu;;sales;;", "zed@example.test;Zed;;sales;;")
    assert (counts(report), reasons(report)) == ({"new": 2}, [])


def test_only_administrators_make_and_change_administrators(office: Office, admin: User) -> None:
    manager = factories.a_user(role=Role.CREDIT_MANAGER, email="m@seller.example", may_import=True)
    rows = ("new@seller.example;N;;admin;;", "root@seller.example;Other;;collector;;")
    assert [each.partition(": ")[2] for each in reasons(office.take(manager, *rows))] == [
        "only administrators make and change administrators",
        "there would be no active administrator left",
    ]
    assert counts(office.take(admin, rows[0])) == {"new": 1}


def test_the_last_administrator_stays_whoever_imports(office: Office, admin: User) -> None:
    second = factories.a_user(role=Role.ADMIN, email="second@seller.example")
    rows = ("root@seller.example;R;;collector;;", "second@seller.example;S;;admin;no;")
    assert reasons(office.take(None, *rows)) == ["3: there would be no active administrator left"]
    assert (admin.role, second.role, second.active) == (Role.COLLECTOR, Role.ADMIN, True)


def test_nobody_locks_himself_out_by_a_file(office: Office, admin: User) -> None:
    factories.a_user(role=Role.ADMIN, email="second@seller.example")
    report = office.take(admin, "root@seller.example;R;;admin;no;")
    assert reasons(report) == ["2: nobody changes the own role, rights or companies by a file"]


def test_who_may_not_edit_users_may_not_import_them(office: Office, tmp_path: Path) -> None:
    collector = factories.a_user(role=Role.COLLECTOR, may_import=True)
    with pytest.raises(Forbidden):
        office.take(collector, "a@x.example;A;;guest;;")
    with pytest.raises(Forbidden):
        preview(
            office.entity,
            ImportKind.USERS,
            tmp_path / "users.csv",
            ImportOptions(),
            today=TODAY,
            now=NOW,
            actor=collector,
        )


def test_companies_beyond_ones_own_are_not_given(office: Office, admin: User) -> None:
    other = factories.an_entity()
    manager = factories.a_user(role=Role.CREDIT_MANAGER, email="m@seller.example", may_import=True)
    manager.entities = [office.entity]
    rows = (f"a@x.example;A;guest;{other.name}", "b@x.example;B;guest;", f"c@x.example;C;guest;{office.entity.name}")
    report = office.take(manager, *rows, headers="email;last name;role;entities")
    assert counts(report) == {"new": 1, "rejected": 2}
    assert _user("c@x.example").entities == [office.entity]


def test_a_deactivated_user_is_signed_out_everywhere(office: Office, admin: User) -> None:
    user = factories.a_user(role=Role.SALES, email="s@seller.example")
    before = user.session_key = "before"
    office.take(admin, "s@seller.example;S;;sales;no;")
    assert user.active is False and user.session_key != before


def test_the_watched_folder_names_nobody_who_stands_in_for_somebody(office: Office, admin: User) -> None:
    factories.a_user(role=Role.COLLECTOR, email="a@x.example", last_name="A")
    row, headers = "a@x.example;A;collector;b@x.example", "email;last name;role;stands in"
    said: dict[str, Any] = {"headers": headers, "columns": {"stands in": "deputy"}}
    report = office.take(None, row, "b@x.example;B;guest;a@x.example", source="folder", **said)
    assert [line for line, _, _ in (each.partition(":") for each in reasons(report))] == ["2"]
    assert counts(office.take(admin, row, **said)) == {"changed": 1}
