"""Users files of the watched folder: whoever can write there is nobody, and gives nobody rights."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import Role
from dso.domain.imports.rejects import NO_RIGHTS_BY_FOLDER
from dso.models import Customer, Entity, User
from tests import factories
from tests.jobs.folder_helpers import ITEMS, Drop, runs

HEADERS = "email;last name;role;active;may import;companies;phone\n"


@pytest.fixture
def people(session: Session, entity: Entity) -> None:
    """An administrator, a collector, and one who left."""
    factories.a_user(role=Role.ADMIN, email="root@x.example", last_name="Root")
    factories.a_user(role=Role.COLLECTOR, email="ann@x.example", last_name="Ann")
    gone = factories.a_user(role=Role.COLLECTOR, email="gone@x.example", last_name="Gone")
    gone.active = False
    session.commit()


def user(session: Session, email: str) -> User | None:
    session.expire_all()
    return session.scalar(select(User).where(User.email == email))


def test_people_are_added_and_their_particulars_changed(people: None, drop: Drop, session: Session) -> None:
    drop.put("users.csv", HEADERS + "new@x.example;New;collector;;;;\nann@x.example;Ann;collector;;;;12\n")
    drop.work()
    assert drop.result("done/users.csv")["rejected"] == 0
    new, ann = user(session, "new@x.example"), user(session, "ann@x.example")
    assert new and new.role is Role.COLLECTOR and ann and ann.phone == "12"


def test_who_leaves_is_deactivated(people: None, drop: Drop, session: Session) -> None:
    drop.put("users.csv", HEADERS + "ann@x.example;Ann;collector;no;;;\n")
    drop.work()
    ann = user(session, "ann@x.example")
    assert ann is not None and not ann.active


def test_users_go_in_before_the_customers_that_name_them(people: None, drop: Drop, session: Session) -> None:
    drop.put("items.csv", ITEMS)
    drop.put("contacts.csv", "customer;last name\nC1;Ann\n")
    drop.put("customers.csv", "code;business name;collector\nC1;Alpha;zoe@x.example\nC2;Beta;\n")
    drop.put("rates.csv", "date;currency;units\n2026-11-02;USD;1.05\n")
    drop.put("users.csv", "email;last name;role\nzoe@x.example;Zoe;collector\n")
    drop.work()
    assert runs(session) == ["users.csv", "rates.csv", "customers.csv", "contacts.csv", "items.csv"]
    zoe = user(session, "zoe@x.example")
    assert zoe is not None
    assert session.scalars(select(Customer.code).where(Customer.collector_id == zoe.id)).all() == ["C1"]


@pytest.mark.parametrize(
    "row",
    [
        "evil@x.example;Evil;admin;;;;",
        "root@x.example;Root;collector;;;;",
        "root@x.example;Root;admin;;;;666",
        "ann@x.example;Ann;credit_manager;;;;",
        "ann@x.example;Ann;collector;;yes;;",
        "ann@x.example;Ann;collector;;;{company};",
        "gone@x.example;Gone;collector;yes;;;",
    ],
)
def test_nobody_gets_rights_by_the_watched_folder(
    people: None, drop: Drop, session: Session, entity: Entity, row: str
) -> None:
    before = sorted((each.email, each.role, each.active, each.phone) for each in session.scalars(select(User)))
    drop.put("users.csv", HEADERS + row.format(company=entity.name) + "\n")
    drop.work()
    assert [each["reason"] for each in drop.result("done/users.csv")["rejects"]] == [NO_RIGHTS_BY_FOLDER]
    session.expire_all()
    assert sorted((each.email, each.role, each.active, each.phone) for each in session.scalars(select(User))) == before
