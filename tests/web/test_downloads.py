"""Files of the lists: every one of them, with the filters of the address, in scope, typed, never held in memory."""

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from sqlalchemy.orm import Session

from dso.domain.codes import ActionKind, Channel, Mode, ReplyKind, Role, StepType
from dso.models import Action, Customer, Entity, Message, Reply, User
from dso.queries import streams
from tests.conftest import NOW, TODAY, Client
from tests.counting import statements
from tests.factories import a_contact, a_customer, a_user, an_item

Login = Callable[[User], Client]
#: Address of a list, and a word of its one row.
LISTS = {
    "/customers/list": "C1",
    "/customers/contacts": "Martin",
    "/items/list": "F1",
    "/todo/list": "Call",
    "/replies/list": "On its way",
    "/messages/list": "Reminder",
    "/settings/users/list": "manager@acme.example",
    "/settings/groups/list": "name",
    "/imports/history": "rejected",
    "/reports/aging": "C1",
}


@pytest.fixture
def ledger(session: Session, entity: Entity) -> Customer:
    """A customer with one of everything."""
    customer = a_customer(entity_id=entity.id, code="C1")
    a_contact(customer, last_name="Martin")
    an_item(customer, number="F1")
    at_once = {"entity_id": entity.id, "customer_id": customer.id}
    session.add_all([
        Action(**at_once, kind=ActionKind.ONE_OFF, type=StepType.PHONE, name="Call", on=TODAY, mode=Mode.MANUAL,
               created_at=NOW, updated_at=NOW),
        Reply(**at_once, kind=ReplyKind.COMMENT, author="Martin", email="m@alpha.example", text="On its way", at=NOW),
        Message(**at_once, channel=Channel.EMAIL, recipient="m@alpha.example", subject="Reminder", queued_at=NOW),
    ])  # fmt: skip
    session.flush()
    return customer


@pytest.fixture
def manager(entity: Entity, login: Login) -> Client:
    return login(a_user(email="manager@acme.example", role=Role.CREDIT_MANAGER, may_import=True))


def rows_of(answer: Any) -> list[list[str]]:
    """The rows of a CSV answer, its header first."""
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(("address", "word"), LISTS.items())
def test_every_list_is_a_csv_file(ledger: Customer, manager: Client, address: str, word: str) -> None:
    answer = manager.get(f"{address}.csv")
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].endswith('.csv"')
    assert word in {cell for row in rows_of(answer) for cell in row}


@pytest.mark.parametrize(("address", "word"), LISTS.items())
def test_every_list_is_a_spreadsheet(ledger: Customer, manager: Client, address: str, word: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(manager.get(f"{address}.xlsx").data))
    assert word in {cell for row in book.worksheets[0].values for cell in row}
    assert manager.get(f"{address}.pdf").status_code == 404


NARROWED = ["/customers/list.csv?code=C9", "/customers/contacts.csv?code=C9", "/todo/list.csv?q=beta",
            "/replies/list.csv?text=no", "/messages/list.csv?state=sent"]  # fmt: skip


@pytest.mark.parametrize("address", NARROWED)
def test_a_file_has_the_filters_of_the_address(ledger: Customer, manager: Client, address: str) -> None:
    assert len(rows_of(manager.get(address.partition("?")[0]))) == 2
    assert len(rows_of(manager.get(address))) == 1


def test_a_page_leads_to_its_files_with_the_filters_it_has(ledger: Customer, manager: Client) -> None:
    for page in ("/messages?state=waiting", "/todo?due=now", "/customers?code=C1", "/items?q=F1", "/replies?state=all"):
        address, _mark, query = page.partition("?")
        assert f'href="{address}/list.csv?{query}"' in manager.get(page).get_data(as_text=True)


def test_a_restricted_user_gets_files_of_the_own_portfolio_only(ledger: Customer, entity: Entity, login: Login) -> None:
    mine = a_customer(entity_id=entity.id, code="C2")
    a_contact(mine, email="c2@example.org")
    seller = a_user(email="sales@acme.example", role=Role.SALES)
    mine.collector_id = seller.id
    client = login(seller)
    for address in ("/customers/list.csv", "/customers/contacts.csv"):
        assert [cell for row in rows_of(client.get(address))[1:] for cell in row if cell in ("C1", "C2")] == ["C2"]
    assert len(rows_of(client.get("/items/list.csv"))) == len(rows_of(client.get("/messages/list.csv"))) == 1
    assert client.get("/todo/list.csv").status_code == client.get("/settings/users/list.csv").status_code == 403


def test_the_statement_is_a_table_for_programs_too(ledger: Customer, manager: Client) -> None:
    head, line = rows_of(manager.get(f"/customers/{ledger.id}/statement.csv"))
    assert dict(zip(head, line, strict=True))["number"] == "F1"


def test_a_long_list_is_read_a_part_at_a_time(
    ledger: Customer, manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2, 32):
        an_item(ledger, number=f"F{number}")
    monkeypatch.setattr(streams, "AT_ONCE", 10)
    with statements() as few:
        assert len(rows_of(manager.get("/items/list.csv"))) == 32
    monkeypatch.setattr(streams, "AT_ONCE", 100)
    with statements() as fewer:
        assert len(rows_of(manager.get("/items/list.csv"))) == 32
    assert len(few) - len(fewer) == 3
