"""Files as reports write them: titles above the headers, several sheets, formats, errors, text marks."""

from pathlib import Path

import pytest
import xlsxwriter

from dso.domain.codes import ImportKind
from dso.domain.errors import Refused
from dso.domain.imports.brake import Braked
from dso.services.imports.readers import open_table
from dso.services.imports.spreadsheets import SheetChoice, sheet_choices
from tests.services.imports.helpers import DATA, Importer, counts, customer

ITEMS = ImportKind.ITEMS


def _text(folder: Path, text: str) -> Path:
    path = folder / "report.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "titles",
    [
        "Open items\n",
        "Open items, all customers\nPrinted on;27/11/2026\n\n",
        "Alpha SAS;;;;\n;;;;\nListe au 27/11/2026;;;;\n",
    ],
)
def test_titles_above_the_headers_are_passed_over(tmp_path: Path, titles: str) -> None:
    text = f"{titles}customer;number;issue date;due date;amount\nC1;F1;27/11/2026;27/12/2026;1,50\n"
    table = open_table(_text(tmp_path, text), ITEMS)
    assert table.headers == ["customer", "number", "issue date", "due date", "amount"]
    line = titles.count("\n") + 2
    assert list(table.chunks()) == [([["C1", "F1", "27/11/2026", "27/12/2026", "1,50"]], [line])]


def test_titles_above_headers_of_unknown_words_are_passed_over_too(tmp_path: Path) -> None:
    table = open_table(_text(tmp_path, "Report\nalef;bet;gimel\nC1;x;2\nC2;y;3\n"), ITEMS)
    assert table.headers == ["alef", "bet", "gimel"]


def test_a_narrow_first_row_of_known_words_stays_the_header(tmp_path: Path) -> None:
    assert open_table(_text(tmp_path, "customer;number\nC1;F1;more\nC2;F2;more\n"), ITEMS).headers == [
        "customer",
        "number",
    ]


def _book(folder: Path) -> Path:
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, hidden = book.add_worksheet("Open items"), book.add_worksheet("Secret")
        hidden.hide()
        hidden.write("A1", "customer")
        sheet.merge_range("B1:E1", "Open items of Alpha")
        for place, header in enumerate(("customer", "number", "amount", "comment", "total"), start=1):
            sheet.write(2, place, header)
        sheet.write(3, 1, 123, book.add_format({"num_format": "00000"}))
        sheet.write(3, 2, "'=F1")
        sheet.write_formula(3, 3, "=1+1.5", None, 2.5)
        sheet.write_formula(3, 4, "=NA()", None, "#N/A")
        sheet.write(3, 5, 7)
    return path


def test_a_workbook_with_titles_formats_errors_and_formulas_is_read_as_it_shows(tmp_path: Path) -> None:
    table = open_table(_book(tmp_path), ITEMS)
    assert table.headers == ["customer", "number", "amount", "comment", "total"]
    assert list(table.chunks()) == [([["00123", "=F1", "2.5", "#N/A", "7"]], [4])]


def test_hidden_and_empty_sheets_are_no_choice(tmp_path: Path) -> None:
    assert sheet_choices(_book(tmp_path)) == [SheetChoice("Open items", 3)]


def test_text_marks_are_dropped_and_other_apostrophes_kept(tmp_path: Path) -> None:
    table = open_table(_text(tmp_path, "customer;number\n'0012;'=1\n\"'-x\";L'été\n't Hart;1'234\n"), ITEMS)
    assert [row for rows, _lines in table.chunks() for row in rows] == [
        ["0012", "=1"],
        ["-x", "L'été"],
        ["'t Hart", "1'234"],
    ]


def test_a_text_of_a_million_letters_costs_its_row_and_not_the_file(take: Importer) -> None:
    report = take.customers(f'N1;"{"x" * 1_000_000}"', "N2;Good")
    assert counts(report) == {"new": 1, "rejected": 1}
    assert str(report.rejects[0]) == "this text of 1000000 characters is too long for any field"
    assert len(report.rejects[0].value) <= 500


def test_impossible_years_and_amounts_are_told_as_such(take: Importer) -> None:
    rows = ("C1;F1;FAC;01/13/1900;2026-10-01;1;1", "C1;F2;FAC;2026-09-01;2999-10-01;1;1")
    report = take.items(
        rows[0].replace("01/13/1900", "1900-01-13"), rows[1], f"C1;F3;FAC;2026-09-01;2026-10-01;1{'0' * 15};1"
    )
    assert [str(each) for each in report.rejects] == [
        "the year is not between 1940 and 2099",
        "the year is not between 1940 and 2099",
        "this amount is larger than any that can be kept",
    ]


def test_contacts_taken_for_customers_are_stopped_and_can_be_forced(take: Importer) -> None:
    take.file(ImportKind.CUSTOMERS, DATA / "fr_clients.csv")
    name = customer("C10007").business_name
    path = DATA / "fr_contacts.csv"
    with pytest.raises(Braked, match="looks like a file of contacts"):
        take.file(ImportKind.CUSTOMERS, path)
    assert customer("C10007").business_name == name
    assert take.file(ImportKind.CUSTOMERS, path, dry=True).stops


def test_a_file_that_lacks_what_its_kind_needs_is_named_by_what_it_looks_like(take: Importer) -> None:
    with pytest.raises(Refused, match="looks like a file of customers and not of items"):
        take.file(ITEMS, DATA / "fr_clients.csv")
