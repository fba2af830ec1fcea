"""Tagging items: what it does to them, what it holds, and the follow-up it creates."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import ActionState, ItemType, Mode, Role, StatusType, StepType
from dso.domain.errors import Refused
from dso.models import Action, Entity, Item, ItemChange, Qualification, Status, User
from dso.services import statuses
from dso.services.actions import specific
from dso.services.statuses import Tagging
from tests import factories
from tests.factories import NOW, TODAY


def tag(items: list[Item], status: Status | None, actor: User, **values: object) -> Qualification:
    tagging = Tagging(status, **values)  # type: ignore[arg-type]
    return statuses.qualify(items, tagging, actor=actor, today=TODAY, now=NOW)


def test_a_promise_holds_its_item_until_its_day_plus_three_working_days(entity: Entity, admin: User) -> None:
    item = factories.an_item(factories.a_customer())
    promised = date(2026, 11, 26)  # a Thursday; Friday, Monday, Tuesday follow
    act = tag([item], factories.a_status(), admin, promised_on=promised)
    assert item.promise_until == date(2026, 12, 1)
    action = item.held_by_id and Session.object_session(item).get(Action, item.held_by_id)  # type: ignore[union-attr]
    assert action and action.on == date(2026, 12, 1) and act.action_id == action.id


def test_a_promise_without_follow_up_still_holds_its_item(entity: Entity, admin: User) -> None:
    item = factories.an_item(factories.a_customer())
    act = tag([item], factories.a_status(), admin, promised_on=TODAY, follow_up="none")
    assert (act.action_id, item.held_by_id) == (None, None)
    assert item.promise_until == date(2026, 11, 25)


@pytest.mark.parametrize("kind", [StatusType.DISPUTE, StatusType.LITIGATION])
def test_a_dispute_or_litigation_always_creates_its_action(entity: Entity, admin: User, kind: StatusType) -> None:
    item = factories.an_item(factories.a_customer())
    act = tag([item], factories.a_status(kind), admin, follow_up="none")
    assert item.held_by_id == act.action_id is not None


def test_the_action_of_a_dispute_is_due_after_the_days_of_its_status(
    session: Session, entity: Entity, admin: User
) -> None:
    item = factories.an_item(factories.a_customer())
    act = tag([item], factories.a_status(StatusType.DISPUTE, follow_up_days=10), admin)
    action = session.get(Action, act.action_id)
    assert action is not None
    assert (action.on, action.type, action.mode) == (TODAY + timedelta(days=10), StepType.TASK, Mode.MANUAL)


def test_sales_staff_get_the_status_s_own_action_whatever_they_ask_for(session: Session, entity: Entity) -> None:
    sales = factories.a_user(role=Role.SALES)
    item = factories.an_item(factories.a_customer())
    act = tag([item], factories.a_status(StatusType.DISPUTE), sales, follow_up=TODAY + timedelta(days=300))
    assert session.get(Action, act.action_id).on == TODAY + timedelta(days=7)  # type: ignore[union-attr]


def test_an_ongoing_status_lets_the_scenario_go_on(entity: Entity, admin: User) -> None:
    item = factories.an_item(factories.a_customer())
    act = tag([item], factories.a_status(StatusType.ONGOING), admin, comment=" copy sent ")
    assert (act.action_id, item.held_by_id, item.promise_until) == (None, None, None)
    assert (item.status_comment, item.status_on) == ("copy sent", TODAY)


def test_a_partly_disputed_item_keeps_its_disputed_amount(entity: Entity, admin: User) -> None:
    item = factories.an_item(factories.a_customer(), "1000")
    tag([item], factories.a_status(StatusType.DISPUTE), admin, amount=Decimal("250.50"))
    assert item.disputed_amount == Decimal("250.50")


def test_a_new_status_ends_the_earlier_action_of_its_items(session: Session, entity: Entity, admin: User) -> None:
    item = factories.an_item(factories.a_customer())
    first = tag([item], factories.a_status(StatusType.DISPUTE), admin)
    tag([item], factories.a_status(StatusType.ONGOING), admin)
    action = session.get(Action, first.action_id)
    assert action is not None and action.state is ActionState.CANCELLED
    assert item.held_by_id is None and item.disputed_amount is None


def test_an_earlier_action_goes_on_with_the_items_that_stay(session: Session, entity: Entity, admin: User) -> None:
    customer = factories.a_customer()
    one, two = factories.an_item(customer), factories.an_item(customer)
    first = tag([one, two], factories.a_status(StatusType.DISPUTE), admin)
    tag([one], factories.a_status(StatusType.ONGOING), admin)
    action = session.get(Action, first.action_id)
    assert action is not None and action.state is ActionState.PLANNED
    assert specific.open_items(action) == [two]


def test_removing_a_status_keeps_the_history_and_frees_the_item(session: Session, entity: Entity, admin: User) -> None:
    item = factories.an_item(factories.a_customer())
    tag([item], factories.a_status(), admin, promised_on=TODAY)
    tag([item], None, admin)
    assert (item.status_id, item.promised_on, item.promise_until, item.held_by_id) == (None, None, None, None)
    assert len(session.scalars(select(Qualification)).all()) == 2


def test_every_change_of_status_is_kept_with_its_day(session: Session, entity: Entity, admin: User) -> None:
    item = factories.an_item(factories.a_customer())
    status = factories.a_status(StatusType.ONGOING)
    tag([item], status, admin)
    change = session.scalar(select(ItemChange).where(ItemChange.item_id == item.id, ItemChange.field == "status_id"))
    assert change is not None and (change.on, change.old, change.new) == (TODAY, None, str(status.id))


def test_a_promise_on_a_credit_is_refused_and_nothing_is_tagged(session: Session, entity: Entity, admin: User) -> None:
    customer = factories.a_customer()
    debit = factories.an_item(customer)
    credit = factories.an_item(customer, "-10", type=ItemType.CREDIT_NOTE)
    with pytest.raises(Refused, match="no debt"):
        tag([debit, credit], factories.a_status(), admin, promised_on=TODAY)
    assert debit.status_id is None and session.scalar(select(Qualification)) is None


def test_items_of_two_customers_are_two_acts(entity: Entity, admin: User) -> None:
    items = [factories.an_item(factories.a_customer()) for _ in range(2)]
    acts = statuses.qualify_each(
        items, Tagging(factories.a_status(StatusType.ONGOING)), actor=admin, today=TODAY, now=NOW
    )
    assert {act.customer_id for act in acts} == {item.customer_id for item in items}


def test_a_quick_promise_is_for_today_and_the_set_days(entity: Entity) -> None:
    status = factories.a_status(name="Promise to pay")
    assert statuses.quick_promise(entity, TODAY) == Tagging(status, promised_on=TODAY + timedelta(days=3))


def test_only_the_author_edits_the_last_qualification_and_the_edit_is_kept(
    session: Session, entity: Entity, admin: User
) -> None:
    item = factories.an_item(factories.a_customer())
    first = tag([item], factories.a_status(StatusType.ONGOING), admin, comment="one")
    edited = Tagging(session.get(Status, first.status_id), comment="two")
    with pytest.raises(Refused, match="Only the author"):
        statuses.correct(first, edited, actor=factories.a_user(), today=TODAY, now=NOW)
    second = statuses.correct(first, edited, actor=admin, today=TODAY, now=NOW)
    assert (second.corrects_id, first.comment, item.status_comment) == (first.id, "one", "two")
    with pytest.raises(Refused, match="Only the last"):
        statuses.correct(first, edited, actor=admin, today=TODAY, now=NOW)
