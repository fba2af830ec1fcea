"""A long undo on screen: queued, shown while it lasts, led on to its result or to what stood in the way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from dso import db as database
from dso.domain.codes import Role
from dso.models import Customer, Entity, ImportRun, ImportUpload, User
from dso.queries import import_tasks
from dso.queries.imports import RunRow
from dso.services import jobs
from dso.services.imports import beside, tasks, undo
from dso.web.imports import undoing
from dso.web.imports.choosing import get_run
from tests import factories
from tests.conftest import NOW, TODAY, Client
from tests.web.test_import_undo import _page, _taken
from tests.web.test_imports import CUSTOMERS, decide, send
from tests.web.test_imports_waiting import worked

Login = Callable[[User], Client]
PARIS = CUSTOMERS.replace("Lyon", "Paris")


@pytest.fixture
def all_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "RECORDS", 0)


def customers(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Customer)) or 0


def test_a_long_undo_is_done_beside_the_request_and_leads_to_its_result(
    session: Session, importer: Client, all_long: None
) -> None:
    result = _taken(importer)
    progress = importer.post(f"{result}/undo").location
    page = _page(importer, progress)
    assert progress == f"{result}/undo/progress" and "Waits for its turn" in page and 'hx-trigger="every 2s"' in page
    assert customers(session) == 2
    worked(session)
    answer = importer.get(progress, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, result) and customers(session) == 0
    assert "<h1>Taken back</h1>" in _page(importer, result)


def test_what_is_being_taken_back_is_not_offered_to_be(importer: Client, all_long: None) -> None:
    result = _taken(importer)
    assert f'href="{result}/undo"' in _page(importer, result) and f'href="{result}/undo"' in _page(importer, "/imports")
    importer.post(f"{result}/undo")
    index = _page(importer, "/imports")
    assert f'href="{result}/undo"' not in index + _page(importer, result) and f'href="{result}/undo/progress"' in index


def test_an_undo_that_ends_while_its_page_is_asked_for_leads_to_its_result(
    importer: Client, all_long: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = _taken(importer)
    progress = importer.post(f"{result}/undo").location
    ended: list[int] = []

    def run_then(run_id: int) -> RunRow:
        found = get_run(run_id)
        return replace(found, undone_at=NOW) if ended else found

    monkeypatch.setattr(undoing, "get_run", run_then)
    monkeypatch.setattr(import_tasks, "undo_of", ended.append)
    assert importer.get(progress).location == result


def test_while_it_lasts_the_page_says_that_it_is_being_taken_back_and_how_far(
    session: Session, importer: Client, all_long: None
) -> None:
    result = _taken(importer)
    progress = importer.post(f"{result}/undo").location
    begun = {"state": "running", "rows_total": 1_000_000, "started_at": NOW - timedelta(seconds=25), "beat_at": NOW}
    session.execute(update(ImportUpload).where(ImportUpload.undoes_id.is_not(None)).values(begun))
    page, listed = _page(importer, progress), _page(importer, "/imports")
    assert "Being taken back" in page and "25 %" in page and "about one minute left" in page
    assert "1,000,000 records return" in page and "/undo/cancel" not in page
    assert "being taken back" in listed and f'href="{progress}"' in listed and "/undo/cancel" not in listed


def test_a_small_undo_behind_work_on_the_company_waits_its_turn(session: Session, importer: Client) -> None:
    result = _taken(importer)
    decide(importer, send(importer, "customers", PARIS, "march.csv"))
    session.execute(update(ImportUpload).where(ImportUpload.import_run_id.is_(None)).values(state="queued", task="run"))
    answer = importer.post(f"{result}/undo")
    assert answer.location.endswith("/undo/progress") and customers(session) == 2
    assert "to be taken back" in _page(importer, "/imports")


def test_what_depends_on_a_long_undo_is_listed_at_once_and_nothing_is_queued(
    session: Session, importer: Client, all_long: None
) -> None:
    first = _taken(importer)
    _taken(importer, PARIS)
    answer = importer.post(f"{first}/undo")
    assert answer.status_code == 409 and "take that back first" in answer.get_data(as_text=True)
    assert session.scalar(select(ImportUpload.id).where(ImportUpload.undoes_id.is_not(None))) is None


def test_what_came_in_the_way_of_a_queued_undo_is_listed_in_the_same_words(
    session: Session, importer: Client, all_long: None
) -> None:
    result = _taken(importer)
    progress = importer.post(f"{result}/undo").location
    run = session.scalars(select(ImportRun)).one()
    one = session.scalars(select(Customer).where(Customer.code == "C1")).one()
    one.collected_by_id = None
    factories.a_customer(entity=session.get_one(Entity, run.entity_id), code="C9").collected_by_id = one.id
    worked(session)
    assert importer.get(progress).location == f"{result}/undo"
    page = _page(importer, f"{result}/undo")
    assert "It cannot be taken back" in page and "Collected under a customer of the file" in page
    assert "not taken back" in _page(importer, "/imports")


def test_why_a_queued_undo_was_refused_stands_on_its_page_even_when_nothing_is_in_the_way_any_more(
    session: Session, importer: Client, all_long: None
) -> None:
    result = _taken(importer)
    progress = importer.post(f"{result}/undo").location
    problem = {
        "message": "The import counts from %(day)s on: it cannot be taken back on an earlier day.",
        "refused": True,
    }
    values = {"state": "failed", "problem": {**problem, "params": {"day": "2026-11-21"}}}
    session.execute(update(ImportUpload).where(ImportUpload.undoes_id.is_not(None)).values(values))
    page = _page(importer, importer.get(progress).location)
    assert "it cannot be taken back on an earlier day" in page and f'action="{result}/undo"' in page
    importer.post(f"{result}/undo")
    worked(session)
    assert customers(session) == 0


def test_an_undo_that_broke_off_says_so_and_can_be_tried_again_or_left(
    session: Session, importer: Client, all_long: None
) -> None:
    result = _taken(importer)
    progress = importer.post(f"{result}/undo").location
    problem = {"message": "It broke off %(times)s times.", "params": {"times": "3"}}
    failed = update(ImportUpload).where(ImportUpload.undoes_id.is_not(None)).values(state="failed", problem=problem)
    session.execute(failed)
    page = _page(importer, progress)
    assert "It broke off 3 times." in page and "the ledger is as it was before" in page and "every 2s" not in page
    assert importer.post(f"{result}/undo/cancel").location == "/imports"
    assert "stays as it is" in _page(importer, "/imports") and customers(session) == 2
    assert importer.get(progress).location == f"{result}/undo", "it can be asked for anew"


def test_a_double_click_and_the_back_button_take_a_long_import_back_once(
    session: Session, importer: Client, all_long: None
) -> None:
    result = _taken(importer)
    locations = {importer.post(f"{result}/undo").location for _click in range(2)}
    assert locations == {f"{result}/undo/progress"} == {importer.get(f"{result}/undo").location}
    worked(session)
    assert importer.post(f"{result}/undo").location == "/imports" and "is taken back already" in _page(
        importer, "/imports"
    )
    assert importer.get(f"{result}/undo/progress").location == result
    assert importer.post(f"{result}/undo/cancel").location == result


def test_an_undo_whose_clock_process_was_killed_waits_for_the_next_one(
    session: Session, importer: Client, all_long: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "is_being_written", lambda: False)
    progress = importer.post(f"{_taken(importer)}/undo").location
    before = NOW - timedelta(seconds=61)
    begun = {"state": "running", "started_at": before, "beat_at": before}
    session.execute(update(ImportUpload).where(ImportUpload.undoes_id.is_not(None)).values(begun))
    jobs.beat("clock", now=before)
    page = _page(importer, progress)
    assert "Waits for the clock process" in page and "97 %" not in page and "minute left" not in page
    worked(session)
    assert customers(session) == 0


def test_the_page_of_an_undo_is_no_page_of_a_file(session: Session, importer: Client, all_long: None) -> None:
    importer.post(f"{_taken(importer)}/undo")
    key = session.scalar(select(ImportUpload.id).where(ImportUpload.undoes_id.is_not(None)))
    for path in ("", "/preview", "/progress"):
        assert importer.get(f"/imports/files/{key}{path}").status_code == 404
    assert importer.post(f"/imports/files/{key}/run").status_code == 404


def test_a_colleague_sees_how_far_it_is_but_does_not_stop_it(
    session: Session, importer: Client, all_long: None, login: Login
) -> None:
    result = _taken(importer)
    progress = importer.post(f"{result}/undo").location
    colleague = login(factories.a_user(role=Role.ADMIN))
    assert "Waits for its turn" in _page(colleague, progress) and "/undo/cancel" not in _page(colleague, progress)
    assert colleague.post(f"{result}/undo/cancel").status_code == 403
    assert session.scalar(select(ImportUpload.id).where(ImportUpload.undoes_id.is_not(None))) is not None


def test_without_the_right_to_import_no_page_of_an_undo_opens(importer: Client, login: Login, all_long: None) -> None:
    result = _taken(importer)
    importer.post(f"{result}/undo")
    reader = login(factories.a_user(role=Role.GUEST, may_import=False))
    assert reader.get(f"{result}/undo/progress").status_code == 403
    assert reader.post(f"{result}/undo/cancel").status_code == 403


def test_the_undo_of_a_users_file_is_for_who_edits_users(
    session: Session, importer: Client, login: Login, all_long: None
) -> None:
    result = _taken(importer)
    session.execute(update(ImportRun).values(kind="users"))
    importer.post(f"{result}/undo")
    other = login(factories.a_user(role=Role.COLLECTOR, may_import=True))
    assert other.get(f"{result}/undo/progress").status_code == 403
    assert other.post(f"{result}/undo/cancel").status_code == 403
    assert "/undo/progress" not in _page(other, "/imports")


def test_what_the_command_line_was_quicker_with_leads_to_the_result(
    session: Session, importer: Client, all_long: None, entity: Entity
) -> None:
    result = _taken(importer)
    progress = importer.post(f"{result}/undo").location
    undo.undo(undo.get(entity, None), actor=None, today=TODAY, now=NOW)
    session.commit()
    assert importer.get(progress).location == result
    assert tasks.claim("me", now=NOW) is not None
