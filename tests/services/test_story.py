"""The 120 days of one customer again, this time through the database: the same reminders, the same reasons."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import (
    CallOutcome,
    ClearedBy,
    Consumed,
    ItemType,
    MessageState,
    Mode,
    StartRule,
    StatusType,
    StepType,
)
from dso.domain.days import opens_at
from dso.models import Action, ConsumedStep, Customer, CustomerState, Entity, Item, Message, Step, User
from dso.services import actions, item_changes, statuses
from dso.services.actions.day import DayCounts
from tests import story
from tests.factories import a_contact, a_customer, a_scenario, a_status, an_entity, an_item
from tests.story import d

MAIL = {"type": StepType.EMAIL, "mode": Mode.AUTOMATIC}


@dataclass
class Life:
    """A company with one customer, lived day by day."""

    entity: Entity
    customer: Customer
    actor: User
    items: dict[str, Item] = field(default_factory=dict)
    reasons: list[tuple[str, date | None]] = field(default_factory=list)
    repeated: list[DayCounts] = field(default_factory=list)
    today: date = story.START

    @property
    def now(self) -> datetime:
        """The hour at which the entity's day opens."""
        return opens_at(self.today, datetime.min.time().replace(hour=8, minute=30), self.entity.timezone)

    @property
    def when(self) -> dict[str, Any]:
        """Day and instant as services take them."""
        return {"today": self.today, "now": self.now}

    def invoice(self, number: str, amount: str, due: date, **values: Any) -> None:
        """A document arrives with the day's file."""
        times = {"created_at": self.now, "updated_at": self.now}
        self.items[number] = an_item(self.customer, amount, number=number, due_on=due, **{**times, **values})

    def paid(self, number: str) -> None:
        """A document is cleared by the day's file."""
        item = self.items[number]
        item.cleared_amount, item.cleared_by = item.remaining, ClearedBy.FILE
        item_changes.change(item, None, self.today, self.now, remaining=Decimal(0), cleared_on=self.today)

    def tag(self, number: str, type: StatusType, **values: Any) -> None:
        """A collector tags a document."""
        tagging = statuses.Tagging(a_status(type), **values)
        statuses.qualify([self.items[number]], tagging, actor=self.actor, **self.when)
        actions.review(self.entity, [self.customer.id], **self.when)

    def day(self, day: int) -> None:
        """The file, the events and the run of a day; then the run once more."""
        self.today = d(day)
        self.entity.ledger_at = self.now
        if day in EVENTS:
            EVENTS[day](self)
        actions.plan_day(self.entity, **self.when)
        state = db.session.get_one(CustomerState, self.customer.id)
        assert state.reason_code is not None
        self.reasons.append((state.reason_code.value, state.reason_on))
        before = snapshot()
        self.entity.last_run_mark = ""  # As if it could not be told that nothing changed.
        self.repeated.append(actions.plan_day(self.entity, **self.when))
        assert snapshot() == before


def dispute(life: Life) -> None:
    """An older invoice arrives late; a part of the leader is disputed, the rest goes on being chased."""
    life.invoice("F3", "900", d(40))
    life.tag("F2", StatusType.DISPUTE, amount=Decimal(100))


def call(life: Life) -> None:
    """The collector reaches the debtor."""
    actions.log_call(life.customer, CallOutcome.REACHED, "will look", actor=life.actor, **life.when)


EVENTS: dict[int, Callable[[Life], None]] = {
    2: lambda life: life.invoice("F2", "400", d(12)),
    19: lambda life: life.paid("F1"),
    24: lambda life: life.tag("F2", StatusType.PROMISE, promised_on=d(30), follow_up="none"),
    44: lambda life: life.invoice("R1", "-400", d(44), type=ItemType.PAYMENT, issued_on=d(44)),
    50: lambda life: life.paid("R1"),
    57: dispute,
    63: call,
    70: lambda life: life.paid("F2"),
    112: lambda life: life.paid("F3"),
}


def snapshot() -> tuple[Any, ...]:
    """Everything a run could write."""
    open_actions = select(Action.id, Action.state, Action.on, Action.step_id, Action.leader_id, Action.occurrence)
    states = select(CustomerState.customer_id, CustomerState.reason_text, CustomerState.next_action_id)
    return (
        db.session.execute(open_actions.order_by(Action.id)).all(),
        db.session.execute(states.order_by(CustomerState.customer_id)).all(),
        db.session.scalar(select(func.count()).select_from(Message)),
        db.session.scalar(select(func.count()).select_from(ConsumedStep)),
    )


@pytest.fixture
def life(session: Session, admin: User) -> Life:
    """All 120 days."""
    entity = an_entity(created_at=datetime(2026, 1, 1, tzinfo=admin.created_at.tzinfo))
    scenario = a_scenario(
        {"name": "First reminder", "after_due": 7, **MAIL},
        {"name": "Second reminder", "after_due": 15, **MAIL},
        {"name": "Call", "after_due": 22, "type": StepType.PHONE, "pass_over_after": 5},
        {"name": "Formal notice", "after_due": 35, **MAIL},
        {"name": "Registered letter", "after_previous": 15, "type": StepType.REGISTERED_LETTER},
        {"name": "Hand-over", "after_previous": 30, "type": StepType.HANDOVER},
        entity=entity,
        start=StartRule.CONTINUE,
    )
    customer = a_customer(entity=entity, scenario_id=scenario.id, street="rue Haute", city="Lyon", language="en")
    a_contact(customer)
    lived = Life(entity, customer, admin)
    lived.invoice("F1", "250", story.START)
    for day in range(story.LAST_DAY + 1):
        lived.day(day)
    return lived


@pytest.mark.slow
def test_the_stored_engine_lives_the_same_120_days(life: Life) -> None:
    leader = select(Message.left_on, Step.name, Item.number).join(Action, Action.id == Message.action_id)
    leader = leader.join(Step, Step.id == Action.step_id).join(Item, Item.id == Action.leader_id)
    messages = db.session.execute(leader.where(Message.state == MessageState.WITHHELD).order_by(Message.id))
    assert [((on - story.START).days, step, number) for on, step, number in messages if on] == story.SENT

    over = select(ConsumedStep.on, Step.name).join(Step, Step.id == ConsumedStep.step_id)
    over = over.where(ConsumedStep.how == Consumed.PASSED_OVER).order_by(ConsumedStep.on, ConsumedStep.id)
    assert [((on - story.START).days, name) for on, name in db.session.execute(over)] == story.PASSED_OVER

    # After a message left, the page already speaks of the next step; the pure story is asked before that.
    assert story.changes(life.reasons) == _as_told_after_sending(story.REASONS)
    assert all(
        (run.planned, run.replaced, run.withdrawn, run.queued, run.cancelled) == (0, 0, 0, 0, 0)
        for run in life.repeated
    )
    state = db.session.get_one(CustomerState, life.customer.id)
    assert (state.promises_kept, state.promises_broken) == (0, 1)


def _as_told_after_sending(reasons: list[tuple[int, str, int | None]]) -> list[tuple[int, str, int | None]]:
    """On a day on which a message left, the reason is that of the next morning."""
    sent = {day for day, _step, _leader in story.SENT}
    found = []
    for place, (day, code, on) in enumerate(reasons):
        if day in sent:
            continue
        before = reasons[place - 1] if place else None
        found.append((day - 1 if before and before[0] == day - 1 and before[0] in sent else day, code, on))
    return found
