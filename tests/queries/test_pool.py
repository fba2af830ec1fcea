"""The pool by SQL is the pool of the definition, for any ledger; on both databases."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain import pool as definition
from dso.domain.codes import ActionKind, ItemType, Mode, StatusType, StepType
from dso.domain.pool import Aside, PoolItem
from dso.domain.settings import CollectionSettings
from dso.models import Action, Customer, Entity
from dso.queries import pool
from tests.factories import NOW, TODAY, a_customer, an_entity, an_item

METHODS = ("", "virement", "Prélèvement", "PRÉLÈVEMENT")
SETTINGS = CollectionSettings(methods_not_chased=("prélèvement",))


@dataclass(frozen=True)
class Drawn:
    """An item as it was drawn."""

    number: str
    type: ItemType
    currency: str
    cents: int
    due: int
    ignored: bool
    held: bool
    status: StatusType | None
    disputed: int | None
    promise: int | None
    broken: bool
    method: str


drawn = st.builds(
    Drawn,
    number=st.text("09AaÉz", min_size=1, max_size=3),
    type=st.sampled_from(ItemType),
    currency=st.sampled_from(["EUR", "USD"]),
    cents=st.integers(-3000, 3000).filter(bool),
    due=st.integers(-3, 3),
    ignored=st.sampled_from([False, False, False, True]),
    held=st.sampled_from([False, False, True]),
    status=st.sampled_from([None, None, *StatusType]),
    disputed=st.none() | st.integers(1, 3000),
    promise=st.none() | st.integers(-2, 2),
    broken=st.booleans(),
    method=st.sampled_from(METHODS),
)
ledgers = st.lists(st.lists(drawn, max_size=7), min_size=1, max_size=3)
customers = st.tuples(st.sampled_from(METHODS), st.none() | st.integers(-40, 0))
rules = st.builds(
    CollectionSettings,
    minimum_amount=st.sampled_from([Decimal(0), Decimal(20)]),
    ignore_below=st.sampled_from([Decimal(0), Decimal(5)]),
    chased_types=st.sampled_from([SETTINGS.chased_types, frozenset({ItemType.INVOICE, ItemType.DRAFT})]),
    methods_not_chased=st.sampled_from([(), ("prélèvement",)]),
)


def store(customer: Customer, one: Drawn, holder: Action) -> PoolItem:
    """Save a drawn item and say what the definition sees of it."""
    due = TODAY + timedelta(days=one.due)
    promise = None if one.promise is None else TODAY + timedelta(days=one.promise)
    disputed = Decimal(one.disputed).scaleb(-2) if one.disputed else None
    row = an_item(
        customer,
        Decimal(one.cents).scaleb(-2),
        number=one.number,
        type=one.type,
        currency=one.currency,
        due_on=due,
        ignored=one.ignored,
        held_by_id=holder.id if one.held else None,
        status_type=one.status,
        status_on=TODAY if one.status else None,
        disputed_amount=disputed,
        promise_until=promise,
        promise_broken=one.broken,
        payment_method=one.method,
    )
    return PoolItem(
        id=row.id,
        number=one.number,
        type=one.type,
        currency=one.currency,
        remaining=row.remaining,
        issued_on=row.issued_on,
        due_on=due,
        ignored=one.ignored,
        held=one.held,
        status_type=one.status,
        disputed_amount=disputed,
        promise_until=promise,
        promise_broken=one.broken,
        payment_method=one.method or customer.payment_method,
        insolvent_on=customer.insolvent_on,
    )


def a_holder(customer: Customer) -> Action:
    action = Action(
        entity_id=customer.entity_id,
        customer_id=customer.id,
        kind=ActionKind.SPECIFIC,
        type=StepType.TASK,
        name="Holds",
        mode=Mode.MANUAL,
        on=TODAY,
        created_at=NOW,
        updated_at=NOW,
    )
    db.session.add(action)
    db.session.flush()
    return action


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledgers=ledgers, facts=st.lists(customers, min_size=3, max_size=3), by=rules)
def test_the_pool_of_the_database_is_the_pool_of_the_definition(
    session: Session, ledgers: list[list[Drawn]], facts: list[tuple[str, int | None]], by: CollectionSettings
) -> None:
    entity = an_entity()
    told: dict[int, list[PoolItem]] = {}
    for ledger, (method, insolvent) in zip(ledgers, facts, strict=False):
        since = None if insolvent is None else TODAY + timedelta(days=insolvent)
        customer = a_customer(entity=entity, payment_method=method, insolvent_on=since)
        holder = a_holder(customer)
        told[customer.id] = [store(customer, one, holder) for one in ledger]
    found = pool.rows(entity, by, TODAY)
    assert set(found) == set(told)
    for account_id, items in told.items():
        check(found[account_id], items, by)
    asked = pool.item_ids(entity, by, TODAY, list(told))
    for account_id, items in told.items():
        assert set(asked.get(account_id, [])) == expected_ids(items, by)


def check(row: pool.PoolRow, items: list[PoolItem], by: CollectionSettings) -> None:
    leader = definition.find_leader(items, by, TODAY)
    assert (row.leader.id if row.leader else None) == (leader.id if leader else None)
    assert row.open_items == len(items)
    assert row.chaseable == without_zero(definition.chaseable(items, by, TODAY))
    if leader is None:
        causes = [definition.set_aside(item, by, TODAY) for item in items if item.remaining > 0]
        assert {aside.cause: aside.count for aside in row.asides} == {cause: causes.count(cause) for cause in causes}
    elif not definition.enough(row.chaseable, by.minimum_amount):
        for days in range(5):
            day = TODAY + timedelta(days=days)
            amounts = dict(row.chaseable)
            for later in row.later:
                if later.due_on <= day:
                    amounts[later.currency] = amounts.get(later.currency, Decimal(0)) + later.amount
            assert without_zero(amounts) == without_zero(definition.chaseable(items, by, TODAY, by=day))


def without_zero(amounts: dict[str, Decimal]) -> dict[str, Decimal]:
    return {currency: amount for currency, amount in amounts.items() if amount}


def expected_ids(items: list[PoolItem], by: CollectionSettings) -> set[int]:
    leader = definition.find_leader(items, by, TODAY)
    if leader is None:
        return set()
    until = max(TODAY, leader.due_on)
    chased = {item.id for item in items if definition.is_chased(item, by, TODAY) and item.due_on <= until}
    return chased | {item.id for item in items if definition.nets(item)}


def row_of(entity: Entity, account: Customer, today: date = TODAY) -> pool.PoolRow:
    return pool.rows(entity, SETTINGS, today, [account.id])[account.id]


def test_an_account_collected_by_another_brings_its_items_to_the_pilot(entity: Entity) -> None:
    pilot = a_customer()
    member = a_customer(collected_by_id=pilot.id)
    item = an_item(member)
    found = pool.rows(entity, SETTINGS, TODAY)
    assert member.id not in found
    leader = found[pilot.id].leader
    assert leader is not None and leader.id == item.id


def test_cleared_items_are_not_in_the_pool(entity: Entity) -> None:
    customer = a_customer()
    an_item(customer, cleared_on=TODAY)
    assert row_of(entity, customer) == pool.PoolRow()


def test_what_is_held_says_since_when_and_until_when(entity: Entity) -> None:
    customer = a_customer()
    holder = a_holder(customer)
    an_item(customer, status_type=StatusType.DISPUTE, status_on=date(2026, 11, 3), held_by_id=holder.id)
    an_item(customer, status_type=StatusType.PROMISE, promise_until=date(2026, 11, 25))
    asides = row_of(entity, customer).asides
    assert [aside.cause for aside in asides] == [Aside.DISPUTE, Aside.PROMISE]
    assert (asides[0].since, asides[1].until) == (date(2026, 11, 3), date(2026, 11, 25))


@pytest.mark.parametrize("accounts", [1, 12])
def test_the_number_of_statements_does_not_grow_with_the_accounts(entity: Entity, accounts: int) -> None:
    for _ in range(accounts):
        customer = a_customer()
        an_item(customer, days_late=3)
        an_item(customer, "-5000", type=ItemType.PAYMENT)
    statements: list[str] = []

    def count(*args: Any) -> None:
        statements.append(args[2])

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        pool.rows(entity, SETTINGS, TODAY)
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    assert len(statements) == 4


def test_items_of_another_entity_are_not_seen(entity: Entity) -> None:
    other = an_entity()
    an_item(a_customer(entity=other))
    mine = a_customer(entity=entity)
    assert set(pool.rows(entity, SETTINGS, TODAY)) == {mine.id}


def test_spellings_of_a_method_are_compared_as_the_definition_does() -> None:
    item = PoolItem(1, "F1", ItemType.INVOICE, "EUR", Decimal(100), TODAY, TODAY, payment_method="PRÉLÈVEMENT")
    assert definition.set_aside(item, SETTINGS, TODAY) is Aside.METHOD
    assert definition.set_aside(replace(item, payment_method="virement"), SETTINGS, TODAY) is None
