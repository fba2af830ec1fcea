"""What people do to items by hand."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import ActionState, ClearedBy, EventKind, ReasonCode
from dso.domain.errors import Refused
from dso.domain.money import ZERO
from dso.models import Action, Customer, CustomerState, Entity, Event, Item, ItemChange, User
from dso.queries.customers.timeline import timeline
from dso.services import actions, items
from tests.factories import NOW, TODAY, a_contact, a_customer, a_scenario, an_item


@pytest.fixture
def account(entity: Entity) -> Customer:
    """A customer with a scenario and one late item."""
    customer = a_customer(scenario_id=a_scenario().id)
    a_contact(customer)
    return customer


def state(session: Session, customer: Customer) -> CustomerState:
    session.expire_all()
    return session.get_one(CustomerState, customer.id)


def changes(session: Session, item: Item) -> dict[str, tuple[str | None, str | None]]:
    rows = session.scalars(select(ItemChange).where(ItemChange.item_id == item.id).order_by(ItemChange.id))
    return {row.field: (row.old, row.new) for row in rows}


def events(session: Session, customer: Customer, kind: EventKind = EventKind.ITEM) -> list[str]:
    rows = session.scalars(select(Event).where(Event.customer_id == customer.id, Event.kind == kind))
    return [row.text % row.data.get("params", {}) for row in rows]


def test_an_ignored_item_leaves_the_pool_and_the_next_one_leads(
    session: Session, account: Customer, admin: User
) -> None:
    first, second = an_item(account, days_late=40), an_item(account, days_late=20)
    actions.review(account.entity, [account.id], today=TODAY, now=NOW)
    assert state(session, account).leader_id == first.id
    items.ignore([first], actor=admin, today=TODAY, now=NOW)
    assert state(session, account).leader_id == second.id
    assert changes(session, first)["ignored"] == ("0", "1")
    assert events(session, account) == ["Items left out of collection: 1"]


def test_an_item_taken_back_leads_again(session: Session, account: Customer, admin: User) -> None:
    item = an_item(account)
    items.ignore([item], actor=admin, today=TODAY, now=NOW)
    assert state(session, account).reason_code is ReasonCode.NOTHING_CHASEABLE
    items.take_back([item], actor=admin, today=TODAY, now=NOW)
    assert state(session, account).leader_id == item.id


def test_ignoring_twice_changes_and_tells_nothing_more(session: Session, account: Customer, admin: User) -> None:
    item = an_item(account)
    assert items.ignore([item], actor=admin, today=TODAY, now=NOW) == [item]
    assert items.ignore([item], actor=admin, today=TODAY, now=NOW) == []
    assert len(events(session, account)) == 1


def test_an_item_cleared_by_hand_keeps_what_was_remaining_and_is_chased_no_more(
    session: Session, account: Customer, admin: User
) -> None:
    item = an_item(account, "1000", remaining=Decimal(400), remaining_excl_tax=Decimal(333))
    actions.review(account.entity, [account.id], today=TODAY, now=NOW)
    planned = session.scalar(select(Action).where(Action.customer_id == account.id))
    assert planned is not None
    items.clear([item], on=TODAY - timedelta(days=2), actor=admin, today=TODAY, now=NOW)
    session.expire_all()
    assert (item.remaining, item.cleared_amount, item.remaining_excl_tax) == (ZERO, Decimal(400), ZERO)
    assert (item.cleared_on, item.cleared_by) == (TODAY - timedelta(days=2), ClearedBy.HAND)
    assert changes(session, item)["remaining"] == ("4000000", "0")
    assert planned.state is ActionState.CANCELLED
    assert state(session, account).reason_code is ReasonCode.NO_OPEN_ITEMS
    assert state(session, account).receivable == 0
    assert events(session, account) == [f"Items cleared by hand, paid on {TODAY - timedelta(days=2)}: 1"]


def test_a_clearing_by_hand_is_undone_with_what_was_remaining(session: Session, account: Customer, admin: User) -> None:
    item = an_item(account, "1000", remaining=Decimal(400), remaining_excl_tax=Decimal(333))
    items.clear([item], on=TODAY, actor=admin, today=TODAY, now=NOW)
    items.reopen([item], actor=admin, today=TODAY, now=NOW)
    session.expire_all()
    assert (item.remaining, item.remaining_excl_tax, item.cleared_amount) == (Decimal(400), Decimal(333), None)
    assert item.is_open and item.cleared_by is None
    assert state(session, account).receivable == 400


def test_what_the_ledger_cleared_is_not_opened_by_hand(account: Customer, admin: User) -> None:
    item = an_item(account, cleared_on=TODAY, cleared_by=ClearedBy.FILE)
    with pytest.raises(Refused, match="was not cleared by hand"):
        items.reopen([item], actor=admin, today=TODAY, now=NOW)


@pytest.mark.parametrize(
    ("days", "words"), [(1, "cannot have been paid in the future"), (-60, "was issued after that day")]
)
def test_a_day_of_payment_that_cannot_be_is_refused(account: Customer, admin: User, days: int, words: str) -> None:
    with pytest.raises(Refused, match=words):
        items.clear([an_item(account)], on=TODAY + timedelta(days=days), actor=admin, today=TODAY, now=NOW)


def test_clearing_or_ignoring_a_cleared_item_is_refused_and_changes_no_other(
    session: Session, account: Customer, admin: User
) -> None:
    other, item = an_item(account), an_item(account, cleared_on=TODAY)
    with pytest.raises(Refused, match="is cleared already"):
        items.clear([other, item], on=TODAY, actor=admin, today=TODAY, now=NOW)
    with pytest.raises(Refused, match="is cleared already"):
        items.ignore([other, item], actor=admin, today=TODAY, now=NOW)
    assert other.is_open and not other.ignored and events(session, account) == []


def test_items_of_several_customers_are_told_on_each_timeline(session: Session, account: Customer, admin: User) -> None:
    other = a_customer()
    mine, theirs = an_item(account), an_item(other)
    items.ignore([mine, theirs], actor=admin, today=TODAY, now=NOW)
    told = [timeline(customer).entries[0] for customer in (account, other)]
    assert [entry.text % entry.params for entry in told] == ["Items left out of collection: 1"] * 2
    assert [entry.items for entry in told] == [((each.id, each.number),) for each in (mine, theirs)]
