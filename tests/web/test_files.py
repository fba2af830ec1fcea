"""Files and links on the customer file."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import Role, StatusType
from dso.models import Attachment, Customer, User
from dso.queries import links as link_queries
from dso.services import files, links
from tests import factories
from tests.conftest import NOW, Client

Login = Callable[[User], Client]
PDF = b"%PDF-1.7 note"


@pytest.fixture
def customer(session: Session) -> Customer:
    """A customer."""
    return factories.a_customer()


@pytest.fixture
def collector(session: Session) -> User:
    """Somebody who collects."""
    return factories.a_user()


def post(client: Client, customer: Customer, name: str = "note.pdf", content: bytes = PDF, **fields: str) -> int:
    data = {"files": (io.BytesIO(content), name), **fields}
    response = client.post(f"/customers/{customer.id}/files", data=data, content_type="multipart/form-data")
    return response.status_code


def test_a_file_is_added_listed_and_fetched_as_an_attachment(
    session: Session, customer: Customer, collector: User, login: Login
) -> None:
    client = login(collector)
    item = factories.an_item(customer, number="FC77")
    assert post(client, customer, items=str(item.id), debtor="y", colleagues="y") == 303
    file = session.scalars(select(Attachment)).one()
    assert file.visible_to_debtor
    text = client.get(f"/customers/{customer.id}/files").get_data(as_text=True)
    assert "note.pdf" in text and "FC77" in text
    response = client.get(f"/files/{file.id}")
    assert response.data == PDF
    assert response.headers["Content-Disposition"] == "attachment; filename=note.pdf"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    response.close()


def test_a_wrong_file_comes_back_with_the_reason(
    session: Session, customer: Customer, collector: User, login: Login
) -> None:
    assert post(login(collector), customer, "virus.exe", b"MZ") == 422
    assert post(login(collector), customer, "virus.pdf", b"MZ") == 422
    assert session.scalars(select(Attachment)).all() == []


def test_items_of_another_customer_get_no_file(
    session: Session, customer: Customer, collector: User, login: Login
) -> None:
    item = factories.an_item(factories.a_customer())
    assert post(login(collector), customer, items=str(item.id)) == 404
    assert session.scalars(select(Attachment)).all() == []


@pytest.mark.parametrize("role", [Role.SALES, Role.SALES_ADMIN, Role.CONTROLLER, Role.EXECUTIVE, Role.GUEST])
def test_who_does_not_collect_adds_no_file_and_changes_no_visibility(
    session: Session, customer: Customer, collector: User, login: Login, role: Role
) -> None:
    checked = files.check_all([files.Upload("a.pdf", io.BytesIO(PDF))])
    (file,) = files.attach(checked, customer, actor=collector, now=NOW)
    client = login(factories.a_user(role=role))
    assert post(client, customer) == 403
    assert client.post(f"/files/{file.id}/visibility", data={"debtor": "1"}).status_code == 403
    session.refresh(file)
    assert not file.visible_to_debtor


def test_a_file_of_a_customer_one_may_not_see_is_not_there(
    session: Session, customer: Customer, collector: User, login: Login
) -> None:
    checked = files.check_all([files.Upload("a.pdf", io.BytesIO(PDF))])
    (file,) = files.attach(checked, customer, actor=collector, now=NOW)
    client = login(factories.a_user(role=Role.SALES))
    assert client.get(f"/files/{file.id}").status_code == 404
    assert client.get(f"/customers/{customer.id}/files").status_code == 404


def test_a_file_is_shown_to_the_customer_and_hidden_again(
    session: Session, customer: Customer, collector: User, login: Login
) -> None:
    checked = files.check_all([files.Upload("a.pdf", io.BytesIO(PDF))])
    (file,) = files.attach(checked, customer, actor=collector, now=NOW)
    client = login(collector)
    for debtor in ("1", ""):
        client.post(f"/files/{file.id}/visibility", data={"debtor": debtor, "colleagues": "1"})
        session.refresh(file)
        assert file.visible_to_debtor is bool(debtor)


def test_links_are_listed_and_taken_back_one_by_one_or_all(
    session: Session, customer: Customer, collector: User, login: Login
) -> None:
    one, two, three = (links.create(customer, None, f"p{n}@client.example", now=NOW) for n in range(3))
    client = login(collector)
    text = client.get(f"/customers/{customer.id}/links").get_data(as_text=True)
    assert "p0@client.example" in text and text.count("Valid until") >= 1
    assert link_queries.token(one) not in text, "the team sees who got a link, not the link"
    assert client.post(f"/customers/{customer.id}/links/{one.id}/revoke").status_code == 303
    assert client.post(f"/customers/{customer.id}/links/{one.id}/revoke").status_code == 409
    session.refresh(two)
    assert two.revoked_at is None
    client.post(f"/customers/{customer.id}/links/revoke")
    for link in (one, two, three):
        session.refresh(link)
        assert link.revoked_at == NOW


def test_links_of_another_customer_are_not_revoked(
    session: Session, customer: Customer, collector: User, login: Login
) -> None:
    theirs = links.create(factories.a_customer(), None, "a@b.example", now=NOW)
    assert login(collector).post(f"/customers/{customer.id}/links/{theirs.id}/revoke").status_code == 404
    controller = login(factories.a_user(role=Role.CONTROLLER))
    assert controller.post(f"/customers/{customer.id}/links/revoke").status_code == 403


def test_files_of_a_tagging_are_put_on_the_tagged_items(
    session: Session, customer: Customer, collector: User, login: Login
) -> None:
    item = factories.an_item(customer, number="FC78")
    status = factories.a_status(StatusType.ONGOING)
    data = {"items": str(item.id), "status": str(status.id), "files": (io.BytesIO(PDF), "order.pdf")}
    answer = login(collector).post("/statuses/qualify", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert session.scalars(select(Attachment)).one().name == "order.pdf"
    text = login(collector).get(f"/customers/{customer.id}/files").get_data(as_text=True)
    assert "order.pdf" in text and "FC78" in text


def test_a_wrong_file_of_a_tagging_is_refused_beside_its_field_and_nothing_is_tagged(
    session: Session, customer: Customer, collector: User, login: Login
) -> None:
    item = factories.an_item(customer)
    data = {
        "items": str(item.id),
        "status": str(factories.a_status(StatusType.ONGOING).id),
        "files": (io.BytesIO(b"MZ"), "virus.exe"),
    }
    answer = login(collector).post("/statuses/qualify", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "virus.exe" in answer.get_data(as_text=True)
    session.refresh(item)
    assert item.status_id is None and session.scalars(select(Attachment)).all() == []
