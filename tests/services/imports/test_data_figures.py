"""The aging balance after each sample file is that of an independent reading of it, customer by customer."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from dso.domain.codes import ImportKind, Role
from dso.models import Entity, User
from dso.queries.reports.aging import aging
from tests import factories
from tests.factories import TODAY
from tests.services.imports.helpers import DATA, STOCK, Importer
from tests.services.imports.samples import american, american_day, french, french_day, rows_of, sap, sap_day

#: Customer, due date, currency, open amount.
Line = tuple[str, date, str, Decimal]
FIRST, SECOND = "fr_ecritures_2026-11-20.csv", "fr_ecritures_2026-11-21.csv"


@pytest.fixture
def boss(entity: Entity) -> User:
    """Somebody who sees all."""
    return factories.a_user(role=Role.ADMIN)


def _take(take: Importer, customers: str, items: str) -> None:
    take.file(ImportKind.CUSTOMERS, DATA / customers)
    take.file(ImportKind.ITEMS, DATA / items, mode=STOCK)


def _holds(boss: User, entity: Entity, lines: Iterable[Line], day: date = TODAY) -> None:
    """The aging balance of a day has these lines in its buckets: not due, 30, 60, 90, more."""
    buckets: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 5)
    foreign: dict[str, Decimal] = defaultdict(Decimal)
    for code, due, currency, amount in lines:
        late = (day - due).days
        if currency == entity.currency:
            buckets[code][sum(late > bound for bound in (0, 30, 60, 90))] += amount
        else:
            foreign[currency] += amount
    found = aging(boss, entity, as_of=day, today=TODAY)
    shown = {row.code: list(row.amounts) for row in found.rows if any(row.amounts)}
    assert shown == {code: amounts for code, amounts in buckets.items() if any(amounts)}
    assert dict(found.unconverted) == foreign
    assert found.total == sum(map(sum, buckets.values())) != 0


def _french(name: str, *without: str) -> list[Line]:
    rows = [row for row in rows_of(name, "cp1252", ";") if row[1] != "AC" and row[2] not in without]
    return [(row[0], french_day(row[4]), row[8], french(row[7])) for row in rows]


def test_the_balance_of_the_french_ledger_on_both_days(take: Importer, boss: User) -> None:
    _take(take, "fr_clients.csv", FIRST)
    _holds(boss, take.entity, _french(FIRST))
    take.file(ImportKind.ITEMS, DATA / SECOND, mode=STOCK)
    _holds(boss, take.entity, _french(SECOND, "FC2699998", "FC2699999"))


def test_the_balance_of_the_sap_list(take: Importer, boss: User) -> None:
    _take(take, "sap_customers.txt", "sap_items.txt")
    rows = [row for row in rows_of("sap_items.txt", "utf-16", "\t") if row[2] != "DA"]
    _holds(boss, take.entity, [(row[0], sap_day(row[4]), row[6], sap(row[5])) for row in rows])


def test_the_balance_of_the_american_package(boss: User, tmp_path: Path) -> None:
    there = Importer(factories.an_entity(currency="USD", country="US", timezone="America/Chicago"), tmp_path)
    _take(there, "us_customers.csv", "us_open_invoices.csv")
    rows = [row for row in rows_of("us_open_invoices.csv", "utf-8-sig", ",") if row[2] != "Deposit Request"]
    _holds(boss, there.entity, [(row[0], american_day(row[4] or row[3]), "USD", american(row[6])) for row in rows])


@pytest.mark.parametrize("day", [date(2012, 6, 30), date(2013, 3, 31), date(2013, 11, 1)])
def test_the_balance_of_the_public_sample_on_a_day_gone_by(take: Importer, boss: User, day: date) -> None:
    take.file(ImportKind.ITEMS, DATA / "invoices.csv", create_customers=True)
    rows = rows_of("invoices.csv", "utf-8", ",")
    known = [row for row in rows if american_day(row[4]) <= day < american_day(row[8])]
    _holds(boss, take.entity, [(row[1], american_day(row[5]), "EUR", Decimal(row[6])) for row in known], day)
