"""A row of totals at the end of a file of items: told by what it does not name, and never an item that could go in."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dso.domain.imports.mapping import FileMapping
from dso.domain.imports.totals import TotalsRow, is_number, is_word
from tests.domain.imports.item_typing import BASE, a_typer

HEADERS = [*BASE]
#: Customer, number, type, issued, due, amount.
ITEM = ["C1", "F1", "FAC", "2026-10-01", "2026-10-31", "100.00"]
TOTALS = ["Total", "", "", "", "", "100.00"]


def _ending(headers: list[str] = HEADERS, customers: tuple[str, ...] = (), **more: Any) -> TotalsRow:
    given = more.pop("columns", BASE)
    return TotalsRow(FileMapping(columns=given, **more), headers, customers)


@pytest.mark.parametrize(
    "cell",
    """Total|TOTALS|Grand total|Total:|* Total *|** Total EUR|Total (EUR)|Total outstanding|Sum|Σ
    Total général|Totaux|Somme|Sous-total|Total TTC|Total clients|Solde
    Summe|Summe:|Gesamt|Gesamtsumme|Gesamtbetrag EUR|Summe offene Posten|Insgesamt
    Total general|Suma|Suma total|Importe total|Totales
    Totale|Totale generale|Totale complessivo|Somma|Totali
    Totaal|Algemeen totaal|Totaal openstaand|Eindtotaal|Som
    Razem|Suma końcowa|Ogółem|Łącznie|RAZEM PLN
    Total geral|Soma|Totais|Somatório""".replace("\n", "|").split("|"),
)
def test_words_of_totals_in_eight_languages(cell: str) -> None:
    assert is_word(cell)
    assert _ending().is_one([cell, *TOTALS[1:]])


@pytest.mark.parametrize(
    "cell", ["", "*", "EUR", "TotalEnergies", "Total Gas SA", "Total 12", "Sumatra", "général", "C1", "Total " * 20]
)
def test_other_words_are_none(cell: str) -> None:
    assert not is_word(cell)


def test_without_a_word_a_row_that_names_nothing_is_one_of_totals() -> None:
    assert _ending().is_one(["", "", "", "", "", "100.00"])
    assert _ending().is_one(["**", "", "", " ", "", "100.00"])


@pytest.mark.parametrize(
    "row",
    [
        ["", "", "FAC", "", "", "100.00"],  # an invoice of which nobody knows whose
        ["", "", "", "", "", "100.00", "Chantier Gare"],
        ["", "", "", "", "", "\f"],
        ["", "", "", "", "", "\u2009"],
    ],
)
def test_without_a_word_a_row_that_holds_more_than_sums_or_nothing_is_none(row: list[str]) -> None:
    assert not _ending([*HEADERS, "text"]).is_one(row)


def test_a_unique_identifier_is_never_a_word_of_totals() -> None:
    ending = _ending([*HEADERS, "id"], columns={**BASE, "id": "unique_id"})
    assert ending.is_one([*TOTALS, ""])
    assert not ending.is_one([*TOTALS, "SALDO"])


def test_the_word_may_stand_in_any_cell_since_it_is_no_number_and_no_date() -> None:
    for place in range(6):
        row = ["", "", "", "", "", "100.00"]
        row[place] = "Total"
        assert _ending().is_one(row)


@pytest.mark.parametrize("place", [0, 1, 3, 4])
@pytest.mark.parametrize("word", ["", "Total"])
def test_a_row_that_names_a_customer_a_number_or_a_date_is_none(place: int, word: str) -> None:
    row = [word if other == 0 else cell for other, cell in enumerate(TOTALS)]
    row[place] = ITEM[place]
    assert not _ending().is_one(row)


@pytest.mark.parametrize(
    "target",
    [
        "unique_id", "customer_unique_id", "cleared_on", "ordered_on", "expected_clearing_on", "order_number",
        "order_reference",
    ],
)  # fmt: skip
def test_nor_is_one_that_names_it_in_another_way(target: str) -> None:
    totals = _ending([*HEADERS, "more"], columns={**BASE, "more": target})
    assert totals.is_one([*TOTALS, ""])
    assert not totals.is_one([*TOTALS, "4711"])


@pytest.mark.parametrize(
    "cell", ["3900", "3 900,00 €", "3.900,00", "USD 1,234.50", "(12.00)", "12,00-", "-5", "1'234.50 CHF", "9" * 40]
)
def test_sums_are_numbers_however_they_are_written(cell: str) -> None:
    assert is_number(cell)
    assert _ending().is_one([*TOTALS[:5], cell])


@pytest.mark.parametrize("cell", ["x", "12 rows", "28/11/2026", "10:22", "", "-", "F12", "12 C1"])
def test_what_is_no_number_is_no_sum(cell: str) -> None:
    assert not is_number(cell)
    assert _ending().is_one([*TOTALS[:5], cell]) == (cell in ("", "-"))
    assert not _ending().is_one([*[""] * 5, cell])


def test_columns_that_are_left_out_say_nothing() -> None:
    assert _ending([*HEADERS, "more"], columns={**BASE, "more": "", "gone": ""}).is_one([*TOTALS, "57 rows"])


def test_a_customer_may_be_called_total() -> None:
    assert not _ending(customers=("Total",)).is_one(TOTALS)
    assert _ending(customers=("Total",)).is_one(["", "Total", "", "", "", "100.00"])


def test_a_row_that_ends_before_its_cells_needs_a_word() -> None:
    assert not _ending().is_one(["", "", "", ""])
    assert _ending().is_one(["Total", "100.00"][:1])
    assert _ending().is_one(["", "", "", "", "", "100.00"])


def test_what_is_the_same_in_every_row_makes_no_item_of_totals_but_a_date_asks_for_a_word() -> None:
    columns = {name: target for name, target in BASE.items() if target not in ("customer", "issued_on")}
    one_customer = _ending(columns={**columns, "Issued": "issued_on"}, constants={"customer": "C1", "number": ""})
    assert one_customer.is_one(["", "", "", "", "", "100.00"])
    one_day = _ending(columns=columns, constants={"customer": "C1", "issued_on": "2026-10-01"})
    # A credit without a number.
    assert not one_day.is_one(["", "", "RGL", "", "", "-100.00"])
    assert one_day.is_one(["", "Total", "", "", "", "-100.00"])


CELLS = st.tuples(
    st.sampled_from(["C1", "C9", "Total", "Summe EUR", "", "*", "shared"]),
    st.sampled_from(["F1", "", "Total", "x" * 120]),
    st.sampled_from(["FAC", "RGL", "", "XX", "Razem"]),
    st.sampled_from(["2026-10-01", "01/10/2026", "", "x", "Total"]),
    st.sampled_from(["2026-10-31", "", "x", "-"]),
    st.sampled_from(["100.00", "-5", "", "x", "0"]),
    st.sampled_from(["u1", "", "*"]),
).map(list)


@given(CELLS, st.integers(0, 8), st.booleans(), st.booleans())
def test_what_is_taken_for_totals_could_never_go_in_and_is_no_known_item(
    row: list[str], length: int, unique: bool, create: bool
) -> None:
    typer = a_typer(*(["unique_id"] if unique else []), create_customers=create)
    rules = typer.rules
    totals = TotalsRow(rules.mapping, HEADERS + ["unique_id"] * unique, rules.context.customers)
    row = row[: min(length, 6 + unique)]
    if totals.is_one(row):
        typed = typer.chunk([row], [7])
        assert len(typed.rejects) == 1
        assert (typed.staged, rules.result.unidentified) == ([], 1)
        assert typed.rejects[0].customer_id is None


def test_the_words_count_for_nothing_where_the_mapping_has_none_of_the_columns() -> None:
    nothing = replace(FileMapping(), constants={"customer": "C1", "issued_on": "2026-10-01"})
    assert not TotalsRow(nothing, ["a"]).is_one(["5"])
