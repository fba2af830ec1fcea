"""Files that spreadsheets open."""

import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from dso.services import exports
from dso.services.exports import Table

ROW = ["=1+1", Decimal("-12.50"), date(2026, 11, 20), True, 7, None, "a\x00b"]


def test_a_csv_keeps_numbers_and_neutralises_text() -> None:
    lines = exports.as_csv(Table("x", ["x"], [ROW])).decode("utf-8-sig").splitlines()
    assert lines == ["x", "'=1+1,-12.50,2026-11-20,yes,7,,ab"]


def test_an_xlsx_has_typed_cells_and_no_formula() -> None:
    row = [*ROW, datetime(2026, 11, 20, 9, 30, tzinfo=UTC)]
    book = openpyxl.load_workbook(io.BytesIO(exports.as_xlsx(Table("A/B", ["x"], [row]))))
    cells = book.worksheets[0][2]
    assert [cell.data_type for cell in cells] == ["s", "n", "d", "b", "n", "n", "s", "d"]
    assert (cells[0].value, cells[1].value, cells[6].value) == ("=1+1", -12.5, "ab")
    assert cells[7].value == datetime(2026, 11, 20, 9, 30)  # noqa: DTZ001 - a sheet knows no zones
    assert book.worksheets[0].title == "A B"


def test_columns_of_a_sheet_are_as_wide_as_their_days_amounts_and_texts() -> None:
    rows: list[list[object]] = [
        [None, None, None, "x" * 30, "y" * 500],
        [date(2026, 11, 20), datetime(2026, 11, 20, 9, 30, tzinfo=UTC), Decimal("-1234567.89"), "x", ""],
    ]
    book = openpyxl.load_workbook(io.BytesIO(exports.as_xlsx(Table("A", ["on", "at", "amount", "a", "b"], rows))))
    widths = [book.worksheets[0].column_dimensions[letter].width for letter in "ABCDE"]
    assert [least <= width < 50 for least, width in zip((11, 19, 15, 30, 47), widths, strict=True)] == [True] * 5


def test_a_full_sheet_says_so_in_its_last_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "SHEET_ROWS", 4)
    book = openpyxl.load_workbook(io.BytesIO(exports.as_xlsx(Table("A", ["n"], ([n] for n in range(10))))))
    assert [row[0] for row in book.worksheets[0].values] == ["n", 0, 1, "The sheet is full: the CSV file has all rows."]


def test_a_table_that_fits_the_sheet_exactly_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "SHEET_ROWS", 4)
    book = openpyxl.load_workbook(io.BytesIO(exports.as_xlsx(Table("A", ["n"], ([n] for n in range(3))))))
    assert [row[0] for row in book.worksheets[0].values] == ["n", 0, 1, 2]


def _many() -> Iterator[list[object]]:
    return ([n, f"text number {n}", Decimal(n)] for n in range(100_000))


def _peak_of_csv() -> int:
    tracemalloc.start()
    size = sum(map(len, exports.csv_pieces(Table("A", ["a", "b", "c"], _many()))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 2_500_000
    return peak


def test_a_csv_of_any_length_takes_a_bounded_memory() -> None:
    assert _peak_of_csv() < 1 << 20
