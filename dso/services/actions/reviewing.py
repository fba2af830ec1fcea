"""Deciding again what stands on the agenda of accounts, and why: after any change, and for all of them each day."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from dso.db import db, narrowed
from dso.domain.codes import OPEN_ACTION_STATES, ActionKind, ActionState, EventKind, ReasonCode
from dso.domain.scenarios import Account, Decision, OpenAction, Rules, decide
from dso.models import Action, Entity
from dso.queries import accounts
from dso.queries.accounts import Known
from dso.queries.contacts_made import Journey
from dso.services import history, states
from dso.services.actions.closing import close_paid
from dso.services.actions.differences import Differences, take_back_each
from dso.services.actions.promises import judge_promises

#: By address what is about to leave: messages that leave together, and accounts whose message leaves alone.
Told = dict[str, set[Journey | int | None]]
#: Reasons that are no obstacle.
NO_BLOCK = (ReasonCode.ACTION_DUE, ReasonCode.ACTION_PLANNED)


@dataclass(slots=True)
class ReviewCounts:
    """What a review found and changed."""

    accounts: int = 0
    leaders: int = 0
    planned: int = 0
    kept: int = 0
    replaced: int = 0
    withdrawn: int = 0
    cancelled: int = 0
    blocked: dict[str, int] = field(default_factory=dict)
    #: Scenario actions whose message may go into the outbox now.
    sendable: list[int] = field(default_factory=list)


def review(
    entity: Entity,
    customer_ids: Collection[int] | None,
    *,
    today: date,
    now: datetime,
    broken_until: date | None = None,
) -> ReviewCounts:
    """Decide again on these customers' accounts (None = all of the entity) and write what differs.

    Everybody who changed items, statuses, holds, contacts, scenarios or pauses calls this afterwards. Who has seen the
    ledger of a day says by `broken_until` that promises to be judged on it or before may be called broken.
    """
    from dso.services import disputes

    db.session.flush()
    if customer_ids is not None and not customer_ids:
        return ReviewCounts()
    ids = None if customer_ids is None else accounts.with_pilots(entity, customer_ids)
    states.lock(entity, ids)
    disputes.release_settled(entity, ids, today=today, now=now)
    judge_promises(entity, ids, today=today, now=now, broken_until=broken_until)
    close_paid(entity, ids, today=today, now=now)
    return _decide(entity, ids, today=today, now=now)


def _decide(entity: Entity, ids: set[int] | None, *, today: date, now: datetime) -> ReviewCounts:
    rules = accounts.rules_of(entity, now)
    found = accounts.known(entity, rules, today, ids)
    counts = ReviewCounts()
    decided = _decisions(found, rules, today)
    for known, decision in decided:
        _count(counts, known.account, decision)
    _write(entity, decided, counts, ids, today=today, now=now)
    return counts


def _decisions(accounts_known: Iterable[Known], rules: Rules, today: date) -> list[tuple[Known, Decision]]:
    """The decision on each account; of accounts with one address whose action waits longest comes first."""
    decided = [(known, decide(known.account, known.plan, rules, today)) for known in accounts_known]
    decided.sort(key=lambda one: one[1].action.on if one[1].action else date.max)
    told: Told = {}
    found = [(known, _decision(known, alone, told, rules, today)) for known, alone in decided]
    return sorted(found, key=lambda one: one[0].account.id)


def _decision(known: Known, alone: Decision, told: Told, rules: Rules, today: date) -> Decision:
    """The decision on an account, in the light of the one made for it alone; one address shares one budget.

    What is about to leave for another one counts already, but for what leaves together with its own message (3.4).
    """
    if not known.address:
        return alone
    address, decision = known.address.lower(), alone
    journey = known.journey(alone.action.step if alone.action else None)
    others = len(told.get(address, set()) - {journey})
    account = accounts.with_more_contacts(known.joining(journey), others)
    if others or journey is not None:
        decision = decide(account, known.plan, rules, today)
    if decision.send:
        told.setdefault(address, set()).add(journey or known.account.id)
    return decision


def _count(counts: ReviewCounts, account: Account, decision: Decision) -> None:
    if not account.collected_by and not account.archived:
        counts.accounts += 1
        counts.leaders += account.leader is not None
    code = decision.reason.code
    if code not in NO_BLOCK:
        counts.blocked[code.value] = counts.blocked.get(code.value, 0) + 1


def _write(
    entity: Entity,
    decided: list[tuple[Known, Decision]],
    counts: ReviewCounts,
    ids: set[int] | None,
    *,
    today: date,
    now: datetime,
) -> None:
    """Actions first, then the rollup rows that name them."""
    taken, busy = _take_back(entity, decided, now)
    differences = Differences(entity, today, now)
    decided = [(known, decision) for known, decision in decided if _id(known.account.open) not in busy]
    for known, decision in decided:
        differences.add(known, decision, taken_back=taken)
    differences.write()
    counts.planned, counts.kept = differences.planned, differences.kept
    counts.replaced, counts.withdrawn = differences.replaced, len(differences.withdrawn)
    counts.cancelled = len(taken)
    counts.sendable = [differences.open[known.account.id] for known, decision in decided if decision.send]
    _write_states(entity, decided, differences.open, ids, today)


def _id(standing: OpenAction | None) -> int:
    return standing.id if standing is not None else 0


def _take_back(entity: Entity, decided: Iterable[tuple[Known, Decision]], now: datetime) -> tuple[set[int], set[int]]:
    """Cancel waiting messages that are no longer wanted; which actions lost theirs, which cannot be touched now."""
    unwanted: dict[int, tuple[int, str]] = {}
    for known, decision in decided:
        standing = known.account.open
        if standing is None or standing.state is not ActionState.QUEUED:
            continue
        action = decision.action
        if action is None or not action.same or action.state is not ActionState.QUEUED:
            unwanted[standing.id] = known.account.id, decision.reason.text
    busy = take_back_each({action_id: text for action_id, (_account_id, text) in unwanted.items()})
    taken = {action_id: told for action_id, told in unwanted.items() if action_id not in busy}
    _tell(entity, taken.values(), now)
    return set(taken), busy


def _tell(entity: Entity, taken: Iterable[tuple[int, str]], now: datetime) -> None:
    """What did not leave is on the timeline too, with the reason."""
    text = "Message taken back before it left: %(why)s"
    history.record_many(
        [history.entry(entity.id, account_id, EventKind.MESSAGE, text, now=now, why=why) for account_id, why in taken]
    )


def _write_states(
    entity: Entity, decided: list[tuple[Known, Decision]], opened: dict[int, int], ids: set[int] | None, today: date
) -> None:
    """Both halves of the rollup rows at once: the figures, and of whom was decided what happens next and why."""
    wanted = states.figures(entity, ids, today=today)
    others = _other_actions(entity, ids)
    for known, decision in decided:
        account = known.account
        wanted[account.id] |= _state(account, decision, opened.get(account.id), others)
    states.write(entity, ids, wanted)


def _other_actions(entity: Entity, ids: set[int] | None) -> dict[int, tuple[date, int]]:
    """The next open action of each account beside the scenario's: its day and id."""
    query = select(Action.customer_id, Action.on, func.min(Action.id)).where(
        Action.entity_id == entity.id, Action.kind != ActionKind.SCENARIO, Action.state.in_(OPEN_ACTION_STATES)
    )
    query = narrowed(query, Action.customer_id, ids).group_by(Action.customer_id, Action.on).order_by(Action.on)
    found: dict[int, tuple[date, int]] = {}
    for customer_id, on, action_id in db.session.execute(query):
        found.setdefault(customer_id, (on, action_id))
    return found


def _trace(decision: Decision) -> list[list[Any]]:
    """The other reasons that apply, for whoever asks why."""
    return [phrase.as_data() for one in decision.reasons[1:] for phrase in one.phrases[:1]]


def _state(
    account: Account, decision: Decision, action_id: int | None, others: dict[int, tuple[date, int]]
) -> dict[str, Any]:
    """The engine's half of the rollup row."""
    leader, reason = account.leader, decision.reason
    coming = [others[account.id]] if account.id in others else []
    if decision.action is not None and action_id is not None:
        coming.append((decision.action.on, action_id))
    on, next_id = min(coming, default=(None, None))
    return {
        "leader_id": leader.id if leader else None,
        "leader_since_on": leader.since_on if leader else None,
        "chaseable": account.chaseable.get(leader.currency, leader.remaining * 0) if leader else None,
        "reason_code": reason.code,
        "reason_text": reason.text,
        "reason_data": {"phrases": reason.as_data(), "trace": _trace(decision)},
        "reason_on": reason.on,
        "next_action_id": next_id,
        "next_action_on": on,
        "last_contact_on": account.last_contact_on,
    }
