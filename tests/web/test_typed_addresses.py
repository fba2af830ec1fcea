"""Addresses and forms as nobody but a tired or curious person fills them: never an error of ours."""

from collections.abc import Callable

import pytest

from dso.domain.codes import StatusType
from dso.models import Customer, Entity, User
from tests import factories
from tests.conftest import Client

Login = Callable[[User], Client]


@pytest.fixture
def customer(entity: Entity) -> Customer:
    """A customer with an open item."""
    one = factories.a_customer(entity=entity)
    factories.an_item(one)
    return one


@pytest.mark.parametrize("page", ["/customers", "/items", "/todo", "/reports/aging"])
@pytest.mark.parametrize(
    "query",
    [
        "endpoint=x",
        "form=x",
        "_scheme=x&_anchor=y&_external=1&_method=POST",
        "overdue_from=0.00001",
        "overdue_from=1e30",
        "amount_from=99999999999999999999",
        "as_of=0001-01-01",
        "as_of=9999-12-31",
        "page=0&size=99999999999999999999",
        "collector=²",
        "q=%00",
    ],
)
def test_whatever_an_address_asks_is_answered(
    login: Login, admin: User, customer: Customer, page: str, query: str
) -> None:
    assert login(admin).get(f"{page}?{query}").status_code == 200


def test_a_colleague_who_was_not_offered_is_not_linked(login: Login, admin: User, customer: Customer) -> None:
    sent = {"code": customer.code, "business_name": "Renamed", "colleague-0": "999999", "part-0": "sales"}
    assert login(admin).post(f"/customers/{customer.id}/edit", data=sent).status_code == 303
    assert customer.business_name == "Renamed" and not customer.colleagues


def test_a_day_out_of_reach_is_said_beside_its_field(login: Login, admin: User, customer: Customer) -> None:
    item, status = factories.an_item(customer), factories.a_status(StatusType.PROMISE)
    sent = {"items": str(item.id), "status": str(status.id), "promised_on": "9999-12-31"}
    page = login(admin).post("/statuses/qualify", data=sent)
    assert page.status_code == 422 and "This day is out of reach." in page.text


def test_a_nul_in_a_form_is_left_out_of_the_text(login: Login, admin: User, customer: Customer) -> None:
    sent = {"code": customer.code, "business_name": "Ren\0amed"}
    assert login(admin).post(f"/customers/{customer.id}/edit", data=sent).status_code == 303
    assert customer.business_name == "Renamed"
