"""The CSV endpoints as an extractor uses them (2.5)."""

from base64 import b64encode
from decimal import Decimal
from http.client import HTTPConnection
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dso.domain.codes import ColleagueRole, ImportKind, Role
from dso.domain.imports.fields import IGNORE
from dso.domain.imports.headers import propose
from dso.models import Contact, Customer, CustomerColleague, Entity, ImportMapping, ImportRun, Item, User
from dso.services import api_users
from tests import factories
from tests.api.conftest import Program, let_in, said
from tests.api.programs import with_program
from tests.conftest import NOW
from tests.serving import served

#: Every column name of 2.5, and the field of chapter 1 it fills.
CLIENTS = {
    "client_code": "code",
    "client_business_name": "business_name",
    "client_trading_name": "trade_name",
    "client_business_line": "business_line",
    "client_address_street_number": "street_number",
    "client_address_street": "street",
    "client_address_street_line2": "street_line2",
    "client_address_street_line3": "street_line3",
    "client_address_postbox": "po_box",
    "client_address_zip": "postal_code",
    "client_address_city": "city",
    "client_address_state": "state",
    "client_address_country": "country",
    "client_phone": "phone",
    "client_email": "email",
    "client_url": "website",
    "client_payment_term": "payment_term",
    "client_blocked": "blocked",
    "client_blocked_date": "blocked_on",
    "client_comments": "comment",
    "client_credit_limit": "credit_limit",
    "client_order_backlog": "order_backlog",
    "client_guarantee_insurer": "insurer_guarantee",
    "client_guarantee_score": "insurer_rating",
    "client_commercial_firstname": "sales_first_name",
    "client_commercial_lastname": "sales_last_name",
    "client_commercial_email": "sales_email",
    "client_commercial_phone": "sales_phone",
    "client_field_perso1": "custom:perso1",
    "client_field_perso12": "custom:perso12",
}
ITEMS = {
    "client_code": "customer",
    "item_type": "type",
    "item_number": "number",
    "item_unique_key": "unique_id",
    "item_erp_type": "erp_type",
    "item_date_issue": "issued_on",
    "item_date_due": "due_on",
    "item_date_payment": "cleared_on",
    "item_amount_initial": "amount_excl_tax",
    "item_amount_initial_inc_tax": "amount",
    "item_amount_remaining": "remaining_excl_tax",
    "item_amount_remaining_inc_tax": "remaining",
    "item_currency": "currency",
    "item_business_case": "project",
    "item_file_number": "order_reference",
    "item_order_number": "order_number",
    "item_sales_manager": "sales_person",
    "item_field_perso1": "custom:perso1",
    "item_field_perso7": "custom:perso7",
}
TWO_CLIENTS = "client_code;client_business_name\nC1;Garnier SAS\nC2;Léa & Cie\n"
HEAD = "client_code;item_number;item_date_issue;item_date_due;item_amount_initial_inc_tax\n"


def an_item(number: str, amount: str = "100.00", code: str = "C1") -> str:
    return f"{code};{number};2026-10-01;2026-10-31;{amount}\n"


@pytest.mark.parametrize(("kind", "names"), [(ImportKind.CUSTOMERS, CLIENTS), (ImportKind.ITEMS, ITEMS)])
def test_every_column_name_of_the_extractors_means_its_field(kind: ImportKind, names: dict[str, str]) -> None:
    found = propose(kind, list(names))
    assert found == names
    assert IGNORE not in found.values()


def test_two_customers_come_in_with_their_own_fields(program: Program, session: Session) -> None:
    text = "client_code;client_business_name;client_field_perso1;client_credit_limit\nC1;Garnier SAS;north;1 234,50\n"
    answer = program.feed("clients", text)
    assert answer.status_code == 200
    counts = said(answer)
    assert (counts["kind"], counts["rows"], counts["new"], counts["rejected"]) == ("customers", 1, 1, 0)
    made = session.scalars(select(Customer)).one()
    assert (made.custom, made.credit_limit) == ({"perso1": "north"}, Decimal("1234.50"))
    run = session.scalars(select(ImportRun)).one()
    assert (run.source, run.actor_id) == ("api ERP", program.made.user_id)


def test_the_same_file_twice_changes_nothing(program: Program) -> None:
    program.feed("clients", TWO_CLIENTS)
    again = said(program.feed("clients", TWO_CLIENTS))
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 2)


def test_rejected_rows_are_named_and_the_rest_goes_in(program: Program) -> None:
    program.feed("clients", TWO_CLIENTS)
    answer = program.feed("items", HEAD + an_item("F1") + an_item("F2", code="C9"))
    assert answer.status_code == 207
    counts = said(answer)
    assert (counts["new"], counts["rejected"], counts["receivable_after"]) == (1, 1, "100.00")
    assert counts["rejects"] == [
        {"line": 3, "column": "client_code", "value": "C9", "reason": "there is no customer with the code C9"}
    ]


def test_a_row_whose_amount_is_in_another_currency_is_rejected(program: Program) -> None:
    program.feed("clients", TWO_CLIENTS)
    counts = said(program.feed("items", HEAD + an_item("F1") + an_item("F2").replace("100.00", "$100.00")))
    assert (counts["new"], counts["rejected"], counts["rejects"][0]["value"]) == (1, 1, "$100.00")


def test_clearing_what_was_not_sent_makes_a_full_file(program: Program, session: Session) -> None:
    program.feed("clients", TWO_CLIENTS)
    rows = [an_item(f"F{n}") for n in range(8)]
    assert said(program.feed("items", HEAD + "".join(rows)))["mode"] == "delta"
    full = said(program.feed("items", HEAD + "".join(rows[:6]), clear_items_not_modified="true"))
    assert (full["mode"], full["cleared"], full["receivable_after"]) == ("stock", 2, "600.00")
    assert session.scalar(select(func.count()).where(Item.cleared_on.is_not(None))) == 2


def test_the_brake_answers_409_with_its_figures_and_force_overrides_it(
    program: Program, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    program.feed("clients", TWO_CLIENTS)
    program.feed("items", HEAD + "".join(an_item(f"F{n}") for n in range(4)))
    asked: dict[str, Any] = {"clear_items_not_modified": "1"}
    stopped = program.feed("items", HEAD + an_item("F0"), **asked)
    assert stopped.status_code == 409
    assert "3 of 4 open items would be cleared (75 %)" in said(stopped)["error"]
    assert len(said(stopped)["stops"]) == 2
    assert "api ERP: items not taken in: Stopped before saving: 3 of 4" in caplog.text
    assert session.scalar(select(func.count()).where(Item.cleared_on.is_not(None))) == 0
    assert said(program.feed("items", HEAD + an_item("F0"), **asked, force="1"))["cleared"] == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The file is empty."),
        ("nothing;known\n1;2\n", "No column is mapped to code"),
        ('client_code;client_business_name\nC1;"open\n', "not whole"),
        ("client_code,client_business_name\nC1,Garnier\n", "No column is mapped"),
    ],
)
def test_what_cannot_be_read_is_said_with_422(program: Program, text: str, words: str) -> None:
    answer = program.feed("clients", text)
    assert answer.status_code == 422
    assert words in said(answer)["error"]


def test_a_question_is_asked_in_the_words_of_a_program(program: Program) -> None:
    program.feed("clients", TWO_CLIENTS)
    text = HEAD + "C1;F1;03/04/2026;05/06/2026;100.00\n"
    asked = program.feed("items", text)
    assert asked.status_code == 422 and "add day_order=dmy or day_order=mdy" in said(asked)["error"]
    assert program.feed("items", text, day_order="dmy").status_code == 200


def test_a_column_of_both_orders_is_told_a_program_with_the_days_that_show_it(program: Program) -> None:
    program.feed("clients", TWO_CLIENTS)
    text = HEAD + "C1;F1;13/02/2026;2026-06-05;100.00\nC1;F2;01/28/2026;2026-06-05;100.00\n"
    asked = program.feed("items", text)
    assert asked.status_code == 422
    assert (
        "13/02/2026 has the day first, 01/28/2026 the month. Add day_order=dmy or day_order=mdy" in said(asked)["error"]
    )
    assert program.feed("items", text, day_order="dmy").status_code == 207


@pytest.mark.parametrize("coded", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encoding_is_the_one_named_and_utf_8_otherwise(program: Program, session: Session, coded: str) -> None:
    query: dict[str, Any] = {} if coded.startswith("utf-8") else {"encoding": coded}
    assert program.feed("clients", TWO_CLIENTS, coded=coded, **query).status_code == 200
    assert session.scalar(select(Customer.business_name).where(Customer.code == "C2")) == "Léa & Cie"


def test_an_encoding_that_does_not_fit_is_said_with_the_parameter_that_helps(program: Program) -> None:
    answer = program.feed("clients", TWO_CLIENTS, coded="cp1252")
    assert answer.status_code == 422
    assert said(answer)["error"] == "The file is not UTF-8: add encoding=NAME, such as encoding=windows-1252."
    assert program.feed("clients", TWO_CLIENTS, encoding="klingon").status_code == 422


def test_damaged_utf_8_is_said_with_its_line_and_the_parameter_that_reads_it_otherwise(program: Program) -> None:
    damaged = TWO_CLIENTS.encode() + "C3;Société\nC4;Léa".encode() + b"\xff\n"
    answer = program.feed("clients", damaged.decode("latin-1"), coded="latin-1")
    assert answer.status_code == 422
    assert said(answer)["error"] == (
        "Line 5 holds bytes that are no UTF-8, while the rest of the file is: it is damaged or cut off. "
        "Export it again, or add encoding=NAME, such as encoding=windows-1252, if it is another one."
    )


@pytest.mark.parametrize("mark", [",", "\t"])
def test_a_file_without_semicolons_is_told_so(program: Program, mark: str) -> None:
    answer = program.feed("clients", TWO_CLIENTS.replace(";", mark))
    assert answer.status_code == 422 and "cells are separated by semicolons" in said(answer)["error"]


@pytest.mark.parametrize("before", ["", "contact_", "client_contact_"])
def test_the_contacts_of_an_extractor_are_known_by_its_names(program: Program, session: Session, before: str) -> None:
    program.feed("clients", TWO_CLIENTS)
    names = [f"{before}{each}" for each in ("firstname", "lastname", "email", "phone", "mobile")]
    text = f"client_code;{';'.join(names)}\nC1;Ann;Lee;ann@c1.example;01;06\n"
    assert said(program.feed("contacts", text))["new"] == 1
    ann = session.scalars(select(Contact)).one()
    assert (ann.first_name, ann.last_name, ann.email) == ("Ann", "Lee", "ann@c1.example")
    assert (ann.phone, ann.mobile) == ("01", "06")


def test_a_packed_file_is_unpacked_and_a_damaged_one_refused(program: Program) -> None:
    assert program.feed("clients", TWO_CLIENTS, packed=True).status_code == 200
    headers = {**program.basic, "Content-Encoding": "gzip"}
    damaged = program.client.post("/api/clients", data=b"\x1f\x8b\x08 nonsense", headers=headers)
    assert damaged.status_code == 422
    headers["Content-Encoding"] = "br"
    assert program.client.post("/api/clients", data=b"x", headers=headers).status_code == 415


def test_a_file_that_is_too_large_is_refused_plain_or_packed(
    program: Program, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 5_000)
    large = TWO_CLIENTS + "C3;x\n" * 2_000
    for packed in (False, True):
        answer = program.feed("clients", large, packed=packed)
        assert answer.status_code == 413 and "too large" in said(answer)["error"]


def test_without_a_secret_that_lets_in_nothing_is_read(program: Program, session: Session) -> None:
    answer = program.client.post("/api/clients", data=TWO_CLIENTS)
    assert answer.status_code == 401 and said(answer)["error"].startswith("Name the program")
    assert [value.partition(" ")[0] for value in answer.headers.getlist("WWW-Authenticate")] == ["Bearer", "Basic"]
    program.secret = "dso_wrong"
    assert program.feed("clients", TWO_CLIENTS).status_code == 401
    assert session.scalar(select(func.count()).select_from(Customer)) == 0


def test_a_program_of_somebody_who_may_not_import_is_told_so(app: Flask, entity: Entity) -> None:
    weak = let_in(app, factories.a_user(role=Role.ADMIN, may_import=False))
    answer = weak.feed("clients", TWO_CLIENTS)
    assert answer.status_code == 403 and said(answer)["error"]


def test_of_several_companies_one_has_to_be_named(program: Program, entity: Entity) -> None:
    other = factories.an_entity(name="Other Ltd")
    assert "name one with entity=NAME" in said(program.feed("clients", TWO_CLIENTS))["error"]
    assert program.feed("clients", TWO_CLIENTS, entity="Nobody").status_code == 404
    assert program.feed("clients", TWO_CLIENTS, entity=other.name).status_code == 200


def test_a_word_that_is_unknown_is_refused_because_a_switch_passed_over_lies(program: Program) -> None:
    answer = program.feed("items", HEAD, clear_items_not_modfied="true")
    assert answer.status_code == 400 and "clear_items_not_modfied" in said(answer)["error"]


def test_users_come_by_their_endpoint(program: Program, session: Session) -> None:
    answer = program.feed("users", "email;last_name;role\nzoe@acme.example;Hébert;collector\n")
    assert (answer.status_code, said(answer)["new"]) == (200, 1)
    assert session.scalars(select(User.role).where(User.email == "zoe@acme.example")).one() is Role.COLLECTOR


def test_users_need_the_right_to_edit_users_as_well(app: Flask, entity: Entity) -> None:
    collector = let_in_by_manager(app, factories.a_user(role=Role.COLLECTOR, may_import=True))
    assert collector.feed("users", "email;last_name;role\nz@a.example;H;admin\n").status_code == 403
    assert collector.feed("clients", TWO_CLIENTS).status_code == 200


def let_in_by_manager(app: Flask, user: User) -> Program:
    made, secret = api_users.make("Other", user, actor=factories.a_user(role=Role.ADMIN), now=NOW)
    return Program(app.test_client(), "Other", secret, made)  # type: ignore[arg-type]


COLLEAGUES = "client_code;client_business_name;client_commercial_email\nC1;Garnier SAS;{}\n"


def colleagues(session: Session) -> dict[str, ColleagueRole]:
    query = select(User.email, CustomerColleague.role).join(User, User.id == CustomerColleague.user_id)
    return dict(session.execute(query).all())


def test_the_sales_colleague_is_linked_by_e_mail_and_an_unknown_one_only_remarked(
    program: Program, session: Session
) -> None:
    sales = factories.a_user(role=Role.SALES)
    assert program.feed("clients", COLLEAGUES.format(sales.email.upper())).status_code == 200
    assert colleagues(session) == {sales.email: ColleagueRole.SALES}
    assert program.feed("clients", COLLEAGUES.format("nobody@acme.example")).status_code == 200
    remarks = session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).first().options["remarks"]  # type: ignore[union-attr]
    assert remarks[0]["value"] == "nobody@acme.example"


def test_replacing_takes_the_place_of_what_imports_set_and_leaves_what_people_did(
    program: Program, session: Session
) -> None:
    first, second, by_hand = (factories.a_user(role=Role.SALES) for _ in range(3))
    program.feed("clients", COLLEAGUES.format(first.email))
    customer = session.scalars(select(Customer)).one()
    session.add(CustomerColleague(customer_id=customer.id, user_id=by_hand.id, role=ColleagueRole.OTHER))
    assert said(program.feed("clients", COLLEAGUES.format(second.email)))["changed"] == 1
    assert set(colleagues(session)) == {first.email, second.email, by_hand.email}
    program.feed("clients", COLLEAGUES.format(second.email), replace_users_association=1)
    assert set(colleagues(session)) == {second.email, by_hand.email}


@pytest.mark.network
def test_an_extractor_of_another_process_posts_over_the_wire(own_app: Flask) -> None:
    """A real server on loopback, the standard library as client, as a script beside an ERP has it."""
    name, secret = with_program(own_app)
    pair = b64encode(f"{name}:{secret}".encode()).decode()
    with served(own_app) as address:
        line = HTTPConnection(address, timeout=30)
        headers = {"Authorization": f"Basic {pair}", "Content-Type": "text/csv"}
        line.request("POST", "/api/clients?encoding=UTF-8", TWO_CLIENTS.encode(), headers)
        answer = line.getresponse()
        assert answer.status == 200 and b'"new": 2' in answer.read()
        line.close()


def decided(session: Session, **words: Any) -> dict[str, Any]:
    """Decide on the mapping of items as the screen does, and read what is remembered."""
    kept = session.scalars(select(ImportMapping).where(ImportMapping.kind == ImportKind.ITEMS)).one()
    kept.mapping = {**kept.mapping, **words}
    session.flush()
    return kept.mapping


def test_a_post_that_says_nothing_is_partial_and_leaves_what_the_screen_decided(
    program: Program, session: Session
) -> None:
    program.feed("clients", TWO_CLIENTS)
    program.feed("items", HEAD + an_item("F1"))
    decided(session, mode="stock", create_customers=True, encoding="cp1252")
    answer = said(program.feed("items", HEAD + an_item("F2", code="C9")))
    assert (answer["mode"], answer["new"], answer["cleared"]) == ("delta", 1, 0)
    kept = decided(session)
    assert (kept["mode"], kept["create_customers"], kept["encoding"]) == ("stock", True, "cp1252")
    refused = said(program.feed("items", HEAD + an_item("F3", code="C8"), create_customers="0"))
    assert refused["rejected"] == 1


def test_the_encoding_of_posts_is_none_of_the_folder(program: Program, session: Session) -> None:
    program.feed("clients", TWO_CLIENTS)
    program.feed("items", HEAD + an_item("F1"), clear_items_not_modified="true")
    kept = decided(session)
    assert (kept["encoding"], kept["separator"], kept["mode"]) == ("", "", "stock")
