"""Which step comes next for the leader, and which ones are passed over on the way (11.2)."""

from dataclasses import dataclass
from datetime import date, timedelta

from dso.domain.codes import ActionState, Consumed, Mode, StartRule
from dso.domain.scenarios.dates import Dated, date_step
from dso.domain.scenarios.facts import Account, Case, ConsumedAt, Leader, OpenAction, PassedOver, Plan, Rules, StepRule


@dataclass(frozen=True, slots=True)
class Found:
    """The next step with its day, or none left; and the steps that are used up without being done."""

    leader: Leader
    step: StepRule | None
    dated: Dated | None
    standing: OpenAction | None
    passed_over: tuple[PassedOver, ...]


def next_step(case: Case) -> Found:
    """The first step not used up for the leader; its day; what is passed over before it."""
    leader, plan = case.leader, case.plan
    consumed = list(case.account.consumed)
    start = _start(case.account, leader, plan)
    passed = [PassedOver(step.id, leader.since_on) for step in start.passed_over]
    consumed += [ConsumedAt(over.step_id, Consumed.PASSED_OVER, over.on) for over in passed]
    for step in plan.steps[start.index :]:
        standing = _standing(step, case.account, leader)
        dated = date_step(step, case, consumed, standing)
        if not _is_passed_over(step, dated, case, standing):
            return Found(leader, step, dated, standing, tuple(passed))
        passed.append(PassedOver(step.id, case.today))
        consumed.append(ConsumedAt(step.id, Consumed.PASSED_OVER, case.today))
    return Found(leader, None, None, None, tuple(passed))


@dataclass(frozen=True, slots=True)
class _Start:
    """Where to look for the next step, and which steps the scenario's start rule leaves out before it."""

    index: int
    passed_over: tuple[StepRule, ...] = ()


def _start(account: Account, leader: Leader, plan: Plan) -> _Start:
    """After the furthest step used up; `matching` and `continue` may begin further on.

    A step put into the plan before steps that are used up is not gone back to.
    """
    consumed = frozenset(one.step_id for one in account.consumed)
    used = _furthest(plan, consumed)
    begin = used
    if plan.start is StartRule.CONTINUE:
        begin = max(used, _furthest(plan, account.listed))
    elif plan.start is StartRule.MATCHING and used == 0:
        begin = _matching(leader, plan)
    left_out = plan.steps[:begin] if begin > used else ()
    return _Start(begin, tuple(step for step in left_out if step.id not in consumed))


def _furthest(plan: Plan, step_ids: frozenset[int]) -> int:
    """The place after the last step of the plan that is among these."""
    return max((place for place, step in enumerate(plan.steps, 1) if step.id in step_ids), default=0)


def _matching(leader: Leader, plan: Plan) -> int:
    """The place of the last trigger-A step whose N is not above the lateness on the day the item became leader."""
    lateness = (leader.since_on - leader.due_on).days
    return max(
        (place for place, step in enumerate(plan.steps) if step.after_due is not None and step.after_due <= lateness),
        default=0,
    )


def _standing(step: StepRule, account: Account, leader: Leader) -> OpenAction | None:
    """The open action when it is for this leader and step."""
    standing = account.open
    same = standing is not None and standing.leader_id == leader.id and standing.step_id == step.id
    return standing if same else None


def _is_passed_over(step: StepRule, dated: Dated, case: Case, standing: OpenAction | None) -> bool:
    if standing is not None and standing.state is ActionState.QUEUED and standing.sent_by_hand:
        return False
    if step.is_early and max(dated.on, case.today) > case.leader.due_on:
        return True
    if step.minimum_leader is not None and case.leader.remaining <= step.minimum_leader:
        return True
    last = case.account.last_done.get(step.id)
    if step.once_in_days and last is not None and last + timedelta(days=step.once_in_days) > dated.on:
        return True
    return _not_done_in_time(step, case.rules, case.today, standing)


def _not_done_in_time(step: StepRule, rules: Rules, today: date, standing: OpenAction | None) -> bool:
    """A manual step that nobody did within its working days."""
    if standing is None or step.mode is not Mode.MANUAL or step.pass_over_after is None:
        return False
    return today >= rules.calendar.add(standing.on, step.pass_over_after)
