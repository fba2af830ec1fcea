"""Imports taken back beside the request: in the queue of the files, once, whole, in words when they cannot."""

from dataclasses import dataclass

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import ImportKind, Role
from dso.jobs import imports as job
from dso.models import Entity, ImportRun, ImportUpload, Item, User
from dso.queries import import_tasks
from dso.services.imports import beside, tasks, undo, uploads
from tests import factories
from tests.conftest import NOW, TODAY
from tests.jobs.test_imports import always, items, sent
from tests.services.imports.undo_helpers import dump


@dataclass
class Ledger:
    """A company with one file taken in."""

    entity: Entity
    author: User
    before: list[tuple[str, str]]

    @property
    def run(self) -> ImportRun:
        return db.session.scalars(select(ImportRun).order_by(ImportRun.id).limit(1)).one()

    def ask(self) -> None:
        tasks.ask_back(self.run, beside.touched(self.run), actor=self.author, now=NOW)
        db.session.commit()

    @property
    def task(self) -> ImportUpload | None:
        db.session.expire_all()
        return import_tasks.undo_of(self.run.id)


@pytest.fixture
def ledger(entity: Entity, admin: User) -> Ledger:
    factories.a_customer(entity=entity, code="C1")
    before = dump(entity)
    sent(entity, items(3), admin)
    job.work("me", always)
    return Ledger(entity, admin, before)


def how_many(session: Session, what: type) -> int:
    return session.scalar(select(func.count()).select_from(what)) or 0


def test_a_queued_undo_brings_the_ledger_back_and_leaves_the_queue(ledger: Ledger) -> None:
    ledger.ask()
    assert job.work("me", always)["taken_back"] == 1
    assert ledger.task is None and dump(ledger.entity) == ledger.before
    assert (ledger.run.undone_at, ledger.run.undone_by_id) == (NOW, ledger.author.id)


def test_an_undo_asked_for_twice_is_done_once(ledger: Ledger, session: Session) -> None:
    ledger.ask()
    ledger.ask()
    assert session.scalar(select(func.count()).where(ImportUpload.undoes_id.is_not(None))) == 1
    assert job.work("me", always)["taken_back"] == 1 and job.work("me", always) == {}


def test_an_undo_and_a_file_of_one_company_take_turns_in_the_order_they_came(ledger: Ledger, session: Session) -> None:
    ledger.ask()
    upload_id = sent(ledger.entity, items(2), ledger.author)
    first = tasks.claim("me", now=NOW)
    assert first is not None and first.upload_id != upload_id
    assert tasks.claim("another", now=NOW) is None, "the company has one at work"
    tasks.put_back(first)
    db.session.commit()
    assert dict(job.work("me", always)) == {"interrupted": 0, "taken_back": 1, "taken_in": 1}
    assert how_many(session, Item) == 2


def test_an_undo_behind_a_file_that_went_in_is_refused_with_that_file(ledger: Ledger) -> None:
    sent(ledger.entity, items(1, first=9), ledger.author)
    ledger.ask()
    counts = job.work("me", always)
    assert (counts["taken_in"], counts["refused"]) == (1, 1)
    task = ledger.task
    assert task is not None and task.state == "failed" and ledger.run.undone_at is None
    assert str(tasks.refusal(task.problem or {})) == "Nothing was taken back: one later act depends on this import."


def test_an_undo_that_was_refused_can_be_asked_for_again(ledger: Ledger) -> None:
    sent(ledger.entity, items(1, first=9), ledger.author)
    ledger.ask()
    job.work("me", always)
    undo.undo(undo.get(ledger.entity, None), actor=None, today=TODAY, now=NOW)
    ledger.ask()
    assert job.work("me", always)["taken_back"] == 1 and dump(ledger.entity) == ledger.before


def test_who_lost_the_right_meanwhile_takes_nothing_back(ledger: Ledger) -> None:
    ledger.ask()
    ledger.author.role, ledger.author.may_import = Role.GUEST, False
    db.session.commit()
    assert job.work("me", always)["refused"] == 1 and ledger.run.undone_at is None


def test_who_lost_the_company_meanwhile_takes_nothing_back(ledger: Ledger) -> None:
    ledger.ask()
    ledger.author.entities = [factories.an_entity(name="Beta")]
    db.session.commit()
    assert job.work("me", always)["refused"] == 1 and ledger.run.undone_at is None
    assert ledger.task is not None and "no company" in str(tasks.refusal(ledger.task.problem or {}))


def test_an_undo_whose_worker_died_is_begun_again_and_given_up_after_three_times(ledger: Ledger) -> None:
    ledger.ask()
    for _attempt in range(tasks.MOST_ATTEMPTS):
        assert tasks.claim("died", now=NOW) is not None
        tasks.take_up_interrupted()
    task = ledger.task
    assert task is not None and task.state == "failed"
    assert "broke off 3 times" in str(tasks.refusal(task.problem or {}))


def test_an_error_of_ours_in_an_undo_leaves_the_ledger_and_is_said(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError

    after = dump(ledger.entity)
    monkeypatch.setattr(tasks, "taken_back", broken)
    ledger.ask()
    assert job.work("me", always)["broken"] == tasks.MOST_ATTEMPTS
    assert dump(ledger.entity) == after and ledger.run.undone_at is None
    task = ledger.task
    assert task is not None and task.state == "failed"
    assert "broke off 3 times" in str(tasks.refusal(task.problem or {}))


def test_who_lost_an_undo_to_another_worker_writes_nothing(ledger: Ledger) -> None:
    ledger.ask()
    slow = tasks.claim("slow", now=NOW)
    tasks.take_up_interrupted()
    assert slow is not None and tasks.claim("quick", now=NOW) is not None
    with pytest.raises(tasks.Elsewhere):
        tasks.hold(slow)
    tasks.taken_back(slow)
    assert ledger.task is not None


def test_what_the_command_line_took_back_first_is_not_on_its_way_any_more(ledger: Ledger) -> None:
    ledger.ask()
    undo.undo(ledger.run, actor=None, today=TODAY, now=NOW)
    db.session.commit()
    assert job.work("me", always)["refused"] == 1
    assert import_tasks.on_their_way(ledger.entity, ledger.author) == []


def test_an_undo_nobody_has_begun_can_be_left(ledger: Ledger) -> None:
    ledger.ask()
    task = ledger.task
    assert task is not None
    tasks.cancel(task)
    assert ledger.task is None and job.work("me", always) == {}


def test_an_undo_that_failed_is_forgotten_after_a_week_like_a_file(ledger: Ledger) -> None:
    ledger.ask()
    tasks.claim("me", now=NOW)
    task = ledger.task
    assert task is not None
    task.state = "failed"
    db.session.commit()
    uploads.forget_old(NOW + uploads.LIFE * 2)
    db.session.commit()
    assert ledger.task is None and ledger.run.undone_at is None


@pytest.mark.parametrize("count", [2, 3])
def test_one_rule_says_what_is_taken_back_beside_the_request(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(beside, "RECORDS", count)
    assert beside.takes_back_beside(ledger.entity, ledger.run) is (count < 3)


def test_what_comes_after_work_on_the_company_waits_in_and_out(ledger: Ledger) -> None:
    upload_id = sent(ledger.entity, items(1), ledger.author, kind=ImportKind.ITEMS)
    upload = db.session.get_one(ImportUpload, upload_id)
    assert beside.takes_back_beside(ledger.entity, ledger.run) and beside.takes_in_beside(ledger.entity, upload)
    tasks.cancel(upload)
    assert not beside.takes_back_beside(ledger.entity, ledger.run)
