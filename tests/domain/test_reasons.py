"""Why an account stands where it stands: every code, its precedence, its sentence (11.1)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dso.domain.codes import ActionState, Flavour, Mode, ReasonCode, StepType
from dso.domain.pool import Aside
from dso.domain.reasons import HOLDS_SENDING, SENTENCES, TYPE_WORDS, from_data, phrase
from dso.domain.scenarios import Account, AsideCount, Decision, Later, Plan, Rules, StepRule, decide
from dso.domain.settings import CollectionSettings
from tests.domain.accounts import RULES, STANDARD, TODAY, account, leader, mail, plan, rules, standing, used

LATE = leader(date(2026, 5, 1))
OLD = Rules(CollectionSettings(), ledger_age=timedelta(hours=37))
ALL_DONE = tuple(used(step, date(2026, 6, 1)) for step in range(1, 7))


def of(facts: Account, scenario: Plan | None = STANDARD, by: Rules = RULES) -> Decision:
    return decide(facts, scenario, by, TODAY)


CASES: list[tuple[ReasonCode, dict[str, Any], Plan | None, Rules]] = [
    (ReasonCode.ARCHIVED, {"archived": True}, STANDARD, RULES),
    (ReasonCode.COLLECTED_BY, {"collected_by": "C2"}, STANDARD, RULES),
    (ReasonCode.INSOLVENT, {"leader": None, "insolvent_on": date(2026, 6, 1)}, STANDARD, RULES),
    (ReasonCode.NO_OPEN_ITEMS, {"leader": None, "open_items": 0}, STANDARD, RULES),
    (ReasonCode.PAUSED, {"paused": True}, STANDARD, RULES),
    (ReasonCode.PAUSED, {}, replace(STANDARD, paused=True), RULES),
    (ReasonCode.PAUSED, {}, STANDARD, rules(sending_paused=True)),
    (ReasonCode.REPLY_WAITING, {"reply_since": TODAY}, STANDARD, RULES),
    (ReasonCode.LEDGER_INCOMPLETE, {"ledger_incomplete": True}, STANDARD, RULES),
    (ReasonCode.LEDGER_OLD, {}, STANDARD, OLD),
    (ReasonCode.LEDGER_OLD, {}, STANDARD, Rules(CollectionSettings(), ledger_age=None)),
    (ReasonCode.NO_SCENARIO, {}, None, RULES),
    (ReasonCode.SCENARIO_EMPTY, {}, plan(), RULES),
    (ReasonCode.SCENARIO_FINISHED, {"consumed": ALL_DONE}, STANDARD, RULES),
    (ReasonCode.NOTHING_CHASEABLE, {"leader": None}, STANDARD, RULES),
    (ReasonCode.COVERED_BY_CREDITS, {"chaseable": {"EUR": Decimal(-3)}}, STANDARD, RULES),
    (ReasonCode.COVERED_BY_CREDITS, {"chaseable": {"EUR": Decimal(0)}}, STANDARD, RULES),
    (ReasonCode.BELOW_MINIMUM, {"chaseable": {"EUR": Decimal("19.99")}}, STANDARD, RULES),
    (ReasonCode.NO_CONTACT, {"reachable": frozenset()}, STANDARD, RULES),
    (ReasonCode.BUDGET, {"automatic_in_week": 1}, STANDARD, RULES),
    (ReasonCode.BUDGET, {"contacts_in_week": 3}, STANDARD, RULES),
    (ReasonCode.TO_CONFIRM, {}, plan(mail(1, "First", after_due=7, mode=Mode.CONFIRM)), RULES),
    (ReasonCode.TO_CONFIRM, {"part_paid_on": TODAY}, STANDARD, RULES),
    (ReasonCode.ACTION_DUE, {}, STANDARD, RULES),
    (ReasonCode.ACTION_PLANNED, {"leader": leader(TODAY)}, STANDARD, RULES),
]


@pytest.mark.parametrize(("code", "facts", "scenario", "by"), CASES)
def test_every_code_has_its_case(code: ReasonCode, facts: dict[str, Any], scenario: Plan | None, by: Rules) -> None:
    found = of(replace(account(LATE), **facts), scenario, by).reason
    assert found.code is code
    assert found.text and "%" not in found.text.replace("100 %", "")


def test_all_codes_are_covered() -> None:
    assert {case[0] for case in CASES} == set(ReasonCode)


def test_reasons_come_in_the_order_of_the_specification() -> None:
    facts = replace(account(LATE), paused=True, ledger_incomplete=True, reply_since=TODAY, reachable=frozenset())
    codes = [one.code for one in of(facts, by=OLD).reasons]
    assert codes == sorted(codes, key=list(ReasonCode).index)
    assert codes[:4] == [
        ReasonCode.PAUSED,
        ReasonCode.REPLY_WAITING,
        ReasonCode.LEDGER_INCOMPLETE,
        ReasonCode.LEDGER_OLD,
    ]


@pytest.mark.parametrize(
    ("facts", "by"),
    [({"paused": True}, RULES), ({"reply_since": TODAY}, RULES), ({}, OLD), ({"automatic_in_week": 1}, RULES)],
)
def test_pauses_replies_age_and_budget_stop_sending_but_leave_the_action(facts: dict[str, Any], by: Rules) -> None:
    decision = of(replace(account(LATE), **facts), by=by)
    assert decision.action is not None
    assert not decision.send


def test_an_automatic_message_due_today_is_sent() -> None:
    assert of(account(LATE)).send


def test_a_planned_message_waits_for_its_day() -> None:
    assert not of(account(leader(TODAY))).send


def test_a_manual_step_is_never_sent_by_the_clock() -> None:
    scenario = plan(mail(1, "First", after_due=7, mode=Mode.MANUAL))
    decision = of(account(LATE), scenario)
    assert (decision.send, decision.reason.code) == (False, ReasonCode.ACTION_DUE)


def test_a_confirmed_message_is_sent() -> None:
    scenario = plan(mail(1, "First", after_due=7, mode=Mode.CONFIRM))
    first = of(account(LATE), scenario).action
    assert first is not None
    confirmed = account(LATE, open=standing(first, confirmed_on=TODAY))
    assert of(confirmed, scenario).send


def test_a_part_payment_after_the_confirmation_asks_again() -> None:
    first = of(account(LATE)).action
    assert first is not None
    mine = standing(first, confirmed_on=TODAY - timedelta(days=1))
    paid = account(LATE, open=mine, part_paid_on=TODAY)
    assert of(paid).reason.code is ReasonCode.TO_CONFIRM
    assert not of(paid).send
    assert of(replace(paid, open=replace(mine, confirmed_on=TODAY))).send


def test_what_the_sender_found_is_asked_until_somebody_confirms() -> None:
    first = of(account(LATE)).action
    assert first is not None
    found = account(LATE, open=standing(first, to_confirm="language_fallback"))
    assert of(found).reason.code is ReasonCode.TO_CONFIRM
    assert "no text in the customer's language" in of(found).reason.text


def test_an_automatic_message_with_nobody_to_go_to_is_in_error() -> None:
    decision = of(account(LATE, reachable=frozenset()))
    assert decision.action is not None and decision.action.state is ActionState.ERROR
    again = account(LATE, open=standing(decision.action))
    assert of(again).action.state is ActionState.PLANNED  # type: ignore[union-attr]


def test_an_error_of_sending_stays_until_a_person_acts() -> None:
    first = of(account(LATE)).action
    assert first is not None
    failed = account(LATE, open=standing(first, state=ActionState.ERROR, failure="550 no such user"))
    decision = of(failed)
    assert decision.action is not None and decision.action.state is ActionState.ERROR
    assert not decision.send
    assert "550 no such user" in decision.reason.text


@pytest.mark.parametrize(
    ("type", "reachable", "code"),
    [
        (StepType.LETTER, "post", ReasonCode.ACTION_DUE),
        (StepType.LETTER, "collection", ReasonCode.NO_CONTACT),
        (StepType.SMS, "mobile", ReasonCode.ACTION_DUE),
        (StepType.SMS, "collection", ReasonCode.NO_CONTACT),
        (StepType.PHONE, "", ReasonCode.ACTION_DUE),
        (StepType.TASK, "", ReasonCode.ACTION_DUE),
    ],
)
def test_each_channel_needs_its_own_address(type: StepType, reachable: str, code: ReasonCode) -> None:
    scenario = plan(StepRule(1, "Do", type, after_due=7))
    assert of(account(LATE, reachable=frozenset({reachable})), scenario).reason.code is code


def test_an_internal_mail_needs_no_contact_at_the_customer() -> None:
    scenario = plan(mail(1, "Ask", after_due=7, flavour=Flavour.INTERNAL))
    assert of(account(LATE, reachable=frozenset()), scenario).reason.code is ReasonCode.ACTION_DUE


def test_other_recipients_of_a_step_need_their_own_address() -> None:
    scenario = plan(mail(1, "Ask", after_due=7, to=("director",)))
    assert of(account(LATE), scenario).reason.code is ReasonCode.NO_CONTACT
    assert of(account(LATE, reachable=frozenset({"director"})), scenario).reason.code is ReasonCode.ACTION_DUE


def test_an_amount_that_grows_enough_until_the_day_of_the_action_is_chased() -> None:
    soon = leader(date(2026, 6, 8))
    facts = account(soon, chaseable={"EUR": Decimal(-50)}, later=(Later(date(2026, 6, 12), "EUR", Decimal(90)),))
    assert of(facts).reason.code is ReasonCode.ACTION_PLANNED
    too_late = replace(facts, later=(Later(date(2026, 6, 16), "EUR", Decimal(90)),))
    assert of(too_late).reason.code is ReasonCode.COVERED_BY_CREDITS


def test_one_currency_worth_chasing_is_enough() -> None:
    facts = account(LATE, chaseable={"EUR": Decimal(-10), "USD": Decimal(100)})
    assert of(facts).reason.code is ReasonCode.ACTION_DUE


def test_an_insolvent_customer_with_later_items_runs_normally() -> None:
    assert of(account(LATE, insolvent_on=date(2026, 1, 1))).reason.code is ReasonCode.ACTION_DUE


def test_an_account_collected_by_another_has_no_action() -> None:
    assert of(account(LATE, collected_by="C2")).action is None


def test_the_sentence_says_what_is_held_by_what_until_when() -> None:
    asides = (
        AsideCount(Aside.DISPUTE, 1, since=date(2026, 6, 1)),
        AsideCount(Aside.PROMISE, 2, until=date(2026, 6, 19)),
        AsideCount(Aside.METHOD, 3),
    )
    found = of(account(None, asides=asides)).reason
    assert found.on == date(2026, 6, 19)
    assert found.text == (
        "No open item can be chased. 1 held by a dispute since 2026-06-01. 2 promised until 2026-06-19. "
        "3 paid by a method that is not chased."
    )


def test_the_sentence_says_what_happens_when_to_whom_and_by_which_rule() -> None:
    found = of(account(leader(date(2026, 6, 6)))).reason
    assert found.on == date(2026, 6, 15)
    assert found.text == (
        'E-mail "First reminder" to Zoé Hébert leaves automatically on 2026-06-15. '
        "7 days after item F1 fell due on 2026-06-06. Moved from 2026-06-13 to the next working day."
    )


def test_one_day_is_said_in_the_singular() -> None:
    assert (
        phrase("when.after_step", days=1, done="2026-06-06").text
        == "One day after the step before, done on 2026-06-06."
    )
    assert phrase("when.after_step", days=2, done="2026-06-06").text.startswith("2 days after")


def test_sentences_survive_storage() -> None:
    found = of(account(LATE)).reason
    assert from_data(found.as_data()) == found.phrases


def test_sentences_no_longer_known_are_left_out() -> None:
    assert from_data([["gone", {}], ["no_scenario", {}]]) == (phrase("no_scenario"),)


def test_every_code_has_a_sentence_and_every_type_a_word() -> None:
    assert all(any(key.split(".")[0] == code for key in SENTENCES) for code in ReasonCode)
    assert all(f"aside.{cause}" in SENTENCES for cause in Aside)
    assert set(TYPE_WORDS) == set(StepType)
    assert ReasonCode.ACTION_DUE not in HOLDS_SENDING
