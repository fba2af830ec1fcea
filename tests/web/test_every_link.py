"""Every link a page offers leads somewhere: all pages, walked by each role over a ledger with one of everything."""

import html
import io
import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urljoin

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import ColleagueRole, EventKind, ItemType, ReplyKind, Role, StatusType
from dso.models import Customer, CustomerColleague, Entity, Event, Group, User
from dso.services import files, links, replies, statuses
from tests import conftest
from tests.conftest import NOW, TODAY, Client, logged_in, scene
from tests.factories import a_contact, a_customer, a_scenario, a_status, a_user, an_entity, an_item
from tests.services.agenda import AUTO, run
from tests.web.test_imports import CUSTOMERS, decide, send, take

Login = Callable[[User], Client]
_LINK = re.compile(r'(?:href|hx-get|src)="([^"]+)"')


def _customers(entity: Entity, collector: User) -> list[Customer]:
    """One chased by letters and mails of a plan, one by hand, one with a centre's account below it."""
    plans = [a_scenario({"name": "First reminder", "after_due": 7, **AUTO}), a_scenario()]
    group = Group(entity_id=entity.id, name="Retail")
    made = []
    for number in range(3):
        customer = a_customer(
            scenario_id=plans[number % 2].id, collector_id=collector.id, language="en", groups=[group]
        )
        a_contact(customer)
        an_item(customer, "1000", days_late=20)
        an_item(customer, "70.50", days_late=45, currency="USD")
        an_item(customer, "-30", type=ItemType.CREDIT_NOTE, days_late=5)
        an_item(customer, "12", cleared_on=TODAY)
        made.append(customer)
    made[2].collected_by_id = made[0].id
    return made


def _work(customer: Customer, boss: User) -> None:
    """What people wrote, sent and answered about a customer."""
    when: dict[str, Any] = {"now": NOW, "today": TODAY}
    invoices = [an_item(customer, "300") for _ in range(3)]
    promise = statuses.Tagging(a_status(), promised_on=TODAY)
    statuses.qualify(invoices[:1], promise, actor=boss, **when)
    statuses.qualify(
        invoices[1:2], statuses.Tagging(a_status(StatusType.DISPUTE), comment="Broken"), actor=boss, **when
    )
    link = links.create(customer, None, "ines@client.example", now=NOW)
    said: dict[str, Any] = {"text": "Hello", "author": "Inès", "email": "ines@client.example", **when}
    replies.receive(link, items=invoices[2:], kind=ReplyKind.COMMENT, **said)
    upload = files.Upload("note.csv", io.BytesIO(b"a;b\n1;2\n"))
    files.add(files.check_all([upload]), customer, items=invoices, actor=boss, now=NOW)


@pytest.fixture(scope="module")
def company(_application: Flask) -> Iterator[None]:
    """A company at work, with people of several roles."""
    with scene(_application):
        entity = an_entity()
        boss, collector = a_user(role=Role.ADMIN), a_user()
        customers = _customers(entity, collector)
        sales = a_user(role=Role.SALES)
        for customer in customers:
            customer.colleagues.append(CustomerColleague(user_id=sales.id, role=ColleagueRole.SALES))
            _work(customer, boss)
            db.session.add(
                Event(entity_id=entity.id, customer_id=customer.id, kind=EventKind.NOTE, text="Called", at=NOW)
            )
        run(entity)
        browser = logged_in(_application, boss)
        take(browser, decide(browser, send(browser, "customers", CUSTOMERS)))
        yield


def _shape(address: str) -> str:
    """Addresses that differ only in their numbers and in what they search for are of one shape."""
    path, _mark, query = address.partition("?")
    return re.sub(r"\d+", "N", path) + "?" + "&".join(sorted({part.partition("=")[0] for part in query.split("&")}))


def _told_by_head(browser: Client, address: str, status: int) -> int:
    """What a probe without content is answered: the same as who reads the page; 500 where it is another."""
    answer = browser.head(address)
    answer.close()
    return status if answer.status_code == status else 500


def _walk(browser: Client) -> dict[str, int]:
    """One address of each shape and what it answered; searches of more than two words are left to other tests."""
    waiting, met, found = deque(["/"]), set[str](), dict[str, int]()
    while waiting:
        address = waiting.popleft()
        shape = _shape(address)
        if shape in met or shape.count("&") > 1:
            continue
        met.add(shape)
        whole = browser.get(address)
        found[address] = whole.status_code
        text = whole.get_data(as_text=True) if whole.mimetype == "text/html" else ""
        whole.close()
        found[f"HEAD {address}"] = _told_by_head(browser, address, whole.status_code)
        if text:
            named = (html.unescape(link) for link in _LINK.findall(text))
            led = (urljoin(address, link.partition("#")[0]) for link in named)
            waiting.extend(to for to in led if to.startswith("/") and not to.startswith(("//", "/static")))
    return found


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize("role", list(Role))
def test_every_link_a_role_is_shown_leads_somewhere_and_answers_head_the_same(
    login: Login, session: Session, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conftest, "check_html", lambda _text: None)
    user = session.query(User).filter(User.role == role).first() or a_user(role=role)
    found = _walk(login(user))
    # 409 is a button for ticked items that was followed without any: a sentence says so.
    assert {address: status for address, status in found.items() if status >= 400 and status != 409} == {}
