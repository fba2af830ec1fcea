"""The aging page."""

import io
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest

from dso.domain.codes import ColleagueRole, Role
from dso.models import Customer, CustomerColleague, Entity, User
from tests.conftest import Client
from tests.counting import statements
from tests.factories import TODAY, a_customer, a_user, an_item

Login = Callable[[User], Client]


@pytest.fixture
def garnier(entity: Entity) -> Customer:
    """A customer with something in two buckets."""
    customer = a_customer(code="C1", business_name="Garnier <b>", country="FR")
    an_item(customer, "1000", days_late=40)
    an_item(customer, "234.5", days_late=-4)
    return customer


def text(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_the_balance_shows_each_customer_by_bucket_with_totals(login: Login, admin: User, garnier: Customer) -> None:
    page = text(login(admin), "/reports/aging")
    assert "Garnier &lt;b&gt;" in page and "1,234.50" in page
    assert f"/customers/{garnier.id}?bucket=2" in page
    assert "late_from=31&amp;late_to=60" in page


def test_another_day_moves_the_buckets_and_leads_to_no_items_of_today(
    login: Login, admin: User, garnier: Customer
) -> None:
    page = text(login(admin), f"/reports/aging?as_of={TODAY + timedelta(days=30)}")
    assert "bucket=" not in page and "late_from" not in page
    assert "Garnier" in page


def test_the_balance_is_narrowed_by_what_the_address_says(login: Login, admin: User, garnier: Customer) -> None:
    client = login(admin)
    assert "Garnier" in text(client, "/reports/aging?q=garn&country=FR")
    assert "Nothing was open on that day" in text(client, "/reports/aging?country=DE")
    assert "Nothing was open on that day" in text(client, f"/reports/aging?collector={admin.id}")
    assert "Garnier" in text(client, "/reports/aging?collector=none&as_of=nonsense")


@pytest.mark.parametrize("sort", ["customer", "-code", "b2", "-total", "nonsense"])
def test_the_balance_is_sorted_by_any_column(login: Login, admin: User, garnier: Customer, sort: str) -> None:
    an_item(a_customer(code="C2", business_name="Arnaud"), "5")
    page = text(login(admin), f"/reports/aging?sort={sort}")
    first = page.index("Garnier") < page.index("Arnaud")
    assert first is (sort in {"-total", "nonsense"})


def test_a_restricted_person_sees_linked_customers_only(login: Login, garnier: Customer) -> None:
    sam = a_user(role=Role.SALES)
    assert "Garnier" not in text(login(sam), "/reports/aging")
    garnier.colleagues.append(CustomerColleague(user_id=sam.id, role=ColleagueRole.SALES))
    assert "Garnier" in text(login(sam), "/reports/aging")


def test_a_guest_sees_figures_without_ways_to_customers(login: Login, garnier: Customer) -> None:
    page = text(login(a_user(role=Role.GUEST)), "/reports/aging")
    assert "Garnier" in page and "/customers/" not in page


def test_what_has_no_rate_is_said(login: Login, admin: User, garnier: Customer) -> None:
    an_item(garnier, "70", currency="USD")
    assert "no exchange rate for USD" in text(login(admin), "/reports/aging")


def test_files_hold_all_customers_of_the_page(login: Login, admin: User, garnier: Customer) -> None:
    client = login(admin)
    sheet = client.get("/reports/aging.csv?country=FR").get_data().decode("utf-8-sig").splitlines()
    assert sheet[1] == "C1,Garnier <b>,234.50,0.00,1000.00,0.00,0.00,1234.50,EUR"
    answer = client.get("/reports/aging.xlsx")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert openpyxl.load_workbook(io.BytesIO(answer.get_data())).worksheets[0]["A2"].value == "C1"
    assert client.get("/reports/aging.exe").status_code == 404


def test_the_page_asks_the_database_as_often_for_many_customers_as_for_one(
    login: Login, admin: User, garnier: Customer
) -> None:
    client = login(admin)
    client.get("/reports/aging")
    with statements() as few:
        client.get("/reports/aging")
    for _ in range(30):
        an_item(a_customer())
    with statements() as many:
        client.get("/reports/aging")
    assert len(many) == len(few)
