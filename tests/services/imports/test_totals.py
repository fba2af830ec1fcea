"""A full file that ends in a row of totals: the row is left out with a remark, and what is absent is cleared."""

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from dso.domain.codes import ImportKind
from dso.domain.errors import Refused
from dso.services.imports import ImportReport, preparing, spreadsheets, text_files
from tests import factories
from tests.services.imports.helpers import ITEM_HEADERS, STOCK, Importer, counts, item, reasons

ROWS = [f"C1;F{n};FAC;2026-09-01;2026-10-01;100;100" for n in range(1, 41)]
#: The last full file without F40.
FEWER = ROWS[:39]
LEFT_OUT = "the last row names no item: it was taken for the totals of the file and left out"


def _remarks(report: ImportReport) -> list[tuple[int, str, str, str]]:
    return [(each.line, each.column, each.value, str(each)) for each in report.remark_rows]


@pytest.mark.parametrize(
    "totals",
    [
        "Total;;;;;3900;3900", ";;;;;3900;3900", "Total général;;;;;3 900,00 €;3 900,00 €", "Gesamtsumme;;;;;3900;3900",
        "Totale:;;;;;3900;3900", "Totaal EUR;;;;;3900;3900", "Suma;;;;;3900;3900", "Razem;;;;;3900;3900",
        ";Total;;;;3900;3900", ";;Total;;;3900;3900", "* Summe *;;;;;3900;3900", "Total",
    ],
)  # fmt: skip
def test_a_full_file_with_a_row_of_totals_clears_what_is_absent(take: Importer, totals: str) -> None:
    take.stock(*ROWS)
    report = take.stock(*FEWER, totals)
    assert (counts(report), report.rows, report.unidentified) == ({"unchanged": 39, "cleared": 1}, 39, 0)
    assert [(line, said) for line, _column, _value, said in _remarks(report)] == [(41, LEFT_OUT)]
    assert item("F40").cleared_on is not None


def test_a_preview_says_the_same_and_writes_nothing(take: Importer) -> None:
    take.stock(*ROWS)
    report = take.stock(*FEWER, "Total;;;;;3900;3900", dry=True)
    assert counts(report) == {"unchanged": 39, "cleared": 1}
    assert _remarks(report) == [(41, "customer", "Total", LEFT_OUT)]
    assert report.as_json()["remarks"] == {LEFT_OUT: 1}
    assert item("F40").cleared_on is None


def test_blank_rows_below_the_totals_are_no_rows(take: Importer) -> None:
    take.stock(*ROWS)
    report = take.stock(*FEWER, "", "Total;;;;;3900;3900", ";;;;;;", "", " ")
    assert counts(report) == {"unchanged": 39, "cleared": 1}
    assert _remarks(report) == [(42, "customer", "Total", LEFT_OUT)]


def test_the_totals_of_a_first_file_are_no_item_and_make_no_customer(take: Importer) -> None:
    report = take.items(*ROWS[:2], "Total;;;;;-200;-200", create_customers=True)
    assert (counts(report), report.created_customers) == ({"new": 2}, 0)


@pytest.mark.parametrize("size", [1, 3, 13, 39, 40])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_totals_are_told_wherever_the_chunks_end_and_however_much_was_looked_at(
    take: Importer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, size: int, kind: str
) -> None:
    monkeypatch.setattr(text_files, "CHUNK", size)
    monkeypatch.setattr(spreadsheets, "CHUNK", size)
    monkeypatch.setattr(preparing, "_SAMPLED", 2)
    take.stock(*ROWS)
    rows = [ITEM_HEADERS, *FEWER, "Total;;;;;3900;3900"]
    path = tmp_path / f"file.{kind}"
    _workbook(path, rows) if kind == "xlsx" else path.write_text("\n".join(rows))
    report = take.file(ImportKind.ITEMS, path, mode=STOCK)
    assert counts(report) == {"unchanged": 39, "cleared": 1}
    assert _remarks(report) == [(41, "customer", "Total", LEFT_OUT)]


def _workbook(path: Path, rows: list[str]) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            for column, cell in enumerate(row.split(";")):
                sheet.write(place, column, int(cell) if cell.isdigit() else cell)


def test_a_workbook_with_a_row_of_totals_clears_what_is_absent(take: Importer, tmp_path: Path) -> None:
    take.stock(*ROWS)
    for name, totals in (("word", "Total général;;;;;3900;3900"), ("bare", ";;;;;3900;3900")):
        _workbook(tmp_path / f"{name}.xlsx", [ITEM_HEADERS, *FEWER, "", totals, ""])
        report = take.file(ImportKind.ITEMS, tmp_path / f"{name}.xlsx", mode=STOCK, dry=name == "word")
        assert counts(report) == {"unchanged": 39, "cleared": 1}
        assert [each[0] for each in _remarks(report)] == [42]


@pytest.mark.parametrize(
    "last",
    [
        "Total;F99;;;;3900;3900", ";F99;;;;3900;3900", "Total;;;2026-11-01;;3900;3900", ";;;;2026-11-01;3900;3900",
        "C9;;;;;3900;3900", "Total;3900", "C1;;;;;3900;3900", "Total 12;;;;;3900;3900", "TotalEnergies;;;;;3900;3900",
    ],
)  # fmt: skip
def test_a_last_row_that_names_something_is_rejected_and_nothing_is_cleared(take: Importer, last: str) -> None:
    take.stock(*ROWS)
    report = take.stock(*FEWER, last)
    assert (counts(report), report.unidentified) == ({"unchanged": 39, "rejected": 1}, 1)
    assert (_remarks(report), [each[:4] for each in reasons(report)]) == ([], ["41: "])
    assert item("F40").cleared_on is None


def test_a_customer_called_total_is_one(take: Importer) -> None:
    take.customers("TOTAL;Total Energies")
    take.stock(*ROWS)
    report = take.stock(*FEWER, "TOTAL;;;;;3900;3900")
    assert (counts(report), report.unidentified) == ({"unchanged": 39, "rejected": 1}, 1)


def test_totals_amid_the_rows_are_rejected_as_ever(take: Importer) -> None:
    take.stock(*ROWS)
    report = take.stock(*FEWER[:20], "Total;;;;;2000;2000", *FEWER[20:], "Total;;;;;3900;3900")
    assert (counts(report), report.unidentified) == ({"unchanged": 39, "rejected": 1}, 1)
    assert item("F40").cleared_on is None


@pytest.mark.parametrize("last", ["Total", "Total;;;;;39", "C1;F4"])
def test_a_file_cut_off_in_its_last_row_ends_in_no_totals(take: Importer, tmp_path: Path, last: str) -> None:
    take.stock(*ROWS)
    (tmp_path / "cut.csv").write_text("\n".join([ITEM_HEADERS, *FEWER, last]))
    report = take.file(ImportKind.ITEMS, tmp_path / "cut.csv", mode=STOCK)
    assert (counts(report), report.unidentified) == ({"unchanged": 39, "rejected": 1}, 1)
    assert reasons(report)[0].startswith("41: the file breaks off in this row")
    assert item("F40").cleared_on is None


def test_totals_without_a_line_end_are_whole_when_no_cell_is_lacking(take: Importer, tmp_path: Path) -> None:
    take.stock(*ROWS)
    (tmp_path / "whole.csv").write_text("\n".join([ITEM_HEADERS, *FEWER, "Total;;;;;3900;3900"]))
    report = take.file(ImportKind.ITEMS, tmp_path / "whole.csv", mode=STOCK)
    assert counts(report) == {"unchanged": 39, "cleared": 1}


def test_a_full_file_of_totals_alone_holds_no_items_and_clears_nothing(take: Importer) -> None:
    take.stock(*ROWS)
    report = take.stock("Total;;;;;0;0", force=True)
    assert counts(report) == {"rejected": 1}
    assert item("F1").cleared_on is None


def test_a_partial_file_does_not_reject_its_totals(take: Importer) -> None:
    report = take.items(*FEWER, "Total;;;;;3900;3900")
    assert (counts(report), len(_remarks(report))) == ({"new": 39}, 1)


def test_totals_do_not_speak_for_the_way_a_column_is_read(take: Importer) -> None:
    headers = "type,number,customer,issued_on,due_on,amount"
    rows = [f"FAC,F{n},C1,2026-09-01,2026-10-01,{n}000" for n in range(1, 4)]
    with pytest.raises(Refused, match="can be read with a decimal comma and with a decimal point"):
        take.stock(*rows, "FAC,F9,C1,2026-09-01,2026-10-01,1.200", headers=headers)
    assert counts(take.stock(*rows, "Total,,,,,1.200", headers=headers)) == {"new": 3}


def test_of_a_file_of_several_companies_the_totals_are_nobodys(take: Importer) -> None:
    factories.an_entity(name="Beta GmbH")
    whose, headers = take.entity.name, f"entity;{ITEM_HEADERS}"
    take.stock(*(f"{whose};{row}" for row in ROWS), f"Beta GmbH;{ROWS[0]}", headers=headers)
    rows = [*(f"{whose};{row}" for row in FEWER), f"Beta GmbH;{ROWS[0]}", "Total;;;;;;4000;4000"]
    report = take.stock(*rows, headers=headers)
    assert (counts(report), report.others) == ({"unchanged": 39, "cleared": 1}, {"Beta GmbH": 1})
    assert _remarks(report) == [(42, "entity", "Total", LEFT_OUT)]


def test_a_constant_customer_makes_no_item_of_the_totals(take: Importer) -> None:
    said: dict[str, Any] = {"headers": "number;issued_on;due_on;amount;what", "constants": {"customer": "C1"}}
    rows = [f"F{n};2026-09-01;2026-10-01;100;" for n in range(1, 41)]
    take.stock(*rows, ";;;4000;sum of all", **said)
    report = take.stock(*rows[:39], ";;;3900;", **said)
    assert (counts(report), len(_remarks(report))) == ({"unchanged": 39, "cleared": 1}, 1)


def test_with_a_constant_date_a_credit_without_a_number_is_no_row_of_totals(take: Importer) -> None:
    headers = "customer;number;type;amount"
    said: dict[str, Any] = {"headers": headers, "constants": {"issued_on": "2026-09-01", "due_on": "2026-10-01"}}
    assert counts(take.items("C1;F1;FAC;100", "C1;;RGL;-5", **said)) == {"new": 2}
    report = take.items("C1;F1;FAC;100", "C1;;RGL;-5", "Total;;;95", **said)
    assert (counts(report), len(_remarks(report))) == ({"unchanged": 2}, 1)


@pytest.mark.parametrize("last", [";;FAC;;;100;100", ";;AVO;;;-50;-50"])
def test_a_damaged_row_of_an_item_at_the_end_is_rejected_and_clears_nothing(take: Importer, last: str) -> None:
    take.stock(*ROWS)
    report = take.stock(*FEWER, last)
    assert (counts(report), report.unidentified) == ({"unchanged": 39, "rejected": 1}, 1)
    assert item("F40").cleared_on is None


@pytest.mark.parametrize("blank", ["\f", "\u2009", "\u3000"])
def test_a_last_row_of_strange_blanks_is_no_row_of_totals(take: Importer, blank: str) -> None:
    take.stock(*ROWS)
    assert not _remarks(take.stock(*ROWS, f";;;;;;{blank}"))


def test_a_free_text_about_a_balance_takes_no_credit_away(take: Importer) -> None:
    said = {"customer": "C1", "issued_on": "2026-09-01", "due_on": "2026-10-01"}
    rows = ["N1;100;;Acompte", ";;50;Solde"]
    report = take.items(*rows, headers="number;debit;credit;text", constants=said)
    assert (counts(report), _remarks(report)) == ({"new": 2}, [])


def test_totals_do_not_hide_which_column_names_the_companies(take: Importer) -> None:
    factories.a_customer(entity=factories.an_entity(name="Beta GmbH"), code="C1")
    own = [f"{take.entity.name};{row}" for row in ROWS[:2]]
    others = [f"Beta GmbH;{row.replace(';F', ';B')}" for row in ROWS[2:4]]
    headers = f"company;{ITEM_HEADERS}"
    report = take.items(*own, *others, "Total;;;;;;400;400", headers=headers)
    assert (counts(report), report.others) == ({"new": 2}, {"Beta GmbH": 2})
