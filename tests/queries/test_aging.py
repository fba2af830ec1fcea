"""The aging balance as at any day."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import ColleagueRole, ItemType, Role
from dso.models import Customer, CustomerColleague, Entity, Item, Rate, User
from dso.queries.reports.aging import Aging, aging
from dso.services import item_changes, settings
from tests.counting import statements
from tests.factories import NOW, TODAY, a_customer, a_user, an_item


def amounts(found: Aging) -> dict[str, list[str]]:
    return {row.code: [str(amount.normalize() + 0) for amount in row.amounts] for row in found.rows}


def now_of(user: User, entity: Entity) -> Aging:
    return aging(user, entity, as_of=TODAY, today=TODAY)


def test_items_lie_in_the_bucket_of_their_own_due_date_credits_too(entity: Entity, admin: User) -> None:
    customer = a_customer(code="C1")
    for days, amount in ((-5, "1"), (0, "2"), (1, "4"), (30, "8"), (31, "16"), (60, "32"), (61, "64"), (91, "128")):
        an_item(customer, amount, days_late=days)
    an_item(customer, "-100", days_late=31, type=ItemType.CREDIT_NOTE)
    found = now_of(admin, entity)
    assert amounts(found) == {"C1": ["3", "12", "-52", "64", "128"]}
    assert found.total == 155 == sum(found.amounts)


def test_down_payment_requests_and_cleared_items_do_not_count(entity: Entity, admin: User) -> None:
    customer = a_customer()
    an_item(customer, "100", type=ItemType.DOWN_PAYMENT)
    an_item(customer, "100", cleared_on=TODAY)
    assert now_of(admin, entity).rows == []
    assert now_of(admin, entity).amounts == (Decimal(0),) * 5


def test_bounds_are_a_setting(entity: Entity, admin: User) -> None:
    settings.set_value(entity, "figures.buckets", "10", actor=None, now=NOW)
    an_item(a_customer(code="C1"), "7", days_late=11)
    found = now_of(admin, entity)
    assert [bucket.label for bucket in found.buckets] == ["not due", "1–10", "> 10"]
    assert amounts(found) == {"C1": ["0", "0", "7"]}


def test_each_foreign_item_is_converted_and_rounded_once_and_without_a_rate_listed_apart(
    entity: Entity, admin: User, session: Session
) -> None:
    session.add(Rate(reference="EUR", currency="USD", on=TODAY - timedelta(days=3), units="3"))
    session.add(Rate(reference="EUR", currency="USD", on=TODAY + timedelta(days=1), units="1"))
    customer = a_customer(code="C1")
    for _ in range(2):
        an_item(customer, "100", currency="USD", days_late=5)
    an_item(customer, "50", currency="CHF")
    found = now_of(admin, entity)
    assert amounts(found) == {"C1": ["0", "66.66", "0", "0", "0"]}
    assert found.unconverted == (("CHF", Decimal(50)),)


def test_a_restricted_person_sees_the_balance_of_linked_customers_only(entity: Entity, session: Session) -> None:
    mine, other = a_customer(code="MINE"), a_customer(code="OTHER")
    sam = a_user(role=Role.SALES)
    session.add(CustomerColleague(customer_id=mine.id, user_id=sam.id, role=ColleagueRole.SALES))
    item, moved = an_item(mine, "5"), an_item(other, "7", created_at=NOW - timedelta(days=9))
    item.created_at = NOW - timedelta(days=9)
    session.flush()
    assert amounts(now_of(sam, entity)) == {"MINE": ["0", "5", "0", "0", "0"]}
    assert item_changes.change(moved, None, TODAY, NOW, remaining=Decimal(6))
    session.flush()
    yesterday = aging(sam, entity, as_of=TODAY - timedelta(days=1), today=TODAY)
    assert amounts(yesterday) == {"MINE": ["0", "5", "0", "0", "0"]}


def test_before_the_first_import_the_day_is_rebuilt_from_documents(entity: Entity, admin: User) -> None:
    """An item counts from its issue day until the day before it was cleared, with its initial amount."""
    day = TODAY - timedelta(days=60)
    entity.first_import_on = TODAY - timedelta(days=30)
    customer = a_customer(code="C1")
    an_item(customer, "10", issued_on=day, due_on=day + timedelta(days=30), remaining=Decimal(4))
    an_item(customer, "20", issued_on=day + timedelta(days=1), due_on=day + timedelta(days=30))
    an_item(customer, "40", issued_on=day, due_on=day - timedelta(days=1), cleared_on=day + timedelta(days=1))
    an_item(customer, "80", issued_on=day, due_on=day, cleared_on=day)
    found = aging(admin, entity, as_of=day, today=TODAY)
    assert amounts(found) == {"C1": ["10", "40", "0", "0", "0"]}


def test_from_the_first_import_on_a_day_is_what_was_recorded_by_its_end(
    entity: Entity, admin: User, session: Session
) -> None:
    """A payment dated earlier but found later still counts as open on the days before it was found."""
    entity.first_import_on = TODAY - timedelta(days=30)
    day = TODAY - timedelta(days=2)
    customer = a_customer(code="C1")
    item = an_item(customer, "10", days_late=10, created_at=NOW - timedelta(days=20))
    cleared = {"cleared_on": day - timedelta(days=3), "remaining": Decimal(0)}
    item_changes.change(item, None, TODAY, NOW, **cleared)
    an_item(customer, "99", issued_on=day - timedelta(days=5), due_on=day, created_at=NOW)
    session.flush()
    assert amounts(aging(admin, entity, as_of=day, today=TODAY)) == {"C1": ["0", "10", "0", "0", "0"]}
    assert amounts(now_of(admin, entity)) == {"C1": ["0", "99", "0", "0", "0"]}


def test_the_day_ends_at_midnight_of_the_entitys_zone(entity: Entity, admin: User) -> None:
    entity.first_import_on = TODAY - timedelta(days=30)
    customer, day = a_customer(code="C1"), TODAY - timedelta(days=1)
    before_midnight_in_paris = datetime(2026, 11, 19, 22, 59, tzinfo=UTC)
    an_item(customer, "1", created_at=before_midnight_in_paris)
    an_item(customer, "2", created_at=before_midnight_in_paris + timedelta(minutes=2))
    assert aging(admin, entity, as_of=day, today=TODAY).total == 1


@dataclass
class Ledger:
    """A ledger to which something happens every day."""

    customers: list[Customer]
    items: list[Item]
    chance: random.Random

    def work(self, day: date) -> None:
        """Some items are made, paid in part, cleared, opened again, re-dated, moved, changed in kind."""
        now = datetime.combine(day, time(12), UTC)
        for _ in range(2):
            late = self.chance.randrange(-40, 120)
            amount = str(self.chance.randrange(1, 1000))
            currency = self.chance.choice(["EUR", "EUR", "USD", "CHF"])
            customer = self.chance.choice(self.customers)
            due = day - timedelta(days=late)
            self.items.append(an_item(customer, amount, due_on=due, currency=currency, created_at=now))
        for item in self.chance.sample(self.items, min(4, len(self.items))):
            item_changes.change(item, None, day, now, **self.chance.choice(self.changes(item, day)))
            db.session.flush()

    def changes(self, item: Item, day: date) -> list[dict[str, object]]:
        if item.cleared_on:
            return [{"cleared_on": None, "remaining": Decimal(5)}]
        return [
            {"remaining": item.remaining / 2},
            {"remaining": Decimal(0), "cleared_on": day - timedelta(days=1)},
            {"due_on": item.due_on + timedelta(days=self.chance.randrange(-30, 30))},
            {"type": ItemType.DOWN_PAYMENT if item.type is ItemType.INVOICE else ItemType.INVOICE},
        ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_past_day_computed_later_equals_the_one_computed_that_day(
    entity: Entity, admin: User, session: Session, seed: int
) -> None:
    entity.first_import_on = TODAY
    session.add(Rate(reference="EUR", currency="USD", on=TODAY, units="1.1"))
    ledger = Ledger([a_customer() for _ in range(3)], [], random.Random(seed))
    seen: dict[date, Aging] = {}
    for n in range(25):
        day = TODAY + timedelta(days=n)
        ledger.work(day)
        seen[day] = aging(admin, entity, as_of=day, today=day)
    later = TODAY + timedelta(days=40)
    for day, found in seen.items():
        again = aging(admin, entity, as_of=day, today=later)
        assert (again.rows, again.unconverted) == (found.rows, found.unconverted), day


def test_buckets_add_up_to_the_receivable_whatever_the_day(entity: Entity, admin: User, session: Session) -> None:
    customer = a_customer()
    for n in range(40):
        kind = ItemType.PAYMENT if n % 7 == 0 else ItemType.INVOICE
        an_item(customer, str(-n - 1 if kind is ItemType.PAYMENT else n + 1), days_late=n * 9 - 100, type=kind)
    open_sum = sum(-n - 1 if n % 7 == 0 else n + 1 for n in range(40))
    for days in (0, 1, 29, 30, 31, 200):
        day = TODAY + timedelta(days=days)
        assert aging(admin, entity, as_of=day, today=TODAY).total == open_sum


def test_the_number_of_statements_does_not_grow_with_the_rows(entity: Entity, admin: User, session: Session) -> None:
    entity.first_import_on = TODAY - timedelta(days=30)
    day = TODAY - timedelta(days=1)

    def sent() -> int:
        aging(admin, entity, as_of=day, today=TODAY)
        with statements() as found:
            assert aging(admin, entity, as_of=day, today=TODAY).rows
        return len(found)

    an_item(a_customer(), created_at=NOW - timedelta(days=9))
    few = sent()
    for _ in range(20):
        item = an_item(a_customer(), created_at=NOW - timedelta(days=9))
        item_changes.change(item, None, TODAY, NOW, remaining=Decimal(1))
    assert sent() == few
