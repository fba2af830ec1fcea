"""The ledger read and worked by words: lists, clear, ignore, the aging balance."""

import io
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import select

from dso import create_app
from dso.db import db
from dso.domain.codes import ItemType, Role, StatusType
from dso.models import Entity
from dso.services import actions, settings
from tests import factories
from tests.cli.conftest import Run, run_words
from tests.conftest import NOW, TODAY


@pytest.fixture
def ledger(installed: str) -> None:
    """Two customers: Garnier who is charged for lateness, and =Evil() who owes in dollars."""
    with create_app().app_context():
        entity = db.session.scalars(select(Entity)).one()
        settings.set_value(entity, "penalties.rate", "12", actor=None, now=NOW)
        sam = factories.a_user(email="sam@acme.example", role=Role.SALES)
        factories.a_user(email="gil@acme.example", role=Role.GUEST)
        garnier = factories.a_customer(
            entity=entity,
            code="C1",
            business_name="Garnier",
            penalties=True,
            recovery_cost=True,
            credit_limit=Decimal(15000),
            order_backlog=Decimal(500),
            collector_id=sam.id,
            scenario_id=factories.a_scenario(entity=entity, name="Plan").id,
        )
        factories.a_contact(garnier, first_name="Zoé", last_name="Hébert", email="zoe@client.example")
        factories.an_item(garnier, "10000", number="FC1", days_late=30)
        factories.an_item(garnier, "2000", number="FC2", days_late=-10)
        factories.an_item(
            garnier, "70", number="FC3", cleared_on=TODAY, status_id=factories.a_status(StatusType.ONGOING).id
        )
        evil = factories.a_customer(entity=entity, code="C2", business_name="=Evil()")
        factories.an_item(evil, "8.5", number="FC4", currency="USD", type=ItemType.INVOICE)
        actions.review(entity, None, today=TODAY, now=NOW)
        db.session.commit()


@pytest.mark.usefixtures("ledger")
def test_items_are_listed_with_every_field_by_its_name(dso: Run) -> None:
    rows = {row["number"]: row for row in dso("list", "items", "--json").json}
    assert list(rows) == ["FC1", "FC3", "FC2", "FC4"]
    first = rows["FC1"]
    wanted = {
        "customer": "C1",
        "type": "FAC",
        "amount": "10000.00",
        "remaining": "10000.00",
        "currency": "EUR",
        "due_on": (TODAY - timedelta(days=30)).isoformat(),
        "leader": True,
        "held": False,
        "disputed": False,
        "ignored": False,
        "days_overdue": 30,
        "interest": "98.63",
        "fixed_cost": "40.00",
        "cleared_on": None,
        "status": None,
    }
    assert {name: first[name] for name in wanted} == wanted
    assert (rows["FC2"]["days_overdue"], rows["FC2"]["interest"]) == (-10, "0.00")
    assert (rows["FC3"]["days_overdue"], rows["FC3"]["cleared_by"], rows["FC3"]["remaining"]) == (None, None, "0.00")
    assert (rows["FC4"]["amount"], rows["FC4"]["interest"], rows["FC4"]["leader"]) == ("8.50", "0.00", True)
    missing = {
        "unique_id",
        "erp_type",
        "order_number",
        "promised_on",
        "resolver",
        "reply_text",
        "custom",
        "forecast_on",
    }
    assert missing <= set(first)


@pytest.mark.usefixtures("ledger")
def test_a_list_is_narrowed_to_a_customer_and_to_what_is_open(dso: Run) -> None:
    rows = dso("list", "items", "--customer", "C1", "--open", "--json").json
    assert [row["number"] for row in rows] == ["FC1", "FC2"]
    assert dso("list", "items", "--customer", "C9").code == 1


@pytest.mark.usefixtures("ledger")
def test_customers_are_listed_with_their_figures(dso: Run) -> None:
    first, second = dso("list", "customers", "--json").json
    wanted = {
        "code": "C1",
        "currency": "EUR",
        "collector": "sam@acme.example",
        "scenario": "Plan",
        "receivable": "12000.00",
        "overdue": "10000.00",
        "overdue_percent": 83.3,
        "not_due": "2000.00",
        "outstanding": "12500.00",
        "credit_available": "3000.00",
        "actual_risk": "12500.00",
        "oldest_due_on": (TODAY - timedelta(days=30)).isoformat(),
        "penalties": True,
        "groups": [],
    }
    assert {name: first[name] for name in wanted} == wanted
    assert (second["receivable"], second["unconverted"], second["credit_available"]) == ("0.00", True, None)
    assert {"unique_id", "contacts", "colleagues", "last_action_on", "next_action_on", "archived_at"} <= set(first)


@pytest.mark.usefixtures("ledger")
def test_contacts_are_listed(dso: Run) -> None:
    (row,) = dso("list", "contacts", "--json").json
    assert (row["customer"], row["last_name"], row["email"], row["for_collection"]) == (
        "C1",
        "Hébert",
        "zoe@client.example",
        True,
    )
    assert "Hébert" in dso("list", "contacts").out


@pytest.mark.usefixtures("ledger")
def test_items_are_cleared_by_number_and_the_account_is_decided_again(dso: Run) -> None:
    done = dso("clear", "--customer", "C1", "--items", "FC1,FC2", "--json").json
    assert (done["items"], done["changed"], done["state"], done["cleared_on"]) == (
        ["FC1", "FC2"],
        2,
        "cleared",
        TODAY.isoformat(),
    )
    rows = {row["number"]: row for row in dso("list", "items", "--json").json}
    assert (rows["FC1"]["remaining"], rows["FC1"]["cleared_by"]) == ("0.00", "hand")
    assert dso("list", "customers", "--customer", "C1", "--json").json[0]["receivable"] == "0.00"
    again = dso("clear", "--customer", "C1", "--items", "FC1")
    assert (again.code, "is cleared already" in again.err) == (1, True)


@pytest.mark.usefixtures("ledger")
def test_items_are_ignored_and_taken_back_by_id_too(dso: Run) -> None:
    item_id = next(row["id"] for row in dso("list", "items", "--json").json if row["number"] == "FC1")
    done = dso("ignore", "--customer", "C1", "--items", str(item_id), "--json").json
    assert done == {"items": ["FC1"], "ids": [item_id], "changed": 1, "ignored": True}
    assert dso("list", "items", "--customer", "C1", "--json").json[0]["leader"] is False
    back = dso("unignore", "--customer", "C1", "--items", "FC1", "--json").json
    assert (back["changed"], back["ignored"]) == (1, False)
    assert dso("ignore", "--customer", "C1", "--items", "FC9").err.count("\n") == 1


@pytest.mark.usefixtures("ledger")
def test_the_aging_balance_has_the_shape_of_the_specification(dso: Run) -> None:
    found = dso("report", "aging", "--json").json
    assert found == {
        "as_of": TODAY.isoformat(),
        "currency": "EUR",
        "buckets": [
            {"label": "not due", "from": None, "to": 0},
            {"label": "1–30", "from": 1, "to": 30},
            {"label": "31–60", "from": 31, "to": 60},
            {"label": "61–90", "from": 61, "to": 90},
            {"label": "> 90", "from": 91, "to": None},
        ],
        "rows": [
            {
                "customer": "C1",
                "customer_id": found["rows"][0]["customer_id"],
                "amounts": ["2000.00", "10000.00", "0.00", "0.00", "0.00"],
                "total": "12000.00",
            }
        ],
        "total": {"amounts": ["2000.00", "10000.00", "0.00", "0.00", "0.00"], "total": "12000.00"},
        "unconverted": [{"currency": "USD", "amount": "8.50"}],
    }


@pytest.mark.usefixtures("ledger")
def test_the_balance_of_another_day_moves_items_between_buckets(dso: Run) -> None:
    later = (TODAY + timedelta(days=1)).isoformat()
    found = dso("report", "aging", "--as-of", later, "--format", "json").json
    assert found["total"]["amounts"] == ["2000.00", "0.00", "10000.00", "0.00", "0.00"]
    assert dso("report", "aging", "--as-of", "yesterday").code == 64


@pytest.mark.usefixtures("ledger")
def test_the_balance_is_written_as_files_too(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    capfdbinary.readouterr()
    run_words(["report", "aging", "--format", "csv"])
    text = capfdbinary.readouterr().out.decode("utf-8-sig").splitlines()
    assert text[0] == "customer,name,not due,1–30,31–60,61–90,> 90,total,currency"
    assert text[1] == "C1,Garnier,2000.00,10000.00,0.00,0.00,0.00,12000.00,EUR"
    run_words(["report", "aging", "--format", "xlsx"])
    book = openpyxl.load_workbook(io.BytesIO(capfdbinary.readouterr().out))
    assert [cell.value for cell in book.worksheets[0][2]][:3] == ["C1", "Garnier", 2000]


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(
    ("who", "words", "allowed"),
    [
        ("gil", ["report", "aging"], True),
        ("gil", ["list", "items"], False),
        ("gil", ["list", "customers"], False),
        ("gil", ["list", "contacts"], False),
        ("sam", ["list", "items"], True),
        ("sam", ["clear", "--customer", "C1", "--items", "FC1"], False),
        ("sam", ["ignore", "--customer", "C1", "--items", "FC1"], False),
    ],
)
def test_the_same_rights_hold_as_on_the_pages(dso: Run, who: str, words: list[str], allowed: bool) -> None:
    done = dso(*words, "--as", f"{who}@acme.example")
    assert (done.code == 0) is allowed
    assert allowed or "may not" in done.err


@pytest.mark.usefixtures("ledger")
def test_sales_see_the_items_and_balance_of_linked_customers_only(dso: Run) -> None:
    rows = dso("list", "items", "--as", "sam@acme.example", "--json").json
    assert {row["customer"] for row in rows} == {"C1"}
    assert [row["code"] for row in dso("list", "customers", "--as", "sam@acme.example", "--json").json] == ["C1"]
    found = dso("report", "aging", "--as", "sam@acme.example", "--json").json
    assert found["unconverted"] == []
    assert dso("list", "items", "--customer", "C2", "--as", "sam@acme.example").code == 1
