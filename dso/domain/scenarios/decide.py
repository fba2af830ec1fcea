"""The decision on one account: pure, the same for the nightly run, a change by hand and the second of sending."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from dso.domain.codes import ActionState, Flavour, Mode, ReasonCode, StepType
from dso.domain.money import plain
from dso.domain.pool import Aside, enough
from dso.domain.reasons import HOLDS_SENDING, TYPE_WORDS, Phrase, Reason, from_data, in_order, phrase, reason
from dso.domain.scenarios.dates import Dated
from dso.domain.scenarios.facts import Account, Case, Decision, OpenAction, Plan, PlannedAction, Rules, StepRule
from dso.domain.scenarios.steps import Found, next_step

#: Explanation of an action that has nobody to go to; the engine sets and takes back this one only.
NO_CONTACT = "There is nobody to send it to: no valid address."
#: Below this many hours an age is not worth a decimal.
_HOUR = timedelta(hours=1)


def decide(account: Account, plan: Plan | None, rules: Rules, today: date) -> Decision:
    """What is to stand on the account's agenda today, and every reason that applies, in order of precedence."""
    reasons = list(_standing_of_account(account))
    if account.archived or account.collected_by:
        return Decision(None, in_order(reasons))
    reasons += holds(account, plan, rules)
    found, money = None, list(_without_plan(account, plan))
    if not money and plan is not None and account.leader is not None:
        found = next_step(Case(account, account.leader, plan, rules, today))
        money = list(_finished(account, plan, found)) + list(_not_worth(account, found, rules, today))
    if found is None or found.step is None or found.dated is None or money:
        passed = found.passed_over if found is not None else ()
        return Decision(None, in_order(reasons + money), passed)
    return _with_action(account, found, found.step, found.dated, rules, today, reasons)


def _standing_of_account(account: Account) -> Iterator[Reason]:
    """What the account is, before any scenario."""
    if account.archived:
        yield reason(ReasonCode.ARCHIVED)
    if account.collected_by:
        yield reason(ReasonCode.COLLECTED_BY, account=account.collected_by)
    if account.insolvent_on is not None and account.leader is None:
        yield reason(ReasonCode.INSOLVENT, since=account.insolvent_on)
    if account.open_items == 0:
        yield reason(ReasonCode.NO_OPEN_ITEMS)


def holds(account: Account, plan: Plan | None, rules: Rules) -> Iterator[Reason]:
    """What stops automatic sending whatever stands on the agenda."""
    if rules.settings.sending_paused:
        yield reason(ReasonCode.PAUSED, "paused.everywhere")
    elif plan is not None and plan.paused:
        yield reason(ReasonCode.PAUSED, "paused.scenario", scenario=plan.name)
    elif account.paused:
        yield reason(ReasonCode.PAUSED, "paused.customer")
    if account.reply_since is not None:
        yield reason(ReasonCode.REPLY_WAITING, on=account.reply_since, since=account.reply_since)
    if account.ledger_incomplete:
        yield reason(ReasonCode.LEDGER_INCOMPLETE)
    if rules.ledger_is_old:
        limit = rules.settings.ledger_max_age_hours
        if rules.ledger_age is None:
            yield reason(ReasonCode.LEDGER_OLD, "ledger_old.never")
        else:
            yield reason(ReasonCode.LEDGER_OLD, hours=rules.ledger_age // _HOUR, limit=limit)


def _without_plan(account: Account, plan: Plan | None) -> Iterator[Reason]:
    """Why no step is looked for: no scenario, an empty one, nothing in the pool."""
    if plan is None:
        yield reason(ReasonCode.NO_SCENARIO)
    elif not plan.steps:
        yield reason(ReasonCode.SCENARIO_EMPTY, scenario=plan.name)
    if account.leader is None:
        yield _nothing_chaseable(account)


def _nothing_chaseable(account: Account) -> Reason:
    """Which items are kept out by what, and when the first of them may come back."""
    phrases = [phrase(ReasonCode.NOTHING_CHASEABLE.value)]
    for aside in account.asides:
        since = aside.since.isoformat() if aside.since else "—"
        until = aside.until.isoformat() if aside.until else "—"
        phrases.append(Phrase(f"aside.{aside.cause}", {"count": aside.count, "since": since, "until": until}))
    back = [aside.until for aside in account.asides if aside.until and aside.cause in (Aside.PROMISE, Aside.HELD)]
    return Reason(ReasonCode.NOTHING_CHASEABLE, tuple(phrases), min(back, default=None))


def _finished(account: Account, plan: Plan, found: Found) -> Iterator[Reason]:
    if found.step is not None:
        return
    steps = {step.id for step in plan.steps}
    days = [one.on for one in account.consumed if one.step_id in steps] + [over.on for over in found.passed_over]
    if days:
        last = max(days)
        yield reason(ReasonCode.SCENARIO_FINISHED, on=last, scenario=plan.name, leader=found.leader.number, last=last)
    else:
        yield reason(
            ReasonCode.SCENARIO_FINISHED,
            "scenario_finished.nothing",
            scenario=plan.name,
            leader=found.leader.number,
        )


def _not_worth(account: Account, found: Found, rules: Rules, today: date) -> Iterator[Reason]:
    """Credits cover what is due on the day the action falls due, or too little is left."""
    leader = found.leader
    day = max(today, found.dated.on) if found.dated else today
    amounts = account.chaseable_on(day)
    minimum = rules.settings.minimum_amount
    if enough(amounts, minimum):
        return
    positive = {currency: amount for currency, amount in amounts.items() if amount > 0}
    if not positive:
        amount = plain(amounts.get(leader.currency, leader.remaining * 0), leader.currency)
        yield reason(ReasonCode.COVERED_BY_CREDITS, amount=amount, currency=leader.currency)
        return
    currency = leader.currency if leader.currency in positive else min(positive)
    yield reason(
        ReasonCode.BELOW_MINIMUM,
        amount=plain(positive[currency], currency),
        currency=currency,
        minimum=plain(minimum, currency),
    )


def _with_action(
    account: Account, found: Found, step: StepRule, dated: Dated, rules: Rules, today: date, reasons: list[Reason]
) -> Decision:
    """The planned action with its state, and the reasons that speak of it."""
    standing = found.standing
    to_confirm = _asks_for_a_person(step, account, standing)
    confirmed = _is_confirmed(account, standing)
    action = PlannedAction(
        step=step,
        leader_id=found.leader.id,
        on=dated.on,
        basis=dated.basis,
        state=ActionState.CONFIRMED if confirmed else ActionState.PLANNED,
        user_dated=dated.user_dated,
        to_confirm=to_confirm,
        same=standing is not None,
    )
    nobody = unreachable(step, account)
    waits = step.is_automatic and not confirmed and (step.mode is Mode.CONFIRM or bool(to_confirm))
    action = replace(action, state=_state(action, standing, today, unreachable=bool(nobody)))
    room = () if action.state is ActionState.QUEUED else budget(step, action.on, account, rules, today)
    reasons = [*reasons, *nobody, *room]
    asks = waits and action.state is not ActionState.QUEUED
    if asks:
        reasons.append(_to_confirm(action, account))
    if not asks or action.state is ActionState.ERROR:
        reasons.append(_agenda(action, account, standing, today))
    free = not any(one.code in HOLDS_SENDING for one in reasons)
    ready = action.on <= today and action.state in (ActionState.PLANNED, ActionState.CONFIRMED)
    return Decision(action, in_order(reasons), found.passed_over, send=step.is_automatic and ready and free)


def _asks_for_a_person(step: StepRule, account: Account, standing: OpenAction | None) -> str:
    """Why an automatic message wants a person first; what the sender found out stays until it is confirmed."""
    if not step.is_automatic or _is_confirmed(account, standing):
        return ""
    if account.part_paid_on is not None:
        return "part_payment"
    found_by_sender = standing.to_confirm if standing is not None else ""
    return "" if found_by_sender == "part_payment" else found_by_sender


def _is_confirmed(account: Account, standing: OpenAction | None) -> bool:
    """A confirmation belongs to leader and step; a part payment that came after it asks again."""
    if standing is None or standing.confirmed_on is None:
        return False
    return account.part_paid_on is None or standing.confirmed_on >= account.part_paid_on


def _state(action: PlannedAction, standing: OpenAction | None, today: date, *, unreachable: bool) -> ActionState:
    """Queued stays queued while its day stands; an error of sending stays until a person acts."""
    if standing is not None and standing.state is ActionState.QUEUED:
        if standing.sent_by_hand or action.on <= today:
            return ActionState.QUEUED
        return action.state
    if standing is not None and standing.state is ActionState.ERROR and standing.failure:
        return ActionState.ERROR
    if unreachable and action.step.is_automatic and action.on <= today:
        return ActionState.ERROR
    return action.state


def unreachable(step: StepRule, account: Account) -> list[Reason]:
    """Whether a message has nobody to go to; letters need an address, text messages a mobile number."""
    if step.type is StepType.EMAIL:
        known = any(word in account.reachable or "@" in word for word in step.to)
        key = "" if known or step.flavour is Flavour.INTERNAL else "no_contact.email"
    elif step.type in (StepType.LETTER, StepType.REGISTERED_LETTER):
        key = "" if "post" in account.reachable else "no_contact.post"
    elif step.type is StepType.SMS:
        key = "" if "mobile" in account.reachable else "no_contact.mobile"
    else:
        key = ""
    return [reason(ReasonCode.NO_CONTACT, key)] if key else []


def budget(step: StepRule, on: date, account: Account, rules: Rules, today: date) -> Iterator[Reason]:
    """Whether this week's contacts leave no room for one more message of the clock."""
    if not step.is_automatic or on > today:
        return
    settings = rules.settings
    if settings.budget_automatic and account.automatic_in_week >= settings.budget_automatic:
        yield reason(
            ReasonCode.BUDGET,
            "budget.automatic",
            used=account.automatic_in_week,
            limit=settings.budget_automatic,
        )
    elif settings.budget_all and account.contacts_in_week >= settings.budget_all:
        yield reason(ReasonCode.BUDGET, "budget.all", used=account.contacts_in_week, limit=settings.budget_all)


def _to_confirm(action: PlannedAction, account: Account) -> Reason:
    cause = [phrase(f"confirm.{action.to_confirm}")] if action.to_confirm else []
    return _about("to_confirm", ReasonCode.TO_CONFIRM, action, account, *cause)


def _agenda(action: PlannedAction, account: Account, standing: OpenAction | None, today: date) -> Reason:
    """What stands on the agenda: due, or planned for a later day."""
    how = "automatic" if action.step.is_automatic else "manual"
    if action.state is ActionState.QUEUED:
        return _about("action_due.queued", ReasonCode.ACTION_DUE, action, account)
    if action.state is ActionState.ERROR and standing is not None and standing.failure:
        return _about("action_due.error", ReasonCode.ACTION_DUE, action, account, error=standing.failure)
    if action.on <= today:
        return _about(f"action_due.{how}", ReasonCode.ACTION_DUE, action, account)
    return _about(f"action_planned.{how}", ReasonCode.ACTION_PLANNED, action, account)


def _about(
    key: str, code: ReasonCode, action: PlannedAction, account: Account, *more: Phrase, error: str = ""
) -> Reason:
    """A sentence on the action: what, to whom, when; then which rule gave the day."""
    params = {
        "type": TYPE_WORDS[action.step.type],
        "step": action.step.name,
        "to": account.to or account.code,
        "on": action.on.isoformat(),
    }
    if error:
        params["error"] = error
    return Reason(code, (Phrase(key, params), *more, *from_data(action.basis.get("why", ()))), action.on)
