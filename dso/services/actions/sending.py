"""What the sender asks and tells: may this message leave at this second, and how did it end (3.4, 11.2)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select

from dso.db import db
from dso.domain.codes import (
    OPEN_ACTION_STATES,
    ActionKind,
    ActionState,
    Mode,
    ReasonCode,
    StatusType,
)
from dso.domain.reasons import HOLDS_SENDING
from dso.domain.scenarios import Decision, decide
from dso.models import Action, ActionItem, Item
from dso.queries import accounts
from dso.queries.accounts import Known
from dso.services.actions import automatic, ending, specific
from dso.services.actions.reviewing import review

#: After an automatic message on a dispute a person looks again so many days later (1.5, 3.6).
_LOOK_AGAIN = timedelta(days=7)
#: Set in `Action.basis` when a person sends without ending the action.
WITHOUT_ENDING = "without_ending"
_DEFERRED = "dso_deferred_reviews"


@dataclass(frozen=True, slots=True)
class Recheck:
    """The decision at the second of sending; at most one of the reasons is set."""

    ok: bool
    cancel_reason: str = ""
    to_confirm_reason: str = ""
    held_reason: str = ""


OK = Recheck(ok=True)


def recheck(action: Action, *, today: date, now: datetime, by_hand: bool = False) -> Recheck:
    """Decide again on an action whose message is about to leave (3.4).

    Nothing left to ask, another leader, a day moved: cancelled. Something a person should see: to confirm. A pause, a
    reply, an old ledger, a used-up budget: held. What a person sent by hand only stops when there is nothing to ask.
    """
    if action.state is ActionState.DONE:
        return OK  # Another recipient of the same sending came first.
    if action.state not in OPEN_ACTION_STATES:
        return Recheck(ok=False, cancel_reason=action.explanation or "the action is no longer open")
    if action.kind is ActionKind.SCENARIO:
        return _recheck_scenario(action, by_hand, today=today, now=now)
    if action.kind is ActionKind.SPECIFIC:
        return _recheck_specific(action, by_hand, today=today, now=now)
    return OK


def _recheck_scenario(action: Action, by_hand: bool, *, today: date, now: datetime) -> Recheck:
    entity = action.customer.entity
    rules = accounts.rules_of(entity, now)
    known = accounts.known(entity, rules, today, [action.customer_id])[0]
    standing = known.account.open
    if standing is None or standing.id != action.id:
        return Recheck(ok=False, cancel_reason="the action is no longer open")
    state = ActionState.CONFIRMED if standing.confirmed_on else ActionState.PLANNED
    waiting = replace(standing, state=ActionState.QUEUED if by_hand else state, sent_by_hand=by_hand)
    steps = known.plan.steps if known.plan else ()
    journey = known.journey(next((step for step in steps if step.id == standing.step_id), None))
    account = replace(known.joining(journey), open=waiting)
    decision = decide(account, known.plan, rules, today)
    found = _verdict(decision, known, by_hand, today)
    if found.ok:
        ending.list_items([action], today=today)
    return found


def _verdict(decision: Decision, known: Known, by_hand: bool, today: date) -> Recheck:
    action = decision.action
    if action is None:
        return Recheck(ok=False, cancel_reason=_nothing_left(decision, known))
    if not action.same:
        return Recheck(ok=False, cancel_reason="overtaken: " + decision.reason.text)
    if action.on > today and not by_hand:
        return Recheck(ok=False, cancel_reason="its day moved: " + decision.reason.text)
    stops = [one for one in decision.reasons if one.code in HOLDS_SENDING]
    if by_hand or not stops:
        return OK
    if stops[0].code is ReasonCode.TO_CONFIRM:
        return Recheck(ok=False, to_confirm_reason=action.to_confirm or "confirm")
    return Recheck(ok=False, held_reason=stops[0].text)


def _nothing_left(decision: Decision, known: Known) -> str:
    """Why there is nothing to ask for any more, in words."""
    paid = known.account.leader is None and not known.account.asides
    return "paid meanwhile" if paid else decision.reason.text


def _recheck_specific(action: Action, by_hand: bool, *, today: date, now: datetime) -> Recheck:
    verdict = automatic.judge(action, today=today, now=now)
    if verdict.nothing_left:
        return Recheck(ok=False, cancel_reason="paid meanwhile")
    if by_hand or verdict.send:
        return OK
    if verdict.to_confirm:
        return Recheck(ok=False, to_confirm_reason=verdict.to_confirm)
    if verdict.holds:
        return Recheck(ok=False, held_reason=verdict.holds[0].text)
    if action.on > today:
        return Recheck(ok=False, cancel_reason="its day moved")
    return Recheck(ok=False, to_confirm_reason="confirm")


def mark_sent(action: Action, *, on: date, now: datetime) -> None:
    """All its messages left (or may have, or are withheld): the action is done that day, the plan goes on."""
    if action.state not in OPEN_ACTION_STATES:
        return
    if action.kind is ActionKind.SPECIFIC and _goes_on(action):
        _keep_open(action, on, now)
    else:
        ending.done(action, on=on, now=now, actor=None)
    review_after(action, today=on, now=now)


def mark_failed(action: Action, reason: str, *, today: date | None = None, now: datetime | None = None) -> None:
    """A message of it cannot be sent: the action is in error until a person acts."""
    if action.state in OPEN_ACTION_STATES:
        action.state, action.explanation = ActionState.ERROR, reason
        action.updated_at = now or action.updated_at
        db.session.flush()
        review_after(action, today=today, now=now)


def mark_cancelled(action: Action, reason: str, *, today: date | None = None, now: datetime | None = None) -> None:
    """Its messages were cancelled: so is the action; the step stays open, the items of a specific action return."""
    if action.state not in OPEN_ACTION_STATES:
        return
    action.state, action.explanation = ActionState.CANCELLED, reason
    action.updated_at = now or action.updated_at
    db.session.flush()
    if action.kind is ActionKind.SPECIFIC:
        specific.release(specific.open_items(action), reason, actor=None, now=now or action.updated_at)
    review_after(action, today=today, now=now)


def send_without_ending(action: Action) -> None:
    """The next sending of this specific action does not end it (3.7); called before its message is queued."""
    action.basis = {**action.basis, WITHOUT_ENDING: True}
    db.session.flush()


def _goes_on(action: Action) -> bool:
    """Whether sending leaves it open: as a person asked, and always on items in dispute or litigation (11.2)."""
    if action.basis.get(WITHOUT_ENDING):
        return True
    stuck = (StatusType.DISPUTE, StatusType.LITIGATION)
    query = select(
        exists().where(
            ActionItem.action_id == action.id,
            ActionItem.detached_at.is_(None),
            Item.id == ActionItem.item_id,
            Item.cleared_on.is_(None),
            Item.status_type.in_(stuck),
        )
    )
    return bool(db.session.scalar(query))


def _keep_open(action: Action, on: date, now: datetime) -> None:
    """Back on the agenda, by hand: what was automatic once does not repeat by itself."""
    action.basis = {name: value for name, value in action.basis.items() if name != WITHOUT_ENDING}
    if action.mode is not Mode.MANUAL or action.on <= on:
        action.on = on + _LOOK_AGAIN
    action.mode, action.to_confirm = Mode.MANUAL, ""
    action.state, action.explanation = ActionState.PLANNED, ""
    action.confirmed_at = action.confirmed_by_id = None
    action.occurrence += 1
    action.updated_at = now
    db.session.flush()
    ending.remember(action, on)


@contextmanager
def deferred_reviews() -> Iterator[set[int]]:
    """Within the block accounts whose actions ended are collected, to be reviewed together by the caller."""
    collected: set[int] = set()
    db.session.info[_DEFERRED] = collected
    try:
        yield collected
    finally:
        db.session.info.pop(_DEFERRED, None)


def review_after(action: Action, *, today: date | None, now: datetime | None) -> None:
    """Review the account of an action that changed: at once, or with the others of the block it stands in."""
    collected: set[int] | None = db.session.info.get(_DEFERRED)
    if collected is not None:
        collected.add(action.customer_id)
    elif today is not None and now is not None:
        review(action.customer.entity, [action.customer_id], today=today, now=now)
