"""Taking back what belongs to the installation: exchange rates and users."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dso.db import Base, db
from dso.domain.codes import ImportKind, Role
from dso.domain.errors import Forbidden
from dso.models import CustomerState, User
from dso.services.imports import undo
from tests.factories import NOW, TODAY, a_customer, a_user, an_entity
from tests.services.imports.helpers import Importer, customer
from tests.services.imports.undo_helpers import last_run, refused, take_back

RATE_HEADERS, USER_HEADERS = "date;currency;units", "E-mail;Nom;Prénom;Rôle;Actif"


def _rows(name: str) -> list[Any]:
    db.session.flush()
    table = Base.metadata.tables[name]
    return sorted(map(repr, db.session.execute(select(*(each for each in table.columns if each.name != "id")))))


def _rates(take: Importer, *lines: str) -> None:
    take.text(ImportKind.RATES, RATE_HEADERS, *lines)


def _users(take: Importer, *lines: str) -> None:
    take.text(ImportKind.USERS, USER_HEADERS, *lines)


def test_rates_come_back_as_they_were_and_new_ones_go(take: Importer) -> None:
    _rates(take, "2026-11-02;USD;1.05")
    before = _rows("rates")
    _rates(take, "2026-11-02;USD;1.10", "2026-11-03;USD;1.20")
    take_back(take.entity)
    assert _rows("rates") == before
    take_back(take.entity)
    assert _rows("rates") == []


DOLLARS = "customer;number;type;issue date;due date;amount;remaining;currency"


def _receivable(code: str) -> tuple[str, bool]:
    """What the customer owes in the company's currency, and whether something is left out of it."""
    db.session.expire_all()
    state = db.session.get_one(CustomerState, customer(code).id)
    return f"{state.receivable:.2f}", state.unconverted


def test_figures_follow_the_rates_back(take: Importer) -> None:
    _rates(take, "2026-10-02;USD;1.25")
    take.items("C1;F1;FAC;2026-09-01;2026-10-01;100;100;USD", headers=DOLLARS)
    assert _receivable("C1") == ("80.00", False)
    _rates(take, "2026-10-02;USD;2.00")
    assert _receivable("C1") == ("50.00", False)
    take_back(take.entity)
    assert _receivable("C1") == ("80.00", False)


def test_figures_of_other_companies_follow_the_rates_back_too(take: Importer, tmp_path: Path) -> None:
    other = Importer(an_entity(), tmp_path)
    a_customer(entity=other.entity, code="X1")
    other.items("X1;F1;FAC;2026-09-01;2026-10-01;100;100;USD", headers=DOLLARS)
    assert _receivable("X1") == ("0.00", True)
    _rates(take, "2026-10-02;USD;2.00")
    assert _receivable("X1") == ("50.00", False)
    take_back(take.entity)
    assert _receivable("X1") == ("0.00", True)


def test_users_come_back_as_they_were_and_new_ones_go(take: Importer) -> None:
    a_user(role=Role.ADMIN)
    _users(take, "ann@one.example;Old;Ann;collector;1")
    before = [_rows(name) for name in ("users", "user_entities")]
    _users(take, "ann@one.example;New;Ann;manager;1", "bob@one.example;Bob;B;collector;1")
    assert [_rows(name) for name in ("users", "user_entities")] != before
    take_back(take.entity)
    assert [_rows(name) for name in ("users", "user_entities")] == before


def test_a_user_somebody_refers_to_stands_in_the_way(take: Importer) -> None:
    boss = a_user(role=Role.ADMIN)
    _users(take, "ann@one.example;Old;Ann;collector;1")
    boss.deputy_id = db.session.scalar(select(User.id).where(User.email == "ann@one.example"))
    db.session.flush()
    assert refused(take.entity) == ["ann@one.example is the deputy of another user"]


def test_a_user_who_was_invited_stands_in_the_way(take: Importer) -> None:
    _users(take, "ann@one.example;Old;Ann;collector;1")
    db.session.scalars(select(User).where(User.email == "ann@one.example")).one().invited_at = NOW
    assert refused(take.entity) == ["ann@one.example was invited or has logged in"]


def _user(email: str) -> User:
    return db.session.scalars(select(User).where(User.email == email)).one()


def test_a_user_somebody_changed_since_by_hand_stands_in_the_way(take: Importer) -> None:
    a_user(role=Role.ADMIN)
    _users(take, "ann@one.example;Old;Ann;sales;1", "bob@one.example;Old;Bob;sales;1")
    _users(take, "ann@one.example;Old;Ann;collector;1", "bob@one.example;Old;Bob;collector;1")
    _user("ann@one.example").role = Role.CREDIT_MANAGER
    _user("bob@one.example").phone = "1"
    assert refused(take.entity) == ["ann@one.example was changed since"]


def test_companies_a_user_was_given_since_by_hand_stand_in_the_way(take: Importer) -> None:
    a_user(role=Role.ADMIN)
    take.text(ImportKind.USERS, "email;last name;role;companies", f"ann@one.example;Old;sales;{take.entity.name}")
    ann = _user("ann@one.example")
    ann.entities = [*ann.entities, an_entity()]
    assert refused(take.entity) == ["ann@one.example was changed since"]


def test_deputies_and_absences_written_by_a_file_stand_in_nobodys_way(take: Importer) -> None:
    a_user(role=Role.ADMIN)
    before = _rows("users")
    headers = "email;last name;role;deputy;from;to"
    columns = {"deputy": "deputy", "from": "absent_from", "to": "absent_to"}
    rows = "ann@one.example;Old;sales;bob@one.example;2026-12-01;2026-12-24", "bob@one.example;Old;sales;;;"
    take.text(ImportKind.USERS, headers, *rows, columns=columns)
    assert db.session.scalar(select(User.deputy_id).where(User.absent_to.is_not(None)))
    take_back(take.entity)
    assert _rows("users") == before


def test_users_are_taken_back_only_by_who_may_edit_users(take: Importer) -> None:
    _users(take, "ann@one.example;Old;Ann;collector;1")
    with pytest.raises(Forbidden):
        undo.undo(last_run(take.entity), actor=a_user(role=Role.COLLECTOR), today=TODAY, now=NOW)
