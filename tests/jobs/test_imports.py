"""Files worked beside the request: in order, one of an entity at a time, all or nothing, in words when they cannot."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dso import clock
from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.errors import Refused
from dso.domain.imports.mapping import FileMapping
from dso.jobs import imports as job
from dso.jobs.telling import Teller
from dso.models import Customer, Entity, ImportRun, ImportUpload, Item, User
from dso.services import imports
from dso.services.imports import ImportOptions, mappings, tasks, uploads
from dso.services.imports.kept_reports import kept, report_from
from dso.services.imports.preparing import opened
from tests import factories
from tests.conftest import NOW, TODAY

HEADERS = "customer;number;type;issue date;due date;amount;remaining"


def always() -> bool:
    return True


def items(count: int, first: int = 1) -> str:
    rows = [f"C1;F{n};FAC;2026-10-13;2026-11-13;100.00;100.00" for n in range(first, first + count)]
    return "\n".join([HEADERS, *rows]) + "\n"


def sent(entity: Entity, text: str, author: User, task: str = "run", kind: ImportKind = ImportKind.ITEMS) -> int:
    """A file in the queue, with what its headers say; its number."""
    stream = io.BytesIO(text.encode())
    upload = uploads.receive(entity, kind, f"{kind.value}.csv", stream, actor=author, now=NOW)
    table = opened(uploads.path(upload), kind, ImportOptions())
    uploads.decide(upload, mappings.proposed(entity, kind, table), now=NOW)
    tasks.ask(upload.id, task, now=clock.now())
    db.session.commit()
    return upload.id


def state(upload_id: int) -> ImportUpload:
    db.session.expire_all()
    return db.session.get_one(ImportUpload, upload_id)


@pytest.fixture
def customer(entity: Entity) -> Customer:
    return factories.a_customer(entity=entity, code="C1")


@pytest.fixture
def ledger(session: Session, customer: Customer) -> Callable[[], int]:
    return lambda: session.scalar(select(func.count()).select_from(Item)) or 0


def test_a_queued_file_is_taken_in_and_leads_to_its_run(entity: Entity, admin: User, ledger: Callable[[], int]) -> None:
    upload_id = sent(entity, items(3), admin)
    assert job.work("me", always)["taken_in"] == 1
    run = db.session.get_one(ImportRun, state(upload_id).import_run_id)
    assert (run.actor_id, run.source, run.counts["new"], ledger()) == (admin.id, "web", 3, 3)


def test_the_same_file_asked_for_twice_is_taken_in_once(entity: Entity, admin: User, session: Session) -> None:
    factories.a_customer(entity=entity, code="C1")
    upload_id = sent(entity, items(3), admin)
    tasks.ask(upload_id, "run", now=NOW)
    job.work("me", always)
    tasks.ask(upload_id, "run", now=NOW)
    assert job.work("me", always) == {}
    assert session.scalar(select(func.count()).select_from(ImportRun)) == 1


def test_a_queued_preview_keeps_its_difference_and_writes_nothing(
    entity: Entity, admin: User, ledger: Callable[[], int]
) -> None:
    upload_id = sent(entity, items(2) + "C9;X;FAC;2026-10-13;2026-11-13;1;1\n", admin, "preview")
    job.work("me", always)
    found = state(upload_id)
    report = report_from(found.report or {})
    assert (found.state, report.count("new"), report.rejected, ledger()) == ("done", 2, 1, 0)


def test_a_kept_report_comes_back_as_it_was(entity: Entity, admin: User, customer: Customer, tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text(items(2) + "C9;X;FAC;2026-10-13;2026-11-13;1;1\nC1;A;AVO;2026-10-13;2026-11-13;5;5\n")
    factories.an_item(customer, currency="KWD", amount="5000.125")
    report = imports.preview(entity, ImportKind.ITEMS, path, ImportOptions(), today=TODAY, now=NOW)
    back = report_from(kept(report))
    assert back.as_json() == report.as_json()
    assert {name: part.amounts for name, part in back.parts.items()} == {
        name: part.amounts for name, part in report.parts.items()
    }
    assert [(one.line, one.amount) for one in back.parts["new"].samples] == [
        (one.line, one.amount) for one in report.parts["new"].samples
    ]
    assert [str(each) for each in back.remark_rows] == [str(each) for each in report.remark_rows] != []
    assert back.unconverted == report.unconverted != []
    assert (back.overdue_before, back.overdue_after) == (report.overdue_before, report.overdue_after)


@pytest.mark.parametrize("task", ["run", "preview"])
def test_a_file_of_who_lost_the_company_meanwhile_does_not_go_in(
    entity: Entity, admin: User, ledger: Callable[[], int], task: str
) -> None:
    upload_id = sent(entity, items(3), admin, task)
    admin.entities = [factories.an_entity(name="Beta")]
    db.session.commit()
    assert job.work("me", always)["refused"] == 1
    assert (state(upload_id).report, ledger()) == (None, 0)


def test_two_files_of_one_entity_are_taken_in_one_after_the_other(
    entity: Entity, admin: User, ledger: Callable[[], int]
) -> None:
    first, second = sent(entity, items(1), admin), sent(entity, items(1, first=2), admin)
    mine = tasks.claim("me", now=NOW)
    assert mine is not None and mine.upload_id == first
    assert tasks.claim("another", now=NOW) is None, "the entity has one at work"
    other = sent(factories.an_entity(name="Beta"), items(1), admin)
    found = tasks.claim("another", now=NOW)
    assert found is not None and found.upload_id == other, "another entity does not wait"
    assert state(second).state == "queued"


def test_a_file_whose_worker_died_is_begun_again_and_given_up_after_three_times(entity: Entity, admin: User) -> None:
    upload_id = sent(entity, items(1), admin)
    for _attempt in range(tasks.MOST_ATTEMPTS):
        assert tasks.claim("died", now=NOW) is not None
        tasks.take_up_interrupted()
    found = state(upload_id)
    assert found.state == "failed" and "broke off 3 times" in str(tasks.refusal(found.problem or {}))


def test_who_lost_a_file_to_another_worker_writes_nothing(entity: Entity, admin: User) -> None:
    sent(entity, items(1), admin)
    slow = tasks.claim("slow", now=NOW)
    tasks.take_up_interrupted()
    quick = tasks.claim("quick", now=NOW)
    assert slow is not None and quick is not None
    with pytest.raises(tasks.Elsewhere):
        tasks.hold(slow)
    tasks.hold(quick)


def test_told_to_stop_while_reading_it_leaves_the_file_to_the_next(
    entity: Entity, admin: User, ledger: Callable[[], int]
) -> None:
    upload_id = sent(entity, items(3), admin)
    answers = iter([True, False, False, False])
    assert job.work("me", lambda: next(answers))["put_back"] == 1
    found = state(upload_id)
    assert (found.state, found.attempts, ledger()) == ("queued", 0, 0)


def test_an_error_of_ours_is_tried_again_and_then_said(
    entity: Entity, admin: User, ledger: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_words: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(tasks, "taken_in", broken)
    upload_id = sent(entity, items(3), admin)
    assert job.work("me", always)["broken"] == tasks.MOST_ATTEMPTS
    assert state(upload_id).state == "failed" and ledger() == 0


def test_the_brake_of_a_queued_run_leads_back_to_the_difference(
    entity: Entity, admin: User, ledger: Callable[[], int]
) -> None:
    sent(entity, items(10), admin)
    job.work("me", always)
    upload_id = sent(entity, items(2), admin)
    upload = state(upload_id)
    upload.mapping = {**upload.mapping, "mode": "stock"}
    db.session.commit()
    counts = job.work("me", always)
    found = state(upload_id)
    assert (counts["braked"], counts["previewed"], found.task, found.state) == (1, 1, "preview", "done")
    assert report_from(found.report or {}).stops, "what the brake says is shown with the difference"
    tasks.ask(upload_id, "run", force=True, now=NOW)
    assert job.work("me", always)["taken_in"] == 1


def test_what_only_a_person_can_say_is_kept_as_a_question(
    entity: Entity, admin: User, ledger: Callable[[], int]
) -> None:
    text = HEADERS + "\nC1;F1;FAC;03/10/2026;04/11/2026;5.00;5.00\n"
    upload_id = sent(entity, text, admin)
    assert job.work("me", always)["refused"] == 1
    problem = state(upload_id).problem or {}
    assert (problem["question"], problem["columns"][0]) == ("day_order", "issue date")


def test_notes_of_progress_never_wait_and_never_fail(entity: Entity, admin: User, app: Flask) -> None:
    upload_id = sent(entity, items(1), admin)
    mine = tasks.claim("me", now=NOW)
    assert mine is not None
    # The transaction of the test holds the lock, and on PostgreSQL nobody else sees the row: no note can be made.
    with Teller(app.config["SQLALCHEMY_DATABASE_URI"], mine, 10, always) as tell:
        tell("comparing", 5)
    assert state(upload_id).rows_done == 0


def test_a_mapping_is_not_changed_under_the_hands_of_the_worker(entity: Entity, admin: User) -> None:
    upload_id = sent(entity, items(1), admin)
    with pytest.raises(Refused):
        uploads.decide(state(upload_id), FileMapping(), now=NOW)
    tasks.claim("me", now=NOW)
    with pytest.raises(Refused):
        tasks.cancel(state(upload_id))
