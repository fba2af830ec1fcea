"""The filing of a claim with the administrator of an insolvent customer is a task on the agenda (1.2)."""

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ActionState
from dso.models import Action, Customer, Entity, User
from dso.services import actions
from tests.factories import NOW, TODAY, a_customer
from tests.services.agenda import after, run


def insolvent(days: int) -> Customer:
    return a_customer(insolvent_on=TODAY, insolvency_deadline_on=after(days))


def tasks() -> list[Action]:
    return list(db.session.scalars(select(Action).order_by(Action.id)))


def test_the_filing_deadline_of_an_insolvent_customer_is_one_task_due_on_that_day(entity: Entity) -> None:
    customer = insolvent(30)
    a_customer()
    for day in (TODAY, TODAY, after(1)):
        run(entity, day)
    assert [(task.customer_id, task.on, task.state) for task in tasks()] == [
        (customer.id, after(30), ActionState.PLANNED)
    ]


def test_no_task_is_made_for_a_filing_deadline_that_has_passed(entity: Entity) -> None:
    insolvent(-1)
    run(entity)
    assert tasks() == []


def test_an_open_filing_task_follows_the_deadline(entity: Entity) -> None:
    customer = insolvent(30)
    run(entity)
    customer.insolvency_deadline_on = after(45)
    run(entity, after(1))
    assert [task.on for task in tasks()] == [after(45)]


def test_a_filing_task_that_was_done_is_not_made_again(entity: Entity, admin: User) -> None:
    insolvent(30)
    run(entity)
    actions.complete(tasks()[0], actor=admin, today=TODAY, now=NOW)
    run(entity, after(1))
    assert [task.state for task in tasks()] == [ActionState.DONE]
