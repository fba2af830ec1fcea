"""The day of a step: triggers A and B, spacing, working days; computed once for what it is computed from (11.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dso.domain.codes import Consumed
from dso.domain.reasons import Phrase, phrase
from dso.domain.scenarios.facts import UNSPACED, Account, Case, ConsumedAt, Leader, OpenAction, Plan, Rules, StepRule


@dataclass(frozen=True, slots=True)
class Dated:
    """The day of a step, what it was computed from, and whether a user set it."""

    on: date
    basis: dict[str, Any]
    user_dated: bool = False


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A day with the sentence that explains it and the values it came from."""

    on: date
    why: Phrase
    source: list[Any]


def date_step(step: StepRule, case: Case, consumed: Sequence[ConsumedAt], standing: OpenAction | None) -> Dated:
    """The day of a step for the account's leader.

    `standing` is the open action when it is for this leader and step: its date stays unless what it was computed
    from changed, and always when a user set it or a part of it has left: what left is no contact to keep apart from.
    """
    rules = case.rules
    wanted = _wanted(step, case.leader, case.plan, consumed)
    spacing = _spacing(step, case.account, rules)
    source = {
        "trigger": wanted.source,
        "contact": None if spacing is None else [spacing.on.isoformat()],
        "calendar": [sorted(rules.calendar.weekdays), rules.holidays],
    }
    if standing is not None and standing.user_dated:
        return Dated(standing.on, {"from": source, "why": [phrase("when.user").as_data()]}, user_dated=True)
    if standing is not None and (standing.begun or standing.basis.get("from") == source):
        return Dated(standing.on, dict(standing.basis))
    return _fresh(wanted, spacing, rules, case.today, source)


def _fresh(wanted: _Wanted, spacing: _Wanted | None, rules: Rules, today: date, source: dict[str, Any]) -> Dated:
    """The day computed now: never before today, moved to a working day."""
    why = [wanted.why]
    on = wanted.on
    if spacing is not None and spacing.on > on:
        on = spacing.on
        why.append(spacing.why)
    if on < today:
        on = today
        why.append(phrase("when.today"))
    working = rules.calendar.next_working(on)
    if working != on:
        why.append(phrase("when.working_day", wanted=on))
    return Dated(working, {"from": source, "why": [sentence.as_data() for sentence in why]})


def _wanted(step: StepRule, leader: Leader, plan: Plan, consumed: Sequence[ConsumedAt]) -> _Wanted:
    if step.after_due is None:
        return _after_previous(step.after_previous or 0, leader, consumed)
    on = leader.due_on + timedelta(days=step.after_due)
    key = "when.before_due" if step.after_due < 0 else "when.after_due"
    why = phrase(key, days=abs(step.after_due), leader=leader.number, due=leader.due_on)
    source = ["due", leader.id, leader.due_on.isoformat(), step.after_due]
    before = _step_before(step, plan, consumed)
    if before is None:
        return _Wanted(on, why, source)
    apart, done_on = before
    source += [done_on.isoformat(), apart]
    later = done_on + timedelta(days=apart)
    if later > on:
        return _Wanted(later, phrase("when.after_step", days=apart, done=done_on), source)
    return _Wanted(on, why, source)


def _step_before(step: StepRule, plan: Plan, consumed: Sequence[ConsumedAt]) -> tuple[int, date] | None:
    """Days apart from the nearest trigger-A step before that was done or skipped, and when that was.

    A step passed over was not done, so nothing waits for it.
    """
    done = {one.step_id: one.on for one in consumed if one.how is not Consumed.PASSED_OVER}
    for earlier in reversed(plan.steps[: plan.steps.index(step)]):
        if earlier.after_due is not None and step.after_due is not None and earlier.id in done:
            return step.after_due - earlier.after_due, done[earlier.id]
    return None


def _after_previous(days: int, leader: Leader, consumed: Sequence[ConsumedAt]) -> _Wanted:
    """Trigger B: from the last step used up for this leader, else from the day it became leader."""
    if not consumed:
        on = leader.since_on + timedelta(days=days)
        why = phrase("when.after_leader", days=days, leader=leader.number, since=leader.since_on)
        return _Wanted(on, why, ["leader", leader.id, leader.since_on.isoformat(), days])
    last = max(one.on for one in consumed)
    why = phrase("when.after_step", days=days, done=last)
    return _Wanted(last + timedelta(days=days), why, ["previous", leader.id, last.isoformat(), days])


def _spacing(step: StepRule, account: Account, rules: Rules) -> _Wanted | None:
    """The earliest day after the last dunning contact; None where spacing does not hold."""
    days = rules.settings.minimum_spacing_days
    if step.type in UNSPACED or days == 0 or account.last_contact_on is None:
        return None
    on = account.last_contact_on + timedelta(days=days)
    return _Wanted(on, phrase("when.spacing", days=days, contact=account.last_contact_on), [])
