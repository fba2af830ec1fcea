"""A column may name the company a row belongs to: rows of another are left out and counted, unknown names rejected."""

from datetime import timedelta

from tests import factories
from tests.factories import NOW
from tests.services.imports.helpers import ITEM_HEADERS, Importer, counts, item, reasons
from tests.services.imports.undo_helpers import last_run

HEADERS = "entity;customer;number;type;issue date;due date;amount"


def _row(name: str, number: str) -> str:
    return f"{name};C1;{number};FAC;2026-09-01;2026-10-01;100"


def test_rows_of_another_company_are_left_out_and_named(take: Importer) -> None:
    take.entity.name = "Société Éole"
    factories.an_entity(name="Beta GmbH")
    rows = (_row("societe EOLE", "F1"), _row("Beta GmbH", "F2"), _row("beta gmbh", "F3"), _row("", "F4"))
    report = take.items(*rows, headers=HEADERS)
    assert counts(report) == {"new": 2}
    assert report.rows == 2
    assert report.as_json()["other_entities"] == {"Beta GmbH": 1, "beta gmbh": 1}


def test_a_name_nobody_has_rejects_its_row_and_its_item_is_not_absent(take: Importer) -> None:
    name = take.entity.name
    take.stock(*(_row(name, f"F{n}") for n in range(1, 5)), headers=HEADERS)
    rows = [_row(name, f"F{n}") for n in range(1, 4)]
    report = take.stock(*rows, _row("Nobody Ltd", "F4"), headers=HEADERS)
    assert reasons(report) == ["5: there is no company named Nobody Ltd"]
    assert item("F4").cleared_on is None


def test_customers_and_contacts_of_another_company_are_left_out_too(take: Importer) -> None:
    other = factories.an_entity(name="Beta GmbH")
    name = take.entity.name
    report = take.customers(f"N1;New;{name}", "N2;Other;Beta GmbH", "N3;x;?", headers="code;business name;entity")
    assert (counts(report), report.others) == ({"new": 1, "rejected": 1}, {other.name: 1})
    rows = (f"N1;One;{name}", "N1;Two;Beta GmbH")
    assert counts(take.contacts(*rows, headers="customer;last name;entity")) == {"new": 1}


def test_a_column_that_names_companies_only_is_taken_for_it_whatever_its_header(take: Importer) -> None:
    factories.an_entity(name="Beta GmbH")
    name, headers = take.entity.name, "Mandant;customer;number;type;issue date;due date;amount"
    report = take.items(_row(name, "F1"), _row("Beta GmbH", "F2"), headers=headers)
    assert (counts(report), report.others) == ({"new": 1}, {"Beta GmbH": 1})
    assert take.items(_row("North", "F3"), _row(name, "F4"), headers=headers.replace("Mandant", "Area")).rows == 2


def test_a_new_column_of_companies_beside_a_known_mapping_is_taken_for_it_too(take: Importer) -> None:
    factories.an_entity(name="Beta GmbH")
    headers = "customer;number;type;issue date;due date;amount"
    take.items(_row("", "F1")[1:], headers=headers)
    report = take.items(_row("Beta GmbH", "F2"), headers=f"Mandant;{headers}")
    assert report.others == {"Beta GmbH": 1}


def test_a_full_file_of_other_companies_alone_clears_nothing(take: Importer) -> None:
    factories.an_entity(name="Beta GmbH")
    take.stock("C1;F1;FAC;2026-09-01;2026-10-01;5;5")
    before = take.entity.ledger_at
    row, headers = "Beta GmbH;C1;F9;FAC;2026-09-01;2026-10-01;5;5", f"entity;{ITEM_HEADERS}"
    report = take.stock(row, headers=headers, force=True, now=NOW + timedelta(days=1))
    assert (counts(report), report.others) == ({}, {"Beta GmbH": 1})
    assert (item("F1").cleared_on, take.entity.ledger_at) == (None, before)
    run = last_run(take.entity)
    assert (run.counts["rows"], run.measures["rows"]) == (0, 1)
