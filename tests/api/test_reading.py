"""What programs read: parts that neither repeat nor lose a row, filters, scope, and the shapes of the command line."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from dso.db import db
from dso.domain.codes import ColleagueRole, Role
from dso.models import CustomerColleague, Entity, Group, User
from dso.queries import shapes
from dso.queries.customers import records as customers
from dso.queries.items import records as items
from dso.services import api_users
from tests import factories
from tests.api.conftest import Program, let_in, said
from tests.conftest import NOW, TODAY
from tests.counting import statements


def walked(program: Program, path: str, **query: Any) -> list[dict[str, Any]]:
    """All parts of a list, by the addresses it gives."""
    found: list[dict[str, Any]] = []
    part = said(program.get(path, **query))
    while True:
        found += part["rows"]
        if part["next"] is None:
            return found
        part = said(program.client.get(part["next"], headers=program.bearer))


def test_a_list_walked_in_parts_has_every_row_once(program: Program) -> None:
    customer = factories.a_customer()
    made = [factories.an_item(customer, days_late=n).id for n in range(7)]
    assert [row["id"] for row in walked(program, "items", limit=3, open="1")] == made
    assert [row["id"] for row in walked(program, "items", limit=7)] == made


def test_records_have_the_very_shape_of_the_command_line(program: Program, admin: User, entity: Entity) -> None:
    customer = factories.a_customer(penalties=True, credit_limit=500)
    factories.an_item(customer, "70.50")
    factories.a_contact(customer)
    db.session.expire_all()
    listed = customers.records(admin, entity, today=TODAY)
    assert said(program.get("customers"))["rows"] == [shapes.customer(each, "EUR") for each in listed]
    listed_items = [shapes.item(each) for each in items.records(admin, entity, today=TODAY)]
    assert said(program.get("items"))["rows"] == listed_items
    assert listed_items[0]["remaining"] == "70.50" and listed_items[0]["interest"] != "0.00"


def test_items_are_filtered_by_what_is_asked(program: Program) -> None:
    one, other = factories.a_customer(code="C1"), factories.a_customer(code="C2")
    factories.an_item(one, number="A", days_late=40)
    factories.an_item(one, number="B", cleared_on=TODAY)
    factories.an_item(other, number="C", updated_at=NOW + timedelta(hours=1))

    def numbers(**query: Any) -> list[str]:
        return [row["number"] for row in said(program.get("items", **query))["rows"]]

    assert numbers(customer="C1") == ["A", "B"]
    assert numbers(open="true") == ["A", "C"]
    assert numbers(open="0") == ["B"]
    assert numbers(changed_since=(NOW + timedelta(minutes=1)).isoformat()) == ["C"]
    assert numbers(due_to=(TODAY - timedelta(days=30)).isoformat()) == ["A"]
    assert numbers(type="AVO") == []


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "after=-1", "opne=1", "type=XX", "due_from=31.12.2026", "open=1&open=0", "entity="],
)
def test_a_filter_that_cannot_be_obeyed_is_refused_in_words(program: Program, query: str) -> None:
    answer = program.client.get(f"/api/v1/items?{query}", headers=program.bearer)
    assert (answer.status_code, bool(said(answer).get("error"))) == (
        (200, False) if query == "entity=" else (400, True)
    )


def test_a_program_sees_what_its_user_sees(app: Flask, entity: Entity, admin: User) -> None:
    mine, hidden = factories.a_customer(code="MINE"), factories.a_customer(code="HIDDEN")
    items_ = [factories.an_item(each) for each in (mine, hidden)]
    sales = factories.a_user(role=Role.SALES)
    mine.colleagues.append(CustomerColleague(user_id=sales.id, role=ColleagueRole.SALES))
    program = _of(app, sales, admin)
    assert [row["code"] for row in said(program.get("customers"))["rows"]] == ["MINE"]
    assert [row["id"] for row in said(program.get("items"))["rows"]] == [items_[0].id]
    assert program.get(f"items/{items_[1].id}").status_code == 404
    assert program.get("customers", customer="HIDDEN").status_code == 404
    assert [row["customer"] for row in said(program.get("reports/aging"))["rows"]] == ["MINE"]


def test_the_aging_balance_comes_in_parts_with_the_total_of_all(program: Program) -> None:
    made = [factories.a_customer(code=f"C{9 - n}") for n in range(5)]
    for customer in made:
        factories.an_item(customer, "10.00")
    rows = walked(program, "reports/aging", limit=2)
    assert [row["customer_id"] for row in rows] == [customer.id for customer in made]
    first = said(program.get("reports/aging", limit=2))
    assert (len(first["rows"]), first["total"]["total"]) == (2, "50.00")


@pytest.mark.parametrize("instant", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_an_instant_before_or_after_all_time_is_refused_in_words(program: Program, instant: str) -> None:
    answer = program.get("items", changed_since=instant)
    assert answer.status_code == 400
    assert "There is no such instant." in said(answer)["error"]


def test_the_aging_balance_is_narrowed_as_customers_are(program: Program, entity: Entity) -> None:
    ann = factories.a_user(email="ann@acme.example")
    one, other = factories.a_customer(code="C1", collector_id=ann.id), factories.a_customer(code="C2", archived_at=NOW)
    one.groups.append(Group(entity_id=entity.id, name="North"))
    for customer in (one, other):
        factories.an_item(customer, "10.00")

    def codes(**query: Any) -> list[str]:
        found = said(program.get("reports/aging", **query))
        assert found["total"]["total"] == f"{10 * len(found['rows'])}.00"
        return [row["customer"] for row in found["rows"]]

    assert codes() == ["C1", "C2"] and codes(customer="C2") == ["C2"] == codes(archived="1")
    assert codes(group="North") == ["C1"] == codes(collector="ANN@acme.example") and codes(group="South") == []
    assert program.get("reports/aging", changed_since="2026-11-20T00:00:00Z").status_code == 400


def _of(app: Flask, user: User, admin: User) -> Program:
    made, secret = api_users.make(f"of {user.id}", user, actor=admin, now=NOW)
    return Program(app.test_client(), made.name, secret, made)  # type: ignore[arg-type]


def test_of_several_companies_one_has_to_be_named_to_read(program: Program, entity: Entity) -> None:
    other = factories.an_entity(name="Other Ltd")
    factories.a_customer(code="C7", entity=other)
    assert program.get("customers").status_code == 422
    assert [row["code"] for row in said(program.get("customers", entity="Other Ltd"))["rows"]] == ["C7"]
    assert [row["name"] for row in said(program.get("entities"))["rows"]] == [entity.name, "Other Ltd"]


def test_a_part_costs_as_many_statements_as_any_other(app: Flask, program: Program) -> None:
    for _ in range(6):
        customer = factories.a_customer(penalties=True)
        factories.an_item(customer)
        factories.a_contact(customer)
    program.get("entities")
    for path in ("customers", "items", "actions", "contacts", "qualifications", "messages", "replies"):
        counted = []
        for limit in (1, 5):
            with statements() as seen:
                assert program.get(path, limit=limit).status_code == 200
            counted.append(len(seen))
        assert counted[0] == counted[1], path


def test_a_guest_reads_reports_and_nothing_else(app: Flask, entity: Entity, admin: User) -> None:
    guest = _of(app, factories.a_user(role=Role.GUEST), admin)
    assert guest.get("customers").status_code == 403
    assert guest.get("reports/aging", as_of="2026-11-01").status_code == 200


def test_a_program_made_by_its_own_user_acts_as_that_user(app: Flask, admin: User) -> None:
    assert let_in(app, admin, "Own").get("entities").status_code == 200
