"""Users out and in again: rights, companies by name, languages, signatures, absences; and no secret among them."""

import csv
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import ImportKind, Role
from dso.models import ApiUser, Entity, Invitation, User
from dso.models.users import user_entities
from dso.services import dump, imports
from dso.services.imports import ImportOptions, ImportReport, undo
from tests.factories import NOW, TODAY, a_user, an_entity

SECRETS = ("$argon2id$v=19$m=65536", "a-session-key-of-ann", "0f" * 32, "1e" * 32, "sealed-smtp-secret", "203.0.113.9")


@pytest.fixture
def office(session: Session, entity: Entity) -> Entity:
    """Two companies whose names need care, an administrator, and people with all a user can have."""
    other = an_entity(name='Ölçer, "Nord" & Söhne')
    a_user(email="root@acme.example", role=Role.ADMIN, password_hash="kept")
    ann = a_user(
        email="ann@acme.example", role=Role.CREDIT_MANAGER, first_name="Ännchen", last_name="=van 't Hooft",
        may_import=False, language="fr", job_title="Head, credit", phone="+33 1", mobile="'06",
        entities=[entity, other], signature="Ann\nHead of credit\n=1+1",
    )  # fmt: skip
    bob = a_user(email="bob@acme.example", role=Role.SALES, active=False, entities=[other], may_import=True)
    eve = a_user(email="eve@acme.example", role=Role.COLLECTOR, absent_from=TODAY, absent_to=TODAY + timedelta(days=9))
    ann.deputy_id, bob.deputy_id, eve.deputy_id = bob.id, ann.id, ann.id
    session.flush()
    return entity


def _root() -> User:
    return db.session.query(User).filter_by(email="root@acme.example").one()


def _dumped(entity: Entity, folder: Path) -> bytes:
    dump.write(entity, _root(), folder)
    return (folder / "users.csv").read_bytes()


def _take(entity: Entity, path: Path, actor: User | None = None) -> ImportReport:
    said = ImportOptions()
    return imports.run_import(entity, ImportKind.USERS, path, said, actor=actor, today=TODAY, now=NOW)


def _empty() -> None:
    """Only the administrator is left, as after `dso init`."""
    db.session.execute(update(User).values(deputy_id=None))
    gone = [user.id for user in db.session.query(User) if user.email != "root@acme.example"]
    db.session.execute(delete(user_entities).where(user_entities.c.user_id.in_(gone)))
    db.session.execute(delete(User).where(User.id.in_(gone)))
    db.session.expire_all()


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_everything_of_a_user_comes_back_into_an_empty_installation(office: Entity, tmp_path: Path) -> None:
    before = _dumped(office, tmp_path / "first")
    _empty()
    report = _take(office, tmp_path / "first" / "users.csv")
    assert (report.count("new"), report.rejected, report.remarks.total()) == (3, 0, 0)
    db.session.expire_all()
    ann = db.session.query(User).filter_by(email="ann@acme.example").one()
    assert (ann.last_name, ann.language, ann.may_import, len(ann.entities)) == ("=van 't Hooft", "fr", False, 2)
    assert _dumped(office, tmp_path / "second") == before
    assert office.name.encode() in before


def test_who_comes_back_has_no_password_and_who_was_there_keeps_it(office: Entity, tmp_path: Path) -> None:
    _dumped(office, tmp_path / "first")
    _empty()
    _take(office, tmp_path / "first" / "users.csv")
    hashes = {user.email: user.password_hash for user in db.session.query(User)}
    assert hashes.pop("root@acme.example") == "kept"
    assert set(hashes.values()) == {None}


def test_the_users_of_a_dump_taken_in_again_change_nothing(office: Entity, tmp_path: Path) -> None:
    _dumped(office, tmp_path / "first")
    report = _take(office, tmp_path / "first" / "users.csv")
    assert report.count("unchanged") == report.rows == 4


def test_changed_users_return_to_what_the_dump_says_and_undo_brings_them_back(office: Entity, tmp_path: Path) -> None:
    before = _dumped(office, tmp_path / "first")
    eve = db.session.query(User).filter_by(email="eve@acme.example").one()
    eve.absent_from = eve.absent_to = eve.deputy_id = None
    eve.signature, eve.entities = "new", [office]
    changed = _dumped(office, tmp_path / "changed")
    _take(office, tmp_path / "first" / "users.csv")
    assert _dumped(office, tmp_path / "second") == before
    undo.undo(undo.get(office, None), actor=None, today=TODAY, now=NOW)
    assert _dumped(office, tmp_path / "third") == changed


def test_people_of_one_file_who_stand_in_for_one_another_are_taken_back_together(
    office: Entity, tmp_path: Path
) -> None:
    _dumped(office, tmp_path / "first")
    _empty()
    before = _dumped(office, tmp_path / "empty")
    rows = _rows(tmp_path / "first" / "users.csv")
    for row in rows:
        row["deputy"] = row["deputy"] or "eve@acme.example"
    _take(office, _write(tmp_path / "users.csv", rows))
    assert _root().deputy_id is not None
    undo.undo(undo.get(office, None), actor=None, today=TODAY, now=NOW)
    assert _dumped(office, tmp_path / "after") == before


def test_no_file_of_a_dump_holds_a_secret(office: Entity, session: Session, tmp_path: Path) -> None:
    ann = session.query(User).filter_by(email="ann@acme.example").one()
    ann.password_hash, ann.session_key, ann.last_login_from = SECRETS[0], SECRETS[1], SECRETS[5]
    session.add(Invitation(user_id=ann.id, token_hash=SECRETS[2], expires_at=NOW))
    session.add(ApiUser(name="ERP", secret_hash=SECRETS[3], user_id=ann.id, created_at=NOW))
    office.smtp_secret = SECRETS[4]
    _dumped(office, tmp_path / "out")
    written = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert b"ann@acme.example" in written
    assert [secret for secret in SECRETS if secret.encode() in written] == []


def test_an_unknown_company_rejects_its_user_and_a_deputy_nobody_knows_is_left_out(
    office: Entity, tmp_path: Path
) -> None:
    _dumped(office, tmp_path / "first")
    rows = _rows(tmp_path / "first" / "users.csv")
    for row in rows:
        row["deputy"] = "nobody@acme.example" if row["email"] == "eve@acme.example" else row["deputy"]
        row["entities"] = "Nowhere" if row["email"] == "bob@acme.example" else row["entities"]
    report = _take(office, _write(tmp_path / "users.csv", rows))
    assert [str(each) for each in report.rejects] == ["there is no company named Nowhere"]
    assert [(each.column, each.value) for each in report.remark_rows] == [("deputy", "nobody@acme.example")]
    assert report.count("unchanged") == 3


def test_an_emptied_cell_gives_nobody_all_companies_nor_a_deputy_from_elsewhere(
    office: Entity, session: Session, tmp_path: Path
) -> None:
    manager = a_user(email="m@acme.example", role=Role.CREDIT_MANAGER, entities=[office])
    for email in ("x@acme.example", "y@acme.example"):
        a_user(email=email, role=Role.SALES, entities=[office])
    _dumped(office, tmp_path / "first")
    rows = [row for row in _rows(tmp_path / "first" / "users.csv") if row["email"][0] in "xy"]
    rows[0]["entities"], rows[1]["deputy"] = "", "bob@acme.example"
    report = _take(office, _write(tmp_path / "users.csv", rows), actor=manager)
    assert [str(each) for each in report.rejects] == [
        "name at least one of your companies: you may not give access to all of them",
        "this user works for companies that are not yours",
    ]
