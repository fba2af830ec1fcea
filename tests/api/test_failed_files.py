"""What a program sent and did not go in is told to people, with the reason, and can be taken on by one of them."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from dso.domain.codes import ImportKind, Role
from dso.models import Customer, Entity, ImportMapping, ImportRun, ImportUpload, Item, User
from dso.services import api_users, files, imports
from dso.services.imports import failures, uploads
from tests import factories
from tests.api.conftest import Program, let_in
from tests.conftest import NOW, Client

Login = Callable[[User], Client]
CLIENTS = "client_code;client_business_name\nC1;Garnier SAS\nC2;Léa & Cie\n"
HEAD = "client_code;item_number;item_date_issue;item_date_due;item_amount_initial_inc_tax\n"
ROWS = [f"C1;F{n};2026-10-13;2026-11-13;100.00\n" for n in range(4)]
WRONG = "nothing;known\n1;2\n"


@pytest.fixture
def importer(admin: User, login: Login) -> Client:
    return login(admin)


def shown(browser: Client, address: str = "/imports") -> str:
    return browser.get(address).get_data(as_text=True)


def kept(session: Session) -> list[tuple[str, str, str]]:
    query = select(ImportUpload.kind, ImportUpload.file_name, ImportUpload.source).order_by(ImportUpload.id)
    return [(kind.value, name, source) for kind, name, source in session.execute(query)]


def the_id(session: Session) -> int:
    return session.scalars(select(ImportUpload.id)).one()


def stored() -> list[str]:
    return sorted(each.name for each in files.folder().rglob("*") if each.is_file())


def braked(program: Program) -> None:
    """A full file that the brake stops, of four open items."""
    program.feed("clients", CLIENTS)
    program.feed("items", HEAD + "".join(ROWS), clear_items_not_modified="1")
    assert program.feed("items", HEAD + ROWS[0], clear_items_not_modified="1").status_code == 409


def test_a_refused_file_is_told_on_every_page_to_who_may_import_and_to_nobody_else(
    program: Program, importer: Client, login: Login
) -> None:
    assert program.feed("clients", WRONG).status_code == 422
    words = "A file was not taken in: customers.csv (program ERP)."
    assert words in shown(importer, "/customers")
    assert words not in shown(login(factories.a_user(role=Role.EXECUTIVE)), "/customers")


def test_the_import_page_names_the_program_and_the_reason(program: Program, importer: Client) -> None:
    program.feed("clients", WRONG)
    page = shown(importer)
    assert "program ERP" in page and "No column is mapped to" in page and "Look at customers.csv" in page


def test_rows_of_json_that_are_refused_are_told_of_as_well(program: Program, importer: Client) -> None:
    program.feed("clients", CLIENTS)
    row = {"customer": "C1", "number": "F1", "issued_on": "03/04/2026", "due_on": "05/06/2026", "amount": "1"}
    assert program.post("items", {"rows": [row]}).status_code == 422
    assert "fit day/month and month/day" in shown(importer)


def test_a_file_stopped_by_the_brake_is_taken_on_as_the_program_meant_it_and_forced_by_a_person(
    program: Program, importer: Client, session: Session, admin: User
) -> None:
    braked(program)
    assert "Stopped before saving: 3 of 4 open items would be cleared (75 %)" in shown(importer)
    difference = importer.post(f"/imports/files/{the_id(session)}/take-on").location
    page = shown(importer, difference)
    assert difference.endswith("/preview") and "3 of 4 open items would be cleared (75 %)" in page
    run = difference.removesuffix("/preview") + "/run"
    assert importer.post(run, data={"force": "1"}).status_code == 303
    last = session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).first()
    assert last is not None and (last.actor_id, last.source, last.counts["cleared"]) == (admin.id, "web", 3)
    assert "was not taken in" not in shown(importer)


def test_what_the_program_said_of_its_file_is_not_remembered_by_taking_it_on(
    program: Program, importer: Client, session: Session
) -> None:
    program.feed("clients", CLIENTS)
    program.feed("items", HEAD + "".join(ROWS), clear_items_not_modified="0")
    assert program.feed("items", HEAD + ROWS[0], clear_items_not_modified="1", create_customers="1").status_code == 409
    upload_id = the_id(session)
    importer.post(f"/imports/files/{upload_id}/take-on")
    importer.post(f"/imports/files/{upload_id}/run", data={"force": "1"})
    assert session.scalar(select(func.count()).where(Item.cleared_on.is_not(None))) == 3
    remembered = session.scalars(select(ImportMapping).where(ImportMapping.kind == ImportKind.ITEMS)).one().mapping
    assert (remembered["mode"], remembered["create_customers"]) == ("delta", False)


def test_a_file_that_could_not_be_read_is_taken_on_at_its_columns(
    program: Program, importer: Client, session: Session
) -> None:
    program.feed("clients", WRONG)
    columns = importer.post(f"/imports/files/{the_id(session)}/take-on").location
    assert columns == f"/imports/files/{the_id(session)}"
    assert "nothing" in shown(importer, columns)


def test_a_file_in_another_encoding_than_said_is_read_as_it_is_once_a_person_takes_it_on(
    program: Program, importer: Client, session: Session
) -> None:
    assert program.feed("clients", CLIENTS, coded="cp1252").status_code == 422
    upload_id = the_id(session)
    importer.post(f"/imports/files/{upload_id}/take-on")
    assert "Léa &amp; Cie" in shown(importer, f"/imports/files/{upload_id}")


def test_a_question_the_program_did_not_answer_is_asked_the_person(
    program: Program, importer: Client, session: Session
) -> None:
    program.feed("clients", CLIENTS)
    program.feed("items", HEAD + "C1;F1;03/04/2026;05/06/2026;100.00\n", clear_items_not_modified="1")
    upload_id = the_id(session)
    importer.post(f"/imports/files/{upload_id}/take-on")
    page = shown(importer, f"/imports/files/{upload_id}")
    assert "fit day/month and month/day" in page
    mapping = session.get_one(ImportUpload, upload_id).mapping
    assert (mapping["mode"], mapping["encoding"], mapping["separator"]) == ("stock", "", "")


def test_an_encoding_a_program_named_is_kept_for_the_person_where_the_file_looks_like_damaged_utf_8(
    program: Program, importer: Client, session: Session
) -> None:
    program.feed("clients", CLIENTS)
    head, row = HEAD.replace("\n", ";item_business_case\n"), "C1;F1;03/04/2026;05/06/2026;100.00;Ã©Ã©é\n"
    program.feed("items", head + row, coded="cp1252", encoding="cp1252")
    upload_id = the_id(session)
    importer.post(f"/imports/files/{upload_id}/take-on")
    assert "Ã©Ã©é" in shown(importer, f"/imports/files/{upload_id}")
    assert session.get_one(ImportUpload, upload_id).mapping["encoding"] == "cp1252"


def test_a_later_good_file_of_the_same_program_kind_and_company_takes_the_word_away(
    program: Program, importer: Client, session: Session
) -> None:
    program.feed("clients", WRONG)
    lost = session.scalars(select(ImportUpload.stored_as)).one()
    program.feed("clients", CLIENTS)
    assert kept(session) == [] and lost not in stored()
    assert "was not taken in" not in shown(importer)


def test_a_good_file_of_another_program_kind_company_or_way_does_not(
    program: Program, app: Flask, admin: User, entity: Entity, session: Session
) -> None:
    other = factories.an_entity(name="Other Ltd")
    program.feed("contacts", WRONG, entity=entity.name)
    program.feed("clients", CLIENTS, entity=entity.name)
    contacts = "client_code;contact_lastname\nC1;Lee\n"
    program.feed("clients", CLIENTS, entity=other.name)
    program.feed("contacts", contacts, entity=other.name)
    let_in(app, admin, "CRM").feed("contacts", contacts, entity=entity.name)
    program.post("contacts", {"entity": entity.name, "rows": [{"customer": "C1", "last_name": "Roy"}]})
    assert kept(session) == [("contacts", "contacts.csv", "api ERP")]
    program.feed("contacts", contacts, entity=entity.name)
    assert kept(session) == []


def test_a_partial_file_does_not_stand_for_a_full_one_that_failed(program: Program, session: Session) -> None:
    braked(program)
    assert program.feed("items", HEAD + ROWS[0]).status_code == 200
    assert program.feed("items", WRONG).status_code == 422
    assert len(kept(session)) == 2
    assert program.feed("items", HEAD + ROWS[0]).status_code == 200
    assert len(kept(session)) == 1
    assert program.feed("items", HEAD + "".join(ROWS), clear_items_not_modified="1").status_code == 200
    assert kept(session) == []


def test_a_program_that_posts_a_broken_file_again_and_again_fills_no_disk(program: Program, session: Session) -> None:
    before = stored()
    for number in range(5):
        program.feed("clients", f"nothing;known\n{number};2\n")
    assert kept(session) == [("customers", "customers.csv", "api ERP")]
    assert len(stored()) == len(before) + 1
    newest = uploads.path(session.scalars(select(ImportUpload)).one())
    assert newest.read_text() == "nothing;known\n4;2\n"


def test_the_last_failed_files_of_a_company_are_kept_whatever_way_they_came(
    app: Flask, admin: User, entity: Entity, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "MOST", 2)
    for number in range(4):
        let_in(app, admin, f"ERP {number}").feed("clients", WRONG)
    assert [source for _kind, _name, source in kept(session)] == ["api ERP 2", "api ERP 3"]


def test_a_failed_file_of_users_is_for_those_who_edit_users(program: Program, importer: Client, login: Login) -> None:
    program.feed("users", WRONG)
    assert "users.csv" in shown(importer)
    assert "users.csv" not in shown(login(factories.a_user(role=Role.COLLECTOR, may_import=True)))


def test_what_was_wrong_before_any_file_came_stays_in_the_answer(
    program: Program, app: Flask, admin: User, session: Session
) -> None:
    made, secret = api_users.make("Other", factories.a_user(role=Role.SALES), actor=admin, now=NOW)
    nobody = Program(app.test_client(), "Other", secret, made)  # type: ignore[arg-type]
    assert nobody.feed("clients", WRONG).status_code == 403
    assert program.feed("clients", WRONG, entity="Nobody").status_code == 404
    assert program.feed("clients", WRONG, unknown="1").status_code == 400
    assert program.feed("nothing", WRONG).status_code == 404
    assert program.post("customers", {"rows": []}).status_code == 422
    assert kept(session) == []


def test_a_file_that_did_not_come_whole_or_is_too_large_is_told_of_and_cannot_be_taken_on(
    program: Program, app: Flask, importer: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored()
    headers = {**program.basic, "Content-Encoding": "gzip"}
    assert program.client.post("/api/clients", data=b"\x1f\x8b\x08 nonsense", headers=headers).status_code == 422
    page = shown(importer)
    assert "What was sent is not whole gzip." in page and "Leave customers.csv out" in page
    assert "Look at customers.csv" not in page
    with monkeypatch.context() as patch:
        patch.setitem(app.config, "MAX_CONTENT_LENGTH", 5_000)
        assert program.feed("clients", "x" * 6_000).status_code == 413
    assert "The file is larger than any that is taken." in shown(importer) and len(kept(session)) == 1
    assert stored() == before
    importer.post(f"/imports/files/{the_id(session)}/cancel")
    assert kept(session) == []


def test_a_file_that_ends_before_its_announced_length_is_not_taken_for_a_whole_one(
    program: Program, importer: Client, session: Session
) -> None:
    before = stored()
    whole = b"client_code;client_business_name\nC1;Alpha\nC2;Beta\n"
    # A server that knows where bodies end, as ours does, says so; what it cannot know is that this one goes on.
    served = {"wsgi.input_terminated": True, "CONTENT_LENGTH": str(len(whole))}
    part = {"input_stream": io.BytesIO(whole[:-8]), "headers": program.basic, "environ_overrides": served}
    answer = program.client.post("/api/clients", **part)
    words = "Only a part of the file came, and nothing of it was taken in: send it again."
    assert (answer.status_code, answer.get_json()) == (400, {"error": words})
    assert session.scalars(select(Customer)).all() == [] and stored() == before
    page = shown(importer)
    assert words in page and "Leave customers.csv out" in page and "Look at customers.csv" not in page


def busy() -> OperationalError:
    error = Exception("database is locked")
    error.sqlite_errorname = "SQLITE_BUSY"  # type: ignore[attr-defined]
    return OperationalError("", {}, error)


def breaking(error: Exception) -> Callable[..., None]:
    def run(*_given: object, **_named: object) -> None:
        raise error

    return run


def test_a_file_the_work_on_which_breaks_off_is_told_of(
    program: Program, importer: Client, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(imports, "run_import", breaking(ValueError("broken")))
    assert program.feed("clients", CLIENTS).status_code == 500
    assert "The work on this file broke off: the log of the web server says why." in shown(importer)


def test_a_file_that_found_no_turn_to_write_comes_again_and_is_not_kept(
    program: Program, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored()
    with monkeypatch.context() as patch:
        patch.setattr(imports, "run_import", breaking(busy()))
        assert program.feed("clients", CLIENTS).status_code == 503
    assert (kept(session), stored()) == ([], before)


def test_where_nobody_can_be_told_the_program_is_answered_all_the_same(
    program: Program, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored()
    with monkeypatch.context() as patch:
        patch.setattr(failures, "tell", breaking(busy()))
        assert program.feed("clients", WRONG).status_code == 422
    assert (kept(session), stored()) == ([], before)


def test_a_file_of_another_kind_is_looked_at_by_its_columns_first(
    program: Program, importer: Client, session: Session
) -> None:
    text = "customer;number;issue date;due date;amount;name;last name;e-mail\n"
    program.feed("contacts", text + "C1;F1;2026-10-13;2026-11-13;100.00;a;b;c@d.example\n")
    assert the_id(session) and session.scalars(select(ImportUpload.mapping)).one() == {}
    location = importer.post(f"/imports/files/{the_id(session)}/take-on").location
    assert location == f"/imports/files/{the_id(session)}"


def test_sales_colleagues_a_program_replaces_are_replaced_by_no_later_file(
    program: Program, importer: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.feed("clients", CLIENTS.replace("business_name", "trading_name"), replace_users_association="1")
    assert session.scalar(select(func.count(Customer.id))) == 0
    upload_id = the_id(session)
    importer.post(f"/imports/files/{upload_id}/take-on")
    form = {"columns": "2", "column-0": "code", "column-1": "business_name"}
    importer.post(f"/imports/files/{upload_id}", data=form)
    importer.post(f"/imports/files/{upload_id}/run")
    assert session.scalar(select(func.count(Customer.id))) == 2
    assert session.scalars(select(ImportMapping)).one().mapping["replace_colleagues"] is False
