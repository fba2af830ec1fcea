"""What holds automatic messages: age of the ledger, pauses, replies, addresses, the budget, part payments (3.4)."""

from datetime import timedelta

import pytest

from dso.db import db
from dso.domain.codes import ActionState, ItemType, ReplyKind
from dso.models import Entity, Reply
from dso.services import actions, settings
from tests.factories import NOW, TODAY, an_item
from tests.services.agenda import (
    a_debtor,
    after,
    automatic_plan,
    go_live,
    item_of,
    messages_of,
    open_of,
    pay,
    planned,
    reason_of,
    run,
)


def test_an_old_ledger_holds_automatic_messages_but_shows_the_action(entity: Entity) -> None:
    customer = a_debtor(automatic_plan())
    entity.ledger_at = NOW - timedelta(days=5)
    actions.plan_day(entity, today=TODAY, now=NOW)
    assert reason_of(customer) == "ledger_old"
    assert planned(customer).on == TODAY
    assert messages_of(customer) == []
    assert run(entity).queued == 1


def test_an_account_without_any_ledger_file_is_not_written_to(entity: Entity) -> None:
    customer = a_debtor(automatic_plan())
    entity.ledger_at = None
    actions.plan_day(entity, today=TODAY, now=NOW)
    assert reason_of(customer) == "ledger_old"
    assert messages_of(customer) == []


@pytest.mark.parametrize("what", ["customer", "scenario", "everything"])
def test_a_pause_holds_automatic_messages(entity: Entity, what: str) -> None:
    scenario = automatic_plan()
    customer = a_debtor(scenario)
    if what == "customer":
        customer.paused = True
    elif what == "scenario":
        scenario.paused = True
    else:
        settings.set_value(None, "sending.paused", "on", actor=None, now=NOW)
    assert run(entity).queued == 0
    assert reason_of(customer) == "paused"
    assert open_of(customer) is not None


def test_a_row_of_the_ledger_left_out_holds_automatic_messages(entity: Entity) -> None:
    customer = a_debtor(automatic_plan(), ledger_incomplete=True)
    assert run(entity).queued == 0
    assert reason_of(customer) == "ledger_incomplete"


def test_a_reply_holds_automatic_messages_until_it_is_handled(entity: Entity) -> None:
    customer = a_debtor(automatic_plan())
    reply = Reply(
        entity_id=entity.id, customer_id=customer.id, kind=ReplyKind.PAID, author="Zoé", email="z@c.example", at=NOW
    )
    db.session.add(reply)
    assert run(entity).queued == 0
    assert reason_of(customer) == "reply_waiting"
    db.session.delete(reply)
    assert run(entity).queued == 1


def test_without_a_valid_address_the_action_is_in_error_until_there_is_one(entity: Entity) -> None:
    customer = a_debtor(automatic_plan())
    contact = customer.contacts[0]
    contact.bounced = True
    assert run(entity).blocked == {"no_contact": 1}
    assert planned(customer).state is ActionState.ERROR
    assert "nobody" in planned(customer).explanation
    contact.bounced = False
    assert run(entity).queued == 1


def test_two_accounts_of_one_address_are_not_written_to_in_one_week(entity: Entity) -> None:
    scenario = automatic_plan()
    first, second = a_debtor(scenario), a_debtor(scenario)
    second.contacts[0].email = first.contacts[0].email.upper()
    assert run(entity).queued == 1
    assert reason_of(second) == "budget"
    assert run(entity, after(6)).queued == 0
    assert run(entity, after(7)).queued == 1


def test_one_automatic_message_a_week_whatever_it_is_about(entity: Entity) -> None:
    settings.set_value(None, "collection.minimum_spacing_days", "0", actor=None, now=NOW)
    customer = a_debtor(automatic_plan(), days_late=40)
    run(entity)
    first = item_of(customer)
    an_item(customer, "500", days_late=30)
    pay(first)
    assert run(entity).queued == 0
    assert reason_of(customer) == "budget"


@pytest.mark.parametrize(("part", "expected"), [("200", "to_confirm"), ("199", "action_due")])
def test_a_part_payment_of_a_fifth_asks_a_person_first(entity: Entity, part: str, expected: str) -> None:
    go_live(entity)
    customer = a_debtor(automatic_plan())
    pay(item_of(customer), part)
    run(entity)
    assert reason_of(customer) == expected
    assert planned(customer).to_confirm == ("part_payment" if expected == "to_confirm" else "")


def test_a_part_payment_of_long_ago_asks_nobody(entity: Entity) -> None:
    go_live(entity)
    customer = a_debtor(automatic_plan())
    pay(item_of(customer), "500", on=after(-7))
    assert run(entity).queued == 1


def test_an_unallocated_part_payment_asks_a_person_first(entity: Entity) -> None:
    customer = a_debtor(automatic_plan())
    an_item(customer, "-300", type=ItemType.PAYMENT, issued_on=after(-1))
    assert run(entity).queued == 0
    assert reason_of(customer) == "to_confirm"


def test_of_accounts_with_one_address_the_one_that_waits_longest_comes_first(entity: Entity) -> None:
    go_live(entity)
    plan = automatic_plan()
    first, second = a_debtor(plan, days_late=8), a_debtor(plan, days_late=20)
    for customer in (first, second):
        customer.contacts[0].email = "office@client.example"
    item_of(first).due_on = after(-7)
    actions.review(entity, None, today=after(-1), now=NOW - timedelta(days=1))
    run(entity)
    assert (reason_of(first), reason_of(second)) == ("budget", "action_due")
