"""Answering on the debtor page: what is taken in, once, and what comes back with a sentence."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dso import clock
from dso.db import db
from dso.domain.codes import ItemType, ReasonCode, ReplyKind, ReplyState, Role, StatusType
from dso.models import CustomerState, Event, Link, Message, Reply
from tests import factories
from tests.conftest import NOW, TODAY, Client
from tests.portal.world import a_link, an_account, answer, form_key, path

PDF = b"%PDF-1.7 proof"


def the_reply(session: Session) -> Reply:
    return session.scalars(select(Reply)).one()


def replies(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Reply)) or 0


def test_a_promise_is_taken_in_as_a_new_reply(session: Session, client: Client) -> None:
    customer, _ = an_account()
    item = factories.an_item(customer, "1000")
    link = a_link(customer)
    response = answer(client, link, [item], kind="promise", promised_on="2026-11-28", amount="400,50", text="Part now")
    reply = the_reply(session)
    assert response.status_code == 303
    assert response.headers["Location"] == path(link, f"/sent/{reply.id}")
    assert (reply.kind, reply.state, reply.channel, reply.internal) == (
        ReplyKind.PROMISE,
        ReplyState.NEW,
        "page",
        False,
    )
    assert (reply.promised_on, reply.amount, reply.currency) == (date(2026, 11, 28), Decimal("400.50"), "EUR")
    assert (reply.author, reply.email, reply.text) == ("Inès Moreau", "ines@client.example", "Part now")
    assert [row.item_id for row in reply.items] == [item.id]
    assert (reply.customer_id, reply.link_id, reply.at) == (customer.id, link.id, NOW)


def test_each_kind_keeps_its_own_facts_and_no_others(session: Session, client: Client) -> None:
    customer, _ = an_account()
    factories.a_status(StatusType.DISPUTE, name="Price dispute", labels={"en": "Price query"})
    item = factories.an_item(customer, "1000")
    link = a_link(customer)
    everything = {"promised_on": "2026-11-28", "paid_on": "2026-11-12", "reason": "Price dispute", "amount": "10"}
    for kind in ReplyKind:
        assert answer(client, link, [item], kind=kind.value, text="x", **everything).status_code == 303
    kept = {
        reply.kind.value: (reply.promised_on, reply.paid_on, reply.reason, reply.amount)
        for reply in session.scalars(select(Reply))
    }
    assert kept == {
        "promise": (date(2026, 11, 28), None, "", Decimal(10)),
        "paid": (None, date(2026, 11, 12), "", None),
        "processing": (None, None, "", None),
        "dispute": (None, None, "Price dispute", Decimal(10)),
        "comment": (None, None, "", None),
    }


def test_the_confirmation_says_what_was_sent_and_belongs_to_this_link_only(session: Session, client: Client) -> None:
    customer, _ = an_account()
    item = factories.an_item(customer, number="FC77")
    link, other = a_link(customer), a_link(an_account()[0])
    answer(client, link, [item], kind="paid", paid_on="2026-11-12", text="By transfer")
    rest = f"/sent/{the_reply(session).id}"
    text = client.get(path(link, rest)).get_data(as_text=True)
    for words in ("FC77", "By transfer", "Already paid", "12/11/2026", "ines@client.example"):
        assert words in text
    assert client.get(path(other, rest)).status_code == 404


def test_earlier_answers_are_shown_with_what_became_of_them(session: Session, client: Client) -> None:
    customer, _ = an_account()
    item = factories.an_item(customer)
    link = a_link(customer)
    answer(client, link, [item], text="First question")
    answer(client, link, [item], text="Second question")
    first = session.scalars(select(Reply).order_by(Reply.id)).first()
    assert first
    first.state, first.handled_at = ReplyState.VALIDATED, NOW
    colleague = Reply(entity_id=customer.entity_id, customer_id=customer.id, kind=ReplyKind.COMMENT, internal=True)
    colleague.author, colleague.email, colleague.text, colleague.at = "Sales", "s@acme.example", "Secret", NOW
    session.add(colleague)
    text = client.get(path(link)).get_data(as_text=True)
    assert "First question" in text and "Taken up" in text
    assert "Second question" in text and "Received, being looked at" in text
    assert "Secret" not in text


def test_an_answer_given_by_one_link_is_seen_by_the_next_one_of_the_customer(session: Session, client: Client) -> None:
    customer, _ = an_account()
    item = factories.an_item(customer)
    answer(client, a_link(customer), [item], text="Asked before")
    other, _ = an_account()
    assert "Asked before" in client.get(path(a_link(customer))).get_data(as_text=True)
    assert "Asked before" not in client.get(path(a_link(other))).get_data(as_text=True)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"kind": ""}, "Choose what you want to tell us."),
    ({"kind": "promise"}, "Say on which day you will pay."),
    ({"kind": "promise", "promised_on": "2026-11-19"}, "This day has passed."),
    ({"kind": "promise", "promised_on": "soon"}, "This is not a day"),
    ({"kind": "promise", "promised_on": "2026-11-28", "amount": "1000.01"}, "more than the ticked items amount to"),
    ({"kind": "promise", "promised_on": "2026-11-28", "amount": "ten"}, "This is not an amount"),
    ({"kind": "paid"}, "Say on which day you paid."),
    ({"kind": "paid", "paid_on": "2026-11-21"}, "This day is still to come."),
    ({"kind": "dispute", "text": ""}, "Choose a reason or say what is wrong."),
    ({"text": "   "}, "Write your comment, or choose a file."),
    ({"author": ""}, "Tell us your name."),
    ({"email": "nobody"}, "This is not an e-mail address."),
    ({"email": "a@b.example\r\nBcc: x@y.example"}, "This is not an e-mail address."),
]


@pytest.mark.parametrize(("fields", "sentence"), WRONG)
def test_what_cannot_be_taken_comes_back_with_a_sentence_and_what_was_typed(
    session: Session, client: Client, fields: dict[str, Any], sentence: str
) -> None:
    customer, _ = an_account()
    item = factories.an_item(customer, "1000")
    response = answer(client, a_link(customer), [item], **{"text": "Typed words", "author": "Typed Name", **fields})
    text = response.get_data(as_text=True)
    assert response.status_code == 422
    assert sentence in text
    assert f'value="{item.id}"' in text and "checked" in text
    assert "Typed Name" in text or "author" in fields
    assert "Typed words" in text or "text" in fields
    assert replies(session) == 0


def test_an_answer_about_what_is_owed_needs_ticked_items(session: Session, client: Client) -> None:
    customer, _ = an_account()
    factories.an_item(customer)
    response = answer(client, a_link(customer), [], kind="processing")
    assert response.status_code == 422
    assert "Tick the items your answer is about." in response.get_data(as_text=True)


def test_a_comment_needs_no_items(session: Session, client: Client) -> None:
    customer, _ = an_account()
    assert answer(client, a_link(customer), []).status_code == 303
    assert the_reply(session).items == []


def test_items_of_another_customer_in_the_post_are_refused_and_nothing_is_kept(
    session: Session, client: Client
) -> None:
    customer, _ = an_account()
    other, _ = an_account()
    mine, theirs = factories.an_item(customer), factories.an_item(other, number="THEIRS")
    response = answer(client, a_link(customer), [mine, theirs], kind="processing")
    assert response.status_code == 404
    assert "THEIRS" not in response.get_data(as_text=True)
    assert replies(session) == 0


def test_items_that_do_not_exist_are_refused(session: Session, client: Client) -> None:
    customer, _ = an_account()
    item = factories.an_item(customer)
    link = a_link(customer)
    data = {"csrf_token": form_key(client, link), "items": ["999999999", str(item.id)], "kind": "processing"}
    assert client.post(path(link), data=data).status_code == 404


def test_an_item_settled_meanwhile_is_told_before_anything_is_taken_in(session: Session, client: Client) -> None:
    customer, _ = an_account()
    gone = factories.an_item(customer, number="GONE1", cleared_on=TODAY)
    item = factories.an_item(customer)
    response = answer(client, a_link(customer), [item, gone], kind="processing")
    assert response.status_code == 422
    assert "GONE1: settled meanwhile" in response.get_data(as_text=True)
    assert replies(session) == 0


def test_a_promise_for_credits_alone_is_refused(session: Session, client: Client) -> None:
    customer, _ = an_account()
    credit = factories.an_item(customer, "-50", type=ItemType.CREDIT_NOTE)
    response = answer(client, a_link(customer), [credit], kind="promise", promised_on="2026-11-28")
    assert response.status_code == 422


def test_a_double_click_makes_one_reply_and_one_notice(session: Session, client: Client) -> None:
    customer, collector = an_account()
    item = factories.an_item(customer)
    link = a_link(customer)
    key = form_key(client, link)
    first = answer(client, link, [item], key=key, text="Once", copy="1")
    again = answer(client, link, [item], key=key, text="Once", copy="1")
    assert first.headers["Location"] == again.headers["Location"]
    assert replies(session) == 1
    to = session.scalars(select(Message.recipient).order_by(Message.id)).all()
    assert list(to) == [collector.email, "ines@client.example"]


def test_a_form_gone_back_to_and_changed_makes_a_second_reply(session: Session, client: Client) -> None:
    customer, _ = an_account()
    item = factories.an_item(customer)
    link = a_link(customer)
    key = form_key(client, link)
    answer(client, link, [item], key=key, text="Once")
    answer(client, link, [item], key=key, text="Once more, with the number")
    assert replies(session) == 2


@pytest.mark.parametrize("key", ["", "forged", "WzEsImFiYyJd.aaaa"])
def test_a_form_that_did_not_come_from_the_page_is_not_taken(session: Session, client: Client, key: str) -> None:
    customer, _ = an_account()
    link = a_link(customer)
    data = {"csrf_token": key, "kind": "comment", "text": "x", "author": "A", "email": "a@b.example"}
    response = client.post(path(link), data=data)
    assert response.status_code == 422
    assert "Please look at your answer and send it again" in response.get_data(as_text=True)
    assert replies(session) == 0


def test_the_key_of_one_link_does_not_serve_another(session: Session, client: Client) -> None:
    customer, _ = an_account()
    one, two = a_link(customer), a_link(customer)
    assert answer(client, two, [], key=form_key(client, one)).status_code == 422


def test_two_posts_at_the_same_moment_make_one_reply(own_app: Flask) -> None:
    with own_app.app_context(), clock.at(NOW):
        customer, _ = an_account()
        item = factories.an_item(customer)
        link = a_link(customer)
        address, item_id = path(link), item.id
        db.session.commit()
        page = own_app.test_client().get(address).get_data(as_text=True)
    key = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    data = {"csrf_token": key, "items": item_id, "kind": "processing", "author": "A", "email": "a@b.example"}

    def post(_n: int) -> tuple[int, str]:
        with clock.at(NOW):
            response = own_app.test_client().post(address, data=data)
        return response.status_code, response.headers.get("Location", "")

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(post, range(4)))
    assert len(set(results)) == 1
    assert results[0][0] == 303
    with own_app.app_context():
        assert replies(db.session()) == 1
        assert db.session.scalar(select(func.count()).select_from(Message)) == 1


def test_the_collector_is_told_by_mail(session: Session, client: Client) -> None:
    customer, collector = an_account(business_name="Garnier Transports")
    item = factories.an_item(customer, number="FC77")
    answer(client, a_link(customer), [item], kind="processing", text="On its way")
    message = session.scalars(select(Message)).one()
    assert message.recipient == collector.email
    assert "Garnier Transports" in message.subject and "FC77" in message.subject
    assert "On its way" in message.body_html and f"/replies/{the_reply(session).id}" in message.body_html


def test_without_an_active_collector_an_administrator_is_told(session: Session, client: Client, admin: Any) -> None:
    customer, collector = an_account()
    collector.active = False
    factories.a_user(role=Role.ADMIN, active=False, email="aa@acme.example")
    answer(client, a_link(customer), [])
    assert session.scalars(select(Message.recipient)).all() == [admin.email]


def test_the_deputy_is_told_too_while_the_collector_is_away(session: Session, client: Client) -> None:
    customer, collector = an_account()
    deputy = factories.a_user()
    collector.deputy_id, collector.absent_from = deputy.id, TODAY
    answer(client, a_link(customer), [])
    assert set(session.scalars(select(Message.recipient))) == {collector.email, deputy.email}


def test_a_copy_goes_to_the_writer_when_asked_for(session: Session, client: Client) -> None:
    customer, _ = an_account()
    answer(client, a_link(customer, language="fr"), [], email="Chef@Client.example", copy="1", text="Bonjour à tous")
    message = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert message
    assert message.recipient == "Chef@client.example"
    assert message.language == "fr" and "Bonjour à tous" in message.body_text


def test_while_a_reply_waits_the_accounts_reason_says_so(session: Session, client: Client) -> None:
    scenario = factories.a_scenario()
    customer, _ = an_account(scenario_id=scenario.id)
    item = factories.an_item(customer)
    answer(client, a_link(customer), [item], kind="processing")
    state = session.get_one(CustomerState, customer.id)
    assert state.reason_code is ReasonCode.REPLY_WAITING


def test_an_answer_by_a_members_link_holds_the_pilots_account(session: Session, client: Client) -> None:
    pilot, _ = an_account()
    member = factories.a_customer(collected_by_id=pilot.id)
    item = factories.an_item(member)
    link = a_link(member)
    answer(client, link, [item], kind="processing", text="From the member")
    assert the_reply(session).customer_id == pilot.id
    assert "From the member" in client.get(path(link)).get_data(as_text=True)


def test_nothing_enters_the_history_of_an_item_before_somebody_handled_it(session: Session, client: Client) -> None:
    customer, _ = an_account()
    item = factories.an_item(customer)
    answer(client, a_link(customer), [item], kind="processing", text="hello")
    session.refresh(item)
    assert (item.reply_text, item.reply_on) == ("", None)
    assert session.scalar(select(func.count()).select_from(Event)) == 0


def test_script_text_in_an_answer_is_escaped_wherever_it_is_shown(session: Session, client: Client) -> None:
    customer, _ = an_account()
    link = a_link(customer)
    evil = "<script>alert(1)</script>"
    answer(client, link, [], text=evil, author=evil, files=[(io.BytesIO(PDF), f"{evil}.pdf")], copy="1")
    texts = [client.get(path(link)).get_data(as_text=True)]
    texts.append(client.get(path(link, f"/sent/{the_reply(session).id}")).get_data(as_text=True))
    texts += list(session.scalars(select(Message.body_html)))
    assert len(texts) == 4
    assert all("<script>alert" not in text for text in texts)


def test_a_new_line_in_the_name_cannot_become_a_mail_header(session: Session, client: Client) -> None:
    customer, _ = an_account()
    answer(client, a_link(customer), [], author="Zoé\r\nBcc: all@world.example", copy="1")
    assert the_reply(session).author == "Zoé Bcc: all@world.example"
    assert all("\n" not in text for text in session.scalars(select(Message.subject)))


def test_a_nul_character_does_no_harm(session: Session, client: Client) -> None:
    customer, _ = an_account()
    assert answer(client, a_link(customer), [], text="a\0b", author="Zo\0é").status_code == 303
    assert (the_reply(session).text, the_reply(session).author) == ("ab", "Zoé")


def test_an_answer_needs_no_session_and_sets_no_cookie(session: Session, client: Client) -> None:
    customer, _ = an_account()
    response = answer(client, a_link(customer), [])
    assert "Set-Cookie" not in response.headers


def test_the_language_chosen_stays_after_answering(session: Session, client: Client) -> None:
    customer, _ = an_account()
    link = a_link(customer)
    data = {"csrf_token": form_key(client, link), "kind": "comment", "text": "x", "author": "A", "email": "a@b.example"}
    response = client.post(path(link, "?lang=fr"), data=data)
    assert response.headers["Location"].endswith("?lang=fr")


def test_posting_by_an_expired_link_takes_nothing_in(session: Session, client: Client) -> None:
    customer, _ = an_account()
    link = a_link(customer)
    key = form_key(client, link)
    session.get_one(Link, link.id).expires_at = NOW
    assert answer(client, link, [], key=key).status_code == 410
    assert replies(session) == 0
