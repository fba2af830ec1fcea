"""The brake stops an items file before anything is saved, with its figures, unless it is overridden (2.3)."""

from decimal import Decimal

import pytest

from dso.domain.imports.brake import Braked
from dso.services import settings
from tests.factories import NOW
from tests.services.imports.helpers import Importer, counts, item, snapshot

ROWS = [f"C1;F{n};FAC;2026-09-01;2026-10-01;100;100" for n in range(1, 11)]


def test_a_full_file_that_would_clear_too_much_stops_and_nothing_is_saved(take: Importer) -> None:
    take.stock(*ROWS)
    before = snapshot(take.entity)
    with pytest.raises(Braked, match=r"4 of 10 open items would be cleared \(40 %\)"):
        take.stock(*ROWS[:6])
    assert snapshot(take.entity) == before
    assert counts(take.stock(*ROWS[:6], force=True)) == {"cleared": 4, "unchanged": 6}


def test_a_partial_file_that_would_clear_too_much_stops_too(take: Importer) -> None:
    take.stock(*ROWS)
    paid = [row.removesuffix("100") + "0" for row in ROWS[:4]]
    with pytest.raises(Braked, match="4 of 10 open items"):
        take.items(*paid)


def test_the_share_is_a_setting(take: Importer) -> None:
    take.stock(*ROWS)
    settings.set_value(take.entity, "import.brake_percent", "40", actor=None, now=NOW)
    assert counts(take.stock(*ROWS[:6])) == {"cleared": 4, "unchanged": 6}


def test_a_file_of_less_than_half_the_rows_stops_even_with_the_share_switched_off(take: Importer) -> None:
    take.stock(*ROWS)
    settings.set_value(take.entity, "import.brake_percent", "0", actor=None, now=NOW)
    with pytest.raises(Braked, match="rows of the file: 4, of the last full file: 10"):
        take.stock(*ROWS[:4])


def test_an_extract_without_the_payments_stops(take: Importer) -> None:
    payments = [f"C1;R{n};RGL;2026-09-01;2026-09-01;-50;-50" for n in range(1, 4)]
    take.stock(*ROWS, *payments)
    with pytest.raises(Braked, match=r"credits would fall from -150\.00 to -50\.00 EUR"):
        take.stock(*ROWS, payments[0])


def test_a_receivable_that_rises_by_a_third_stops(take: Importer) -> None:
    take.stock(*ROWS)
    with pytest.raises(Braked, match=r"receivable would rise from 1000\.00 to 1400\.00 EUR"):
        take.stock(*ROWS, "C2;G1;FAC;2026-09-01;2026-10-01;400;400")


def test_a_changed_currency_of_a_known_item_stops_in_every_mode(take: Importer) -> None:
    headers = "customer;number;type;issue date;due date;amount;remaining;currency"
    take.stock(*[f"{row};EUR" for row in ROWS], headers=headers)
    with pytest.raises(Braked, match="known items whose currency would change: 1"):
        take.items(f"{ROWS[0]};USD", headers=headers)
    take.items(f"{ROWS[0]};USD", headers=headers, force=True)
    assert item("F1").currency == "USD"


def test_changed_items_are_summed_in_the_currency_they_have_afterwards(take: Importer) -> None:
    headers = "customer;number;type;issue date;due date;amount;remaining;currency"
    take.stock(*[f"{row};EUR" for row in ROWS], headers=headers)
    report = take.items(f"{ROWS[0]};USD", "C1;F2;FAC;2026-09-01;2026-10-01;100;40;EUR", headers=headers, force=True)
    assert report.parts["changed"].amounts == {"USD": Decimal(100), "EUR": Decimal(40)}


def test_a_preview_names_what_would_stop_it(take: Importer) -> None:
    take.stock(*ROWS)
    report = take.stock(*ROWS[:6], dry=True)
    assert [str(stop) for stop in report.stops] == [
        "4 of 10 open items would be cleared (40 %)",
        "400.00 of 1000.00 EUR receivable would be cleared (40 %)",
    ]
