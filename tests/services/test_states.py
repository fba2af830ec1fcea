"""The figures of a customer as its rollup row keeps them (1.7, 6.3), in the entity's currency (1.6)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, select

from dso.db import db
from dso.domain.codes import ClearedBy, ImportKind, ItemType
from dso.models import Customer, CustomerState, Entity, ImportRun, Item, Rate
from dso.services import settings, states
from tests.factories import NOW, TODAY, a_customer, an_entity, an_item
from tests.services.agenda import after


def refreshed(customer: Customer) -> CustomerState:
    states.refresh(customer.entity, [customer.id], today=TODAY)
    return db.session.get_one(CustomerState, customer.id, populate_existing=True)


@pytest.fixture
def debtor(entity: Entity) -> Customer:
    """A customer with an overdue and a coming invoice, a late credit, a draft and a memorandum."""
    customer = a_customer()
    an_item(customer, "1000", days_late=20)
    an_item(customer, "300", days_late=0)
    an_item(customer, "-100", days_late=5, type=ItemType.CREDIT_NOTE)
    an_item(customer, "50", days_late=-10, type=ItemType.DRAFT)
    an_item(customer, "9999", days_late=90, type=ItemType.DOWN_PAYMENT)
    return customer


def test_the_figures_of_an_account(debtor: Customer) -> None:
    state = refreshed(debtor)
    assert [state.receivable, state.overdue, state.not_due] == [1250, 900, 350]
    assert (state.oldest_due_on, state.open_items, state.as_of) == (after(-20), 5, TODAY)
    assert not state.unconverted


def test_an_item_due_today_is_not_overdue(entity: Entity) -> None:
    customer = a_customer()
    an_item(customer, "10", days_late=0)
    assert refreshed(customer).overdue == 0


@pytest.mark.parametrize(("switch", "overdue"), [("0", 1000), ("30", 700), ("60", 400)])
def test_the_switch_says_from_when_an_item_counts_as_overdue(entity: Entity, switch: str, overdue: int) -> None:
    settings.set_value(None, "figures.overdue_from", switch, actor=None, now=NOW)
    customer = a_customer()
    for amount, late in (("300", 30), ("300", 60), ("400", 61)):
        an_item(customer, amount, days_late=late)
    assert refreshed(customer).overdue == overdue


def test_other_currencies_are_converted_and_rounded_once_per_item(entity: Entity) -> None:
    db.session.add(Rate(reference="EUR", currency="USD", on=TODAY - timedelta(days=3), units="1.1"))
    db.session.add(Rate(reference="EUR", currency="USD", on=after(1), units="2"))
    customer = a_customer()
    for _ in range(3):
        an_item(customer, "100", currency="USD", days_late=3)
    state = refreshed(customer)
    assert state.receivable == Decimal("272.73")  # three times 90.91
    assert state.overdue == Decimal("272.73")
    assert not state.unconverted


def test_what_has_no_rate_is_left_out_and_told(entity: Entity) -> None:
    customer = a_customer()
    an_item(customer, "100", days_late=3)
    an_item(customer, "500", currency="XOF", days_late=40)
    state = refreshed(customer)
    assert state.receivable == 100
    assert (state.unconverted, state.open_items) == (True, 2)
    assert state.oldest_due_on == after(-40)


def test_figures_go_back_to_nothing_when_all_is_paid(debtor: Customer) -> None:
    refreshed(debtor)
    for item in db.session.scalars(select(Item).where(Item.customer_id == debtor.id)):
        item.cleared_on, item.remaining = TODAY, Decimal(0)
    state = refreshed(debtor)
    assert (state.receivable, state.overdue) == (Decimal(0), Decimal(0))
    assert (state.open_items, state.oldest_due_on) == (0, None)


def paid(customer: Customer, amount: str, due: date, days: int, **values: Any) -> None:
    """An invoice that was paid so many days after its due date, issued 30 days before it."""
    an_item(customer, amount, due_on=due, cleared_on=due + timedelta(days=days), cleared_by=ClearedBy.FILE, **values)


def test_delays_are_weighted_by_amount(entity: Entity) -> None:
    customer = a_customer()
    paid(customer, "100", after(-60), 10)
    paid(customer, "300", after(-60), -2)
    state = refreshed(customer)
    assert (state.average_delay, state.average_duration) == (10, 310)  # tenths: 1.0 and 31.0 days


def test_without_payments_the_delay_is_unknown_not_zero(entity: Entity) -> None:
    customer = a_customer()
    an_item(customer)
    paid(customer, "100", after(-400), 3)
    assert refreshed(customer).average_delay is None


def test_an_invoice_cleared_by_a_credit_note_of_its_amount_is_no_payment(entity: Entity) -> None:
    customer = a_customer()
    paid(customer, "100", after(-60), 40)
    an_item(customer, "-100", type=ItemType.CREDIT_NOTE, due_on=after(-30), cleared_on=after(-20))
    paid(customer, "200", after(-60), 5)
    assert refreshed(customer).average_delay == 50


def test_a_payment_found_long_after_the_file_before_says_nothing_of_delays(entity: Entity) -> None:
    for day in (-20, -19, -9):
        on = after(day)
        run = ImportRun(entity_id=entity.id, kind=ImportKind.ITEMS, on=on, at=NOW, file_name="f", sha256="0" * 64)
        db.session.add(run)
    customer = a_customer()
    for due, cleared in ((-40, -19), (-40, -9)):
        an_item(customer, "100", due_on=after(due), cleared_on=after(cleared), cleared_by=ClearedBy.ABSENCE)
    assert refreshed(customer).average_delay == 210


def test_a_second_refresh_writes_nothing(debtor: Customer) -> None:
    refreshed(debtor)
    statements: list[str] = []

    def keep(*args: Any) -> None:
        statements.append(args[2])

    event.listen(db.engine, "before_cursor_execute", keep)
    states.refresh(debtor.entity, None, today=TODAY)
    event.remove(db.engine, "before_cursor_execute", keep)
    assert all(one.startswith(("SELECT", "WITH")) for one in statements)


def test_another_company_is_not_touched(debtor: Customer) -> None:
    other = a_customer(entity=an_entity())
    states.refresh(debtor.entity, None, today=TODAY)
    assert db.session.get(CustomerState, other.id) is None
