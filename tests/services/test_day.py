"""The day's run and the review after any change: one open action, in place, with its reason (3.3, 3.4, 11.2)."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, func, select

from dso.db import db
from dso.domain.codes import ActionState, ItemType, MessageState, Mode, StepType
from dso.domain.errors import Refused
from dso.models import Action, ConsumedStep, Entity, Event, Item, ItemChange, Message
from dso.services import actions, settings
from tests.factories import NOW, TODAY, a_contact, a_customer, a_scenario, an_item
from tests.services.agenda import (
    AUTO,
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
    state_of,
)


def test_a_run_plans_one_action_and_says_why(entity: Entity) -> None:
    customer = a_debtor()
    counts = run(entity)
    assert (counts.accounts, counts.leaders, counts.planned, counts.kept) == (1, 1, 1, 0)
    assert reason_of(customer) == "action_due"
    assert state_of(customer).next_action_id == planned(customer).id
    assert state_of(customer).overdue == 1000


def test_a_run_on_a_day_before_the_last_one_is_refused_in_words(entity: Entity) -> None:
    run(entity, after(1))
    with pytest.raises(Refused, match="an earlier day cannot be worked"):
        run(entity)


def test_the_same_day_again_finds_that_nothing_changed(entity: Entity) -> None:
    a_debtor()
    a_customer()
    first = run(entity)
    statements = 0

    def count(*_args: Any) -> None:
        nonlocal statements
        statements += 1

    event.listen(db.engine, "before_cursor_execute", count)
    again = run(entity)
    event.remove(db.engine, "before_cursor_execute", count)
    assert (again.planned, again.kept, again.queued) == (0, 1, 0)
    assert (again.accounts, again.leaders, again.blocked) == (first.accounts, first.leaders, first.blocked)
    assert statements < 25


def test_the_same_day_again_sees_what_a_person_changed_meanwhile(entity: Entity) -> None:
    customer = a_debtor()
    run(entity)
    pay(item_of(customer))
    assert run(entity).withdrawn == 1
    assert open_of(customer) is None


def test_the_next_leader_takes_the_action_over_in_place(entity: Entity) -> None:
    customer = a_debtor()
    an_item(customer, "500", days_late=10)
    run(entity)
    before = planned(customer)
    pay(item_of(customer))
    counts = actions.review(entity, [customer.id], today=TODAY, now=NOW)
    assert (counts.replaced, counts.planned, counts.withdrawn) == (1, 0, 0)
    assert planned(customer).id == before.id
    assert planned(customer).leader_id != item_of(customer).id


def test_what_is_paid_is_withdrawn_with_the_reason(entity: Entity) -> None:
    customer = a_debtor()
    run(entity)
    action = planned(customer)
    pay(item_of(customer))
    actions.review(entity, [customer.id], today=TODAY, now=NOW)
    assert (action.state, action.explanation) == (ActionState.CANCELLED, "Nothing is open.")
    assert reason_of(customer) == "no_open_items"


def test_there_is_never_more_than_one_open_scenario_action(entity: Entity) -> None:
    customer = a_debtor()
    for days in range(40):
        if days % 7 == 0:
            an_item(customer, "300", days_late=40 - days)
        run(entity, after(days))
        query = (
            select(func.count())
            .select_from(Action)
            .where(Action.state.in_(("planned", "confirmed", "queued", "error")))
        )
        assert db.session.scalar(query) == 1


def test_a_customer_whose_unallocated_payments_cover_what_is_due_is_not_chased(entity: Entity) -> None:
    customer = a_debtor()
    run(entity)
    an_item(customer, "-1000", type=ItemType.PAYMENT)
    run(entity)
    assert open_of(customer) is None
    assert reason_of(customer) == "covered_by_credits"


def test_below_the_minimum_nothing_is_chased(entity: Entity) -> None:
    customer = a_debtor(amount="19.99")
    run(entity)
    assert reason_of(customer) == "below_minimum"
    settings.set_value(None, "collection.minimum_amount", "10", actor=None, now=NOW)
    run(entity)
    assert reason_of(customer) == "action_due"


def test_an_automatic_message_goes_into_the_outbox_on_its_day(entity: Entity) -> None:
    go_live(entity)
    customer = a_debtor(automatic_plan(), days_late=4)
    assert run(entity).queued == 0
    assert run(entity, after(3)).queued == 1
    assert [state for _to, state in messages_of(customer)] == [MessageState.QUEUED]
    assert planned(customer).state is ActionState.QUEUED
    assert run(entity, after(3)).queued == 0
    assert len(messages_of(customer)) == 1


def test_in_test_mode_the_plan_goes_on_as_if_sent(entity: Entity) -> None:
    customer = a_debtor(automatic_plan())
    assert run(entity).queued == 1
    assert [state for _to, state in messages_of(customer)] == [MessageState.WITHHELD]
    assert planned(customer).name == "Second reminder"
    assert state_of(customer).last_contact_on == TODAY
    assert run(entity).queued == 0


def test_a_message_to_be_confirmed_does_not_leave(entity: Entity) -> None:
    customer = a_debtor(a_scenario({"name": "First", "after_due": 7, "type": StepType.EMAIL, "mode": Mode.CONFIRM}))
    assert run(entity).queued == 0
    assert reason_of(customer) == "to_confirm"


def test_a_waiting_message_is_cancelled_when_its_item_is_paid(entity: Entity) -> None:
    go_live(entity)
    customer = a_debtor(automatic_plan())
    run(entity)
    pay(item_of(customer))
    counts = run(entity)
    assert (counts.cancelled, counts.withdrawn) == (1, 1)
    assert [state for _to, state in messages_of(customer)] == [MessageState.CANCELLED]
    entry = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert entry is not None and "taken back before it left: Nothing is open" in entry.text % entry.data["params"]


def test_a_message_on_its_way_is_left_to_the_sender(entity: Entity) -> None:
    go_live(entity)
    customer = a_debtor(automatic_plan())
    run(entity)
    message = db.session.scalars(select(Message)).one()
    message.state = MessageState.SENDING
    pay(item_of(customer))
    counts = run(entity)
    assert (counts.cancelled, counts.withdrawn) == (0, 0)
    assert planned(customer).state is ActionState.QUEUED


def test_an_announced_payment_day_comes_true(entity: Entity) -> None:
    customer = a_debtor()
    item = item_of(customer)
    item.expected_clearing_on = after(2)
    run(entity, after(1))
    assert item.is_open
    run(entity, after(3))
    db.session.refresh(item)
    assert item.cleared_on == after(2)
    assert item.remaining == 0
    assert item.cleared_amount == 1000
    changes = select(ItemChange.field, ItemChange.old, ItemChange.new).order_by(ItemChange.id)
    assert [tuple(row) for row in db.session.execute(changes)] == [
        ("remaining", "10000000", "0"),
        ("cleared_on", None, after(2).isoformat()),
    ]
    assert reason_of(customer) == "no_open_items"


def test_the_members_of_a_group_collection_are_chased_with_the_pilot(entity: Entity) -> None:
    pilot = a_debtor()
    member = a_debtor(collected_by_id=pilot.id)
    item = item_of(member)
    item.account_id, item.due_on = pilot.id, after(-60)
    counts = run(entity)
    assert (counts.accounts, counts.planned) == (1, 1)
    assert planned(pilot).leader_id == item.id
    assert (reason_of(member), open_of(member)) == ("collected_by", None)


def test_one_member_the_ledger_leaves_incomplete_holds_the_group(entity: Entity) -> None:
    pilot = a_debtor(automatic_plan())
    a_customer(collected_by_id=pilot.id, ledger_incomplete=True)
    assert run(entity).queued == 0
    assert reason_of(pilot) == "ledger_incomplete"


def test_joining_a_group_collection_withdraws_the_own_action(entity: Entity) -> None:
    pilot, member = a_debtor(), a_debtor()
    run(entity)
    member.collected_by_id = pilot.id
    for item in db.session.scalars(select(Item).where(Item.customer_id == member.id)):
        item.account_id = pilot.id
    actions.review(entity, [member.id], today=TODAY, now=NOW)
    assert open_of(member) is None
    assert state_of(pilot).reason_text


def test_an_archived_customer_is_not_chased(entity: Entity) -> None:
    customer = a_debtor()
    run(entity)
    customer.archived_at = NOW
    assert run(entity).withdrawn == 1
    assert reason_of(customer) == "archived"


def test_items_of_before_an_insolvency_are_not_chased_later_ones_are(entity: Entity) -> None:
    customer = a_debtor(insolvent_on=after(-10))
    run(entity)
    assert reason_of(customer) == "insolvent"
    an_item(customer, "400", issued_on=after(-9), due_on=after(-8))
    run(entity)
    assert reason_of(customer) == "action_due"


def test_a_step_passed_over_is_written_on_the_timeline(entity: Entity) -> None:
    call = {"name": "Call", "after_due": 7, "type": StepType.PHONE, "pass_over_after": 5}
    customer = a_debtor(a_scenario(call, {"name": "Letter", "after_due": 30}))
    run(entity)
    run(entity, after(7))
    assert planned(customer).name == "Letter"
    assert db.session.scalars(select(ConsumedStep.how)).all() == ["passed_over"]
    entry = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert entry is not None and entry.text == "%(step)s passed over: not done in time"


def test_a_second_channel_is_one_contact(entity: Entity) -> None:
    notice = {"name": "Notice", "after_due": 7, **AUTO, "also_by": StepType.LETTER}
    customer = a_debtor(a_scenario(notice, {"name": "Later", "after_due": 40}))
    assert run(entity).queued == 1
    assert len(messages_of(customer)) == 2
    assert planned(customer).name == "Later"


def test_statements_of_a_review_do_not_grow_with_the_accounts(entity: Entity) -> None:
    run(entity)
    found: list[int] = []
    for _ in range(2):
        for _ in range(6):
            a_debtor()
        statements: list[str] = []

        def count(*args: Any, seen: list[str] = statements) -> None:
            seen.append(args[2])

        db.session.flush()
        db.session.expunge_all()
        mine = db.session.get_one(Entity, entity.id)
        event.listen(db.engine, "before_cursor_execute", count)
        actions.review(mine, None, today=TODAY, now=NOW)
        event.remove(db.engine, "before_cursor_execute", count)
        found.append(len(statements))
    assert found[0] == found[1] < 50


def test_a_customer_without_a_scenario_raises_a_reason(entity: Entity) -> None:
    customer = a_customer()
    an_item(customer)
    a_contact(customer)
    assert run(entity).blocked == {"no_scenario": 1}


def test_amounts_of_two_currencies_are_chased_apart(entity: Entity) -> None:
    customer = a_debtor()
    an_item(customer, "-5000", type=ItemType.PAYMENT, currency="USD")
    run(entity)
    assert reason_of(customer) == "action_due"
    assert state_of(customer).chaseable == Decimal(1000)
    assert state_of(customer).unconverted
