"""The task to file the claim of an insolvent customer, due on the deadline of the filing (1.2)."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select

from dso.db import among, db
from dso.domain.codes import OPEN_ACTION_STATES, ActionKind, Mode, StepType
from dso.models import Action, Customer, Entity

#: Name of the task in the languages of a company's documents.
_NAMES = {"en": "File the claim", "fr": "Déclarer la créance", "de": "Forderung anmelden"}
#: Key of the deadline in what the task was dated from; it also says that a task is one of these.
_DEADLINE = "filing_deadline"


def plan_filings(entity: Entity, *, today: date, now: datetime) -> int:
    """One task for each customer with a deadline to come; how many are new.

    A task that was done or skipped is not made again; an open one follows the deadline unless a user moved it.
    """
    deadlines = _deadlines(entity, today)
    tasks = _tasks(deadlines)
    new = [_task(entity, id, on, now) for id, on in deadlines.items() if id not in tasks]
    db.session.add_all(new)
    for id, task in tasks.items():
        _follow(task, deadlines[id], now)
    db.session.flush()
    return len(new)


def _deadlines(entity: Entity, today: date) -> dict[int, date]:
    """The deadlines to come, by customer."""
    query = select(Customer.id, Customer.insolvency_deadline_on).where(
        Customer.entity_id == entity.id, Customer.archived_at.is_(None), Customer.insolvency_deadline_on >= today
    )
    return {id: on for id, on in db.session.execute(query.order_by(Customer.id)) if on is not None}


def _tasks(customer_ids: Collection[int]) -> dict[int, Action]:
    """The filing task of each of these customers, open or ended."""
    query = select(Action).where(
        among(Action.customer_id, customer_ids), Action.kind == ActionKind.ONE_OFF, Action.type == StepType.TASK
    )
    return {task.customer_id: task for task in db.session.scalars(query) if _DEADLINE in (task.basis or {})}


def _task(entity: Entity, customer_id: int, deadline: date, now: datetime) -> Action:
    return Action(
        entity_id=entity.id,
        customer_id=customer_id,
        kind=ActionKind.ONE_OFF,
        type=StepType.TASK,
        name=_NAMES.get(entity.language[:2], _NAMES["en"]),
        on=deadline,
        basis={_DEADLINE: deadline.isoformat()},
        mode=Mode.MANUAL,
        created_at=now,
        updated_at=now,
    )


def _follow(task: Action, deadline: date, now: datetime) -> None:
    if task.state in OPEN_ACTION_STATES and not task.user_dated and task.on != deadline:
        task.on, task.basis, task.updated_at = deadline, {_DEADLINE: deadline.isoformat()}, now
