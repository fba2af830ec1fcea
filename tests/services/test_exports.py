"""Files that spreadsheets open."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from dso.services import exports

ROW = ["=1+1", Decimal("-12.50"), date(2026, 11, 20), True, 7, None, "a\x00b"]


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@x", "\tx", "\rx"])
def test_text_that_looks_like_a_formula_is_neutral(text: str) -> None:
    assert exports.neutral(text) == f"'{text}"


def test_a_csv_keeps_numbers_and_neutralises_text() -> None:
    lines = exports.as_csv(["x"], [ROW]).decode("utf-8-sig").splitlines()
    assert lines == ["x", "'=1+1,-12.50,2026-11-20,yes,7,,ab"]


def test_an_xlsx_has_typed_cells_and_no_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(exports.as_xlsx("A/B", ["x"], [ROW])))
    cells = book.worksheets[0][2]
    assert [cell.data_type for cell in cells[:5]] == ["s", "n", "d", "b", "n"]
    assert (cells[0].value, cells[1].value, cells[6].value) == ("=1+1", -12.5, "ab")
    assert book.worksheets[0].title == "A B"
