"""Automatic sending to a customer is held while a row of the own ledger is missing, and no shorter (2.3)."""

import pytest

from dso.db import db
from tests import factories
from tests.counting import statements
from tests.services.imports.helpers import ITEM_HEADERS, Importer, counts, customer, item, reasons

F1 = "C1;F1;FAC;2026-09-01;2026-10-01;100.00;100.00"
F2 = "C1;F2;FAC;2026-09-02;2026-10-02;200.00;200.00"
F3 = "C2;F3;FAC;2026-09-03;2026-10-03;300.00;300.00"
BAD, GOOD = (f"C2;P2;RGL;2026-11-01;2026-11-01;{amount}" for amount in ("-3oo;-300", "-300;-300"))


@pytest.fixture
def held(take: Importer) -> Importer:
    """C2's payment P2 of 2026 could not be read."""
    take.stock(F1, F2, F3)
    take.stock(F1, F2, F3, BAD)
    assert _held() == ["C2"]
    return take


def _held() -> list[str]:
    db.session.expire_all()
    return [code for code in ("C1", "C2") if customer(code).ledger_incomplete]


def test_a_clean_full_file_makes_every_ledger_whole(held: Importer) -> None:
    held.stock(F1, F2, F3, force=True)
    assert _held() == []


def test_a_row_rejected_again_is_still_missing_though_nobody_can_say_whose_it_is(held: Importer) -> None:
    report = held.stock(F1, F2, F3, GOOD.replace("C2", "C9"))
    assert reasons(report) == ["5: there is no customer with the code C9"]
    assert _held() == ["C2"]


def test_a_full_file_with_a_row_nobody_can_place_makes_no_ledger_whole(held: Importer) -> None:
    held.stock(F1, F2, F3, "Dupont;;;;;600.00;600.00", force=True)
    assert _held() == ["C2"]
    held.stock(F1, F2, F3, GOOD, "Dupont;;;;;600.00;600.00", force=True)
    assert _held() == []


def test_a_full_file_that_ends_in_totals_makes_a_ledger_whole(held: Importer) -> None:
    held.stock(F1, F2, F3, "Total;;;;;600.00;600.00", force=True)
    assert _held() == []


def test_a_full_file_of_which_nothing_goes_in_makes_no_ledger_whole(held: Importer) -> None:
    held.stock(F1.replace("C1", "C8"), F2.replace("C1", "C8"), F3.replace("C2", "C9"), force=True)
    assert "C2" in _held()
    factories.an_entity(name="Beta GmbH")
    held.stock(f"Beta GmbH;{F1}", headers=f"entity;{ITEM_HEADERS}", force=True)
    assert "C2" in _held()


@pytest.mark.parametrize("other", [GOOD.replace("C2", "C1"), GOOD.replace("2026", "2025"), F3])
def test_a_row_of_another_customer_or_year_is_not_the_missing_one(held: Importer, other: str) -> None:
    assert not counts(held.items(other)).get("rejected")
    assert _held() == ["C2"]
    held.items(GOOD.replace("P2", "P3"))
    assert _held() == ["C2"]


def test_the_missing_row_itself_makes_the_ledger_whole(held: Importer) -> None:
    held.items(GOOD)
    assert _held() == []


def test_a_missing_payment_without_a_number_comes_by_another_row_without_one(take: Importer) -> None:
    take.items(F1, F3)
    take.items("C2;;RGL;2026-11-01;;-3oo;")
    for row in (F3, "C1;;RGL;2026-11-01;;-300;", GOOD):
        take.items(row)
        assert _held() == ["C2"]
    take.items("C2;;RGL;2026-11-01;;-300;")
    assert _held() == []


def test_a_ledger_of_which_nobody_knows_what_it_lacks_becomes_whole_by_a_full_file_alone(take: Importer) -> None:
    take.stock(F1, F2, F3)
    customer("C2").ledger_incomplete = True
    take.items(F1, F3.replace(";300.00", ";250.00"))
    assert _held() == ["C2"]
    take.stock(F1, F2, F3)
    assert _held() == []


def test_a_row_that_would_move_an_item_makes_the_ledger_incomplete_it_is_known_in(take: Importer) -> None:
    take.items(F1, F2, F3)
    take.items(F1.replace("C1", "C2"))
    assert (_held(), item("F1").customer.code) == (["C1"], "C1")
    take.items(F1)
    assert _held() == []


def test_who_lacks_a_row_is_not_looked_for_in_all_rows_ever_rejected_for_each_customer(take: Importer) -> None:
    with statements() as sent:
        take.items("C1;F1;FAC;2026-09-01;2026-10-01;1x;1")
    asked = [each for each in sent if "ledger_incomplete" in each and "FROM rejected_rows" in each]
    assert len(asked) == 4
    assert not any("rejected_rows.customer_id = customers.id" in each for each in asked), asked
