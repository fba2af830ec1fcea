"""Files of the lists: every one of them, with the filters of the address, in scope, typed, never held in memory."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import ActionKind, Channel, EventKind, FieldType, ImportKind, Mode, ReplyKind, Role, StepType
from dso.models import (
    Action,
    Attachment,
    Customer,
    CustomField,
    Entity,
    Event,
    ImportRun,
    Item,
    ItemChange,
    Message,
    Reply,
    User,
)
from dso.paths import TEMPLATES
from dso.queries import streams
from dso.services import api_users, links
from tests.conftest import NOW, TODAY, Client
from tests.counting import statements
from tests.factories import a_contact, a_customer, a_scenario, a_status, a_user, an_item

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
    "/settings/statuses/list": "Promise of tests",
    "/settings/fields/list": "Cost centre",
    "/settings/api-users/list": "ERP of tests",
    "/scenarios/list": "Plan of tests",
    "/customers/{customer}/files/list": "proof.csv",
    "/customers/{customer}/links/list": "ines@alpha.example",
    "/customers/{customer}/timeline": "Called back",
    "/imports/{run}/changes": "remaining",
}
#: Tables that are no list of the whole: what is looked at, typed into or decided about there, and why it has no file.
NO_LISTS = {
    "actions/_sheet.html": "the items of one call, all of them in the statement",
    "company/_accounts.html": "a form",
    "customers/_contacts.html": "the contacts of one customer: in the file of contacts of the customers list",
    "customers/_statement.html": "its files hang on the head of the customer, with the PDF",
    "help/_keys.html": "help",
    "imports/_columns.html": "a form",
    "imports/_part.html": "samples of what a file would do; the result has the whole",
    "imports/_ways.html": "what is being worked on this minute",
    "imports/preview.html": "what a file would do; the result has the whole",
    "imports/undo.html": "what stands in the way of one act",
    "items/_history.html": "the panel of one item",
    "macros/charts.html": "the figures of a drawing, in the file of its report",
    "scenarios/show.html": "the steps of one plan, written to a file that can be read again by `dso scenario export`",
}
#: Folders of pages nobody of the team sees.
_NOT_STAFF = ("portal/", "mail/", "pdf/")
_TABLE = re.compile(r'<table class="data|<ol class="timeline')
_INCLUDED = re.compile(r"{% include '([^']+)' %}")


@pytest.fixture
def ledger(session: Session, entity: Entity) -> Customer:
    """A customer with one of everything."""
    customer = a_customer(entity_id=entity.id, code="C1")
    a_contact(customer, last_name="Martin")
    changed = an_item(customer, number="F1")
    at_once = {"entity_id": entity.id, "customer_id": customer.id}
    session.add_all([
        Action(**at_once, kind=ActionKind.ONE_OFF, type=StepType.PHONE, name="Call", on=TODAY, mode=Mode.MANUAL,
               created_at=NOW, updated_at=NOW),
        Reply(**at_once, kind=ReplyKind.COMMENT, author="Martin", email="m@alpha.example", text="On its way", at=NOW),
        Message(**at_once, channel=Channel.EMAIL, recipient="m@alpha.example", subject="Reminder", queued_at=NOW),
        Event(**at_once, kind=EventKind.NOTE, text="Called back", at=NOW),
        Attachment(**at_once, name="proof.csv", content_type="text/csv", size=3, stored_as="nowhere", sha256="0" * 64,
                   created_at=NOW),
        CustomField(subject="customer", code="centre", label="Cost centre", type=FieldType.TEXT),
    ])  # fmt: skip
    links.create(customer, None, "ines@alpha.example", now=NOW)
    a_status(name="Promise of tests")
    a_scenario(name="Plan of tests")
    api_users.make("ERP of tests", a_user(role=Role.COLLECTOR), actor=a_user(role=Role.ADMIN), now=NOW)
    session.add(a_run(entity, changed))
    session.flush()
    return customer


def a_run(entity: Entity, item: Item) -> ItemChange:
    """An items file that changed one field of one item."""
    run = ImportRun(entity_id=entity.id, kind=ImportKind.ITEMS, on=TODAY, at=NOW, file_name="items.csv",
                    sha256="0" * 64, counts={"changed": 1})  # fmt: skip
    db.session.add(run)
    db.session.flush()
    what = {"field": "remaining", "old": "1000000", "new": "905000", "on": TODAY, "at": NOW}
    return ItemChange(entity_id=entity.id, item_id=item.id, import_run_id=run.id, **what)


def placed(address: str, customer: Customer) -> str:
    """The address of a list of this customer, or of the last import."""
    return address.format(customer=customer.id, run=db.session.scalar(select(func.max(ImportRun.id))))


@pytest.fixture
def manager(entity: Entity, login: Login) -> Client:
    return login(a_user(email="manager@acme.example", role=Role.CREDIT_MANAGER, may_import=True))


def rows_of(answer: Any) -> list[list[str]]:
    """The rows of a CSV answer, its header first."""
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(("address", "word"), LISTS.items())
def test_every_list_is_a_csv_file(ledger: Customer, manager: Client, address: str, word: str) -> None:
    answer = manager.get(f"{placed(address, ledger)}.csv")
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].endswith('.csv"')
    assert word in {cell for row in rows_of(answer) for cell in row}


@pytest.mark.parametrize(("address", "word"), LISTS.items())
def test_every_list_is_a_spreadsheet(ledger: Customer, manager: Client, address: str, word: str) -> None:
    address = placed(address, ledger)
    book = openpyxl.load_workbook(io.BytesIO(manager.get(f"{address}.xlsx").data))
    assert word in {cell for row in book.worksheets[0].values for cell in row}
    assert manager.get(f"{address}.pdf").status_code == 404


def _expanded(name: str) -> Iterator[str]:
    """A template and all it includes, by name."""
    yield name
    for part in _INCLUDED.findall((TEMPLATES / name).read_text()):
        yield from _expanded(part)


def test_every_page_with_a_list_offers_its_file() -> None:
    names = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    staff = {name for name in names if not name.startswith(_NOT_STAFF)}
    tables = {name for name in staff if _TABLE.search((TEMPLATES / name).read_text())}
    assert set(NO_LISTS) - {"imports/preview.html"} <= tables, "no longer a table: take it off the list"
    offered: set[str] = set()
    for page in {name for name in staff if not name.rpartition("/")[2].startswith("_")} - set(NO_LISTS):
        parts = set(_expanded(page))
        lists = (parts & tables) - set(NO_LISTS)
        has_file = any("lists.download(" in (TEMPLATES / part).read_text() for part in parts)
        assert not lists or has_file, f"{page} shows {lists} and offers no file of it"
        offered |= lists
    assert tables - set(NO_LISTS) == offered, "on no page: name it with the reason"


def test_what_an_import_changed_is_typed_in_its_file(ledger: Customer, manager: Client) -> None:
    book = openpyxl.load_workbook(io.BytesIO(manager.get(f"{placed('/imports/{run}/changes', ledger)}.xlsx").data))
    head, line = (dict(enumerate(row)) for row in book.worksheets[0].values)
    cells = {name: line[place] for place, name in head.items()}
    assert (cells["record"], cells["field"], cells["old"], cells["new"]) == ("F1", "remaining", 100, 90.5)


def test_the_file_of_the_timeline_has_the_kind_of_the_address(ledger: Customer, manager: Client) -> None:
    address = f"/customers/{ledger.id}/timeline.csv"
    assert {"note"} == {row[1] for row in rows_of(manager.get(f"{address}?kind=note"))[1:]}
    assert f"{address}?kind=note" in manager.get(f"/customers/{ledger.id}/timeline?kind=note").get_data(as_text=True)


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
