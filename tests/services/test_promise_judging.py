"""Promises in the database: held until their day, kept or broken on it, judged again in the debtor's favour (11.4)."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ActionKind, ActionState, ClearedBy, ImportKind, ImportMode, StatusType
from dso.models import Action, Customer, Entity, Event, ImportRun, Item, ItemChange, QualificationItem, User
from dso.services import actions, item_changes, statuses
from tests.factories import NOW, TODAY, a_status, an_item
from tests.services.agenda import a_debtor, after, at, item_of, open_of, pay, planned, reason_of, run, state_of

#: Promised for the Monday after; judged three working days later, on Thursday.
MONDAY, THURSDAY = after(3), after(6)


@pytest.fixture
def debtor(entity: Entity, admin: User) -> Customer:
    """A customer who promised to pay on Monday; the scenario goes on, there is no follow-up."""
    customer = a_debtor()
    promise(customer, admin)
    return customer


def promise(customer: Customer, admin: User, amount: Decimal | None = None) -> None:
    tagging = statuses.Tagging(a_status(StatusType.PROMISE), promised_on=MONDAY, amount=amount, follow_up="none")
    statuses.qualify([item_of(customer)], tagging, actor=admin, today=TODAY, now=NOW)
    actions.review(customer.entity, [customer.id], today=TODAY, now=NOW)


def verdict() -> bool | None:
    return db.session.scalars(select(QualificationItem.kept).execution_options(populate_existing=True)).one()


def fresh(customer: Customer) -> Item:
    item = item_of(customer)
    db.session.refresh(item)
    return item


def a_run_of(entity: Entity, on: date, mode: ImportMode = ImportMode.STOCK) -> ImportRun:
    found = ImportRun(
        entity_id=entity.id, kind=ImportKind.ITEMS, mode=mode, on=on, at=at(on), file_name="f.csv", sha256="0" * 64
    )
    db.session.add(found)
    db.session.flush()
    return found


def test_a_promised_item_is_not_chased_until_its_day(debtor: Customer, entity: Entity) -> None:
    run(entity)
    assert (open_of(debtor), reason_of(debtor)) == (None, "nothing_chaseable")
    assert state_of(debtor).reason_on == THURSDAY
    assert f"until {THURSDAY}" in state_of(debtor).reason_text


def test_on_its_day_a_promise_not_kept_is_broken_and_the_item_is_chased_again(debtor: Customer, entity: Entity) -> None:
    run(entity, after(5))
    assert verdict() is None
    run(entity, THURSDAY)
    assert verdict() is False
    assert fresh(debtor).promise_broken
    assert planned(debtor).leader_id == item_of(debtor).id
    assert (state_of(debtor).promises_kept, state_of(debtor).promises_broken) == (0, 1)
    words = db.session.scalars(select(Event.text).order_by(Event.id.desc())).first()
    assert words == "Promise of %(day)s broken: %(number)s"


def test_a_review_before_the_days_run_breaks_no_promise(debtor: Customer, entity: Entity) -> None:
    actions.review(entity, [debtor.id], today=THURSDAY, now=at(THURSDAY))
    assert verdict() is None
    assert open_of(debtor) is None


def test_a_payment_keeps_the_promise_at_once(debtor: Customer, entity: Entity) -> None:
    pay(item_of(debtor), on=MONDAY)
    actions.review(entity, [debtor.id], today=MONDAY, now=at(MONDAY))
    assert verdict() is True
    assert state_of(debtor).promises_kept == 1


def test_a_promised_part_is_kept_when_that_much_came(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    promise(customer, admin, Decimal(400))
    pay(item_of(customer), "400", on=MONDAY)
    run(entity, THURSDAY)
    assert verdict() is True
    assert not fresh(customer).promise_broken
    run(entity, after(7))
    assert planned(customer).leader_id == item_of(customer).id


def test_less_than_the_promised_part_breaks_it(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    promise(customer, admin, Decimal(400))
    pay(item_of(customer), "399.99", on=MONDAY)
    run(entity, THURSDAY)
    assert verdict() is False


def test_what_a_full_file_finds_later_counts_from_the_file_before(debtor: Customer, entity: Entity) -> None:
    a_run_of(entity, after(5))
    run(entity, THURSDAY)
    assert verdict() is False
    item, friday = item_of(debtor), after(7)
    found = a_run_of(entity, friday)
    item.cleared_amount, item.cleared_by = item.remaining, ClearedBy.ABSENCE
    item_changes.change(item, None, friday, at(friday), remaining=Decimal(0), cleared_on=friday)
    for change in db.session.scalars(select(ItemChange).where(ItemChange.on == friday)):
        change.import_run_id = found.id
    run(entity, friday)
    assert verdict() is True
    assert (state_of(debtor).promises_kept, state_of(debtor).promises_broken) == (1, 0)


def test_what_came_too_late_does_not_keep_it(debtor: Customer, entity: Entity) -> None:
    run(entity, THURSDAY)
    pay(item_of(debtor), on=after(7))
    run(entity, after(7))
    assert verdict() is False


def test_a_missed_day_judges_by_what_had_come_by_then(debtor: Customer, entity: Entity) -> None:
    pay(item_of(debtor), on=after(7))
    run(entity, after(10))
    assert verdict() is False


def test_the_follow_up_of_a_promise_is_due_on_its_day(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    tagging = statuses.Tagging(a_status(StatusType.PROMISE), promised_on=MONDAY)
    statuses.qualify([item_of(customer)], tagging, actor=admin, today=TODAY, now=NOW)
    run(entity, THURSDAY)
    action = db.session.scalars(select(Action)).one()
    assert action.on == THURSDAY
    assert (open_of(customer), verdict()) == (None, False)
    assert state_of(customer).next_action_id == action.id


def test_the_follow_up_of_a_part_that_was_paid_as_promised_ends_and_says_so(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    tagging = statuses.Tagging(a_status(StatusType.PROMISE), promised_on=MONDAY, amount=Decimal(400))
    statuses.qualify([item_of(customer)], tagging, actor=admin, today=TODAY, now=NOW)
    pay(item_of(customer), "400", on=MONDAY)
    run(entity, after(5))
    follow_up = db.session.scalars(select(Action)).one()
    assert (follow_up.state, follow_up.explanation) == (ActionState.CANCELLED, "the promise was kept")
    assert (open_of(customer), fresh(customer).held_by_id) == (None, None)
    run(entity, after(7))
    assert planned(customer).leader_id == item_of(customer).id


def test_a_follow_up_goes_on_with_the_items_whose_promise_was_not_kept(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    other = an_item(customer, "500", days_late=15)
    tagging = statuses.Tagging(a_status(StatusType.PROMISE), promised_on=MONDAY, amount=Decimal(1200))
    statuses.qualify([item_of(customer), other], tagging, actor=admin, today=TODAY, now=NOW)
    pay(other, "200", on=MONDAY)
    run(entity, THURSDAY)
    follow_up = db.session.scalars(select(Action).where(Action.kind == ActionKind.SPECIFIC)).one()
    assert follow_up.state is ActionState.PLANNED
    assert [row.item_id for row in follow_up.items if row.detached_at is None] == [item_of(customer).id]
