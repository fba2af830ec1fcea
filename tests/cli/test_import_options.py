"""The words of `dso import`: what each one does, and which one a question names."""

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import text

from tests.cli.conftest import Run
from tests.ledgers import connected, ledger

HEAD = "customer;number;type;issue date;due date;amount"
ROW = "C1;F1;FAC;2026-09-01;2026-10-01;100"


@pytest.fixture
def folder(installed: str, dso: Run, tmp_path: Path) -> Path:
    """A folder for files, in an installation with the customers C1 and C2."""
    assert dso("import", "customers", write(tmp_path, "code;business name", "C1;One", "C2;Two")).code == 0
    return tmp_path


def write(folder: Path, *lines: str, coded: str = "utf-8", name: str = "file.csv") -> str:
    (folder / name).write_bytes(("\n".join(lines) + "\n").encode(coded))
    return str(folder / name)


def the_item(dso: Run) -> dict[str, Any]:
    (found,) = dso("list", "items", "--json").json
    return dict(found)


@pytest.mark.parametrize(
    ("lines", "words", "question", "field", "value"),
    [
        ([HEAD, "C1;F1;FAC;03/04/2026;05/06/2026;100"], ("--day-order", "mdy"), "--day-order dmy", "issued_on",
         "2026-03-04"),
        ([HEAD, "C1;F1;FAC;2026-09-01;2026-10-01;1,234"], ("--decimal", "point"), "--decimal comma", "amount",
         "1234.00"),
        ([HEAD, "C1;F1;ZX;2026-09-01;2026-10-01;100"], ("--type", "ZX=ODI"), "--type ZX=FAC", "type", "ODI"),
        ([HEAD.replace("amount", "foo"), ROW], ("--map", "foo=amount"), "No column is mapped to amount", "amount",
         "100.00"),
        ([HEAD.replace(";issue date", ""), "C1;F1;FAC;2026-10-01;100"], ("--constant", "issued_on=2026-09-02"),
         "No column is mapped to issued_on", "issued_on", "2026-09-02"),
    ],
)  # fmt: skip
def test_what_a_file_leaves_open_exits_1_with_the_question_and_goes_in_with_the_answer(
    folder: Path, dso: Run, lines: list[str], words: tuple[str, str], question: str, field: str, value: str
) -> None:
    file = write(folder, *lines)
    asked = dso("import", "items", file)
    assert (asked.code, asked.out, asked.err.count("\n")) == (1, "", 1) and question in asked.err
    assert dso("import", "items", file, *words).code == 0
    assert the_item(dso)[field] == value


def test_rows_held_back_for_their_type_name_the_option_that_matches_it(folder: Path, dso: Run) -> None:
    lines = (HEAD, ROW, ROW.replace("F1;FAC", "F2;ZX"))
    held = dso("import", "items", write(folder, *lines))
    assert "Types of the ERP are matched with --type ZX=FAC and so on." in held.out + held.err
    matched = dso("import", "items", write(folder, *lines), "--type", "ZX=ODI")
    assert matched.code == 0 and "--type" not in matched.out + matched.err


def test_a_row_in_another_currency_than_the_companys_stays_out_until_the_currency_is_said(
    folder: Path, dso: Run
) -> None:
    file = write(folder, HEAD, f"{ROW[:-3]}$20.00")
    told = dso("import", "items", file)
    assert (told.code, "line 2 rejected, amount '$20.00': the amount is in $, but" in told.out) == (2, True)
    assert dso("import", "items", file, "--constant", "currency=USD").code == 0
    assert (the_item(dso)["currency"], the_item(dso)["amount"]) == ("USD", "20.00")


def test_a_constant_stands_in_every_row_and_takes_the_place_of_a_column(folder: Path, dso: Run) -> None:
    file = write(folder, f"{HEAD};currency", f"{ROW};GBP")
    assert dso("import", "items", file, "--constant", "currency=USD", "--constant", "project=Line=7").code == 1
    assert dso("import", "items", file, "--constant", "currency=USD", "--constant", "project=Line 7").code == 0
    assert (the_item(dso)["currency"], the_item(dso)["project"]) == ("USD", "Line 7")


def test_amounts_without_a_rate_are_said_to_be_in_no_figure_of_the_company(folder: Path, dso: Run) -> None:
    told = dso("import", "items", write(folder, HEAD, ROW), "--constant", "currency=KWD", "--dry-run")
    words = "are not in the company's figures: there is no exchange rate for KWD on the day of the import."
    assert f"Receivable 0.000 → 100.000 KWD, overdue 0.000 → 100.000 KWD {words}" in told.out


@pytest.mark.parametrize(
    ("constant", "words"),
    [
        ("currency=DOLLARS", '"DOLLARS" cannot stand in every row as currency: '
         "this is not a currency; write its code, such as EUR."),
        ("ordered_on=31/12/2026", '"31/12/2026" cannot stand in every row as ordered_on: '
         "this cannot be read as a date; write it as 2026-12-31."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("more", [(), ("--dry-run",), ("--mode", "stock")])
def test_a_constant_no_row_could_go_in_with_is_refused_before_any_row_is_read(
    folder: Path, installed: str, dso: Run, constant: str, words: str, more: tuple[str, ...]
) -> None:
    file = write(folder, HEAD, ROW)
    with connected(installed) as connection:
        before = ledger(connection)
    refused = dso("import", "items", file, "--constant", constant, *more)
    assert (refused.code, refused.out, refused.err) == (1, "", f"dso: {words}\n")
    with connected(installed) as connection:
        assert ledger(connection) == before


def test_unsigned_amounts_get_the_sign_of_their_type(folder: Path, dso: Run) -> None:
    file = write(folder, HEAD, ROW.replace("FAC", "AVO"))
    assert dso("import", "items", file, "--unsigned").code == 0
    assert (the_item(dso)["type"], the_item(dso)["amount"]) == ("AVO", "-100.00")


def test_the_encoding_said_is_the_one_it_is_read_by(folder: Path, dso: Run) -> None:
    file = write(folder, f"{HEAD};project", f"{ROW};5 €", coded="iso8859-15")
    assert dso("import", "items", file, "--encoding", "utf-8").code == 1
    assert dso("import", "items", file, "--encoding", "iso8859-15").code == 0
    assert the_item(dso)["project"] == "5 €"


def test_damaged_utf_8_is_refused_with_its_line_unless_another_encoding_is_said(folder: Path, dso: Run) -> None:
    damaged = f"{HEAD};project\n{ROW};SociÃ©tÃ© é\n"
    file = write(folder, damaged.rstrip("\n"), coded="cp1252")
    refused = dso("import", "items", file)
    assert refused.code == 1 and "Line 2 holds bytes that are no UTF-8" in refused.err
    assert dso("import", "items", file, "--encoding", "cp1252").code == 0


def test_of_several_sheets_the_one_said_is_read(folder: Path, dso: Run) -> None:
    with xlsxwriter.Workbook(folder / "book.xlsx") as book:
        for number, name in enumerate(("North", "South")):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEAD.split(";"))
            sheet.write_row(1, 0, ["C1", f"S{number}", "FAC", "2026-09-01", "2026-10-01", 5])
    asked = dso("import", "items", str(folder / "book.xlsx"))
    assert asked.code == 1 and "--sheet" in asked.err and "North, South" in asked.err
    assert dso("import", "items", str(folder / "book.xlsx"), "--sheet", "South").code == 0
    assert the_item(dso)["number"] == "S1"


def test_a_mapping_is_used_by_its_name(folder: Path, installed: str, dso: Run) -> None:
    swapped = ("--map", "one=issued_on", "--map", "two=due_on")
    file = write(folder, "customer;number;type;one;two;amount", ROW)
    assert dso("import", "items", file, *swapped).code == 0
    with connected(installed) as connection:
        connection.execute(text("UPDATE import_mappings SET name = 'Sage' WHERE kind = 'items'"))
        connection.commit()
    other = write(folder, "two;one;number;type;customer;amount;x", "2026-10-01;2026-09-01;F1;FAC;C1;100;y")
    assert dso("import", "items", other, "--mapping", "Sage", "--json").json["unchanged"] == 1
    unknown = dso("import", "items", other, "--mapping", "Ciel")
    assert unknown.code == 1 and 'no mapping named "Ciel"' in unknown.err


def test_a_dry_run_says_what_it_would_do_and_changes_nothing(folder: Path, installed: str, dso: Run) -> None:
    rows = [ROW.replace("F1", f"F{n}") for n in range(4)]
    with connected(installed) as connection:
        before = ledger(connection)
    told = dso("import", "items", write(folder, HEAD, *rows), "--dry-run", "--json")
    assert (told.code, told.json["new"], told.json["receivable_after"]) == (0, 4, "400.00")
    with connected(installed) as connection:
        assert ledger(connection) == before


def test_a_dry_run_exits_3_when_the_brake_would_stop_the_file(folder: Path, installed: str, dso: Run) -> None:
    rows = [ROW.replace("F1", f"F{n}") for n in range(4)]
    assert dso("import", "items", write(folder, HEAD, *rows)).code == 0
    short = ("import", "items", write(folder, HEAD, rows[0]), "--mode", "stock", "--dry-run")
    told = dso(*short)
    assert told.code == 3 and "3 of 4 open items would be cleared" in told.err and "3 cleared" in told.out
    assert dso(*short, "--force").code == 0
    assert len(dso("list", "items", "--json").json) == 4
    assert dso("import", "items", write(folder, HEAD, *rows), "--json").json["unchanged"] == 4


def test_unknown_customers_become_drafts_only_where_that_is_said(folder: Path, dso: Run) -> None:
    file = write(folder, HEAD, ROW.replace("C1", "C9"))
    assert dso("import", "items", file).code == 2
    assert "Customers made as drafts: 1." in dso("import", "items", file, "--create-customers").out


@pytest.mark.parametrize("kind", ["customers", "contacts", "users", "rates"])
def test_only_a_file_of_items_can_clear_by_absence_and_others_say_so(folder: Path, dso: Run, kind: str) -> None:
    refused = dso("import", kind, write(folder, "code;name", "C1;Acme"), "--mode", "stock")
    assert refused.code == 64
    assert "--mode stock goes with items" in refused.err
