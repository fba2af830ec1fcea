"""Which step when: triggers, spacing, working days, start rules, passing over (3.3, 11.2)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dso.domain.codes import ActionState, Consumed, Mode, StartRule, StepType
from dso.domain.scenarios import Account, Plan, PlannedAction, Rules, StepRule, decide
from tests.domain.accounts import (
    RULES,
    STANDARD,
    TODAY,
    account,
    call,
    closed,
    leader,
    mail,
    plan,
    rules,
    standing,
    starting,
    used,
)


def planned(facts: Account, scenario: Plan = STANDARD, by: Rules = RULES, today: date = TODAY) -> PlannedAction:
    action = decide(facts, scenario, by, today).action
    assert action is not None
    return action


def test_the_first_step_falls_so_many_days_after_the_due_date_of_the_leader() -> None:
    action = planned(account(leader(date(2026, 6, 8))))
    assert (action.step.id, action.on) == (1, date(2026, 6, 15))


def test_a_day_that_is_past_becomes_today() -> None:
    assert planned(account(leader(date(2026, 3, 1)))).on == TODAY


def test_an_old_invoice_is_not_marched_through_the_steps() -> None:
    facts = account(leader(date(2026, 3, 1)), consumed=(used(1, TODAY),))
    assert planned(facts).on == TODAY + timedelta(days=8)


def test_the_later_of_due_date_and_step_before_counts() -> None:
    facts = account(leader(date(2026, 6, 1)), consumed=(used(1, date(2026, 6, 8)),))
    assert planned(facts).on == date(2026, 6, 16)


def test_a_step_passed_over_delays_nothing() -> None:
    consumed = (used(2, date(2026, 5, 10)), used(3, TODAY, Consumed.PASSED_OVER))
    facts = account(leader(date(2026, 5, 5)), consumed=consumed)
    assert planned(facts).on == TODAY


def test_a_skipped_step_counts_as_the_step_before() -> None:
    facts = account(leader(date(2026, 3, 1)), consumed=(used(1, TODAY, Consumed.SKIPPED),))
    assert planned(facts).on == TODAY + timedelta(days=8)


def test_trigger_b_counts_from_the_last_step_used_up() -> None:
    facts = account(leader(date(2026, 4, 1)), consumed=(used(4, date(2026, 6, 3)),))
    assert planned(facts).on == date(2026, 6, 18)


def test_trigger_b_without_a_step_before_counts_from_the_day_the_item_became_leader() -> None:
    scenario = plan(mail(1, "First", after_previous=10))
    assert planned(account(leader(date(2026, 5, 1), since=date(2026, 6, 8))), scenario).on == date(2026, 6, 18)


def test_actions_fall_on_working_days() -> None:
    assert planned(account(leader(date(2026, 6, 6)))).on == date(2026, 6, 15)  # the 13th is a Saturday


def test_actions_do_not_fall_on_public_holidays() -> None:
    assert planned(account(leader(date(2026, 6, 8))), by=closed(date(2026, 6, 15))).on == date(2026, 6, 16)


def test_two_dunning_contacts_are_spaced() -> None:
    facts = account(leader(date(2026, 5, 1)), last_contact_on=date(2026, 6, 8))
    assert planned(facts).on == date(2026, 6, 15)


def test_no_spacing_when_it_is_off() -> None:
    facts = account(leader(date(2026, 5, 1)), last_contact_on=TODAY)
    assert planned(facts, by=rules(minimum_spacing_days=0)).on == TODAY


@pytest.mark.parametrize("type", [StepType.PHONE, StepType.TASK])
def test_calls_and_tasks_do_not_wait_for_the_spacing(type: StepType) -> None:
    scenario = plan(StepRule(1, "Do", type, after_due=7))
    assert planned(account(leader(date(2026, 5, 1)), last_contact_on=TODAY), scenario).on == TODAY


def test_the_date_is_computed_once_and_late_stays_late() -> None:
    facts = account(leader(date(2026, 6, 1)))
    first = planned(facts, today=date(2026, 6, 5))
    later = planned(replace(facts, open=standing(first)), today=date(2026, 6, 20))
    assert (first.on, later.on, later.same) == (date(2026, 6, 8), date(2026, 6, 8), True)


@pytest.mark.parametrize(
    ("changed", "by"),
    [
        ({"leader": leader(date(2026, 6, 10))}, RULES),
        ({"last_contact_on": date(2026, 6, 9)}, RULES),
        ({}, closed(date(2026, 6, 15))),
    ],
)
def test_the_date_is_computed_again_when_what_it_came_from_changes(changed: dict[str, object], by: Rules) -> None:
    facts = account(leader(date(2026, 6, 8)))
    first = planned(facts)
    again = planned(replace(facts, open=standing(first), **changed), by=by)  # type: ignore[arg-type]
    assert again.on != first.on


@pytest.mark.parametrize(("scenario", "days"), [(STANDARD, 8), (plan(call(1, after_due=7)), 0)])
def test_a_conversation_pushes_a_late_reminder_but_not_a_late_call(scenario: Plan, days: int) -> None:
    facts = account(leader(date(2026, 5, 1)))
    tomorrow = TODAY + timedelta(days=1)
    spoken = replace(facts, open=standing(planned(facts, scenario)), last_contact_on=tomorrow)
    assert planned(spoken, scenario, today=tomorrow).on == TODAY + timedelta(days=days)


def test_a_date_set_by_a_user_stays_while_leader_and_step_stay() -> None:
    facts = account(leader(date(2026, 6, 1)))
    mine = standing(planned(facts), on=date(2026, 6, 27), user_dated=True)  # a Saturday
    kept = planned(replace(facts, open=mine, last_contact_on=TODAY))
    assert (kept.on, kept.user_dated) == (date(2026, 6, 27), True)


def test_a_date_set_by_a_user_goes_with_its_leader() -> None:
    mine = standing(planned(account(leader(date(2026, 6, 1)))), on=date(2026, 6, 27), user_dated=True)
    action = planned(account(leader(date(2026, 6, 2), "F2"), open=mine))
    assert (action.on, action.user_dated, action.same) == (TODAY, False, False)


def test_a_new_leader_starts_anew_with_first() -> None:
    facts = account(leader(date(2026, 5, 1), "F2", since=TODAY), listed=frozenset({1, 2}))
    assert planned(facts, starting(StartRule.FIRST)).step.id == 1


@pytest.mark.parametrize(("late", "step"), [(3, 1), (7, 1), (14, 1), (15, 2), (30, 3), (90, 4)])
def test_matching_starts_at_the_last_step_its_lateness_has_reached(late: int, step: int) -> None:
    facts = account(leader(TODAY - timedelta(days=late), since=TODAY))
    decision = decide(facts, starting(StartRule.MATCHING), RULES, TODAY)
    assert decision.action is not None
    assert decision.action.step.id == step
    assert [over.step_id for over in decision.passed_over] == list(range(1, step))


def test_matching_uses_the_lateness_of_the_day_the_item_became_leader() -> None:
    facts = account(leader(TODAY - timedelta(days=30), since=TODAY - timedelta(days=22)))
    assert planned(facts, starting(StartRule.MATCHING)).step.id == 1


def test_matching_is_asked_once_then_the_steps_follow() -> None:
    consumed = (used(1, TODAY, Consumed.PASSED_OVER), used(2, TODAY))
    facts = account(leader(TODAY - timedelta(days=90), since=TODAY), consumed=consumed)
    assert planned(facts, starting(StartRule.MATCHING)).step.id == 3


def test_continue_goes_on_after_the_last_step_whose_message_listed_the_item() -> None:
    facts = account(leader(date(2026, 5, 1), "F2", since=TODAY), listed=frozenset({1, 2}))
    decision = decide(facts, starting(StartRule.CONTINUE), RULES, TODAY)
    assert decision.action is not None
    assert decision.action.step.id == 3
    assert [over.step_id for over in decision.passed_over] == [1, 2]


def test_continue_begins_with_the_first_step_for_an_item_never_listed() -> None:
    assert planned(account(leader(date(2026, 5, 1))), starting(StartRule.CONTINUE)).step.id == 1


def test_a_leader_that_comes_back_resumes_after_its_steps() -> None:
    facts = account(leader(date(2026, 3, 1), since=TODAY), consumed=(used(1, date(2026, 4, 1)), used(2, TODAY)))
    for start in StartRule:
        assert planned(facts, starting(start)).step.id == 3


def test_a_step_put_in_before_steps_already_done_is_not_gone_back_to() -> None:
    scenario = plan(mail(9, "New", after_due=1), *STANDARD.steps)
    facts = account(leader(date(2026, 5, 1)), consumed=(used(1, date(2026, 5, 10)),))
    assert planned(facts, scenario).step.id == 2


EARLY = plan(mail(1, "Friendly", after_due=-5), mail(2, "First", after_due=7))


def test_a_step_before_the_due_date_comes_before_it() -> None:
    assert planned(account(leader(date(2026, 6, 20))), EARLY).on == date(2026, 6, 15)


def test_an_early_step_is_passed_over_once_the_due_date_has_passed() -> None:
    decision = decide(account(leader(date(2026, 6, 9))), EARLY, RULES, TODAY)
    assert decision.action is not None and decision.action.step.id == 2
    assert [(over.step_id, over.on) for over in decision.passed_over] == [(1, TODAY)]


def test_an_early_step_moved_past_the_due_date_is_passed_over() -> None:
    facts = account(leader(date(2026, 6, 14)), last_contact_on=date(2026, 6, 9))
    assert planned(facts, EARLY).step.id == 2


def test_an_early_step_may_still_come_on_the_due_date_itself() -> None:
    assert planned(account(leader(TODAY)), EARLY).step.id == 1


def test_an_early_step_planned_but_not_done_is_passed_over_after_the_due_date() -> None:
    facts = account(leader(date(2026, 6, 12)))
    first = planned(facts, EARLY)
    assert planned(replace(facts, open=standing(first)), EARLY, today=date(2026, 6, 15)).step.id == 2


FRIENDLY = plan(
    mail(1, "Friendly", after_due=-5, minimum_leader=Decimal(1000), once_in_days=30), mail(2, "First", after_due=7)
)


@pytest.mark.parametrize(("amount", "step"), [("1000", 2), ("1000.01", 1)])
def test_the_friendly_note_is_for_leaders_above_an_amount(amount: str, step: int) -> None:
    assert planned(account(leader(date(2026, 6, 20), amount=amount)), FRIENDLY).step.id == step


@pytest.mark.parametrize(("ago", "step"), [(24, 2), (25, 1), (29, 1)])
def test_the_friendly_note_comes_at_most_once_in_thirty_days(ago: int, step: int) -> None:
    last = TODAY - timedelta(days=ago)  # the note would fall five days from now
    facts = account(leader(date(2026, 6, 20), amount="5000"), last_done={1: last})
    assert planned(facts, FRIENDLY).step.id == step


def test_a_call_not_made_within_five_working_days_is_passed_over() -> None:
    facts = account(leader(date(2026, 5, 11)), consumed=(used(2, date(2026, 5, 26)),))
    first = planned(facts, today=date(2026, 6, 2))
    waiting = replace(facts, open=standing(first))
    assert (first.step.id, first.on) == (3, date(2026, 6, 2))
    assert planned(waiting, today=date(2026, 6, 8)).step.id == 3
    decision = decide(waiting, STANDARD, RULES, date(2026, 6, 9))
    assert [over.step_id for over in decision.passed_over] == [3]
    assert decision.action is not None
    assert (decision.action.step.id, decision.action.on) == (4, date(2026, 6, 15))


def test_a_formal_notice_by_hand_is_never_passed_over() -> None:
    scenario = plan(StepRule(1, "Notice", StepType.EMAIL, Mode.MANUAL, after_due=7))
    facts = account(leader(date(2026, 5, 1)))
    waiting = replace(facts, open=standing(planned(facts, scenario)))
    assert planned(waiting, scenario, today=date(2026, 12, 1)).step.id == 1


def test_another_scenario_replaces_the_action_at_once() -> None:
    facts = account(leader(date(2026, 5, 1)))
    other = plan(mail(91, "Other", after_due=3))
    action = planned(replace(facts, open=standing(planned(facts), user_dated=True)), other)
    assert (action.step.id, action.same, action.user_dated) == (91, False, False)


def test_a_confirmation_belongs_to_leader_and_step() -> None:
    scenario = plan(mail(1, "First", after_due=7, mode=Mode.CONFIRM), mail(2, "Second", after_due=15))
    facts = account(leader(date(2026, 5, 1)))
    mine = standing(planned(facts, scenario), confirmed_on=TODAY)
    assert planned(replace(facts, open=mine), scenario).state is ActionState.CONFIRMED
    other = account(leader(date(2026, 5, 2), "F2"), open=mine)
    assert planned(other, scenario).state is ActionState.PLANNED


def test_a_queued_message_is_taken_back_when_its_day_moves() -> None:
    facts = account(leader(date(2026, 5, 1)))
    queued = standing(planned(facts), state=ActionState.QUEUED)
    assert planned(replace(facts, open=queued)).state is ActionState.QUEUED
    spoken = replace(facts, open=queued, last_contact_on=TODAY)
    assert planned(spoken).state is ActionState.PLANNED


def test_what_a_person_sent_stays_queued_whatever_the_spacing_says() -> None:
    facts = account(leader(date(2026, 5, 1)))
    queued = standing(planned(facts), state=ActionState.QUEUED, sent_by_hand=True)
    assert planned(replace(facts, open=queued, last_contact_on=TODAY)).state is ActionState.QUEUED


dues = st.dates(date(2026, 1, 1), date(2026, 9, 1))


@given(dues, st.lists(st.integers(1, 6), unique=True, max_size=6), st.none() | dues, st.sampled_from(StartRule))
def test_deciding_twice_on_one_day_changes_nothing(
    due: date, done: list[int], contact: date | None, start: StartRule
) -> None:
    consumed = tuple(used(step, date(2026, 6, 1)) for step in sorted(done))
    contact = min(contact, TODAY) if contact else None
    facts = account(leader(due, since=min(due, TODAY)), consumed=consumed, last_contact_on=contact)
    first = decide(facts, starting(start), RULES, TODAY)
    if first.action is None:
        return
    passed = tuple(used(over.step_id, over.on, Consumed.PASSED_OVER) for over in first.passed_over)
    after = replace(facts, open=standing(first.action), consumed=consumed + passed)
    again = decide(after, starting(start), RULES, TODAY)
    assert again.action is not None and again.action.same
    assert again.action.on == first.action.on
    assert again.reasons == first.reasons
    assert again.passed_over == ()


@given(dues, st.lists(st.integers(1, 6), unique=True, max_size=6), st.none() | dues)
def test_a_planned_action_is_never_in_the_past_never_on_a_day_off_never_too_soon(
    due: date, done: list[int], contact: date | None
) -> None:
    consumed = tuple(used(step, date(2026, 6, 1)) for step in sorted(done))
    contact = min(contact, TODAY) if contact else None
    action = decide(account(leader(due), consumed=consumed, last_contact_on=contact), STANDARD, RULES, TODAY).action
    if action is None:
        return
    assert action.on >= TODAY
    assert action.on.weekday() < 5
    assert action.step.id not in done
    if contact and action.step.type is not StepType.PHONE:
        assert action.on >= contact + timedelta(days=7)
