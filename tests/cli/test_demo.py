"""`dso demo`: a ledger of yesterday that lies about nothing else."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Select, func, select

from dso import create_app
from dso.db import Base, db
from dso.domain.codes import ReasonCode, Role
from dso.models import Contact, Customer, CustomerState, Entity, ImportRun, Item, User
from dso.queries import settings
from dso.services import actions, demo
from dso.services.demo import ledger
from tests.cli.conftest import INIT, PASSWORD, Run
from tests.conftest import make_config
from tests.databases import new_database

#: A Friday, so that yesterday is the last working day.
FRIDAY = datetime(2026, 12, 4, 9, 0, tzinfo=UTC)
MONDAY = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, demo.Demo]]:
    """The demonstration as it stands on a Friday morning; loaded once, only looked at."""
    folder = tmp_path_factory.mktemp("demo")
    with new_database(folder) as url:
        app = create_app(make_config(url, folder))
        with app.app_context():
            Base.metadata.create_all(db.engine)
            found = demo.load(now=FRIDAY)
            db.session.commit()
        yield app, found
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def loaded(company: tuple[Flask, demo.Demo]) -> Iterator[demo.Demo]:
    """What was loaded, within its application."""
    with company[0].app_context():
        yield company[1]
        db.session.rollback()


def _count(query: Select[int]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def test_the_newest_invoice_is_of_the_last_working_day(loaded: demo.Demo) -> None:
    assert db.session.scalar(select(func.max(Item.issued_on))) == date(2026, 12, 3)


def test_something_was_paid_and_something_billed_yesterday(loaded: demo.Demo) -> None:
    assert _count(select(Item.id).where(Item.cleared_on == date(2026, 12, 3))) == 53
    assert _count(select(Item.id).where(Item.issued_on == date(2026, 12, 3))) == 12


def test_both_days_went_through_the_import_with_their_two_rejected_rows(loaded: demo.Demo) -> None:
    assert [(report.kind.value, report.rows, report.rejected) for report in loaded.imports] == [
        ("customers", 80, 0),
        ("contacts", 86, 0),
        ("items", loaded.imports[2].rows, 0),
        ("items", 897, 0),
        ("items", 858, 2),
    ]
    assert _count(select(ImportRun.id)) == 5


def test_there_is_a_year_of_paid_invoices(loaded: demo.Demo) -> None:
    first, last = db.session.execute(
        select(func.min(Item.cleared_on), func.max(Item.cleared_on)).where(Item.number.startswith("FH"))
    ).one()
    assert first and last
    assert last - first > timedelta(days=300)
    assert _count(select(Item.id).where(Item.number.startswith("FH"), Item.remaining != 0)) == 0


def test_everybody_who_owes_has_a_contact_with_an_address_and_a_collector(loaded: demo.Demo) -> None:
    owes = select(Item.customer_id).where(Item.cleared_on.is_(None))
    reached = select(Contact.customer_id).where(Contact.for_collection.is_(True), Contact.email != "")
    assert _count(select(Customer.id).where(Customer.id.in_(owes), Customer.id.not_in(reached))) == 0
    assert _count(select(Customer.id).where(Customer.collector_id.is_(None))) == 0
    assert _count(select(Customer.id).where(Customer.scenario_id.is_(None))) == 0


def test_every_account_has_a_reason_and_some_have_something_to_do(loaded: demo.Demo) -> None:
    codes = set(db.session.scalars(select(CustomerState.reason_code)))
    assert None not in codes
    assert {ReasonCode.TO_CONFIRM, ReasonCode.ACTION_DUE, ReasonCode.NOTHING_CHASEABLE} <= codes


def test_four_people_of_different_roles_may_log_in(loaded: demo.Demo) -> None:
    roles = db.session.scalars(select(User.role).order_by(User.id)).all()
    assert roles == [Role.ADMIN, Role.CREDIT_MANAGER, Role.COLLECTOR, Role.SALES]


def test_nothing_is_sent(loaded: demo.Demo) -> None:
    assert not settings.is_live()


def test_the_link_opens_a_debtors_page(company: tuple[Flask, demo.Demo], loaded: demo.Demo) -> None:
    path = loaded.link.removeprefix("http://localhost")
    with company[0].test_client() as browser:
        assert browser.get(path).status_code == 200


def test_the_day_again_changes_nothing(loaded: demo.Demo) -> None:
    entity = db.session.scalars(select(Entity)).one()
    again = actions.plan_day(entity, today=date(2026, 12, 4), now=FRIDAY)
    assert (again.planned, again.replaced, again.withdrawn) == (0, 0, 0)


def test_after_new_year_the_ledger_moves_along(own_app: Flask) -> None:
    with own_app.app_context():
        demo.load(now=MONDAY)
        # Friday the first of January is a holiday: Thursday was the last working day.
        assert db.session.scalar(select(func.max(Item.issued_on))) == date(2026, 12, 31)


def test_the_paid_year_is_the_same_every_time(tmp_path: Path) -> None:
    texts = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        texts.append(ledger.write(folder, newest=date(2026, 12, 3)).history.read_bytes())
    assert texts[0] == texts[1]


@pytest.mark.usefixtures("empty")
def test_it_prints_log_ins_and_a_debtors_link_and_does_so_again(dso: Run) -> None:
    first, second = dso("demo"), dso("demo", "--json")
    assert first.code == second.code == 0
    assert "alice@maison-delorme.example  admin" in first.out
    assert "/p/" in first.out
    assert len(second.json["users"]) == 4


@pytest.mark.usefixtures("empty")
def test_it_says_what_its_addresses_hang_on_for_whoever_serves_another_port(
    dso: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DSO_PUBLIC_URL", "http://127.0.0.1:8123")
    told = dso("demo").out
    assert "While dso serve runs, log in at http://127.0.0.1:8123 with" in told and "  http://127.0.0.1:8123/p/" in told
    assert "8000" not in told
    assert "those of DSO_PUBLIC_URL: where dso serve has another --port, set it to that one." in told


@pytest.mark.usefixtures("installed")
def test_it_never_goes_into_somebodys_ledger(dso: Run) -> None:
    done = dso("demo")
    assert (done.code, "holds a company already" in done.err) == (1, True)
    assert dso(*INIT, "--admin-password", PASSWORD).code == 1
