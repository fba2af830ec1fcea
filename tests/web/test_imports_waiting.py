"""Files on their way: queued from the pages, shown, left, come back to; nothing twice."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from dso import clock
from dso import db as database
from dso.domain.imports.brake import Braked, Stop
from dso.jobs import imports as job
from dso.models import ImportRun, ImportUpload, User
from dso.services import imports as services
from dso.services import jobs
from dso.services.imports import tasks, uploads
from tests import factories
from tests.conftest import NOW, Client
from tests.web.test_imports import CUSTOMERS, ITEMS, decide, send, take

Login = Callable[[User], Client]


@pytest.fixture
def all_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "SMALL", 0)


def worked(session: Session) -> None:
    """The clock process has its turn."""
    session.commit()
    job.work("clock", lambda: True)


def runs(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ImportRun)) or 0


@pytest.fixture
def customers(importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))


def test_a_large_file_is_compared_and_taken_in_beside_the_request(
    session: Session, importer: Client, customers: None, all_large: None
) -> None:
    preview = decide(importer, send(importer, "items", ITEMS))
    progress = importer.get(preview).location
    page = importer.get(progress).get_data(as_text=True)
    assert "Waits for its turn" in page and 'hx-trigger="every 2s"' in page and "Look again" in page
    worked(session)
    assert importer.get(progress).location == preview
    assert "1,500.00" in importer.get(preview).get_data(as_text=True)
    assert take(importer, preview) == progress
    worked(session)
    assert "Every row went in." not in importer.get(importer.get(progress).location).get_data(as_text=True)
    assert runs(session) == 2


def test_the_part_that_asks_for_itself_gives_way_to_the_result(
    session: Session, importer: Client, customers: None, all_large: None
) -> None:
    progress = importer.get(decide(importer, send(importer, "items", ITEMS))).location
    part = importer.get(progress, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert part.lstrip().startswith("<section") and "<html" not in part
    worked(session)
    answer = importer.get(progress, headers={"HX-Request": "true"})
    assert answer.status_code == 204 and answer.headers["HX-Redirect"].endswith("/preview")


def test_a_double_click_and_the_back_button_take_a_queued_file_in_once(
    session: Session, importer: Client, customers: None, all_large: None
) -> None:
    preview = decide(importer, send(importer, "items", ITEMS))
    importer.get(preview)
    worked(session)
    for _click in range(2):
        take(importer, preview)
    worked(session)
    result = importer.get(take(importer, preview)).location
    assert importer.get(preview).status_code == 303 and importer.get(result).status_code == 200
    assert runs(session) == 2


def test_a_small_file_behind_one_at_work_waits_its_turn(session: Session, importer: Client, customers: None) -> None:
    preview = decide(importer, send(importer, "items", ITEMS))
    other = int(re.findall(r"\d+", send(importer, "customers", CUSTOMERS))[0])
    session.execute(update(ImportUpload).where(ImportUpload.id == other).values(state="running", task="run"))
    progress = take(importer, preview)
    page = importer.get(progress).get_data(as_text=True)
    assert progress.endswith("/progress") and "after file.csv" in page and runs(session) == 1


def test_two_browsers_on_one_file_take_it_in_once(
    session: Session, importer: Client, customers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = decide(importer, send(importer, "items", ITEMS))
    hold = tasks.hold_free

    def overtaken(upload_id: int) -> None:
        """The other browser was quicker while this one read the file."""
        session.execute(update(ImportUpload).where(ImportUpload.id == upload_id).values(state="queued", task="run"))
        hold(upload_id)

    monkeypatch.setattr(tasks, "hold_free", overtaken)
    assert take(importer, preview).endswith("/progress") and runs(session) == 1


def test_files_on_their_way_are_listed_and_can_be_left_out(
    session: Session, importer: Client, customers: None, all_large: None
) -> None:
    importer.get(decide(importer, send(importer, "items", ITEMS, "march.csv")))
    page = importer.get("/imports").get_data(as_text=True)
    assert "march.csv" in page and "waits for its turn" in page
    cancel = re.findall(r'action="(/imports/files/\d+/cancel)"', page)[0]
    assert importer.post(cancel).location == "/imports"
    assert "On their way" not in importer.get("/imports").get_data(as_text=True).partition("left out")[2]


def test_a_difference_is_worked_out_anew_after_another_file_came_in(
    session: Session, importer: Client, customers: None, all_large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = decide(importer, send(importer, "items", ITEMS))
    importer.get(preview)
    worked(session)
    assert importer.get(preview).status_code == 200
    monkeypatch.setattr(uploads, "SMALL", 1 << 20)
    take(importer, importer.get(send(importer, "customers", CUSTOMERS)).location)
    assert importer.get(preview).location.endswith("/progress")


def test_what_a_queued_file_asks_leads_back_to_its_columns(
    session: Session, importer: Client, customers: None, all_large: None
) -> None:
    text = ITEMS.splitlines()[0] + "\nC1;FC;F1;03/10/2026;04/11/2026;5,00;5,00\n"
    progress = importer.get(decide(importer, send(importer, "items", text))).location
    worked(session)
    columns = importer.get(progress).location
    page = importer.get(columns).get_data(as_text=True)
    assert columns.endswith("?edit=1") and "How the file is read" in page and "--day-order" not in page


def test_without_a_clock_process_the_page_says_what_to_do(
    session: Session, importer: Client, customers: None, all_large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "is_being_written", lambda: False)
    progress = importer.get(decide(importer, send(importer, "items", ITEMS))).location
    session.execute(update(ImportUpload).values(queued_at=NOW - timedelta(seconds=20)))
    assert "clock process is not running" in importer.get(progress).get_data(as_text=True)
    jobs.beat("clock", now=NOW)
    assert "clock process is not running" not in importer.get(progress).get_data(as_text=True)


def running(session: Session, silent: int) -> None:
    """A worker took it up, told how far it is, and was not heard of for so many seconds."""
    long_ago = {"started_at": NOW - timedelta(seconds=silent + 60), "beat_at": NOW - timedelta(seconds=silent)}
    session.execute(update(ImportUpload).values(state="running", phase="writing", worker="clock", **long_ago))
    jobs.beat("clock", now=NOW - timedelta(seconds=silent))


def test_rows_are_told_of_about_so_many_only_until_all_are_read(
    session: Session, importer: Client, customers: None, all_large: None
) -> None:
    progress = importer.get(decide(importer, send(importer, "items", ITEMS))).location
    running(session, 1)
    for phase, words in (("reading", "900 of about 950 rows read"), ("writing", "900 rows read")):
        session.execute(update(ImportUpload).values(phase=phase, rows_done=900, rows_total=950))
        assert words in importer.get(progress).get_data(as_text=True)


def test_a_file_whose_clock_process_was_killed_waits_for_the_next_one_instead_of_the_last_percent(
    session: Session, importer: Client, customers: None, all_large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "is_being_written", lambda: False)
    progress = importer.get(decide(importer, send(importer, "items", ITEMS))).location
    running(session, silent=59)
    assert "%" in _panel(importer, progress) and "clock process" not in _panel(importer, progress)
    running(session, silent=61)
    panel = _panel(importer, progress)
    assert (
        "Waits for the clock process" in panel and "begins anew by itself" in panel and 'hx-trigger="every 2s"' in panel
    )
    assert "%" not in panel and "minute" not in panel and "the work goes on" not in panel
    assert "waits for the clock process" in importer.get("/imports").get_data(as_text=True)
    worked(session)
    assert importer.get(progress).location.endswith("/preview"), "it went on by itself"


def test_a_clock_process_that_cannot_speak_while_it_writes_is_not_taken_for_dead(
    session: Session, importer: Client, customers: None, all_large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "is_being_written", lambda: True)
    progress = importer.get(decide(importer, send(importer, "items", ITEMS))).location
    running(session, silent=600)
    assert "clock process" not in _panel(importer, progress)
    session.execute(update(ImportUpload).values(state="queued", beat_at=None, queued_at=NOW - timedelta(seconds=600)))
    assert "clock process" not in _panel(importer, progress), "it waits for what is written"


def _panel(importer: Client, address: str) -> str:
    return importer.get(address, headers={"HX-Request": "true"}).get_data(as_text=True)


def test_a_file_that_failed_says_so_and_can_be_tried_again(
    session: Session, importer: Client, customers: None, all_large: None
) -> None:
    progress = importer.get(decide(importer, send(importer, "items", ITEMS))).location
    problem = {"message": "It broke off %(times)s times.", "params": {"times": "3"}}
    session.execute(update(ImportUpload).values(state="failed", problem=problem))
    assert "It broke off 3 times." in importer.get(progress).get_data(as_text=True)
    importer.post(progress.replace("/progress", "/again"))
    worked(session)
    assert importer.get(progress).location.endswith("/preview")


def test_somebody_else_s_file_is_listed_but_not_opened(
    importer: Client, customers: None, all_large: None, login: Login
) -> None:
    progress = importer.get(decide(importer, send(importer, "items", ITEMS, "hers.csv"))).location
    other = login(factories.a_user(role="admin"))
    assert "hers.csv" in other.get("/imports").get_data(as_text=True)
    assert other.get(progress).status_code == 404
    assert other.post(progress.replace("/progress", "/cancel")).status_code == 404


def test_the_history_says_by_which_door_a_file_came(session: Session, importer: Client, customers: None) -> None:
    session.execute(update(ImportRun).values(source="api SAP extractor"))
    assert "program SAP extractor" in importer.get("/imports").get_data(as_text=True)


def test_a_file_whose_columns_nobody_decided_is_not_queued(session: Session, importer: Client) -> None:
    columns = send(importer, "customers", CUSTOMERS)
    answer = importer.post(f"{columns}/again")
    assert answer.status_code == 409 and "failed" in answer.get_data(as_text=True)
    assert session.scalar(select(ImportUpload.state)) == ""


def test_the_brake_names_what_it_said_even_if_it_would_not_say_it_again(
    session: Session, importer: Client, customers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def braked(*_args: object, **_more: object) -> None:
        raise Braked([Stop("known items whose currency would change: %(count)s", {"count": "7"})])

    preview = decide(importer, send(importer, "items", ITEMS))
    monkeypatch.setattr(services, "run_import", braked)
    answer = importer.post(preview.replace("/preview", "/run"))
    held = answer.get_data(as_text=True).partition("The brake holds")[2]
    assert answer.status_code == 409 and "known items whose currency would change: 7" in held


def test_a_file_that_waits_for_a_person_is_kept_a_week_from_the_last_thing_done_with_it(
    session: Session, importer: Client
) -> None:
    forgotten, kept = (send(importer, "customers", CUSTOMERS, name) for name in ("old.csv", "new.csv"))
    week = {"created_at": NOW - timedelta(days=20)}
    session.execute(update(ImportUpload).values(week))
    decide(importer, kept)
    with clock.at(NOW + timedelta(days=6, hours=23)):
        send(importer, "customers", CUSTOMERS)
        assert importer.get(kept).status_code == 200 and importer.get(forgotten).status_code == 404
    with clock.at(NOW + timedelta(days=7, hours=1)):
        send(importer, "customers", CUSTOMERS)
        assert importer.get(kept).status_code == 404


def test_the_page_says_how_long_a_waiting_file_is_kept(importer: Client) -> None:
    send(importer, "customers", CUSTOMERS)
    assert "kept for 7 days" in importer.get("/imports").get_data(as_text=True)


def test_a_difference_put_off_is_what_the_list_leads_to(importer: Client) -> None:
    preview = decide(importer, send(importer, "customers", CUSTOMERS))
    page = importer.get("/imports").get_data(as_text=True)
    assert "look at what it would change" in page and "look at its columns" not in page
    assert importer.get(preview.replace("/preview", "/progress")).location == preview
