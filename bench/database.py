"""Puts the made-up ledger straight into an empty database, without the import: for measuring what comes after it.

`DSO_DATABASE_URL=… python -m bench.database` makes tables, company, administrator (`bench@dso.example`,
`Measured-Twice-1`), 20,000 customers with the Standard scenario, their contacts and 1,000,000 open items.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, select, text

from bench import ledger as made_up
from bench.ledger import Ledger
from dso import create_app, schema
from dso.db import Base, db
from dso.domain.codes import ContactRole, ItemType
from dso.models import Contact, Customer, Entity, Item, Scenario
from dso.services.installation import Administrator, Company, install

COMPANY = Company("Bench", "EUR", "FR", "Europe/Paris", "en")
PERSON = Administrator("bench@dso.example", "Measured-Twice-1", "Ada", "Clock")
BATCH = 5_000


def begin(ledger: Ledger) -> Entity:
    """Tables, the company and its administrator, with the ledger's day as the day of its last import."""
    schema.upgrade()
    now = datetime.combine(ledger.day, time(6), UTC)
    entity, _admin = install(COMPANY, PERSON, now=now)
    entity.ledger_at, entity.first_import_on = now, ledger.day
    db.session.commit()
    return entity


def fill(ledger: Ledger, entity_id: int) -> None:
    """Customers, contacts and items of the ledger in bulk statements, then statistics as a running server has them."""
    now = datetime.combine(ledger.day, time(6), UTC)
    scenario = db.session.scalar(select(Scenario.id).where(Scenario.name == "Standard"))
    _insert(Customer, _customers(ledger, entity_id, scenario, now))
    numbers = dict(db.session.execute(select(Customer.code, Customer.id)).all())
    _insert(Contact, _contacts(ledger, numbers, now))
    _insert(Item, _items(ledger, entity_id, numbers, now))
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def _insert(model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        db.session.connection().execute(insert(model.__table__), batch)  # type: ignore[arg-type]
        db.session.commit()


def _customers(ledger: Ledger, entity_id: int, scenario: int | None, now: datetime) -> Iterator[dict[str, Any]]:
    for row in made_up.customers(ledger):
        values = dict(zip(made_up.CUSTOMER_HEADER, row, strict=True))
        yield {**values, "entity_id": entity_id, "scenario_id": scenario, "created_at": now, "updated_at": now}


def _contacts(ledger: Ledger, numbers: dict[str, int], now: datetime) -> Iterator[dict[str, Any]]:
    for row in made_up.contacts(ledger):
        values: dict[str, Any] = dict(zip(made_up.CONTACT_HEADER, row, strict=True))
        customer_id = numbers[values.pop("customer")]
        known = {"customer_id": customer_id, "role": ContactRole(values.pop("role")), "for_collection": True}
        yield {**values, **known, "created_at": now, "updated_at": now}


def _items(ledger: Ledger, entity_id: int, numbers: dict[str, int], now: datetime) -> Iterator[dict[str, Any]]:
    for code, number, kind, issued_on, due_on, amount, remaining, currency, order in made_up.items(ledger):
        issued = date.fromisoformat(issued_on)
        yield {
            "entity_id": entity_id,
            "customer_id": numbers[code],
            "account_id": numbers[code],
            "number": number,
            "type": ItemType(kind),
            "issued_on": issued,
            "issued_year": issued.year,
            "due_on": date.fromisoformat(due_on),
            "amount": Decimal(amount),
            "remaining": Decimal(remaining),
            "currency": currency,
            "order_number": order,
            "created_at": now,
            "updated_at": now,
        }


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill the empty database named by DSO_DATABASE_URL with a made-up ledger."""
    words = argparse.ArgumentParser(description=main.__doc__)
    words.add_argument("--customers", type=int, default=Ledger.customers)
    words.add_argument("--items", type=int, default=Ledger.items)
    words.add_argument("--day", type=date.fromisoformat, default=Ledger.day)
    asked = words.parse_args(arguments)
    ledger = Ledger(asked.customers, asked.items, asked.day)
    with create_app().app_context():
        entity = begin(ledger)
        fill(ledger, entity.id)
        items = db.session.scalar(select(func.count()).select_from(Item))
        print(f"{COMPANY.name}: {items} items; log in as {PERSON.email} with {PERSON.password}")


if __name__ == "__main__":
    main()
