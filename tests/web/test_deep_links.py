"""Addresses a CRM or an ERP makes itself: a customer by its code."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from dso.domain.codes import Role
from dso.models import Entity, User
from tests.conftest import Client
from tests.factories import a_customer, a_user, an_entity

Login = Callable[[User], Client]


def test_a_code_leads_to_the_customer_file(login: Login, admin: User, entity: Entity) -> None:
    customer = a_customer(code="C/10 035")
    answer = login(admin).get("/go/customer/C/10%20035", query_string={"entity": entity.name})
    assert (answer.status_code, answer.location) == (303, f"/customers/{customer.id}")


def test_the_log_in_keeps_where_one_was_going(client: Client, entity: Entity) -> None:
    answer = client.get("/go/customer/C10035?entity=Acme")
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.location).query)["next"] == ["/go/customer/C10035?entity=Acme"]


def test_a_unique_identifier_comes_before_a_code(login: Login, admin: User, entity: Entity) -> None:
    a_customer(code="K1", unique_id="U9")
    meant = a_customer(code="other", unique_id="K1")
    assert login(admin).get("/go/customer/K1").location == f"/customers/{meant.id}"


def test_the_company_of_the_customer_is_the_one_worked_on_from_then_on(
    login: Login, admin: User, entity: Entity
) -> None:
    other = an_entity(name="Other Ltd")
    a_customer(code="C1", entity=other)
    browser = login(admin)
    assert browser.get("/go/customer/C1").status_code == 303
    with browser.session_transaction() as session:
        assert session["entity_id"] == other.id


def test_an_unknown_code_is_said_in_words_and_a_strangers_is_unknown(login: Login, admin: User, entity: Entity) -> None:
    a_customer(code="HIDDEN")
    sales = a_user(role=Role.SALES)
    for user, code in ((admin, "C9"), (sales, "HIDDEN")):
        answer = login(user).get(f"/go/customer/{code}")
        assert answer.status_code == 404
        assert f"There is no customer with the code &#34;{code}&#34; that you may see." in answer.text


def test_of_several_with_one_code_a_person_chooses(login: Login, admin: User, entity: Entity) -> None:
    one, two = a_customer(code="K1", unique_id="A1"), a_customer(code="K1", entity=an_entity(name="Other Ltd"))
    browser = login(admin)
    page = browser.get("/go/customer/K1")
    assert page.status_code == 200
    for each in (one, two):
        assert f"/go/customer/K1?id={each.id}" in page.text and each.business_name in page.text
        assert browser.get(f"/go/customer/K1?id={each.id}").location == f"/customers/{each.id}"
    named = browser.get("/go/customer/K1", query_string={"entity": "Other Ltd"})
    assert named.location == f"/customers/{two.id}"


def test_a_company_is_named_in_any_case(login: Login, admin: User, entity: Entity) -> None:
    a_customer(code="K1")
    meant = a_customer(code="K1", entity=an_entity(name="Société du Nord"))
    browser = login(admin)
    for name in ("Société du Nord", "SOCIÉTÉ DU NORD", "societe du nord"):
        assert browser.get("/go/customer/K1", query_string={"entity": name}).location == f"/customers/{meant.id}"


def test_a_company_one_may_not_see_is_told_like_one_there_is_not(login: Login, admin: User, entity: Entity) -> None:
    hidden, own = an_entity(name="Hidden Ltd"), a_user(entities=[entity])
    a_customer(code="K1"), a_customer(code="K1", entity=hidden)
    for user, name in ((own, "Hidden Ltd"), (own, "Nope"), (admin, "Nope")):
        answer = login(user).get("/go/customer/K1", query_string={"entity": name})
        assert answer.status_code == 404
        assert f"There is no company &#34;{name}&#34; that you may see." in answer.text
        assert "There is no customer" not in answer.text
