"""A file of another company, kind or year is noticed before anything is saved, unless somebody says it is right."""

from pathlib import Path

import pytest
from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.imports.brake import Braked
from dso.models import Entity, ImportRun
from tests import factories
from tests.services.imports.helpers import Importer, counts, snapshot

ROWS = [f"{code};F{n};FAC;2026-09-01;2026-10-01;100;100" for n, code in enumerate(["C1", "C2", "B1", "B2"])]
KNOWN = "customers in the file: 4, unknown here: 2, customers of Berlin: 2"


@pytest.fixture
def berlin(take: Importer) -> Entity:
    """Another company, with two customers of its own."""
    entity = factories.an_entity(name="Berlin")
    for code in ("B1", "B2"):
        factories.a_customer(entity=entity, code=code)
    return entity


def test_items_of_which_half_the_customers_are_another_company_s_stop(take: Importer, berlin: Entity) -> None:
    with pytest.raises(Braked, match=KNOWN):
        take.items(*ROWS)
    assert snapshot(take.entity) == []
    assert [str(stop) for stop in take.items(*ROWS, dry=True).stops] == [KNOWN]
    assert counts(take.items(*ROWS, force=True)) == {"new": 2, "rejected": 2}


def test_making_unknown_customers_hides_no_other_company(take: Importer, berlin: Entity) -> None:
    with pytest.raises(Braked, match="customers of Berlin"):
        take.items(*ROWS, create_customers=True)


def test_fewer_than_half_are_rejected_one_by_one(take: Importer, berlin: Entity) -> None:
    assert counts(take.items(*ROWS[:3])) == {"new": 2, "rejected": 1}


def test_customers_nobody_knows_stop_nothing(take: Importer, berlin: Entity) -> None:
    rows = [row.replace("B", "X") for row in ROWS]
    assert counts(take.items(*rows)) == {"new": 2, "rejected": 2}


def test_a_file_that_names_its_companies_stops_nothing(take: Importer, berlin: Entity) -> None:
    headers = "customer;number;type;issue date;due date;amount;remaining;company"
    take.items(*(f"{row};{'Berlin' if row[0] == 'B' else take.entity.name}" for row in ROWS),
               headers=headers, columns={"company": "entity"})  # fmt: skip
    assert len(snapshot(take.entity)) == 2


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        (ImportKind.CUSTOMERS, ["code;business name", "C1;Alpha", "B1;Beta"]),
        (ImportKind.CONTACTS, ["customer;last name", "C1;Ann", "B1;Bob"]),
    ],
)
def test_customers_and_contacts_of_another_company_stop_too(
    take: Importer, berlin: Entity, kind: ImportKind, lines: list[str]
) -> None:
    with pytest.raises(Braked, match="customers of Berlin: 1"):
        take.text(kind, *lines)
    assert take.text(kind, *lines, dry=True).stops
    assert take.text(kind, *lines, force=True).count("new") >= 1


def test_the_first_customers_of_a_company_may_be_numbered_like_another_s(berlin: Entity, tmp_path: Path) -> None:
    take = Importer(factories.an_entity(name="Hamburg"), tmp_path)
    assert counts(take.customers("B1;Alpha", "B2;Beta")) == {"new": 2}


def test_a_full_file_of_last_year_stops_with_both_dates(take: Importer) -> None:
    row = "C1;F{};FAC;{};2026-10-01;100;100"
    take.stock(*(row.format(n, "2026-09-01") for n in range(9)), row.format(9, "2026-08-01"))
    old = [row.format(n, "2026-07-17") for n in range(10)]
    words = "the newest issue date in the file is 2026-07-17, in the last full file it was 2026-09-01"
    with pytest.raises(Braked, match=words):
        take.stock(*old)
    assert counts(take.stock(*old, force=True))


def test_forty_five_days_are_no_other_year_and_days_to_come_count_for_nothing(take: Importer) -> None:
    rows = [f"C1;F{n};FAC;2026-07-18;2026-10-01;100;100" for n in range(10)]
    take.stock(*rows, "C1;G1;FAC;2026-09-01;2026-10-01;10;10", "C1;G2;FAC;2027-01-01;2027-02-01;10;10")
    assert counts(take.stock(*rows)) == {"cleared": 2, "unchanged": 10}


def test_a_full_file_older_than_the_open_items_stops_though_no_full_file_came_before(take: Importer) -> None:
    rows = [f"C1;F{n};FAC;2026-06-01;2026-10-01;100;100" for n in range(10)]
    take.items(*rows, "C1;G1;FAC;2026-09-01;2026-10-01;10;10")
    with pytest.raises(Braked, match="in the file is 2026-06-01, that of the open items is 2026-09-01"):
        take.stock(*rows)


def test_a_partial_file_may_be_of_any_year(take: Importer) -> None:
    take.stock(*(f"C1;F{n};FAC;2026-09-01;2026-10-01;100;100" for n in range(3)))
    assert counts(take.items("C1;OLD;FAC;2024-01-01;2024-02-01;5;5")) == {"new": 1}


def test_a_partial_file_that_brings_a_ledger_of_another_year_stops(take: Importer) -> None:
    row = "C1;{}{};FAC;{};2026-10-01;100;100"
    take.items(*(row.format("F", n, "2026-09-01") for n in range(30)))
    last_year = [row.format("F", n, "2025-09-01") for n in range(30)]
    words = "the newest issue date in the file is 2025-09-01, that of the open items is 2026-09-01"
    with pytest.raises(Braked, match=words):
        take.items(*last_year)
    assert counts(take.items(*last_year[:15])) == {"new": 15}
    assert counts(take.items(*(row.format("G", n, "2026-04-01") for n in range(40)))) == {"new": 40}
    assert counts(take.items(*last_year, force=True)) == {"new": 15, "unchanged": 15}


def test_a_file_of_another_kind_stops(take: Importer) -> None:
    headers = "customer code;name;first name;last name;e-mail;job title;mobile;contact for collection"
    with pytest.raises(Braked, match="looks like a file of contacts and not of customers"):
        take.text(ImportKind.CUSTOMERS, headers, "C1;Alpha;Ann;Lee;a@example.com;Buyer;06;x")


def test_the_newest_day_of_a_file_counts_rows_that_say_nothing_new(take: Importer) -> None:
    rows = [f"C1;F{n};FAC;2026-09-0{n};2026-10-01;100;100" for n in range(1, 9)]
    take.stock(*rows)
    take.stock(*rows[:-1], "C1;F8;FAC;2026-09-08;2026-10-01;100;90")
    take.stock(*rows[1:])
    measures = db.session.scalars(select(ImportRun.measures).order_by(ImportRun.id)).all()
    assert [each["newest"] for each in measures] == ["2026-09-08"] * 3
