"""What people do with actions: complete, skip, re-date, confirm, call, undo (3.5, 11.2)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from dso.db import db
from dso.domain.codes import (
    ActionKind,
    ActionState,
    CallOutcome,
    Consumed,
    DisputeOutcome,
    MessageState,
    Mode,
    Role,
    StatusType,
    StepType,
)
from dso.domain.errors import Forbidden, Refused
from dso.models import Action, ConsumedStep, ContactLog, Entity, Event, Message, User
from dso.services import actions, statuses
from dso.services.actions import specific
from dso.services.messages import settle
from tests.factories import NOW, TODAY, a_scenario, a_status, a_user, an_item
from tests.services.agenda import (
    AUTO,
    a_debtor,
    after,
    automatic_plan,
    go_live,
    item_of,
    messages_of,
    open_of,
    planned,
    reason_of,
    run,
    state_of,
)

WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}
CONFIRM = {"name": "First", "after_due": 7, "type": StepType.EMAIL, "mode": Mode.CONFIRM}
SECOND = {"name": "Second", "after_due": 15}


def last_words() -> str:
    """The newest entry of the timeline."""
    entry = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    return entry.text % entry.data["params"] if entry else ""


def used_up() -> list[tuple[str, Consumed]]:
    query = select(Action.name, ConsumedStep.how).join(Action, Action.id == ConsumedStep.action_id)
    return [(name, how) for name, how in db.session.execute(query.order_by(ConsumedStep.id))]


def test_completing_an_action_plans_the_next_step(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    run(entity)
    action = planned(customer)
    actions.complete(action, note="sent by post", actor=admin, **WHEN)
    assert (action.state, action.done_on, action.note) == (ActionState.DONE, TODAY, "sent by post")
    assert used_up() == [("First reminder", Consumed.DONE)]
    assert (planned(customer).name, planned(customer).on) == ("Second reminder", after(10))
    assert last_words() == "First reminder done"
    assert (state_of(customer).last_action_on, state_of(customer).last_contact_on) == (TODAY, TODAY)


def test_two_people_cannot_complete_one_action(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    run(entity)
    action = planned(customer)
    actions.complete(action, actor=admin, **WHEN)
    with pytest.raises(Refused, match="done already"):
        actions.complete(action, actor=a_user(), **WHEN)
    assert len(used_up()) == 1


def test_what_waits_in_the_outbox_is_not_completed(entity: Entity, admin: User) -> None:
    go_live(entity)
    customer = a_debtor(automatic_plan())
    run(entity)
    with pytest.raises(Refused, match="in the outbox"):
        actions.complete(planned(customer), actor=admin, **WHEN)


def test_a_completed_action_remembers_the_items_it_asked_for(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    late = an_item(customer, "300", days_late=3)
    an_item(customer, "400", days_late=-3)
    run(entity)
    action = planned(customer)
    actions.complete(action, actor=admin, **WHEN)
    assert {row.item_id for row in action.items} == {item_of(customer).id, late.id}


def test_skipping_uses_the_step_up_and_keeps_the_reason(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    run(entity)
    action = planned(customer)
    actions.skip(action, "spoke to them yesterday", actor=admin, **WHEN)
    assert (action.state, action.explanation) == (ActionState.SKIPPED, "spoke to them yesterday")
    assert used_up() == [("First reminder", Consumed.SKIPPED)]
    assert planned(customer).name == "Second reminder"
    assert state_of(customer).last_contact_on is None


def test_skipping_needs_a_reason(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    run(entity)
    with pytest.raises(Refused, match="Say why"):
        actions.skip(planned(customer), " ", actor=admin, **WHEN)


def test_a_date_set_by_a_person_stays_through_the_runs(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    run(entity)
    actions.redate(planned(customer), after(1), actor=admin, **WHEN)  # a Saturday
    run(entity, after(3))
    action = planned(customer)
    assert (action.on, action.user_dated) == (after(1), True)
    assert "set by a user" in state_of(customer).reason_text


def test_a_date_in_the_past_is_refused(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    run(entity)
    with pytest.raises(Refused, match="from today on"):
        actions.redate(planned(customer), after(-1), actor=admin, **WHEN)


def test_redating_takes_a_waiting_message_back(entity: Entity, admin: User) -> None:
    go_live(entity)
    customer = a_debtor(automatic_plan())
    run(entity)
    actions.redate(planned(customer), after(5), actor=admin, **WHEN)
    assert [state for _to, state in messages_of(customer)] == [MessageState.CANCELLED]
    assert (planned(customer).state, planned(customer).on) == (ActionState.PLANNED, after(5))
    assert run(entity, after(4)).queued == 0
    assert run(entity, after(5)).queued == 1


def test_redating_takes_an_error_away(entity: Entity, admin: User) -> None:
    go_live(entity)
    customer = a_debtor(automatic_plan())
    run(entity)
    action = planned(customer)
    actions.mark_failed(action, "550 no such user", today=TODAY, now=NOW)
    assert "550 no such user" in state_of(customer).reason_text
    assert run(entity, after(1)).queued == 0
    actions.redate(action, after(3), actor=admin, **WHEN)
    assert planned(customer).state is ActionState.PLANNED
    assert run(entity, after(3)).queued == 1


def test_redating_after_a_partial_failure_writes_only_to_who_got_nothing(entity: Entity, admin: User) -> None:
    go_live(entity)
    two = {"to": ["collection", "boss@client.example"]}
    customer = a_debtor(a_scenario({"name": "R", "after_due": 7, **AUTO, "recipients": two}))
    run(entity)
    first, second = db.session.scalars(select(Message).order_by(Message.id))
    settle.left(first, MessageState.SENT, **WHEN)
    settle.fail(second, "550 refused", bad_address=False, **WHEN)
    actions.redate(planned(customer), TODAY, actor=admin, **WHEN)
    for days in range(1, 12):
        run(entity, after(days))
    found = [(to, state) for to, state in messages_of(customer)]
    assert found == [(first.recipient, MessageState.SENT), (second.recipient, MessageState.QUEUED)]


def test_confirming_lets_a_message_that_is_due_go_at_once(entity: Entity, admin: User) -> None:
    customer = a_debtor(a_scenario(CONFIRM, SECOND))
    run(entity)
    action = planned(customer)
    actions.confirm(action, actor=admin, **WHEN)
    assert action.state is ActionState.DONE
    assert [state for _to, state in messages_of(customer)] == [MessageState.WITHHELD]
    assert planned(customer).name == "Second"


def test_confirming_before_its_day_lets_it_go_on_its_day(entity: Entity, admin: User) -> None:
    customer = a_debtor(a_scenario(CONFIRM, SECOND), days_late=5)
    run(entity)
    actions.confirm(planned(customer), actor=admin, **WHEN)
    assert planned(customer).state is ActionState.CONFIRMED
    assert messages_of(customer) == []
    assert reason_of(customer) == "action_planned"
    assert run(entity, after(3)).queued == 1


def test_a_confirmation_lapses_with_its_leader(entity: Entity, admin: User) -> None:
    customer = a_debtor(a_scenario(CONFIRM, SECOND), days_late=5)
    run(entity)
    actions.confirm(planned(customer), actor=admin, **WHEN)
    an_item(customer, "700", days_late=6)
    run(entity)
    assert (planned(customer).state, planned(customer).confirmed_at) == (ActionState.PLANNED, None)


def test_confirming_during_a_pause_sends_nothing(entity: Entity, admin: User) -> None:
    customer = a_debtor(a_scenario(CONFIRM, SECOND), paused=True)
    run(entity)
    actions.confirm(planned(customer), actor=admin, **WHEN)
    assert messages_of(customer) == []
    assert (planned(customer).state, reason_of(customer)) == (ActionState.CONFIRMED, "paused")


def test_many_are_confirmed_at_once(entity: Entity, admin: User) -> None:
    scenario = a_scenario(CONFIRM, SECOND)
    debtors = [a_debtor(scenario) for _ in range(3)]
    run(entity)
    actions.mass_confirm([planned(customer) for customer in debtors], actor=admin, **WHEN)
    assert [len(messages_of(customer)) for customer in debtors] == [1, 1, 1]


def test_a_manual_action_cannot_be_confirmed(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    run(entity)
    with pytest.raises(Refused, match="nothing to confirm"):
        actions.confirm(planned(customer), actor=admin, **WHEN)


@pytest.mark.parametrize("end", [actions.complete, lambda a, **kw: actions.skip(a, "no", **kw)])
def test_an_ending_is_undone_while_nothing_left(entity: Entity, admin: User, end: Callable[..., None]) -> None:
    customer = a_debtor()
    run(entity)
    action = planned(customer)
    end(action, actor=admin, **WHEN)
    following = planned(customer)
    actions.undo(action, actor=admin, **WHEN)
    assert planned(customer).id == action.id
    assert (action.state, action.done_on) == (ActionState.PLANNED, None)
    assert following.state is ActionState.CANCELLED
    assert used_up() == []
    assert state_of(customer).last_contact_on is None


def test_a_confirmation_is_undone_while_the_message_waits(entity: Entity, admin: User) -> None:
    go_live(entity)
    customer = a_debtor(a_scenario(CONFIRM, SECOND))
    run(entity)
    action = planned(customer)
    actions.confirm(action, actor=admin, **WHEN)
    assert action.state is ActionState.QUEUED
    actions.undo(action, actor=admin, **WHEN)
    assert (planned(customer).state, planned(customer).confirmed_at) == (ActionState.PLANNED, None)
    assert [state for _to, state in messages_of(customer)] == [MessageState.CANCELLED]


def test_what_left_is_not_undone(entity: Entity, admin: User) -> None:
    customer = a_debtor(automatic_plan())
    run(entity)
    action = db.session.scalars(select(Action).where(Action.state == ActionState.DONE)).one()
    with pytest.raises(Refused, match="has left"):
        actions.undo(action, actor=admin, **WHEN)
    assert len(messages_of(customer)) == 1


def test_there_is_nothing_to_undo_on_a_planned_action(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    run(entity)
    with pytest.raises(Refused, match="nothing to undo"):
        actions.undo(planned(customer), actor=admin, **WHEN)


CALL = {"name": "Call", "after_due": 7, "type": StepType.PHONE}


@pytest.mark.parametrize("outcome", [CallOutcome.REACHED, CallOutcome.PROMISE, CallOutcome.DISPUTE])
def test_a_conversation_ends_the_call_and_is_a_contact(entity: Entity, admin: User, outcome: CallOutcome) -> None:
    customer = a_debtor(a_scenario(CALL, {"name": "Mail", "after_due": 8}))
    run(entity)
    actions.log_call(planned(customer), outcome, "pays on Friday", actor=admin, **WHEN)
    assert used_up() == [("Call", Consumed.DONE)]
    assert state_of(customer).last_contact_on == TODAY
    assert planned(customer).on == after(7)


@pytest.mark.parametrize("outcome", [CallOutcome.NO_ANSWER, CallOutcome.VOICEMAIL, CallOutcome.WRONG_PERSON])
def test_nobody_reached_leaves_the_call_open_and_is_no_contact(
    entity: Entity, admin: User, outcome: CallOutcome
) -> None:
    customer = a_debtor(a_scenario(CALL, {"name": "Mail", "after_due": 8}))
    run(entity)
    actions.log_call(planned(customer), outcome, actor=admin, **WHEN)
    assert planned(customer).name == "Call"
    assert state_of(customer).last_contact_on is None
    assert db.session.scalars(select(ContactLog.outcome)).all() == [outcome]


def test_a_call_outside_the_plan_spaces_the_next_reminder(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    run(entity)
    actions.log_call(customer, CallOutcome.REACHED, actor=admin, **WHEN)
    assert planned(customer).on == after(7)


def test_a_conversation_is_undone_with_its_call(entity: Entity, admin: User) -> None:
    customer = a_debtor(a_scenario(CALL, {"name": "Mail", "after_due": 8}))
    run(entity)
    action = planned(customer)
    actions.log_call(action, CallOutcome.REACHED, actor=admin, **WHEN)
    actions.undo(action, actor=admin, **WHEN)
    assert planned(customer).id == action.id
    assert state_of(customer).last_contact_on is None


def test_a_specific_action_returns_its_items_when_completed_and_takes_them_back_when_undone(
    entity: Entity, admin: User
) -> None:
    customer = a_debtor()
    item = item_of(customer)
    action = specific.create([item], name="Ask", type=StepType.TASK, mode=Mode.MANUAL, on=after(3), actor=admin, **WHEN)
    run(entity)
    assert (open_of(customer), reason_of(customer)) == (None, "nothing_chaseable")
    assert state_of(customer).next_action_id == action.id
    actions.complete(action, actor=admin, **WHEN)
    assert planned(customer).leader_id == item.id
    actions.undo(action, actor=admin, **WHEN)
    assert item.held_by_id == action.id
    assert open_of(customer) is None


def test_completing_a_dispute_resolves_it(entity: Entity, admin: User) -> None:
    a_status(StatusType.DISPUTE_RESOLVED)
    customer = a_debtor()
    item = item_of(customer)
    statuses.qualify([item], statuses.Tagging(a_status(StatusType.DISPUTE)), actor=admin, **WHEN)
    actions.review(entity, [customer.id], **WHEN)
    action = db.session.scalars(select(Action).where(Action.kind == ActionKind.SPECIFIC)).one()
    actions.complete(action, actor=admin, **WHEN)
    assert item.status_type is StatusType.DISPUTE_RESOLVED
    assert (action.state, item.held_by_id) == (ActionState.DONE, None)
    assert planned(customer).leader_id == item.id


def test_the_end_of_a_dispute_without_an_outcome_is_not_undone_because_its_items_were_tagged(
    entity: Entity, admin: User
) -> None:
    a_status(StatusType.DISPUTE_RESOLVED)
    item = item_of(a_debtor())
    statuses.qualify([item], statuses.Tagging(a_status(StatusType.DISPUTE)), actor=admin, **WHEN)
    action = db.session.scalars(select(Action).where(Action.kind == ActionKind.SPECIFIC)).one()
    actions.complete(action, actor=admin, **WHEN)
    with pytest.raises(Refused, match="tag the items again"):
        actions.undo(action, actor=admin, **WHEN)
    assert (action.state, item.status_type) == (ActionState.DONE, StatusType.DISPUTE_RESOLVED)


def test_an_outcome_belongs_to_a_dispute(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    run(entity)
    with pytest.raises(Refused, match="dispute"):
        actions.complete(planned(customer), outcome=DisputeOutcome.ACCEPTED, actor=admin, **WHEN)


def test_sales_people_complete_nothing_but_their_disputes(entity: Entity) -> None:
    customer = a_debtor()
    run(entity)
    with pytest.raises(Forbidden):
        actions.complete(planned(customer), actor=a_user(role=Role.SALES), **WHEN)


def test_an_action_sent_by_hand_stays_in_the_outbox_through_the_run(entity: Entity, admin: User) -> None:
    from dso.services import messages

    go_live(entity)
    customer = a_debtor(days_late=1)
    run(entity)
    action = planned(customer)
    messages.queue_for_action(action, actor=admin, subject="Hello", body="Please pay.", **WHEN)
    run(entity, after(1))
    assert planned(customer).state is ActionState.QUEUED
    assert db.session.scalars(select(Message.state)).all() == [MessageState.QUEUED]
