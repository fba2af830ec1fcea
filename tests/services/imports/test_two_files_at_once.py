"""Two companies send files about what belongs to the installation in the same moment: they take turns."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from dso.db import db
from dso.domain.codes import ImportKind, Role
from dso.models import Entity, ImportRun, Rate, User
from dso.services.imports import ImportReport
from tests.factories import a_user, an_entity
from tests.services.imports.helpers import Importer, counts
from tests.services.imports.undo_helpers import take_back
from tests.services.test_two_at_once import together

DAYS = [f"2026-{month:02}-{day:02}" for month in range(1, 10) for day in range(1, 29)]
People = Callable[[str], list[str]]


@pytest.fixture
def companies(own_app: Flask) -> list[int]:
    """Two companies, and an administrator who stays."""
    with own_app.app_context():
        a_user(role=Role.ADMIN)
        made = [an_entity().id, an_entity().id]
        db.session.commit()
        return made


def rates(units: str) -> list[str]:
    return ["date;currency;units", *(f"{day};USD;{units}" for day in DAYS)]


def users(phone: str) -> list[str]:
    return ["E-mail;Nom;Rôle;Téléphone", *(f"p{n}@one.example;P;guest;{phone}" for n in range(60))]


def at_once(app: Flask, folder: Path, kind: ImportKind, files: dict[int, list[str]]) -> list[ImportReport]:
    def work(entity_id: int) -> Callable[[], ImportReport]:
        place = folder / str(entity_id)
        place.mkdir(exist_ok=True)
        return lambda: Importer(db.session.get_one(Entity, entity_id), place).text(kind, *files[entity_id])

    ends = together(app, *map(work, files))
    return [end for end in ends if isinstance(end, ImportReport)]


@pytest.mark.parametrize(("kind", "lines"), [(ImportKind.RATES, rates), (ImportKind.USERS, users)])
def test_the_same_file_of_two_companies_goes_in_once(
    own_app: Flask, companies: list[int], tmp_path: Path, kind: ImportKind, lines: People
) -> None:
    file = lines("1.05")
    ends = at_once(own_app, tmp_path, kind, dict.fromkeys(companies, file))
    n = len(file) - 1
    assert sorted(map(str, map(counts, ends))) == [str({"new": n}), str({"unchanged": n})]


def test_what_two_companies_change_at_once_goes_back_one_after_the_other(
    own_app: Flask, companies: list[int], tmp_path: Path
) -> None:
    at_once(own_app, tmp_path, ImportKind.RATES, {companies[0]: rates("1.05")})
    at_once(own_app, tmp_path, ImportKind.RATES, dict(zip(companies, (rates("1.10"), rates("1.20")), strict=True)))
    with own_app.app_context():
        latest = db.session.scalars(select(ImportRun.entity_id).order_by(ImportRun.id.desc()).limit(2)).all()
        assert sorted(latest) == companies
        for each in latest:
            take_back(db.session.get_one(Entity, each))
        assert set(db.session.scalars(select(Rate.units))) == {"1.05"}
        assert db.session.scalar(select(func.count()).select_from(User)) == 1
