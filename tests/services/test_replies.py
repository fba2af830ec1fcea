"""What somebody of the team does with an answer."""

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import ReasonCode, ReplyKind, ReplyState, StatusType
from dso.domain.errors import NotFound, Refused
from dso.models import Customer, CustomerState, Event, Item, Message, Reply, User, attachment_items, event_items
from dso.queries import replies as queries
from dso.services import files, links, replies, statuses
from tests import factories
from tests.conftest import NOW, TODAY


@pytest.fixture
def collector(session: Session) -> User:
    """Somebody who handles replies."""
    return factories.a_user(first_name="Zoé", last_name="Lambert")


@pytest.fixture
def customer(collector: User) -> Customer:
    """An account with a scenario."""
    scenario = factories.a_scenario()
    customer = factories.a_customer(collector_id=collector.id, scenario_id=scenario.id)
    factories.a_contact(customer)
    return customer


def a_reply(customer: Customer, items: list[Item], **values: Any) -> Reply:
    link = links.create(customer, None, "ines@client.example", now=NOW)
    defaults = {"kind": ReplyKind.COMMENT, "text": "Paid by cheque", "author": "Inès", "email": "ines@client.example"}
    return replies.receive(link, items=items, now=NOW, today=TODAY, **{**defaults, **values})


def reason(session: Session, customer: Customer) -> ReasonCode | None:
    session.expire_all()
    return session.get_one(CustomerState, customer.id).reason_code


def test_validating_puts_the_answer_on_its_items_and_into_the_history(
    session: Session, customer: Customer, collector: User
) -> None:
    item, other = factories.an_item(customer), factories.an_item(customer)
    reply = a_reply(customer, [item])
    replies.validate(reply, actor=collector, now=NOW + timedelta(hours=1), today=TODAY)
    session.expire_all()
    assert (item.reply_author, item.reply_email, item.reply_text) == ("Inès", "ines@client.example", "Paid by cheque")
    assert item.reply_on == TODAY
    assert other.reply_text == ""
    assert (reply.state, reply.handled_by_id, reply.handled_at) == (
        ReplyState.VALIDATED, collector.id, NOW + timedelta(hours=1),
    )  # fmt: skip
    event = session.scalars(select(Event).where(Event.kind == "reply")).one()
    assert event.actor_name == "Inès" and "Paid by cheque" in event.data["params"]["answer"]
    assert session.scalars(select(event_items.c.item_id).where(event_items.c.event_id == event.id)).all() == [item.id]


def test_files_of_an_answer_come_to_its_items_when_it_is_validated(
    session: Session, customer: Customer, collector: User
) -> None:
    item = factories.an_item(customer)
    checked = files.check_all([files.Upload("proof.pdf", io.BytesIO(b"%PDF-1.7"))])
    reply = a_reply(customer, [item], files=checked)
    assert session.scalars(select(attachment_items.c.item_id)).all() == []
    replies.validate(reply, actor=collector, now=NOW, today=TODAY)
    assert session.scalars(select(attachment_items.c.item_id)).all() == [item.id]


def test_an_answer_without_words_is_told_by_its_facts(session: Session, customer: Customer, collector: User) -> None:
    item = factories.an_item(customer, "500")
    facts: dict[str, Any] = {"promised_on": date(2026, 11, 28), "amount": Decimal("120.50"), "text": ""}
    reply = a_reply(customer, [item], kind=ReplyKind.PROMISE, **facts)
    replies.validate(reply, actor=collector, now=NOW, today=TODAY)
    session.refresh(item)
    assert item.reply_text == "promise, 2026-11-28, 120.50 EUR"


def test_a_colleagues_answer_has_its_own_place_on_the_items(
    session: Session, customer: Customer, collector: User
) -> None:
    item = factories.an_item(customer)
    reply = a_reply(customer, [item])
    reply.internal = True
    replies.validate(reply, actor=collector, now=NOW, today=TODAY)
    session.refresh(item)
    assert (item.reply_text, item.internal_reply_text) == ("", "Paid by cheque")


@pytest.mark.parametrize("handle", [replies.validate, replies.delete, replies.mark_qualified])
def test_handling_the_last_waiting_answer_lets_the_messages_go_on(
    session: Session, customer: Customer, collector: User, handle: Any
) -> None:
    item = factories.an_item(customer)
    one, two = a_reply(customer, [item]), a_reply(customer, [item], text="And?")
    assert reason(session, customer) is ReasonCode.REPLY_WAITING
    handle(one, actor=collector, now=NOW, today=TODAY)
    assert reason(session, customer) is ReasonCode.REPLY_WAITING
    handle(two, actor=collector, now=NOW, today=TODAY)
    assert reason(session, customer) is not ReasonCode.REPLY_WAITING


def test_deleting_keeps_the_reply_with_who_and_when_and_touches_no_item(
    session: Session, customer: Customer, collector: User
) -> None:
    item = factories.an_item(customer)
    reply = a_reply(customer, [item])
    replies.delete(reply, actor=collector, now=NOW, today=TODAY)
    session.expire_all()
    assert (reply.state, reply.handled_by_id, reply.text) == (ReplyState.DELETED, collector.id, "Paid by cheque")
    assert item.reply_text == ""
    event = session.scalars(select(Event).where(Event.kind == "reply")).one()
    assert event.actor_id == collector.id


@pytest.mark.parametrize("first", [replies.validate, replies.delete, replies.mark_qualified])
@pytest.mark.parametrize("second", [replies.validate, replies.delete, replies.mark_qualified])
def test_of_two_people_who_handle_a_reply_the_second_is_told_who_was_first(
    session: Session, customer: Customer, collector: User, first: Any, second: Any
) -> None:
    reply = a_reply(customer, [factories.an_item(customer)])
    first(reply, actor=collector, now=NOW, today=TODAY)
    with pytest.raises(Refused, match="Zoé Lambert"):
        second(reply, actor=factories.a_user(), now=NOW, today=TODAY)


def test_several_qualifications_can_come_from_one_reply(session: Session, customer: Customer, collector: User) -> None:
    one, two = factories.an_item(customer), factories.an_item(customer)
    reply = a_reply(customer, [one, two])
    when: dict[str, Any] = {"actor": collector, "today": TODAY, "now": NOW, "reply": reply}
    promise, dispute = factories.a_status(StatusType.PROMISE), factories.a_status(StatusType.DISPUTE)
    statuses.qualify([one], statuses.Tagging(promise, promised_on=date(2026, 11, 28)), **when)
    act = statuses.qualify([two], statuses.Tagging(dispute), **when)
    replies.mark_qualified(reply, actor=collector, now=NOW, today=TODAY)
    session.expire_all()
    assert act.reply_id == reply.id
    assert (one.status_type, two.status_type) == (StatusType.PROMISE, StatusType.DISPUTE)
    assert one.reply_text == two.reply_text == "Paid by cheque"


def test_an_answer_about_items_of_another_account_is_refused(session: Session, customer: Customer) -> None:
    theirs = factories.an_item(factories.a_customer())
    with pytest.raises(NotFound):
        a_reply(customer, [theirs])


def test_an_answer_that_breaks_the_rules_is_refused(session: Session, customer: Customer) -> None:
    with pytest.raises(Refused, match="on which day"):
        a_reply(customer, [factories.an_item(customer)], kind=ReplyKind.PROMISE)


@pytest.mark.parametrize(
    ("today", "escalated"),
    [(date(2026, 11, 20), False), (date(2026, 11, 24), False), (date(2026, 11, 25), True)],
)
def test_after_two_working_days_a_new_reply_is_the_managers_matter(
    session: Session, customer: Customer, collector: User, today: date, escalated: bool
) -> None:
    # It came on a Friday: Monday and Tuesday are the two working days.
    reply = a_reply(customer, [factories.an_item(customer)])
    assert queries.one(reply, today=today).escalated is escalated
    counts = queries.counts(collector, customer.entity, today=today)
    assert (counts.new, counts.handled, counts.escalated) == (1, 0, int(escalated))


def test_a_reply_left_too_long_is_shown_to_the_collectors_deputy(
    session: Session, customer: Customer, collector: User
) -> None:
    deputy = factories.a_user()
    collector.deputy_id = deputy.id
    a_reply(customer, [])
    own = queries.Filter(collector_id=deputy.id)
    early, late = TODAY, date(2026, 11, 25)
    assert queries.search(deputy, customer.entity, own, today=early).total == 0
    assert queries.search(deputy, customer.entity, own, today=late).total == 1
    assert queries.counts(deputy, customer.entity, today=late, collector_id=deputy.id).new == 1


def test_a_handled_reply_never_waits_too_long(session: Session, customer: Customer, collector: User) -> None:
    reply = a_reply(customer, [factories.an_item(customer)])
    replies.validate(reply, actor=collector, now=NOW, today=TODAY)
    assert not queries.one(reply, today=date(2027, 1, 1)).escalated


def test_the_copy_of_an_answer_names_the_reason_as_the_debtor_chose_it(session: Session, customer: Customer) -> None:
    status = factories.a_status(StatusType.DISPUTE, name="Team's own name", labels={"fr": "Litige sur le prix"})
    reply = a_reply(customer, [factories.an_item(customer)], kind=ReplyKind.DISPUTE, reason=status.name)
    replies.send_copy(reply, language="fr", now=NOW)
    copy = session.scalars(select(Message).where(Message.recipient == reply.email)).one()
    assert "Litige sur le prix" in copy.body_text
    assert "own name" not in copy.body_text
