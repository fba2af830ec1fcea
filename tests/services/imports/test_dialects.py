"""One ledger written by many programs comes in as the same ledger."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.errors import Refused
from dso.domain.imports.dates import DayOrder
from dso.domain.imports.profile import Undecided
from tests.databases import SERVER
from tests.services.imports.helpers import Importer, counts, item, money, snapshot

HEADER = ["customer", "number", "type", "issue date", "due date", "amount", "remaining"]
ROWS = [
    ["C1", "F1", "FAC", "2026-09-13", "2026-10-13", "1234.50", "1234.50"],
    ["C1", "A1", "AVO", "2026-09-14", "2026-10-14", "-99.99", "-9.99"],
    ["C2", "F2", "FAC", "2026-09-15", "2026-10-15", "1000000.00", "0.01"],
]


def _french(text: str) -> str:
    whole, _, cents = text.partition(".")
    return f"{int(whole):,}".replace(",", "\u202f") + f",{cents}"


def _german(text: str) -> str:
    minus = "-" if text.startswith("-") else ""
    return f"{Decimal(text.strip('-')):,.2f}".translate(str.maketrans(",.", ".,")) + minus


def _american(text: str) -> str:
    return f"(€{text[1:]})" if text.startswith("-") else f'"€{Decimal(text):,.2f}"'


def _day(style: str) -> Callable[[str], str]:
    def write(text: str) -> str:
        year, month, day = text.split("-")
        return style.replace("Y", year).replace("m", month).replace("d", day)

    return write


DIALECTS = [
    (";", "cp1252", _french, _day("d/m/Y")),
    ("\t", "utf-16", _german, _day("d.m.Y")),
    (",", "utf-8-sig", _american, _day("m/d/Y")),
    ("|", "utf-8", str, _day("Ymd")),
]


@pytest.mark.parametrize(("separator", "encoding", "amount", "day"), DIALECTS)
def test_every_dialect_gives_the_same_ledger(
    take: Importer,
    tmp_path: Path,
    separator: str,
    encoding: str,
    amount: Callable[[str], str],
    day: Callable[[str], str],
) -> None:
    take.items(*(";".join(row) for row in ROWS))
    lines = [
        separator.join(HEADER),
        *(separator.join([*row[:3], *map(day, row[3:5]), *map(amount, row[5:])]) for row in ROWS),
    ]
    path = tmp_path / "dialect.txt"
    path.write_bytes(
        "\r\n".join(lines).encode(encoding, "replace").replace(b"?", b"\xa0" if encoding == "cp1252" else b"?")
    )
    before = snapshot(take.entity)
    assert counts(take.file(ImportKind.ITEMS, path)) == {"unchanged": 3}
    assert snapshot(take.entity) == before


def test_a_workbook_gives_the_same_ledger(take: Importer, tmp_path: Path) -> None:
    take.items(*(";".join(row) for row in ROWS))
    with xlsxwriter.Workbook(tmp_path / "book.xlsx", {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet("Items")
        sheet.write_row(0, 0, HEADER)
        for place, row in enumerate(ROWS, start=1):
            sheet.write_row(place, 0, row[:3])
            for column, text in zip((3, 4), row[3:5], strict=True):
                sheet.write_datetime(place, column, _iso(text))
            sheet.write_row(place, 5, [float(each) for each in row[5:]])
    assert counts(take.file(ImportKind.ITEMS, tmp_path / "book.xlsx")) == {"unchanged": 3}


def _iso(text: str) -> date:
    return date.fromisoformat(text)


def test_days_that_fit_both_orders_are_asked_about_and_the_answer_is_remembered(take: Importer) -> None:
    row = "C1;F1;FAC;03/04/2026;05/06/2026;5;5"
    with pytest.raises(Undecided, match="--day-order dmy"):
        take.items(row)
    take.items(row, day_order=DayOrder.MONTH_FIRST)
    assert item("F1").issued_on.isoformat() == "2026-03-04"
    assert counts(take.items(row)) == {"unchanged": 1}


def test_an_amount_that_fits_both_marks_is_asked_about(take: Importer) -> None:
    row = "C1;F1;FAC;2026-01-02;2026-01-02;1,234;1,234"
    with pytest.raises(Undecided, match="--decimal comma"):
        take.items(row)
    take.items(row, decimal=".")
    assert item("F1").amount == money("1234")


def test_debit_and_credit_columns(take: Importer) -> None:
    take.items(
        "C1;F1;2026-01-02;2026-01-02;12,00;",
        "C1;R1;2026-01-02;;;7,50",
        headers="customer;number;date;due date;Débit;Crédit",
    )
    assert (item("F1").amount, item("R1").amount, item("R1").type.value) == (money("12"), money("-7.5"), "RGL")


def test_a_sign_column(take: Importer) -> None:
    take.items(
        "C1;F1;2026-01-02;2026-01-02;12,00;S",
        "C1;R1;2026-01-02;2026-01-02;7,50;H",
        headers="Kunde;Belegnummer;Belegdatum;Fälligkeit;Betrag;Soll/Haben",
    )
    assert (item("F1").amount, item("R1").amount) == (money("12"), money("-7.5"))


def test_unsigned_amounts(take: Importer) -> None:
    take.items("C1;R1;RGL;2026-01-02;2026-01-02;7.50;7.50", unsigned=True)
    assert item("R1").remaining == money("-7.5")


def test_constants(take: Importer) -> None:
    take.items(
        "C1;F1;2026-01-02;2026-01-02;7.50",
        headers="customer;number;issue date;due date;amount",
        constants={"currency": "CHF", "type": "FAC"},
    )
    assert item("F1").currency == "CHF"


@pytest.mark.slow
@settings(max_examples=20 if SERVER else 60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text(max_size=40), max_size=12))
def test_any_rows_below_good_headers_end_in_rejects_or_a_sentence(take: Importer, lines: list[str]) -> None:
    path = take._folder / "any.csv"
    path.write_text(";".join(HEADER) + "\n" + "\n".join(lines), encoding="utf-8", errors="replace")
    nested = db.session.begin_nested()
    said = "a report"
    try:
        report = take.file(ImportKind.ITEMS, path)
        assert report.rows == report.rejected + sum(
            report.count(part) for part in ("new", "changed", "unchanged", "reopened", "cleared")
        )
    except Refused as error:
        said = str(error)
    nested.rollback()
    assert said


def test_an_unsigned_remaining_amount_of_a_credit_lowers_the_receivable(take: Importer) -> None:
    report = take.items(
        "C1;F1;2026-01-02;2026-02-02;300,00;;300,00",
        "C1;R1;2026-01-02;;;100,00;100,00",
        headers="customer;number;date;due date;Débit;Crédit;remaining",
    )
    assert (item("R1").remaining, report.receivable_after) == (money("-100"), money("200"))
