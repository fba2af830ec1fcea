"""Amounts whose sign speaks for another currency than their row's: held out row by row, whatever door they come by."""

import pytest

from dso.domain.imports import fingerprints, item_columns
from tests.factories import TODAY
from tests.services.imports.helpers import Importer, counts, item, money, reasons

HEADERS = "customer;number;type;issue date;due date;amount"
AMOUNTS = ["10.00", "$20.00", "USD 40.00", "50.00 CHF", "£60.00", "¥30", "70.00 €"]
ROWS = [f"C1;F{n};FAC;2026-09-01;2026-10-01;{amount}" for n, amount in enumerate(AMOUNTS)]


def test_rows_in_another_currency_are_rejected_in_words_and_the_rest_goes_in(take: Importer) -> None:
    report = take.items(*ROWS, headers=HEADERS)
    assert counts(report) == {"new": 2, "rejected": 5}
    words = "%s: the amount is in %s, but the currency of the row is EUR: say the currency in a column, or as one value"
    signs = ["$", "USD", "CHF", "£", "¥"]
    assert reasons(report) == [words % each + " for all rows" for each in enumerate(signs, start=3)]
    assert [each.value for each in report.rejects] == AMOUNTS[1:6]
    assert report.receivable_after == money("80")


def test_where_the_currency_is_said_and_agrees_the_amounts_go_in(take: Importer) -> None:
    said = [f"{ROWS[1]};CAD", f"{ROWS[2]};USD", f"{ROWS[4]};GBP", f"{ROWS[6]};"]
    assert counts(take.items(*said, headers=f"{HEADERS};currency")) == {"new": 4}
    assert [item(name).currency for name in ("F1", "F2", "F4", "F6")] == ["CAD", "USD", "GBP", "EUR"]
    assert counts(take.items(ROWS[5], headers=HEADERS, constants={"currency": "JPY"})) == {"new": 1}
    assert (item("F5").amount, item("F5").currency) == (money("30"), "JPY")


def test_an_item_whose_row_is_in_another_currency_is_not_absent(take: Importer) -> None:
    plain = [row.replace("$", "") for row in ROWS[:2]]
    take.stock(*plain, headers=HEADERS)
    report = take.stock(*ROWS[:2], headers=HEADERS)
    assert counts(report) == {"unchanged": 1, "rejected": 1}
    assert (item("F1").cleared_on, item("F1").remaining) == (None, money("20"))


def test_rows_that_went_in_before_signs_were_looked_at_are_read_anew(
    take: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(fingerprints, "_VERSION", 5)
        before.setattr(item_columns, "may_be_foreign", lambda *_each: False)
        assert counts(take.items(*ROWS[:2], headers=HEADERS)) == {"new": 2}
        assert counts(take.items(*ROWS[:2], headers=HEADERS)) == {"unchanged": 2}
    report = take.items(*ROWS[:2], headers=HEADERS, today=TODAY)
    assert counts(report) == {"unchanged": 1, "rejected": 1}
