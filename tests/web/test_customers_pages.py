"""The customer search and the customer file."""

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from sqlalchemy.orm import Session

from dso.domain.codes import ColleagueRole, EventKind, FieldType, ItemType, Mode, Role, StatusType, StepType
from dso.models import Customer, CustomerColleague, CustomField, Entity, Rate, User
from dso.services import actions, notes, settings
from dso.services import customers as services
from dso.services.actions import specific
from dso.services.customers import CustomerData
from dso.services.statuses import Tagging, qualify
from tests.conftest import Client
from tests.counting import statements
from tests.factories import NOW, TODAY, a_contact, a_customer, a_scenario, a_status, a_user, an_entity, an_item

Login = Callable[[User], Client]
WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


def text(client: Client, url: str, **more: Any) -> str:
    response = client.get(url, **more)
    assert response.status_code == 200, response.status_code
    return response.get_data(as_text=True)


@pytest.fixture
def garnier(entity: Entity, admin: User) -> Customer:
    """A customer to chase, with something in every part of its file."""
    customer = a_customer(
        code="C1",
        business_name="Garnier <b>",
        comment="calls only <i>in the morning",
        collector_id=admin.id,
        scenario_id=a_scenario(name="Plan").id,
        credit_limit=Decimal(1000),
    )
    a_contact(customer, first_name="Zoé", last_name="Hébert")
    an_item(customer, "1000", number="FC1", days_late=40)
    an_item(customer, "500", number="FC2", days_late=-3)
    an_item(customer, "70", number="FC3", cleared_on=TODAY - timedelta(days=4))
    services.save(customer, CustomerData({"blocked": True}, groups=["Nord"]), actor=admin, **WHEN)
    actions.review(entity, None, **WHEN)
    return customer


def test_the_search_shows_figures_reason_and_totals(login: Login, admin: User, garnier: Customer) -> None:
    page = text(login(admin), "/customers")
    for words in ("Garnier &lt;b&gt;", "1,500.00", "66.7", "40 d", "Plan", "blocked", "Total of 1 customer"):
        assert words in page
    assert "First reminder" in page


def test_the_search_is_narrowed_by_the_address_and_says_by_what(login: Login, admin: User, garnier: Customer) -> None:
    client = login(admin)
    page = text(client, f"/customers?q=garn&reason=action_due&collector={admin.id}&overdue_from=100&contact=yes")
    for chip in ("Text: garn", "Reason: Action due", f"Collector: {admin.full_name}", "Overdue: from 100.00"):
        assert chip in page
    assert "No customer found" in text(client, "/customers?overdue_from=1001")
    assert "Overdue: much" in text(client, "/customers?overdue_from=much")
    assert "Archived: maybe" in text(client, "/customers?archived=maybe")


def test_columns_of_the_search_are_chosen(login: Login, admin: User, garnier: Customer, session: Session) -> None:
    session.add(CustomField(subject="customer", code="vip", label="VIP", type=FieldType.YESNO, choices=[]))
    garnier.custom = {"vip": True}
    names = "available groups contact_email reason_code promises open_items average_delay c_vip".split()
    page = text(login(admin), "/customers?cols=business_name&" + "&".join(f"cols={name}" for name in names))
    for words in ("Nord", "−500.00", "Action due", "VIP"):
        assert words in page
    assert ">Last contact<" not in page


def test_the_whole_search_is_downloaded(login: Login, admin: User, garnier: Customer) -> None:
    a_customer(code="=C2", business_name="@Evil")
    client = login(admin)
    lines = client.get("/customers/list.csv").get_data().decode("utf-8-sig").splitlines()
    assert len(lines) == 3 and "1500.00" in lines[1] and "'=C2" in lines[2] and "'@Evil" in lines[2]
    book = openpyxl.load_workbook(io.BytesIO(client.get("/customers/list.xlsx?q=garn").get_data()))
    row = {name.value: cell.value for name, cell in zip(book.worksheets[0][1], book.worksheets[0][2], strict=True)}
    assert (row["code"], row["receivable"], row["groups"], row["currency"]) == ("C1", 1500, "Nord", "EUR")


def test_the_file_shows_who_it_is_what_is_owed_and_what_happens_next(
    login: Login, admin: User, garnier: Customer
) -> None:
    page = text(login(admin), f"/customers/{garnier.id}")
    for words in ("Garnier &lt;b&gt;", "C1", "Nord", "blocked", "calls only &lt;i&gt;", admin.full_name, "1,500.00",
                  "66.7", "−500.00", "31–60", "First reminder", "FC1", "FC2", "Zoé"):  # fmt: skip
        assert words in page
    assert "FC3" not in page
    for button in ("/redate", "/skip", "/complete", "/do"):
        assert button in page
    assert "/statement.pdf" in page and "/statement.xlsx" in page


def test_the_statement_switches_between_open_cleared_and_all(login: Login, admin: User, garnier: Customer) -> None:
    client, url = login(admin), f"/customers/{garnier.id}"
    cleared, everything = text(client, f"{url}?state=cleared"), text(client, f"{url}?state=all")
    assert ">FC3</a>" in cleared and ">FC1</a>" not in cleared
    assert ">FC3</a>" in everything and ">FC1</a>" in everything
    part = text(client, f"{url}?bucket=2", headers={"HX-Request": "true"})
    assert part.lstrip().startswith('<div id="statement"') and "FC1" in part and "FC2" not in part


def test_the_statement_pages_five_hundred_items_with_totals_over_all(
    login: Login, admin: User, garnier: Customer
) -> None:
    for n in range(500):
        an_item(garnier, "1", number=f"N{n:03}")
    page = text(login(admin), f"/customers/{garnier.id}?size=250&page=2")
    assert page.count("statement-item-") == 250
    assert "Total of 502 items" in page and "2,000.00" in page


def test_several_currencies_have_their_own_figures_and_one_total(
    login: Login, admin: User, garnier: Customer, session: Session
) -> None:
    session.add(Rate(reference="EUR", currency="USD", on=TODAY, units="2"))
    an_item(garnier, "300", currency="USD")
    an_item(garnier, "9", currency="CHF")
    actions.review(garnier.entity, [garnier.id], **WHEN)
    page = text(login(admin), f"/customers/{garnier.id}")
    assert "Aging in USD" in page and "Aging in CHF" in page
    assert "1,650.00" in page and "without the currencies that have no rate" in page


def test_interest_and_cost_stand_on_the_statement_where_they_are_on(
    login: Login, admin: User, garnier: Customer
) -> None:
    settings.set_value(garnier.entity, "penalties.rate", "12", actor=None, now=NOW)
    assert "Interest and cost" not in text(login(admin), f"/customers/{garnier.id}")
    garnier.penalties = garnier.recovery_cost = True
    page = text(login(admin), f"/customers/{garnier.id}")
    assert "Interest and cost" in page and "53.15" in page


def test_statuses_holds_and_answers_are_said_beside_the_item(login: Login, admin: User, garnier: Customer) -> None:
    promised, held = an_item(garnier, number="P1"), an_item(garnier, number="H1", ignored=True)
    status = a_status(StatusType.PROMISE, name="Promise to pay")
    tagging = Tagging(status, promised_on=TODAY + timedelta(days=5), comment="next run")
    qualify([promised], tagging, actor=admin, today=TODAY, now=NOW)
    specific.create([held], name="Send a copy", type=StepType.TASK, mode=Mode.MANUAL, on=TODAY, actor=admin, **WHEN)
    page = text(login(admin), f"/customers/{garnier.id}")
    for words in ("Promise to pay", "next run", "Send a copy", "ignored"):
        assert words in page


def test_the_timeline_shows_everything_and_takes_notes(login: Login, admin: User, garnier: Customer) -> None:
    client, url = login(admin), f"/customers/{garnier.id}"
    client.post(f"{url}/notes", data={"text": "called <b>twice</b> 100 %(x)s"})
    page = text(client, f"{url}/timeline")
    assert "called &lt;b&gt;twice&lt;/b&gt; 100 %(x)s" in page and "Customer changed" in page and "Nord" in page
    only = text(client, f"{url}/timeline?kind=note")
    assert "called" in only and "Customer changed" not in only
    assert client.post(f"{url}/notes", data={"text": " "}).status_code == 409


def test_entries_are_pinned_and_loosened(login: Login, admin: User, garnier: Customer) -> None:
    event = notes.add(garnier, "Remember", actor=admin, now=NOW)
    client, url = login(admin), f"/customers/{garnier.id}/notes/{event.id}/pin"
    client.post(url)
    assert event.pinned and "Pinned" in text(client, f"/customers/{garnier.id}/timeline")
    client.post(url)
    assert not event.pinned
    other = a_customer()
    assert client.post(f"/customers/{other.id}/notes/{event.id}/pin").status_code == 404
    assert event.kind is EventKind.NOTE


def test_the_file_of_a_member_names_its_pilot_and_the_pilots_file_its_members(
    login: Login, admin: User, garnier: Customer
) -> None:
    member = a_customer(business_name="Member", collected_by_id=garnier.id)
    an_item(member, number="M1")
    assert "Member" in text(login(admin), f"/customers/{garnier.id}")
    assert "M1" in text(login(admin), f"/customers/{garnier.id}")
    assert "Garnier" in text(login(admin), f"/customers/{member.id}")


def test_a_customer_without_anything_has_a_file_that_says_so(login: Login, admin: User, entity: Entity) -> None:
    empty = a_customer(business_name="Empty")
    client = login(admin)
    for tab in ("", "/timeline", "/contacts"):
        assert "Empty" in text(client, f"/customers/{empty.id}{tab}")
    assert "Nothing is open on this account" in text(client, f"/customers/{empty.id}")


def test_a_file_asks_the_database_as_often_for_many_items_as_for_one(
    login: Login, admin: User, garnier: Customer
) -> None:
    client, pages = login(admin), ("/customers", f"/customers/{garnier.id}", f"/customers/{garnier.id}/timeline")

    def sent() -> list[int]:
        counts = []
        for url in pages:
            client.get(url)
            with statements() as found:
                client.get(url)
            counts.append(len(found))
        return counts

    before = sent()
    for n in range(25):
        an_item(garnier, type=ItemType.INVOICE)
        notes.add(garnier, f"note {n}", actor=admin, now=NOW)
        services.save(a_customer(), CustomerData({}, groups=[f"G{n}"]), actor=admin, **WHEN)
    assert sent() == before


@pytest.mark.parametrize("tab", ["", "/timeline", "/contacts", "/statement.pdf"])
def test_somebody_elses_customer_is_not_there(login: Login, garnier: Customer, tab: str) -> None:
    sam = a_user(role=Role.SALES)
    assert login(sam).get(f"/customers/{garnier.id}{tab}").status_code == 404
    garnier.colleagues.append(CustomerColleague(user_id=sam.id, role=ColleagueRole.SALES))
    assert login(sam).get(f"/customers/{garnier.id}{tab}").status_code == 200


def test_the_customer_of_an_entity_one_does_not_work_for_is_not_there(
    login: Login, entity: Entity, garnier: Customer
) -> None:
    other = an_entity()
    max_ = a_user(role=Role.CREDIT_MANAGER, entities=[other])
    assert login(max_).get(f"/customers/{garnier.id}").status_code == 404
    assert "Garnier" not in text(login(max_), "/customers")


def test_sales_see_what_they_may_do_and_nothing_else(login: Login, garnier: Customer) -> None:
    sam = a_user(role=Role.SALES)
    garnier.colleagues.append(CustomerColleague(user_id=sam.id, role=ColleagueRole.SALES))
    page = text(login(sam), f"/customers/{garnier.id}")
    assert "Change status" in page and "Quick promise" in page
    for words in ("Leave out of collection", "E-mail these", "/edit", "/redate", "Log a call"):
        assert words not in page
    controller = text(login(a_user(role=Role.CONTROLLER)), f"/customers/{garnier.id}")
    assert "Change status" not in controller and "Garnier" in controller
