"""Two who want the same import taken back in the same moment, by whichever door: once, on both databases."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from dso import clock
from dso.db import db
from dso.domain.codes import EventKind
from dso.domain.errors import Refused
from dso.jobs import imports as job
from dso.models import Entity, Event, ImportRun, ImportUpload, Item, User
from dso.services.imports import tasks, undo
from tests import factories
from tests.conftest import NOW, TODAY
from tests.jobs.test_imports import always, items, sent
from tests.services.test_two_at_once import together


@pytest.fixture
def company(own_app: Flask) -> Flask:
    """A company with one file of some rows taken in."""
    with own_app.app_context(), clock.at(NOW):
        entity, author = factories.an_entity(), factories.a_user(role="admin")
        factories.a_customer(entity=entity, code="C1")
        sent(entity, items(200), author)
        job.work("me", always)
        db.session.commit()
    return own_app


def the_run() -> ImportRun:
    return db.session.scalars(select(ImportRun).order_by(ImportRun.id).limit(1)).one()


def ask() -> None:
    author = db.session.scalars(select(User).limit(1)).one()
    tasks.ask_back(the_run(), 200, actor=author, now=NOW)


def by_worker(name: str) -> Callable[[], object]:
    return lambda: dict(job.work(name, always))


def by_hand() -> None:
    undo.undo(the_run(), actor=None, today=TODAY, now=NOW)


def taken_back_once(app: Flask) -> None:
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Item)) == 0
        assert the_run().undone_at is not None
        told = select(func.count()).where(Event.kind == EventKind.IMPORT, Event.text == undo.TAKEN_BACK)
        assert db.session.scalar(told.where(Event.customer_id.is_(None))) == 1


def test_two_clicks_in_the_same_moment_queue_one_undo(company: Flask) -> None:
    assert together(company, ask, ask) == [None, None]
    with company.app_context():
        assert db.session.scalar(select(func.count()).where(ImportUpload.undoes_id.is_not(None))) == 1


def test_two_workers_take_a_queued_import_back_once(company: Flask) -> None:
    with company.app_context():
        ask()
        db.session.commit()
    together(company, by_worker("one"), by_worker("two"))
    taken_back_once(company)


def test_the_command_line_and_the_clock_process_take_an_import_back_once(company: Flask) -> None:
    with company.app_context():
        ask()
        db.session.commit()
    ends = together(company, by_worker("clock"), by_hand)
    taken_back_once(company)
    assert not isinstance(ends[0], Exception)
    assert ends[1] is None or isinstance(ends[1], Refused)


def test_a_file_that_comes_the_moment_an_import_is_taken_back_waits_or_stands_in_the_way(company: Flask) -> None:
    with company.app_context(), clock.at(NOW):
        ask()
        entity, author = db.session.scalars(select(Entity)).one(), db.session.scalars(select(User).limit(1)).one()
        sent(entity, items(5), author)
    together(company, by_worker("one"), by_worker("two"))
    with company.app_context():
        assert db.session.scalar(select(func.count()).select_from(Item)) == 5
        assert db.session.scalars(select(ImportUpload.state).where(ImportUpload.undoes_id.is_not(None))).all() == []
