"""An item that moves to another account, by a file or by its undoing: both accounts are looked at again."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from dso.db import db
from dso.models import Customer, CustomerState
from dso.services import actions
from tests import factories
from tests.factories import NOW, TODAY
from tests.services.imports.helpers import Importer, customer, item, money
from tests.services.imports.undo_helpers import take_back

HEADERS = "customer;number;type;issue date;due date;amount;remaining;unique_id"
U1 = "C1;F1;FAC;2026-09-01;2026-10-01;100;100;u1"
LED = "code;business name;collected by"


@pytest.fixture
def led(take: Importer) -> Importer:
    """C1, who owes 100, and C2; the pilots B1 and B2 may collect for others."""
    for code in ("B1", "B2"):
        factories.a_customer(entity=take.entity, code=code)
    take.items(U1, headers=HEADERS)
    actions.review(take.entity, None, today=TODAY, now=NOW)
    return take


def _states() -> dict[str, tuple[Decimal, int | None]]:
    """Receivable and leading item of accounts that have either."""
    db.session.expire_all()
    query = select(Customer.code, CustomerState.receivable, CustomerState.leader_id).join(
        CustomerState, CustomerState.customer_id == Customer.id
    )
    return {code: (amount, leader) for code, amount, leader in db.session.execute(query) if amount or leader}


def test_an_item_that_moves_to_another_customer_leaves_the_first_and_comes_back(led: Importer) -> None:
    leading = (money("100"), item("F1").id)
    assert _states() == {"C1": leading}
    led.items(U1.replace("C1", "C2"), headers=HEADERS)
    assert _states() == {"C2": leading}
    take_back(led.entity)
    assert _states() == {"C1": leading}


def test_an_item_that_moves_between_pilots_leaves_the_first_and_comes_back(led: Importer) -> None:
    led.customers("C1;One;B1", headers=LED)
    assert _states() == {"C1": (money("100"), None), "B1": (money("0"), item("F1").id)}
    led.customers("C1;One;B2", headers=LED)
    assert _states() == {"C1": (money("100"), None), "B2": (money("0"), item("F1").id)}
    take_back(led.entity)
    assert _states() == {"C1": (money("100"), None), "B1": (money("0"), item("F1").id)}


def test_an_item_that_moves_from_under_a_pilot_leaves_the_pilot_too(led: Importer) -> None:
    led.customers("C1;One;B1", headers=LED)
    led.items(U1.replace("C1", "C2"), headers=HEADERS)
    assert _states() == {"C2": (money("100"), item("F1").id)}
    take_back(led.entity)
    assert _states()["B1"] == (money("0"), item("F1").id)


def test_a_pilot_who_comes_with_the_file_takes_the_items_of_the_one_before(led: Importer) -> None:
    led.customers("C1;One;B1", headers=LED)
    led.customers("C1;One;N9", "N9;New;", headers=LED)
    assert customer("C1").collected_by_id == customer("N9").id
    assert _states() == {"C1": (money("100"), None), "N9": (money("0"), item("F1").id)}
    take_back(led.entity)
    assert _states()["B1"] == (money("0"), item("F1").id)
