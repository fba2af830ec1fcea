"""At the second of sending everything is decided again, and what the sender tells is kept (3.4, 11.2)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dso.db import db
from dso.domain.codes import (
    ActionKind,
    ActionState,
    CallOutcome,
    Consumed,
    ItemType,
    MessageState,
    Mode,
    StatusType,
    StepType,
)
from dso.models import Action, ConsumedStep, Entity, Message, User
from dso.services import actions, statuses
from dso.services.actions import specific
from tests.factories import NOW, TODAY, a_scenario, a_status, an_item
from tests.services.agenda import (
    a_debtor,
    after,
    at,
    automatic_plan,
    go_live,
    item_of,
    open_of,
    pay,
    planned,
    run,
    state_of,
)

WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


@pytest.fixture
def queued(entity: Entity) -> Action:
    """An automatic reminder that waits in the outbox."""
    go_live(entity)
    customer = a_debtor(automatic_plan())
    run(entity)
    action = planned(customer)
    assert action.state is ActionState.QUEUED
    return action


def test_what_is_still_owed_leaves(queued: Action) -> None:
    assert actions.recheck(queued, **WHEN).ok
    assert [row.item_id for row in queued.items] == [queued.leader_id]


def test_paid_meanwhile_is_cancelled(queued: Action) -> None:
    pay(item_of(queued.customer))
    assert actions.recheck(queued, **WHEN).cancel_reason == "paid meanwhile"


def test_a_dispute_meanwhile_is_cancelled_with_its_reason(queued: Action, admin: User) -> None:
    statuses.qualify([item_of(queued.customer)], statuses.Tagging(a_status(StatusType.DISPUTE)), actor=admin, **WHEN)
    assert "dispute" in actions.recheck(queued, **WHEN).cancel_reason


def test_another_leader_meanwhile_is_cancelled(queued: Action) -> None:
    an_item(queued.customer, "300", days_late=90)
    assert actions.recheck(queued, **WHEN).cancel_reason.startswith("overtaken")


def test_a_conversation_meanwhile_is_cancelled(queued: Action, admin: User) -> None:
    actions.log_call(queued.customer, CallOutcome.REACHED, actor=admin, **WHEN)
    db.session.refresh(queued)
    assert queued.state is ActionState.PLANNED
    assert actions.recheck(queued, **WHEN).cancel_reason.startswith("its day moved")


def test_credits_that_cover_meanwhile_are_cancelled(queued: Action) -> None:
    an_item(queued.customer, "-1000", type=ItemType.PAYMENT)
    assert "credits cover" in actions.recheck(queued, **WHEN).cancel_reason


def test_a_part_payment_meanwhile_asks_a_person(queued: Action) -> None:
    pay(item_of(queued.customer), "300")
    assert actions.recheck(queued, **WHEN).to_confirm_reason == "part_payment"


def test_an_old_ledger_holds(queued: Action, entity: Entity) -> None:
    entity.ledger_at = NOW - timedelta(days=9)
    assert "ledger" in actions.recheck(queued, **WHEN).held_reason


def test_a_pause_holds_the_clock_but_not_a_person(queued: Action) -> None:
    queued.customer.paused = True
    assert actions.recheck(queued, **WHEN).held_reason
    assert actions.recheck(queued, by_hand=True, **WHEN).ok


def test_a_person_does_not_chase_what_is_paid_either(queued: Action) -> None:
    pay(item_of(queued.customer))
    assert actions.recheck(queued, by_hand=True, **WHEN).cancel_reason == "paid meanwhile"


def test_what_a_person_sends_before_its_day_leaves(entity: Entity) -> None:
    go_live(entity)
    customer = a_debtor(days_late=1)
    run(entity)
    action = planned(customer)
    assert action.on > TODAY
    assert actions.recheck(action, by_hand=True, **WHEN).ok


def test_a_used_up_budget_holds(queued: Action, entity: Entity) -> None:
    other = a_debtor(automatic_plan())
    run(entity)
    other.contacts[0].email = queued.customer.contacts[0].email
    message = db.session.scalars(select(Message).where(Message.action_id == queued.id)).one()
    message.state, message.left_on = MessageState.SENT, TODAY
    actions.mark_sent(queued, on=TODAY, now=NOW)
    assert "budget" in actions.recheck(planned(other), **WHEN).held_reason


def test_a_message_that_left_makes_the_action_done_and_the_next_step_planned(queued: Action) -> None:
    actions.mark_sent(queued, on=TODAY, now=NOW)
    assert (queued.state, queued.done_on) == (ActionState.DONE, TODAY)
    assert db.session.scalars(select(ConsumedStep.how)).all() == [Consumed.DONE]
    assert planned(queued.customer).name == "Second reminder"
    assert state_of(queued.customer).last_contact_on == TODAY


def test_told_twice_it_is_done_once(queued: Action) -> None:
    actions.mark_sent(queued, on=TODAY, now=NOW)
    actions.mark_sent(queued, on=TODAY, now=NOW)
    assert len(db.session.scalars(select(ConsumedStep)).all()) == 1


def test_a_cancelled_message_cancels_its_action_and_leaves_the_step_open(queued: Action) -> None:
    actions.mark_cancelled(queued, "cancelled by hand", **WHEN)
    assert (queued.state, queued.explanation) == (ActionState.CANCELLED, "cancelled by hand")
    again = planned(queued.customer)
    assert (again.name, again.id == queued.id) == ("First reminder", False)


def test_a_failed_message_puts_its_action_in_error(queued: Action) -> None:
    actions.mark_failed(queued, "550 mailbox unavailable", **WHEN)
    assert planned(queued.customer).state is ActionState.ERROR
    assert run(queued.customer.entity, after(1)).queued == 0


def test_accounts_of_a_batch_are_reviewed_by_the_caller(queued: Action) -> None:
    with actions.deferred_reviews() as ended:
        actions.mark_sent(queued, on=TODAY, now=NOW)
    assert ended == {queued.customer_id}
    assert open_of(queued.customer) is None


@pytest.fixture
def followed(entity: Entity, admin: User) -> Action:
    """An automatic specific action on the customer's item, due today."""
    go_live(entity)
    library = a_scenario({"name": "Not kept", "type": StepType.EMAIL}, library=True)
    customer = a_debtor(a_scenario({"name": "Late", "after_due": 90}))
    return specific.create(
        [item_of(customer)],
        name="Not kept",
        type=StepType.EMAIL,
        mode=Mode.AUTOMATIC,
        on=TODAY,
        step=library.steps[0],
        actor=admin,
        **WHEN,
    )


def test_an_automatic_specific_action_is_queued_on_its_day(followed: Action, entity: Entity) -> None:
    assert run(entity).queued == 1
    assert followed.state is ActionState.QUEUED
    assert actions.recheck(followed, **WHEN).ok


def test_a_specific_action_whose_items_credits_cover_asks_a_person(followed: Action, entity: Entity) -> None:
    an_item(followed.customer, "-1000", type=ItemType.PAYMENT)
    assert run(entity).queued == 0
    assert followed.to_confirm == "payment_not_allocated"


def test_credits_that_come_while_it_waits_ask_a_person_too(followed: Action, entity: Entity) -> None:
    run(entity)
    an_item(followed.customer, "-1000", type=ItemType.PAYMENT)
    assert actions.recheck(followed, **WHEN).to_confirm_reason == "payment_not_allocated"


def test_a_confirmed_specific_action_leaves(followed: Action, entity: Entity, admin: User) -> None:
    followed.mode = Mode.CONFIRM
    assert run(entity).queued == 0
    actions.confirm(followed, actor=admin, **WHEN)
    assert followed.state is ActionState.QUEUED


def test_a_specific_action_on_paid_items_ends_by_itself(followed: Action, entity: Entity) -> None:
    run(entity)
    pay(item_of(followed.customer))
    assert actions.recheck(followed, **WHEN).cancel_reason == "paid meanwhile"
    run(entity)
    assert (followed.state, followed.explanation) == (ActionState.DONE, "paid")
    assert item_of(followed.customer).held_by_id is None


def test_with_some_items_paid_it_goes_on_with_the_rest(followed: Action, entity: Entity, admin: User) -> None:
    rest = an_item(followed.customer, "70")
    action = specific.create(
        [item_of(followed.customer), rest],
        name="Both",
        type=StepType.TASK,
        mode=Mode.MANUAL,
        on=TODAY,
        actor=admin,
        **WHEN,
    )
    pay(item_of(followed.customer))
    run(entity)
    assert action.state is ActionState.PLANNED
    assert rest.held_by_id == action.id


def test_sending_ends_a_specific_action_and_returns_its_items(followed: Action, entity: Entity) -> None:
    run(entity)
    actions.mark_sent(followed, on=TODAY, now=NOW)
    assert followed.state is ActionState.DONE
    assert item_of(followed.customer).held_by_id is None
    assert planned(followed.customer).leader_id == item_of(followed.customer).id


def test_sending_without_ending_keeps_it_open(followed: Action, entity: Entity) -> None:
    actions.send_without_ending(followed)
    run(entity)
    actions.mark_sent(followed, on=TODAY, now=NOW)
    assert (followed.state, followed.mode, followed.occurrence) == (ActionState.PLANNED, Mode.MANUAL, 2)
    assert followed.on == after(7)
    assert item_of(followed.customer).held_by_id == followed.id
    assert run(entity, after(8)).queued == 0


@pytest.mark.parametrize("status", [StatusType.DISPUTE, StatusType.LITIGATION])
def test_sending_never_ends_an_action_on_a_dispute(followed: Action, entity: Entity, status: StatusType) -> None:
    item_of(followed.customer).status_type = status
    run(entity)
    actions.mark_sent(followed, on=TODAY, now=NOW)
    assert followed.state is ActionState.PLANNED
    assert item_of(followed.customer).held_by_id == followed.id


def test_one_message_of_the_clock_a_week_counts_specific_ones_too(entity: Entity, admin: User) -> None:
    go_live(entity)
    customer = a_debtor(automatic_plan())
    other = an_item(customer, "500", days_late=50)
    action = specific.create(
        [other], name="Ask", type=StepType.EMAIL, mode=Mode.AUTOMATIC, on=TODAY, actor=admin, **WHEN
    )
    assert run(entity).queued == 1
    assert action.state is ActionState.PLANNED
    assert action.kind is ActionKind.SPECIFIC


def test_a_specific_action_with_nobody_to_write_to_is_in_error(followed: Action, entity: Entity) -> None:
    followed.customer.contacts[0].bounced = True
    run(entity)
    assert followed.state is ActionState.ERROR
    followed.customer.contacts[0].bounced = False
    assert run(entity, TODAY, at(TODAY) + timedelta(minutes=5)).queued == 1
