"""How a dispute ends: resolved, with what was agreed, and what its items wait for afterwards (3.7)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from dso.db import db, narrowed
from dso.domain.codes import (
    OPEN_ACTION_STATES,
    ActionKind,
    ActionState,
    DisputeOutcome,
    EventKind,
    ItemType,
    Mode,
    StatusType,
    StepType,
)
from dso.domain.errors import Forbidden, Refused
from dso.domain.money import ZERO, fits, plain
from dso.domain.permissions import Capability
from dso.domain.statuses import GRACE_DAYS
from dso.models import Action, ActionItem, Entity, Item, Scenario, Status, Step, User
from dso.services import history
from dso.services.actions import specific
from dso.services.statuses import Tagging, qualify

#: Days until somebody looks whether an agreed credit note has come.
CREDIT_FOLLOW_UP_DAYS = 14
#: In `Action.basis`: the credit an action waits for; beside it its "currency" and "known", the last item known then.
AWAITED = "credit_awaited"


def check_may_close(action: Action, actor: User) -> None:
    """Who works on collection may close any dispute, others those they are the resolver of; Forbidden otherwise."""
    if actor.can(Capability.COLLECTION_WORK):
        return
    if actor.can(Capability.DISPUTES_CLOSE) and action.resolver_id == actor.id:
        return
    raise Forbidden("Only the resolver of this dispute may close it.", capability=Capability.COLLECTION_WORK)


def disputed_items(action: Action) -> list[Item]:
    """The items of an action that are in dispute and still open."""
    held = specific.open_items(action)
    return [item for item in held if item.status_type is StatusType.DISPUTE and item.is_open]


def close(
    action: Action,
    *,
    outcome: DisputeOutcome | None,
    amount: Decimal | None,
    note: str = "",
    actor: User,
    today: date,
    now: datetime,
) -> None:
    """Set the items of a dispute's action "dispute resolved"; what was agreed may keep holding them.

    accepted: held until a credit of the amount has arrived; rejected: a message that explains, then ten days of
    grace; partly: both; none: they return to the scenario. Called by `complete`, which marks the action done.
    """
    check_may_close(action, actor)
    items = disputed_items(action)
    if not items:
        return
    agreed = _agreed(items, outcome, amount)
    status = _resolved_status()
    tagging = Tagging(status, comment=note, follow_up="none")
    qualify(items, tagging, actor=actor, today=today, now=now)
    if outcome is None:
        return
    basis: dict[str, str] = {}
    day = today
    if agreed is not None:
        basis |= {AWAITED: str(agreed), "currency": items[0].currency, "known": str(_latest_item())}
        day = today + timedelta(days=CREDIT_FOLLOW_UP_DAYS)
    if outcome is not DisputeOutcome.ACCEPTED:
        basis["release_on"] = (today + timedelta(days=GRACE_DAYS)).isoformat()
        day = max(day, today + timedelta(days=GRACE_DAYS))
        _explain(items, actor=actor, today=today, now=now)
    name = "Credit note expected" if agreed is not None else "Grace after a rejected dispute"
    specific.create(
        items, name=name, type=StepType.TASK, mode=Mode.MANUAL, on=day, actor=actor, today=today, now=now, basis=basis
    )


def _agreed(items: list[Item], outcome: DisputeOutcome | None, amount: Decimal | None) -> Decimal | None:
    """The credit that was promised; for an accepted dispute without an amount, all that was disputed."""
    if outcome in (None, DisputeOutcome.REJECTED):
        if amount is not None:
            raise Refused("An amount goes with an accepted or a partly accepted dispute.")
        return None
    if len({item.currency for item in items}) > 1:
        raise Refused("Close disputes over several currencies one currency at a time.")
    disputed = sum((item.disputed_amount or item.remaining for item in items), ZERO)
    if amount is None:
        if outcome is DisputeOutcome.PARTLY:
            raise Refused("Say which amount was accepted.")
        return disputed
    if amount <= ZERO or amount > disputed or not fits(amount, items[0].currency):
        most = f"{plain(disputed, items[0].currency)} {items[0].currency}"
        raise Refused("The accepted amount lies between 0 and %(disputed)s.", disputed=most)
    return amount


def _resolved_status() -> Status:
    query = select(Status).where(Status.type == StatusType.DISPUTE_RESOLVED, Status.active.is_(True))
    status = db.session.scalars(query.order_by(Status.position, Status.id)).first()
    if status is None:
        raise Refused('There is no active status of the type "dispute resolved": make one in the settings.')
    return status


def _explain(items: list[Item], *, actor: User, today: date, now: datetime) -> None:
    """Plan the message that explains a rejection: a one-off e-mail on the agenda of today, text from the library."""
    step = db.session.scalars(
        select(Step)
        .join(Scenario)
        .where(Scenario.entity_id == items[0].entity_id, Scenario.library, Step.name == "Dispute rejected")
    ).first()
    db.session.add(
        Action(
            entity_id=items[0].entity_id,
            customer_id=items[0].account_id,
            kind=ActionKind.ONE_OFF,
            type=StepType.EMAIL,
            name="Explain why the dispute was rejected",
            step_id=step.id if step else None,
            on=today,
            user_dated=True,
            mode=Mode.MANUAL,
            created_at=now,
            updated_at=now,
        )
    )


def release_settled(entity: Entity, customer_ids: Collection[int] | None, *, today: date, now: datetime) -> set[int]:
    """Close what waited for an agreed credit or for the end of a grace; the accounts whose items returned.

    An action with both waits for both. A credit counts when it became known after the dispute was closed.
    """
    query = select(Action).where(
        Action.entity_id == entity.id,
        Action.kind == ActionKind.SPECIFIC,
        Action.state.in_(OPEN_ACTION_STATES),
        Action.type == StepType.TASK,
    )
    query = narrowed(query, Action.customer_id, customer_ids)
    waiting = [action for action in db.session.scalars(query.order_by(Action.id)) if _waits(action)]
    came = _with_their_credit(waiting)
    over = [
        action
        for action in waiting
        if _grace_is_over(action, today) and (AWAITED not in action.basis or action.id in came)
    ]
    _settle(over, today=today, now=now)
    return {action.customer_id for action in over}


def _settle(over: Sequence[Action], *, today: date, now: datetime) -> None:
    """End actions whose credit came and whose grace is over: as many statements for many as for few."""
    if not over:
        return
    held = select(Action).options(selectinload(Action.items).joinedload(ActionItem.item))
    db.session.scalars(held.where(Action.id.in_([action.id for action in over]))).all()
    items = [item for action in over for item in specific.open_items(action)]
    specific.release(items, "settled", actor=None, now=now)
    for action in over:
        action.state, action.explanation = ActionState.DONE, ""
        action.done_on, action.done_at, action.updated_at = today, now, now
    text = "%(action)s: settled, the items return to the scenario"
    history.record_many([
        history.entry(action.entity_id, action.customer_id, EventKind.ACTION, text, now=now, action=action.name)
        for action in over
    ])  # fmt: skip
    db.session.flush()


def _latest_item() -> int:
    """The last item that is known: what comes later has a higher id, even within one instant of a frozen clock."""
    return db.session.scalar(select(func.max(Item.id))) or 0


def _waits(action: Action) -> bool:
    """Whether it came from the end of a dispute and waits for something."""
    return AWAITED in action.basis or "release_on" in action.basis


def _grace_is_over(action: Action, today: date) -> bool:
    release_on = action.basis.get("release_on")
    return not release_on or today >= date.fromisoformat(release_on)


@dataclass(slots=True)
class _Credit:
    """A credit (no payment) and what of it no dispute has taken yet, as a positive amount."""

    id: int
    known_at: datetime
    left: Decimal


def _with_their_credit(waiting: Sequence[Action]) -> set[int]:
    """Ids of those for which a credit of the amount became known since their dispute was closed.

    A credit serves one dispute: those that have ended took theirs first, of the others the one closed first does.
    """
    awaiting = [action for action in waiting if AWAITED in action.basis]
    if not awaiting:
        return set()
    accounts = {action.customer_id for action in awaiting}
    ends = [*_ended(accounts), *awaiting]
    come = _credits(accounts, since=min(int(end.basis["known"]) for end in ends))
    found = set()
    for end in ends:
        amount = Decimal(end.basis[AWAITED])
        known = [
            each
            for each in come.get((end.customer_id, end.basis["currency"]), ())
            if each.id > int(end.basis["known"]) and (end.done_at is None or each.known_at <= end.done_at)
        ]
        if sum((each.left for each in known), ZERO) >= amount:
            _take(known, amount)
            found.add(end.id)
    return found


def _ended(accounts: Collection[int]) -> list[Action]:
    """What waited for a credit on these accounts before, in the order in which it ended."""
    query = select(Action).where(
        Action.customer_id.in_(accounts),
        Action.kind == ActionKind.SPECIFIC,
        Action.type == StepType.TASK,
        Action.state == ActionState.DONE,
    )
    return [
        action for action in db.session.scalars(query.order_by(Action.done_at, Action.id)) if AWAITED in action.basis
    ]


def _credits(accounts: Collection[int], *, since: int) -> dict[tuple[int, str], list[_Credit]]:
    """The credits by account and currency that are known since an item, oldest first."""
    query = (
        select(Item.account_id, Item.currency, Item.id, Item.created_at, Item.amount)
        .where(
            Item.account_id.in_(accounts),
            Item.type.in_((ItemType.CREDIT_NOTE, ItemType.MISCELLANEOUS)),
            Item.amount < ZERO,
            Item.id > since,
        )
        .order_by(Item.id)
    )
    found: dict[tuple[int, str], list[_Credit]] = {}
    for account_id, currency, item_id, known_at, amount in db.session.execute(query):
        found.setdefault((account_id, currency), []).append(_Credit(item_id, known_at, -amount))
    return found


def _take(some: Sequence[_Credit], amount: Decimal) -> None:
    for each in some:
        part = min(each.left, amount)
        each.left -= part
        amount -= part
