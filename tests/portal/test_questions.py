"""The colleagues' page: what is asked, and the answer."""

import io
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dso.domain.codes import ActionKind, Channel, Flavour, ReplyState, StatusType, StepType
from dso.models import Action, ActionItem, Customer, Item, Link, Message, Reply, User
from dso.services import files, links, replies
from tests import factories
from tests.conftest import NOW, TODAY, Client
from tests.portal.world import an_account, answer, path


def a_question(customer: Customer, items: list[Item], asker: User, session: Session) -> Link:
    """An internal message about items to a colleague, and its link."""
    action = Action(
        entity_id=customer.entity_id,
        customer_id=customer.id,
        kind=ActionKind.ONE_OFF,
        type=StepType.EMAIL,
        flavour=Flavour.INTERNAL,
        name="Price to be checked",
        on=TODAY,
        mode="manual",
        created_at=NOW,
        updated_at=NOW,
        items=[ActionItem(item_id=item.id) for item in items],
    )
    session.add(action)
    session.flush()
    message = Message(
        entity_id=customer.entity_id,
        customer_id=customer.id,
        action_id=action.id,
        channel=Channel.EMAIL,
        recipient="sales@acme.example",
        recipient_name="Sam Seller",
        sender_id=asker.id,
        queued_at=NOW,
    )
    session.add(message)
    session.flush()
    return links.create(customer, message, message.recipient, flavour=Flavour.INTERNAL, now=NOW)


@pytest.fixture
def asked(session: Session) -> tuple[Link, Item, Item]:
    """A link, the disputed item it is about, and another item of the same customer."""
    customer, collector = an_account(business_name="Garnier")
    status = factories.a_status(StatusType.DISPUTE, name="Price dispute", labels={})
    values: dict[str, Any] = {"status_type": StatusType.DISPUTE, "status_comment": "They say 12.40"}
    item = factories.an_item(customer, "800", number="FC1", status_id=status.id, resolver_id=collector.id, **values)
    other = factories.an_item(customer, number="OTHER1")
    return a_question(customer, [item], collector, session), item, other


def test_the_colleague_sees_who_asks_why_and_the_items_with_internal_words(
    client: Client, asked: tuple[Link, Item, Item]
) -> None:
    text = client.get(path(asked[0])).get_data(as_text=True)
    for words in ("Garnier", "Zoé Lambert asks", "Price to be checked", "FC1", "Price dispute", "They say 12.40"):
        assert words in text
    assert "OTHER1" not in text
    assert path(asked[0]).startswith("/i/")


def test_the_debtors_link_does_not_open_the_colleagues_page(session: Session, client: Client) -> None:
    customer, _ = an_account()
    link = links.create(customer, None, "a@b.example", now=NOW)
    assert client.get("/i/" + path(link).rpartition("/")[2]).status_code == 404


def test_a_colleagues_answer_is_a_new_internal_reply_of_which_the_collector_is_told(
    session: Session, client: Client, asked: tuple[Link, Item, Item]
) -> None:
    link, item, _ = asked
    response = answer(client, link, [item], text="12.40 is right", resolved="1", kind="promise")
    reply = session.scalars(select(Reply)).one()
    assert response.status_code == 303
    assert (reply.internal, reply.resolved, reply.state, reply.kind) == (True, True, ReplyState.NEW, "comment")
    assert [row.item_id for row in reply.items] == [item.id]
    session.refresh(item)
    assert item.internal_reply_text == ""
    notice = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert notice and notice.recipient == reply.customer.collector.email  # type: ignore[union-attr]
    assert "The dispute is resolved" in notice.body_html
    confirmation = client.get(response.headers["Location"]).get_data(as_text=True)
    assert "12.40 is right" in confirmation and "automatic reminder" not in confirmation


def test_the_answer_enters_the_history_when_it_is_validated(
    session: Session, client: Client, asked: tuple[Link, Item, Item]
) -> None:
    link, item, _ = asked
    answer(client, link, [item], text="", resolved="1")
    reply = session.scalars(select(Reply)).one()
    replies.validate(reply, actor=factories.a_user(), now=NOW, today=TODAY)
    session.refresh(item)
    assert (item.internal_reply_author, item.internal_reply_text) == ("Inès Moreau", "resolved")
    assert item.status_type is StatusType.DISPUTE, "somebody of the team decides"


def test_an_empty_answer_is_refused(session: Session, client: Client, asked: tuple[Link, Item, Item]) -> None:
    response = answer(client, asked[0], [asked[1]], text="")
    assert response.status_code == 422
    assert "Write your comment" in response.get_data(as_text=True)


def test_items_that_were_not_asked_about_are_refused(
    session: Session, client: Client, asked: tuple[Link, Item, Item]
) -> None:
    assert answer(client, asked[0], [asked[1], asked[2]]).status_code == 404
    assert session.scalar(select(func.count()).select_from(Reply)) == 0


def test_a_double_click_makes_one_reply(session: Session, client: Client, asked: tuple[Link, Item, Item]) -> None:
    link, item, _ = asked
    text = client.get(path(link)).get_data(as_text=True)
    key = text.partition('name="csrf_token" value="')[2].partition('"')[0]
    for _n in range(2):
        answer(client, link, [item], key=key)
    assert session.scalar(select(func.count()).select_from(Reply)) == 1


def test_a_colleague_sees_the_own_answers_only(
    session: Session, client: Client, asked: tuple[Link, Item, Item]
) -> None:
    link, item, _ = asked
    debtor = links.create(link.customer, None, "ines@client.example", now=NOW)
    answer(client, debtor, [item], text="Words of the debtor")
    answer(client, link, [item], text="Words of the colleague")
    mine = client.get(path(link)).get_data(as_text=True)
    theirs = client.get(path(debtor)).get_data(as_text=True)
    assert "Words of the colleague" in mine and "Words of the debtor" not in mine
    assert "Words of the debtor" in theirs and "Words of the colleague" not in theirs


def test_files_meant_for_colleagues_are_fetched_and_no_others(
    session: Session, client: Client, asked: tuple[Link, Item, Item]
) -> None:
    link, item, other = asked
    actor = factories.a_user()

    def attach(on: Item, colleagues: bool) -> int:
        checked = files.check_all([files.Upload("note.pdf", io.BytesIO(b"%PDF-1.7"))])
        values: dict[str, Any] = {"visible_to_colleagues": colleagues, "actor": actor, "now": NOW}
        return files.attach(checked, link.customer, items=[on], **values)[0].id

    shown, hidden, elsewhere = attach(item, True), attach(item, False), attach(other, True)
    response = client.get(path(link, f"/files/{shown}"))
    assert response.data == b"%PDF-1.7"
    response.close()
    for file_id in (hidden, elsewhere):
        assert client.get(path(link, f"/files/{file_id}")).status_code == 404


def test_the_colleagues_page_opens_no_statement_of_the_account(client: Client, asked: tuple[Link, Item, Item]) -> None:
    token = path(asked[0]).rpartition("/")[2]
    for rest in ("", "/statement.pdf", "/statement.xlsx", "/files/1"):
        assert client.get(f"/p/{token}{rest}").status_code == 404


def test_opening_is_noted_and_expired_links_say_so(
    session: Session, client: Client, asked: tuple[Link, Item, Item]
) -> None:
    link = asked[0]
    client.get(path(link))
    session.refresh(link)
    assert link.opened_count == 1
    link.expires_at = NOW
    assert client.get(path(link)).status_code == 410
    assert answer(client, link, [], key="x").status_code == 410
