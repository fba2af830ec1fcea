"""The day's run started twice at once, and people in the middle of it: one action, one message, on both databases."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from dso import clock
from dso.db import db
from dso.domain.codes import OPEN_ACTION_STATES, ActionKind, ActionState, StatusType
from dso.domain.errors import Refused
from dso.models import Action, ActionItem, ConsumedStep, Entity, Item, Message, Status, User
from dso.services import actions, statuses
from tests.factories import NOW, TODAY, a_status, a_user, an_entity
from tests.services.agenda import a_debtor, automatic_plan, go_live

WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


def together(app: Flask, *work: Callable[[], object]) -> list[object]:
    """Each in a thread and a transaction of its own, all started at once; what they returned or raised."""
    start = threading.Barrier(len(work))
    ends: list[object] = [None] * len(work)

    def run(place: int, task: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                ends[place] = task()
                db.session.commit()
            except Refused as refused:
                db.session.rollback()
                ends[place] = refused
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(place, task)) for place, task in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return ends


@pytest.fixture
def company(own_app: Flask) -> Flask:
    """A company whose 20 customers are all to be reminded today."""
    with own_app.app_context():
        entity = an_entity()
        go_live(entity)
        a_user(role="admin")
        scenario = automatic_plan()
        for _ in range(20):
            a_debtor(scenario)
        db.session.commit()
    return own_app


def run_day() -> actions.DayCounts:
    entity = db.session.scalars(select(Entity)).one()
    return actions.plan_day(entity, **WHEN)


def test_two_runs_at_once_do_the_work_once(company: Flask) -> None:
    ends = together(company, run_day, run_day)
    counts = [end for end in ends if isinstance(end, actions.DayCounts)]
    assert len(counts) == 2
    assert sorted(one.planned for one in counts) == [0, 20]
    assert sorted(one.queued for one in counts) == [0, 20]
    with company.app_context():
        assert db.session.scalar(select(func.count()).select_from(Message)) == 20
        assert db.session.scalar(select(func.count()).select_from(Action)) == 20


def test_of_two_people_completing_one_action_the_second_is_told(company: Flask) -> None:
    with company.app_context():
        entity = db.session.scalars(select(Entity)).one()
        actions.review(entity, None, **WHEN)
        action_id = db.session.scalars(select(Action.id).order_by(Action.id)).first()
        db.session.commit()

    def complete() -> None:
        action = db.session.get_one(Action, action_id)
        actions.complete(action, actor=db.session.scalars(select(User)).one(), **WHEN)

    ends = together(company, complete, complete)
    assert sum(isinstance(end, Refused) for end in ends) == 1
    with company.app_context():
        assert db.session.scalar(select(func.count()).select_from(ConsumedStep)) == 1


def test_a_run_and_a_person_at_once_leave_one_open_action(company: Flask) -> None:
    with company.app_context():
        entity = db.session.scalars(select(Entity)).one()
        actions.review(entity, None, **WHEN)
        action_id = db.session.scalars(select(Action.id).order_by(Action.id)).first()
        db.session.commit()

    def skip() -> None:
        action = db.session.get_one(Action, action_id)
        actions.skip(action, "not now", actor=db.session.scalars(select(User)).one(), **WHEN)

    together(company, run_day, skip)
    with company.app_context():
        opened = select(Action.customer_id, func.count()).where(
            Action.state.in_((ActionState.PLANNED, ActionState.CONFIRMED, ActionState.QUEUED, ActionState.ERROR))
        )
        assert all(count == 1 for _customer, count in db.session.execute(opened.group_by(Action.customer_id)))


def test_two_people_who_ticked_the_same_actions_in_opposite_order_take_turns(company: Flask) -> None:
    with company.app_context():
        actions.review(db.session.scalars(select(Entity)).one(), None, **WHEN)
        ids = list(db.session.scalars(select(Action.id).order_by(Action.id)))
        known_as = db.session.scalars(select(User)).one().get_id()
        db.session.commit()
    start, ends = threading.Barrier(2), []

    def redate(order: list[int]) -> None:
        browser = company.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = known_as, True
        form = {"what": "redate", "on": clock.now().date() + timedelta(days=3), "actions": order}
        start.wait()
        ends.append(browser.post("/todo/mass", data=form).status_code)

    threads = [threading.Thread(target=redate, args=(order,)) for order in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert ends == [303, 303]


def test_two_people_who_tag_one_item_leave_one_open_action(company: Flask) -> None:
    with company.app_context():
        item_id = db.session.scalars(select(Item.id).order_by(Item.id)).first()
        kinds = [a_status(StatusType.DISPUTE).id, a_status(StatusType.LITIGATION).id]
        db.session.commit()
    read = threading.Barrier(2)

    def tag(status_id: int) -> None:
        item = db.session.get_one(Item, item_id)
        status = db.session.get_one(Status, status_id)
        if db.engine.dialect.name == "postgresql":  # SQLite: reading alone takes its one lock already
            read.wait(30)
        statuses.qualify([item], statuses.Tagging(status), actor=db.session.scalars(select(User)).one(), **WHEN)

    together(company, *(lambda each=each: tag(each) for each in kinds))
    with company.app_context():
        held_by = db.session.get_one(Item, item_id).held_by_id
        query = select(ActionItem.action_id).where(ActionItem.item_id == item_id, ActionItem.detached_at.is_(None))
        assert list(db.session.scalars(query)) == [held_by]
        still = select(Action.id).where(Action.kind == ActionKind.SPECIFIC, Action.state.in_(OPEN_ACTION_STATES))
        assert list(db.session.scalars(still)) == [held_by]
