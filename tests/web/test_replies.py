"""The Replies page: what waits, whose it is, and what is done with it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from dso import clock
from dso.domain.codes import ReplyKind, ReplyState, Role, StatusType
from dso.models import Customer, Item, Reply, User
from dso.services import links, replies
from tests import factories
from tests.conftest import NOW, TODAY, Client

Login = Callable[[User], Client]


def a_reply(customer: Customer, items: list[Item] | None = None, **values: Any) -> Reply:
    link = links.create(customer, None, "ines@client.example", now=NOW)
    defaults = {"kind": ReplyKind.COMMENT, "text": "Hello", "author": "Inès", "email": "ines@client.example"}
    return replies.receive(link, items=items or [], now=NOW, today=TODAY, **{**defaults, **values})


@pytest.fixture
def collector(session: Session) -> User:
    """A collector with a portfolio."""
    return factories.a_user()


@pytest.fixture
def manager(session: Session) -> User:
    """A credit manager."""
    return factories.a_user(role=Role.CREDIT_MANAGER)


def page(client: Client, address: str = "/replies") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return str(response.get_data(as_text=True))


def test_new_replies_are_listed_the_oldest_first(session: Session, manager: User, login: Login) -> None:
    customer = factories.a_customer()
    for text in ("First", "Second"):
        a_reply(customer, text=text)
    handled = a_reply(customer, text="Third")
    replies.validate(handled, actor=manager, now=NOW, today=TODAY)
    text = page(login(manager))
    assert text.index("First") < text.index("Second")
    assert "Third" not in text
    assert "Third" in page(login(manager), "/replies?state=handled")
    assert "Third" in page(login(manager), "/replies?state=all")


def test_a_collector_first_sees_the_own_portfolio(session: Session, collector: User, login: Login) -> None:
    a_reply(factories.a_customer(collector_id=collector.id), text="Mine")
    a_reply(factories.a_customer(), text="Theirs")
    text = page(login(collector))
    assert "Mine" in text and "Theirs" not in text
    assert "Theirs" in page(login(collector), "/replies?scope=all")


def test_replies_are_found_by_words_and_signs_of_the_database_are_plain_characters(
    session: Session, manager: User, login: Login
) -> None:
    a_reply(factories.a_customer(business_name="Garnier"), text="100 % paid")
    a_reply(factories.a_customer(business_name="Dupont"), text="Nothing")
    client = login(manager)
    assert "Dupont" not in page(client, "/replies?text=garnier")
    assert "Dupont" not in page(client, "/replies?text=%25")
    assert "Nothing found" in page(client, "/replies?text=_______________")


def test_a_reply_that_waits_too_long_is_marked(session: Session, manager: User, login: Login) -> None:
    a_reply(factories.a_customer())
    assert "Waits too long" not in page(login(manager))
    with clock.at(NOW + timedelta(days=7)):
        text = page(login(manager), "/replies?escalated=1")
    assert "Waits too long" in text and "Waiting too long (1)" in text.replace("&nbsp;", " ")


def test_validating_takes_it_off_the_list_and_says_so(session: Session, collector: User, login: Login) -> None:
    item = factories.an_item(factories.a_customer(collector_id=collector.id))
    reply = a_reply(item.customer, [item])
    response = login(collector).post(f"/replies/{reply.id}/validate", data={"next": "/replies?state=new"})
    assert (response.status_code, response.headers["Location"]) == (303, "/replies?state=new")
    session.refresh(reply)
    assert (reply.state, reply.handled_by_id) == (ReplyState.VALIDATED, collector.id)
    session.refresh(item)
    assert item.reply_text == "Hello"


def test_a_reply_handled_by_somebody_else_meanwhile_is_told_with_409(
    session: Session, collector: User, manager: User, login: Login
) -> None:
    reply = a_reply(factories.a_customer())
    login(manager).post(f"/replies/{reply.id}/delete")
    response = login(collector).post(f"/replies/{reply.id}/validate")
    assert response.status_code == 409
    assert manager.full_name in response.get_data(as_text=True)


def test_one_never_goes_on_to_another_site(session: Session, collector: User, login: Login) -> None:
    reply = a_reply(factories.a_customer())
    response = login(collector).post(f"/replies/{reply.id}/validate", data={"next": "//evil.example"})
    assert response.headers["Location"] == "/replies"


def test_a_reply_opens_the_status_dialogue_filled_from_it(session: Session, collector: User, login: Login) -> None:
    factories.a_status(StatusType.PROMISE, name="Promise to pay")
    item = factories.an_item(factories.a_customer())
    reply = a_reply(item.customer, [item], kind=ReplyKind.PROMISE, promised_on=TODAY + timedelta(days=8))
    client = login(collector)
    address = f"/statuses/dialog?reply={reply.id}"
    assert address in page(client, f"/replies/{reply.id}").replace("&amp;", "&")
    assert "2026-11-28" in page(client, address)


@pytest.mark.parametrize("kind", [ReplyKind.PROMISE, ReplyKind.PAID])
def test_a_payment_announced_for_everything_is_one_of_the_debts(
    session: Session, collector: User, login: Login, kind: ReplyKind
) -> None:
    factories.a_status(StatusType.PROMISE, name="Promise to pay")
    customer = factories.a_customer()
    debt, credit = factories.an_item(customer, "100"), factories.an_item(customer, "-40")
    reply = a_reply(customer, [debt, credit], kind=kind, promised_on=TODAY, paid_on=TODAY)
    text = page(login(collector), f"/statuses/dialog?reply={reply.id}")
    assert f'name="items" value="{debt.id}"' in text
    assert f'name="items" value="{credit.id}"' not in text


def test_what_was_paid_already_is_awaited_from_today_on(session: Session, collector: User, login: Login) -> None:
    factories.a_status(StatusType.PROMISE, name="Payment announced")
    item = factories.an_item(factories.a_customer())
    reply = a_reply(item.customer, [item], kind=ReplyKind.PAID, paid_on=TODAY - timedelta(days=8))
    text = page(login(collector), f"/statuses/dialog?reply={reply.id}")
    assert 'value="2026-11-20"' in text and "2026-11-12" not in text


def test_the_reason_a_debtor_chose_is_the_status_proposed(session: Session, collector: User, login: Login) -> None:
    factories.a_status(StatusType.DISPUTE, name="Price dispute")
    missing = factories.a_status(StatusType.DISPUTE, name="Missing goods")
    item = factories.an_item(factories.a_customer())
    reply = a_reply(item.customer, [item], kind=ReplyKind.DISPUTE, reason="Missing goods")
    text = page(login(collector), f"/statuses/dialog?reply={reply.id}")
    assert f'<option selected value="{missing.id}"' in text


def test_the_customer_file_shows_the_replies_that_wait(session: Session, collector: User, login: Login) -> None:
    customer = factories.a_customer()
    a_reply(customer, text="Look at me")
    text = page(login(collector), f"/customers/{customer.id}")
    assert "A reply waits" in text and "Look at me" in text
    assert "/replies/1/validate" in text or "/validate" in text


@pytest.mark.parametrize("role", [Role.SALES, Role.SALES_ADMIN, Role.CONTROLLER, Role.EXECUTIVE, Role.GUEST])
def test_who_does_not_collect_neither_sees_the_list_nor_handles_a_reply(
    session: Session, login: Login, role: Role
) -> None:
    reply = a_reply(factories.a_customer())
    client = login(factories.a_user(role=role))
    assert client.get("/replies").status_code == 403
    for verb in ("validate", "delete"):
        assert client.post(f"/replies/{reply.id}/{verb}").status_code == 403
    session.refresh(reply)
    assert reply.state is ReplyState.NEW


def tag(client: Client, reply: Reply, item: Item) -> int:
    status = factories.a_status(StatusType.ONGOING)
    data = {"items": item.id, "status": status.id, "reply": reply.id, "finish": "1"}
    return client.post("/statuses/qualify", data=data).status_code


def test_who_may_tag_but_does_not_collect_neither_opens_nor_ends_a_reply_in_the_dialogue(
    session: Session, login: Login
) -> None:
    item = factories.an_item(factories.a_customer())
    reply = a_reply(item.customer, [item])
    client = login(factories.a_user(role=Role.SALES))
    assert client.get(f"/statuses/dialog?reply={reply.id}").status_code == 403
    assert tag(client, reply, item) == 403
    session.refresh(reply)
    assert reply.state is ReplyState.NEW


def test_a_reply_is_not_ended_by_tagging_items_of_another_customer(
    session: Session, collector: User, login: Login
) -> None:
    reply = a_reply(factories.a_customer())
    other = factories.an_item(factories.a_customer())
    assert tag(login(collector), reply, other) == 422
    session.refresh(reply)
    session.refresh(other)
    assert (reply.state, other.status_type) == (ReplyState.NEW, None)


def test_items_are_not_tagged_from_a_reply_somebody_handled_meanwhile(
    session: Session, collector: User, manager: User, login: Login
) -> None:
    item = factories.an_item(factories.a_customer())
    reply = a_reply(item.customer, [item])
    login(manager).post(f"/replies/{reply.id}/delete")
    assert tag(login(collector), reply, item) == 422
    session.refresh(item)
    assert item.status_type is None


def test_a_reply_of_a_customer_one_may_not_see_is_not_there(session: Session, login: Login) -> None:
    from dso.services import settings

    settings.set_value(None, "security.restrict_roles", "collector", actor=None, now=NOW)
    reply = a_reply(factories.a_customer(), text="Hidden")
    client = login(factories.a_user())
    assert "Hidden" not in page(client, "/replies?scope=all")
    assert client.get(f"/replies/{reply.id}").status_code == 404
    assert client.post(f"/replies/{reply.id}/delete").status_code == 404


def test_script_text_in_a_reply_is_escaped(session: Session, manager: User, login: Login) -> None:
    evil = "<script>alert(1)</script>"
    customer = factories.a_customer(business_name=evil)
    a_reply(customer, text=evil, author=evil, reason=evil, kind=ReplyKind.COMMENT)
    for address in ("/replies", f"/customers/{customer.id}"):
        assert "<script>alert" not in page(login(manager), address)


def test_many_replies_come_in_pages(session: Session, manager: User, login: Login) -> None:
    customer = factories.a_customer()
    for n in range(51):
        a_reply(customer, text=f"Text {n:03}")
    text = page(login(manager))
    assert text.count("Text 0") == 50
    assert "Text 050" in page(login(manager), "/replies?page=2")


def test_a_part_of_a_page_tells_the_time_of_the_company_and_amounts_as_people_write_them(
    session: Session, collector: User, login: Login
) -> None:
    factories.a_status(StatusType.DISPUTE, name="Price dispute")
    item = factories.an_item(factories.a_customer())
    reply = a_reply(item.customer, [item], kind=ReplyKind.DISPUTE, amount=Decimal("410.2"))
    headers = {"HX-Request": "true"}
    text = login(collector).get(f"/statuses/dialog?reply={reply.id}", headers=headers).get_data(as_text=True)
    assert ">20/11/2026 10:00<" in text, "it is nine in Greenwich and ten in Paris"
    assert 'value="410.20"' in text
