"""The item grid, the item panel, and what is done with ticked items."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import ActionKind, ClearedBy, ColleagueRole, FieldType, MessageState, Role, StatusType
from dso.models import Action, CustomerColleague, CustomField, Entity, Item, Message, User
from dso.services import item_changes
from dso.services.statuses import Tagging, qualify
from tests.conftest import Client
from tests.counting import statements
from tests.factories import NOW, TODAY, a_contact, a_customer, a_status, a_user, an_item

Login = Callable[[User], Client]


def text(client: Client, url: str, **more: Any) -> str:
    response = client.get(url, **more)
    assert response.status_code == 200, response.status_code
    return response.get_data(as_text=True)


@pytest.fixture
def item(entity: Entity) -> Item:
    """A late invoice of Garnier, whose name is no markup."""
    customer = a_customer(code="C1", business_name="<script>Garnier", country="FR")
    a_contact(customer, email="zoe@client.example")
    return an_item(customer, "1234.5", number="=A1", days_late=40, order_number="PO7")


def test_the_grid_shows_items_with_totals_and_escapes_what_was_imported(login: Login, admin: User, item: Item) -> None:
    page = text(login(admin), "/items")
    assert "&lt;script&gt;Garnier" in page and "=A1" in page and "1,234.50" in page and "40 d" in page
    assert "Total of 1 item" in page


def test_the_address_says_everything_and_each_filter_can_be_taken_away(login: Login, admin: User, item: Item) -> None:
    client = login(admin)
    page = text(client, f"/items?customer={item.customer_id}&late_from=30&sort=-remaining&status=none")
    assert "Customer: &lt;script&gt;Garnier" in page and "Days late: from 30" in page and "Status: none" in page
    assert f'href="/items?customer={item.customer_id}&amp;sort=-remaining&amp;status=none"' in page
    assert "No item found" in text(client, "/items?late_from=41")


def test_what_cannot_be_read_in_the_address_is_said(login: Login, admin: User, item: Item) -> None:
    page = text(login(admin), "/items?late_from=abc&due_to=soon&remaining_from=x&ignored=maybe&page=x&size=7")
    for words in ("Days late: abc", "Due: soon", "Remaining: x", "Ignored: maybe"):
        assert words in page


def test_columns_are_chosen_and_remembered(login: Login, admin: User, item: Item, session: Session) -> None:
    session.add(CustomField(subject="item", code="region", label="Region", type=FieldType.TEXT, choices=[]))
    item.custom = {"region": "East"}
    client = login(admin)
    assert "PO7" not in text(client, "/items")
    page = text(client, "/items?cols=number&cols=order_number&cols=c_region")
    assert "PO7" in page and "East" in page and ">Issued<" not in page
    assert "PO7" in text(client, "/items")
    assert "PO7" not in text(client, "/items?cols=usual")
    assert "PO7" not in text(client, "/items")


def test_htmx_gets_the_grid_alone(login: Login, admin: User, item: Item) -> None:
    response = login(admin).get("/items?sort=number", headers={"HX-Request": "true"})
    assert response.get_data(as_text=True).lstrip().startswith('<div id="item-grid"')
    assert "HX-Request" in response.headers["Vary"]


def test_the_whole_result_is_downloaded_with_neutral_text_and_typed_cells(
    login: Login, admin: User, item: Item
) -> None:
    an_item(item.customer, "5", number="B2", days_late=-3)
    client = login(admin)
    lines = client.get("/items/list.csv?late_from=1").get_data().decode("utf-8-sig").splitlines()
    assert len(lines) == 2 and "'=A1" in lines[1] and "1234.50" in lines[1] and ",40," in lines[1]
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/items/list.xlsx").get_data())).worksheets[0]
    row = {name.value: cell for name, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (row["number"].value, row["number"].data_type, row["amount"].value) == ("=A1", "s", 1234.5)
    assert client.get("/items/list.exe").status_code == 404


def test_pages_and_sizes_are_in_the_address(login: Login, admin: User, item: Item) -> None:
    for n in range(120):
        an_item(item.customer, number=f"N{n:03}", days_late=5)
    client = login(admin)
    assert text(client, "/items?size=100").count("item-row-") == 100
    assert text(client, "/items?size=100&page=2").count("item-row-") == 21
    assert text(client, "/items?size=100&page=99").count("item-row-") == 21


def test_the_grid_asks_the_database_as_often_for_many_rows_as_for_one(login: Login, admin: User, item: Item) -> None:
    client = login(admin)
    client.get("/items")
    with statements() as few:
        client.get("/items")
    for _ in range(30):
        an_item(a_customer(collector_id=a_user().id))
    with statements() as many:
        client.get("/items")
    assert len(many) == len(few)


def test_the_panel_shows_fields_history_and_changes(login: Login, admin: User, item: Item) -> None:
    status = a_status(StatusType.PROMISE, name="Promised soon")
    tagging = Tagging(status, promised_on=TODAY + timedelta(days=3), comment="on the phone")
    qualify([item], tagging, actor=admin, today=TODAY, now=NOW)
    item_changes.change(item, admin, TODAY, NOW, remaining=item.remaining / 2)
    page = text(login(admin), f"/items/{item.id}")
    for words in ("PO7", "Promised soon", "on the phone", "1,234.50", "617.25", admin.full_name, "Changes"):
        assert words in page


def test_items_are_left_out_and_taken_back(login: Login, admin: User, item: Item) -> None:
    client, back = login(admin), f"/customers/{item.customer_id}"
    answer = client.post("/items/ignore", data={"items": [item.id], "next": back})
    assert (answer.status_code, answer.location, item.ignored) == (303, back, True)
    client.post("/items/take-back", data={"items": [item.id], "next": "https://evil.example/"})
    assert not item.ignored


def test_clearing_asks_for_the_day_and_can_be_undone(login: Login, admin: User, item: Item) -> None:
    client = login(admin)
    dialog = text(client, f"/items/clear?items={item.id}")
    assert f'value="{TODAY.isoformat()}"' in dialog and "=A1" in dialog
    late = client.post("/items/clear", data={"items": [item.id], "on": (TODAY + timedelta(days=1)).isoformat()})
    assert late.status_code == 422 and "in the future" in late.get_data(as_text=True)
    assert client.post("/items/clear", data={"items": [item.id], "on": "soon"}).status_code == 422
    client.post("/items/clear", data={"items": [item.id], "on": TODAY.isoformat()})
    assert (item.cleared_on, item.cleared_by) == (TODAY, ClearedBy.HAND)
    client.post("/items/reopen", data={"items": [item.id]})
    assert item.is_open and item.remaining == item.amount


def test_items_are_mailed_to_their_customer(login: Login, admin: User, item: Item, session: Session) -> None:
    client = login(admin)
    assert "E-mail these" in text(client, f"/items/mail?items={item.id}")
    assert client.post("/items/mail", data={"items": [item.id], "subject": "", "body": ""}).status_code == 422
    sent = {"items": [item.id], "subject": "Your invoice", "body": "Dear #contact_name, #items_list_selected"}
    assert client.post("/items/mail", data=sent).status_code == 303
    message = session.scalars(select(Message)).one()
    assert (message.recipient, message.state) == ("zoe@client.example", MessageState.WITHHELD)
    assert (
        session.scalars(select(Action).where(Action.kind == ActionKind.ONE_OFF)).one().customer_id == item.customer_id
    )
    other = an_item(a_customer())
    refused = client.post("/items/mail", data=sent | {"items": [item.id, other.id]})
    assert refused.status_code == 409 and "items of one account" in refused.get_data(as_text=True)


def test_nothing_ticked_is_refused_in_words(login: Login, admin: User, entity: Entity) -> None:
    for way in ("ignore", "take-back", "reopen", "clear", "mail"):
        answer = login(admin).post(f"/items/{way}")
        assert answer.status_code == 409 and "Tick at least one item" in answer.get_data(as_text=True)


def test_a_restricted_person_sees_and_touches_linked_items_only(login: Login, item: Item) -> None:
    sam = a_user(role=Role.SALES)
    client = login(sam)
    assert "=A1" not in text(client, "/items")
    assert client.get(f"/items/{item.id}").status_code == 404
    assert client.get(f"/items?customer={item.customer_id}").status_code == 404
    assert "=A1" not in client.get("/items/list.csv").get_data(as_text=True)
    item.customer.colleagues.append(CustomerColleague(user_id=sam.id, role=ColleagueRole.SALES))
    page = text(login(sam), "/items")
    assert "=A1" in page and "Change status" in page and "Leave out of collection" not in page
    assert login(sam).post("/items/ignore", data={"items": [item.id]}).status_code == 403
    assert not item.ignored


def test_the_search_suggests_customers_items_and_pages(login: Login, admin: User, item: Item) -> None:
    client = login(admin)
    page = text(client, "/search?q=garn")
    assert "&lt;script&gt;Garnier" in page and "<html" in page
    part = text(client, "/search?q=%3DA", headers={"HX-Request": "true"})
    assert "=A1" in part and "<html" not in part
    assert "/reports/aging" in text(client, "/search?q=aging")
    assert "at least two letters" in text(client, "/search?q=g")
    sam = login(a_user(role=Role.SALES))
    assert "Garnier" not in text(sam, "/search?q=garn") and "/imports" not in text(sam, "/search?q=import")


def test_a_number_typed_in_small_letters_finds_the_item(login: Login, admin: User, item: Item) -> None:
    assert item.number == "=A1"
    assert "=A1" in text(login(admin), "/search?q=%3Da1", headers={"HX-Request": "true"})


def test_ticked_items_lead_to_the_files_of_their_customer(login: Login, admin: User, item: Item) -> None:
    client = login(admin)
    answer = client.get(f"/items/files?items={item.id}")
    assert answer.status_code == 303
    assert answer.location == f"/customers/{item.customer_id}/files?items={item.id}"
    other = an_item(a_customer(code="C2"))
    assert client.get(f"/items/files?items={item.id}&items={other.id}").status_code == 409
