"""Customers, contacts and items written as JSON: the same import as a file, each row with its result."""

from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dso.domain.codes import StatusType
from dso.models import Contact, Customer, Entity, ImportMapping, ImportRun, Item
from tests import factories
from tests.api.conftest import Program, said
from tests.conftest import TODAY

CUSTOMERS = [{"code": "C1", "business_name": "Garnier SAS"}, {"code": "C2", "business_name": "Léa & Cie"}]


def an_item(number: str, **values: Any) -> dict[str, Any]:
    common = {"customer": "C1", "number": number, "issued_on": "2026-10-01", "due_on": "2026-10-31", "amount": "100.00"}
    return {**common, **values}


def test_customers_are_made_then_changed(program: Program, session: Session) -> None:
    first = said(program.post("customers", {"rows": CUSTOMERS}))
    assert (first["new"], [each["result"] for each in first["results"]]) == (2, ["taken", "taken"])
    again = said(program.post("customers", {"rows": [CUSTOMERS[0], {"code": "C2", "business_name": "Léa SA"}]}))
    assert (again["changed"], again["unchanged"]) == (1, 1)
    assert session.scalar(select(Customer.business_name).where(Customer.code == "C2")) == "Léa SA"
    assert set(session.scalars(select(ImportRun.source))) == {"api ERP"}


def test_values_keep_their_types_and_custom_fields_their_codes(program: Program, session: Session) -> None:
    row = {**CUSTOMERS[0], "credit_limit": 1234.5, "blocked": True, "comment": "two\nlines; and more"}
    answer = program.post("customers", {"rows": [{**row, "groups": ["Nord", "Ouest"], "custom": {"perso1": 7}}]})
    assert answer.status_code == 200
    made = session.scalars(select(Customer)).one()
    assert (made.credit_limit, made.blocked, made.comment) == (Decimal("1234.5"), True, "two\nlines; and more")
    assert ([group.name for group in made.groups], made.custom) == (["Nord", "Ouest"], {"perso1": "7"})


def test_a_rejected_row_is_named_by_its_place_and_the_rest_goes_in(program: Program) -> None:
    program.post("customers", {"rows": [{**CUSTOMERS[0], "comment": "a"}, CUSTOMERS[1]]})
    rows = [an_item("F1", project="two\r\nlines"), an_item("F2", amount="a lot"), an_item("F3", customer="C9")]
    answer = program.post("items", {"rows": rows})
    assert answer.status_code == 207
    results = said(answer)["results"]
    assert [each["result"] for each in results] == ["taken", "rejected", "rejected"]
    assert results[1] == {
        "row": 1,
        "result": "rejected",
        "column": "amount",
        "value": "a lot",
        "reason": "this is not an amount",
    }
    assert results[2]["value"] == "C9"


def test_a_row_whose_amount_is_in_another_currency_is_rejected(program: Program) -> None:
    program.post("customers", {"rows": CUSTOMERS})
    rows = [an_item("F1"), an_item("F2", amount="$20.00"), an_item("F3", amount="USD 40.00", currency="USD")]
    answer = program.post("items", {"rows": rows})
    results = said(answer)["results"]
    assert (answer.status_code, [each["result"] for each in results]) == (207, ["taken", "rejected", "taken"])
    assert results[1]["reason"].startswith("the amount is in $, but the currency of the row is EUR")


def test_a_last_row_that_names_nothing_is_rejected_since_programs_send_no_totals(program: Program) -> None:
    program.post("customers", {"rows": CUSTOMERS})
    answer = program.post("items", {"rows": [an_item("F1"), {"customer": "", "amount": "100.00"}]})
    assert answer.status_code == 207
    assert [each["result"] for each in said(answer)["results"]] == ["taken", "rejected"]


def test_a_row_of_another_company_is_left_out_and_said_so(program: Program, entity: Entity) -> None:
    factories.an_entity(name="Beta SA")
    whose = {"entity": entity.name}
    program.post("customers", {**whose, "rows": CUSTOMERS})
    rows = [an_item("F1", entity=" Beta SA "), an_item("F2"), an_item("F3", entity=entity.name)]
    rows.append(an_item("F4", entity="Nobody"))
    answer = program.post("items", {**whose, "rows": rows})
    assert [each["result"] for each in said(answer)["results"]] == ["left_out", "taken", "taken", "rejected"]
    assert (said(answer)["other_entities"], said(answer)["rows"], said(answer)["new"]) == ({"Beta SA": 1}, 3, 2)
    document = said(program.client.get("/api/v1/openapi.json"))["components"]["schemas"]
    assert "other_entities" in document["ImportOfRows"]["properties"]
    assert "left_out" in document["RowResult"]["properties"]["result"]["enum"]


def test_days_that_are_not_iso_are_refused_without_naming_a_parameter_there_is_not(program: Program) -> None:
    program.post("customers", {"rows": CUSTOMERS})
    answer = program.post("items", {"rows": [an_item("F1", issued_on="03/04/2026", due_on="05/04/2026")]})
    assert answer.status_code == 422
    assert "2026-11-20" in said(answer)["error"] and "day_order" not in said(answer)["error"]


def test_an_amount_with_three_decimals_and_a_point_is_no_thousand(program: Program, session: Session) -> None:
    program.post("customers", {"rows": CUSTOMERS})
    said(program.post("items", {"rows": [an_item("F1", amount="1.234", currency="TND")]}))
    assert session.scalars(select(Item.amount)).one() == Decimal("1.234")


def test_the_brake_stops_rows_as_it_stops_files(program: Program, session: Session) -> None:
    program.post("customers", {"rows": CUSTOMERS})
    program.post("items", {"rows": [an_item(f"F{n}") for n in range(4)]})
    full = {"mode": "stock", "rows": [an_item("F0")]}
    stopped = program.post("items", full)
    assert stopped.status_code == 409 and "3 of 4 open items" in said(stopped)["stops"][0]
    assert session.scalar(select(func.count()).where(Item.cleared_on.is_not(None))) == 0
    assert said(program.post("items", {**full, "force": True}))["cleared"] == 3


def test_contacts_are_added_and_found_again_by_their_address(program: Program, session: Session) -> None:
    program.post("customers", {"rows": CUSTOMERS})
    row = {"customer": "C1", "last_name": "Hébert", "email": "zoe@client.example", "for_collection": True}
    assert said(program.post("contacts", {"rows": [row]}))["new"] == 1
    assert said(program.post("contacts", {"rows": [{**row, "phone": "123"}]}))["changed"] == 1
    made = session.scalars(select(Contact).where(Contact.email == "zoe@client.example")).one()
    assert (made.phone, made.for_collection) == ("123", True)


def test_an_absent_or_empty_field_leaves_what_stood_there_unless_empty_clears(
    program: Program, session: Session
) -> None:
    program.post("customers", {"rows": [{**CUSTOMERS[0], "comment": "kept"}]})
    program.post("customers", {"rows": [{**CUSTOMERS[0], "comment": None}]})
    assert session.scalars(select(Customer.comment)).one() == "kept"
    program.post("customers", {"rows": [{**CUSTOMERS[0], "comment": ""}], "empty_clears": True})
    assert session.scalars(select(Customer.comment)).one() == ""
    uneven = {"rows": [CUSTOMERS[0], {**CUSTOMERS[1], "comment": "x"}], "empty_clears": True}
    assert program.post("customers", uneven).status_code == 422


def test_rows_leave_no_mapping_behind_for_the_files_of_people(program: Program, session: Session) -> None:
    program.post("customers", {"rows": CUSTOMERS})
    assert session.scalar(select(func.count()).select_from(ImportMapping)) == 0


def test_json_that_is_none_or_says_nothing_is_refused_in_words(program: Program) -> None:
    def post(data: bytes, content_type: str = "application/json") -> tuple[int, str]:
        answer = program.client.post("/api/v1/customers", data=data, headers=program.bearer, content_type=content_type)
        return answer.status_code, said(answer)["error"]

    assert post(b"{") == (400, "This is not JSON.")
    assert post(b"[" * 100_000)[0] == 400
    assert post(b'{"rows": [{"code": NaN}]}')[0] == 400
    assert post(b"{}", "text/plain") == (415, "Send JSON: Content-Type: application/json.")
    assert post(b'{"rows": []}')[0] == 422
    assert post(b'{"rows": [{"code": " "}]}') == (422, "rows: 0: This row says nothing.")
    assert post(b'{"rows": [{"colour": "red"}]}') == (422, "rows: 0: There is no field colour in customers.")
    assert post(b'{"rows": [{"code": "\\ud800"}]}')[0] == 422


def test_items_are_tagged_in_the_words_of_the_command_line(program: Program, session: Session) -> None:
    customer = factories.a_customer(code="C1")
    item, status = factories.an_item(customer, number="F1"), factories.a_status(StatusType.PROMISE)
    body = {"customer": "C1", "items": ["F1"], "status": status.name, "on": "2026-11-27", "comment": "by phone"}
    done = said(program.post("qualifications", body))
    assert (done["items"], done["status"], done["status_type"]) == (["F1"], status.name, "promise")
    assert (item.promised_on, item.status_comment) == (TODAY.replace(day=27), "by phone")
    listed = said(program.get("qualifications", customer="C1"))["rows"]
    assert [row["id"] for row in listed] == [done["qualification"]]


def test_a_tagging_that_cannot_stand_is_refused_and_a_strangers_is_not_there(program: Program) -> None:
    customer = factories.a_customer(code="C1")
    factories.an_item(customer, number="F1")
    status = factories.a_status(StatusType.PROMISE)
    body = {"customer": "C1", "items": ["F9"], "status": status.name}
    assert program.post("qualifications", body).status_code == 422
    assert program.post("qualifications", {**body, "customer": "C9"}).status_code == 404
    assert program.post("qualifications", {**body, "items": ["F1"], "amount": "much"}).status_code == 422


def test_an_unknown_status_is_answered_with_those_there_are(program: Program) -> None:
    factories.a_status(StatusType.DISPUTE, name="Price")
    factories.a_status(StatusType.PROMISE, name="Promise to pay")
    factories.an_item(factories.a_customer(code="C1"), number="F1")
    answer = program.post("qualifications", {"customer": "C1", "items": ["F1"], "status": "prix"})
    assert answer.status_code == 422
    assert said(answer)["error"] == 'There is no status "prix". There are: Price, Promise to pay.'


def test_what_belongs_into_the_json_is_not_passed_over_in_the_address(program: Program) -> None:
    answer = program.post("items?mode=stock", {"rows": [an_item("F1")]})
    assert answer.status_code == 400
    assert said(answer)["error"] == "mode: belongs into the JSON, not into the address."
    answer = program.post("items?modus=stock", {"rows": [an_item("F1")]})
    assert (answer.status_code, said(answer)["error"]) == (400, "modus: no such name is known here.")
