"""Writing what was decided: only what differs from what stands, in bulk statements for all accounts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update

from dso.db import among, db, read_again
from dso.domain.codes import ActionKind, ActionState, Consumed, EventKind, MessageState
from dso.domain.scenarios import Decision, OpenAction, PlannedAction
from dso.domain.scenarios.decide import NO_CONTACT
from dso.models import Action, ConsumedStep, Entity, Message
from dso.queries.accounts import Known
from dso.services import history

_ACTIONS: Table = Action.__table__  # type: ignore[assignment]
_MESSAGES: Table = Message.__table__  # type: ignore[assignment]


@dataclass(slots=True)
class Differences:
    """What is to be written for the accounts decided so far."""

    entity: Entity
    today: date
    now: datetime
    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    lapsed: list[int] = field(default_factory=list)
    withdrawn: list[dict[str, Any]] = field(default_factory=list)
    passed_over: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    planned: int = 0
    kept: int = 0
    replaced: int = 0
    #: Open action of each account after writing, by account.
    open: dict[int, int] = field(default_factory=dict)

    def add(self, known: Known, decision: Decision, *, taken_back: Collection[int]) -> None:
        """Compare a decision with the open action of its account."""
        account, action, standing = known.account, decision.action, known.account.open
        self._add_passed_over(known, decision)
        if action is None:
            if standing is not None:
                self.withdrawn.append({"key": standing.id, "explanation": decision.reason.text, "updated_at": self.now})
        elif standing is None:
            self.planned += 1
            self.new.append(self._new(known, action))
        else:
            self.open[account.id] = standing.id
            self._add_change(known, action, standing, was_queued=standing.id in taken_back)

    def _add_passed_over(self, known: Known, decision: Decision) -> None:
        leader = known.account.leader
        if leader is None:
            return
        self.passed_over += [
            {
                "account_id": known.account.id,
                "leader_id": leader.id,
                "step_id": over.step_id,
                "how": Consumed.PASSED_OVER,
                "on": over.on,
                "action_id": None,
            }
            for over in decision.passed_over
        ]
        standing, plan = known.account.open, known.plan
        if standing is not None and plan is not None and standing.leader_id == leader.id:
            gone = {over.step_id for over in decision.passed_over}
            names = [step.name for step in plan.steps if step.id == standing.step_id and step.id in gone]
            text = "%(step)s passed over: not done in time"
            self.events += [self._event(known.account.id, text, step=name) for name in names]

    def _event(self, customer_id: int, text: str, **params: str) -> dict[str, Any]:
        return history.entry(self.entity.id, customer_id, EventKind.ACTION, text, now=self.now, **params)

    def _values(self, known: Known, action: PlannedAction) -> dict[str, Any]:
        """The columns an open scenario action has from the decision."""
        return {
            "type": action.step.type,
            "flavour": action.step.flavour,
            "name": action.step.name,
            "scenario_id": known.plan.id if known.plan else None,
            "step_id": action.step.id,
            "leader_id": action.leader_id,
            "on": action.on,
            "user_dated": action.user_dated,
            "basis": dict(action.basis),
            "mode": action.step.mode,
            "to_confirm": action.to_confirm,
            "state": action.state,
        }

    def _new(self, known: Known, action: PlannedAction) -> dict[str, Any]:
        return {
            **self._values(known, action),
            "entity_id": self.entity.id,
            "customer_id": known.account.id,
            "kind": ActionKind.SCENARIO,
            "explanation": NO_CONTACT if action.state is ActionState.ERROR else "",
            "note": "",
            "occurrence": 1,
            "created_at": self.now,
            "updated_at": self.now,
        }

    def _add_change(self, known: Known, action: PlannedAction, standing: OpenAction, *, was_queued: bool) -> None:
        """An open action goes on in place; another leader or step takes confirmation and date of a user away."""
        moved = not action.same or action.on != standing.on
        self.replaced += moved
        self.kept += not moved
        same = action.same and not was_queued and not moved
        stands = (standing.state, standing.to_confirm, standing.basis, standing.says)
        if same and (action.state, action.to_confirm, action.basis, action.step.says) == stands:
            return
        failure = standing.failure if action.same else ""
        if not action.same:
            self.lapsed.append(standing.id)
        self.changed.append(
            {
                "key": standing.id,
                **self._values(known, action),
                "explanation": failure or (NO_CONTACT if action.state is ActionState.ERROR else ""),
                "again": int(was_queued or not action.same),
                "updated_at": self.now,
            }
        )

    def write(self) -> None:
        """All differences, each kind in one statement."""
        if self.passed_over:
            db.session.execute(insert(ConsumedStep), self.passed_over)
        self._withdraw()
        self._change()
        if self.new:
            statement = insert(_ACTIONS).returning(_ACTIONS.c.id, _ACTIONS.c.customer_id)
            self.open |= {row.customer_id: row.id for row in db.session.execute(statement, self.new)}
        history.record_many(self.events)
        others = {row["key"] for row in (*self.changed, *self.withdrawn)}
        read_again(lambda row: isinstance(row, Action) and row.id in others)

    def _withdraw(self) -> None:
        if not self.withdrawn:
            return
        statement = (
            update(_ACTIONS)
            .where(_ACTIONS.c.id == bindparam("key"))
            .values(
                state=ActionState.CANCELLED, explanation=bindparam("explanation"), updated_at=bindparam("updated_at")
            )
        )
        db.session.execute(statement, self.withdrawn)

    def _change(self) -> None:
        """In place: a further sending counts as a new occurrence, a confirmation lapses with leader and step."""
        if not self.changed:
            return
        values: dict[str, Any] = {name: bindparam(name) for name in self.changed[0] if name not in ("key", "again")}
        values["occurrence"] = _ACTIONS.c.occurrence + bindparam("again")
        db.session.execute(update(_ACTIONS).where(_ACTIONS.c.id == bindparam("key")).values(values), self.changed)
        if self.lapsed:
            of_these = among(_ACTIONS.c.id, self.lapsed)
            db.session.execute(update(_ACTIONS).where(of_these).values(confirmed_at=None, confirmed_by_id=None))


def take_back(action_ids: Collection[int], why: str) -> set[int]:
    """Cancel waiting messages; the actions of which one is on its way right now and cannot be touched."""
    return take_back_each(dict.fromkeys(action_ids, why))


def take_back_each(why: Mapping[int, str]) -> set[int]:
    """`take_back` for a reason of its own per action, as many statements for many as for few.

    The condition on the state is what keeps a message that a sender has claimed from being cancelled as well.
    """
    if not why:
        return set()
    db.session.flush()
    waiting = (_MESSAGES.c.action_id == bindparam("action"), _MESSAGES.c.state == MessageState.QUEUED)
    cancelled = update(_MESSAGES).where(*waiting).values(state=MessageState.CANCELLED, explanation=bindparam("words"))
    db.session.execute(cancelled, [{"action": action_id, "words": words} for action_id, words in why.items()])
    for row in list(db.session.identity_map.values()):
        if isinstance(row, Message):
            db.session.expire(row)
    query = select(Message.action_id).where(among(Message.action_id, why), Message.state == MessageState.SENDING)
    return {each for each in db.session.scalars(query) if each is not None}
