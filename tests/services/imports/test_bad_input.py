"""What bad input gets: every kind of bad file through one import, a sentence for each, and the good rows in."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.errors import Refused
from dso.domain.imports.brake import Braked
from dso.models import Customer
from dso.services.imports.options import silent
from tests.services.imports.helpers import DATA, STOCK, Importer, counts, item, reasons, snapshot

GOOD = "C1;F1;FAC;2026-09-01;2026-10-01;100;100"
ROWS = [f"C1;F{n};FAC;2026-09-01;2026-10-01;100;100" for n in range(1, 41)]


def test_each_bad_row_is_told_with_line_column_value_and_reason_and_the_good_ones_go_in(take: Importer) -> None:
    report = take.items(
        GOOD,
        "C9;F2;FAC;2026-09-01;2026-10-01;1;1",
        "C1;F3;FAC;31/31/2026;2026-10-01;1;1",
        "C1;F4;FAC;2026-09-01;2026-10-01;1x;1",
        ";F5;FAC;2026-09-01;2026-10-01;1;1",
        "C1;;FAC;2026-09-01;2026-10-01;1;1",
        "C1;F7;FAC;2026-09-01;2026-10-01;1;1;surplus",
        "C2;F8;FAC;2026-09-01;2026-10-01;8;8",
    )
    assert counts(report) == {"new": 2, "rejected": 6}
    assert [(each.line, each.column, each.value, str(each)) for each in report.rejects] == [
        (3, "customer", "C9", "there is no customer with the code C9"),
        (4, "issue date", "31/31/2026", "this is not a date"),
        (5, "amount", "1x", "this is not an amount"),
        (6, "customer", "", "Customer is missing"),
        (7, "number", "", "Number is missing"),
        (8, "", "surplus", "the row has 8 cells, the header has 7"),
    ]


def test_two_rows_of_one_identity_are_both_refused_and_the_known_item_stays(take: Importer) -> None:
    take.items(GOOD)
    report = take.items(
        GOOD.replace("100;100", "100;90"), GOOD.replace("100;100", "100;80"), "C2;G1;FAC;2026-09-01;2026-10-01;5;5"
    )
    assert counts(report) == {"new": 1, "rejected": 2}
    assert reasons(report) == [
        f"{line}: item number F1 is not unique in 2026: map a unique identifier" for line in (2, 3)
    ]
    assert item("F1").remaining == 100


def test_an_item_that_changes_customer_is_refused_without_a_unique_identifier(take: Importer) -> None:
    take.items(GOOD)
    report = take.items(GOOD.replace("C1", "C2"))
    assert reasons(report) == ["2: item number F1 is not unique in 2026: map a unique identifier"]
    assert item("F1").customer.code == "C1"


@pytest.mark.parametrize("size", [0.1, 0.3, 0.45, 0.5, 0.505, 0.55, 0.6, 0.65])
def test_a_full_file_cut_off_anywhere_is_stopped(take: Importer, tmp_path: Path, size: float) -> None:
    take.stock(*ROWS)
    before, whole = snapshot(take.entity), (take._folder / "file.csv").read_bytes()
    (tmp_path / "cut.csv").write_bytes(whole[: int(len(whole) * size)])
    with pytest.raises(Braked, match=r"open items would be cleared|rows of the file: \d+, of the last full file: 40"):
        take.file(ImportKind.ITEMS, tmp_path / "cut.csv", mode=STOCK)
    assert snapshot(take.entity) == before


@pytest.mark.parametrize("tell", [silent, lambda phase, rows: None], ids=["on the page", "beside it"])
@pytest.mark.parametrize("cells", [3, 5, 6])
def test_a_full_file_that_breaks_off_in_a_row_clears_nothing_and_leaves_that_item_as_it_is(
    take: Importer, tmp_path: Path, cells: int, tell: Callable[[str, int], None]
) -> None:
    take.stock(*ROWS)
    whole = (take._folder / "file.csv").read_text().splitlines(keepends=True)
    last = ";".join(whole[34].replace("100;100", "90;90").split(";")[:cells])
    (tmp_path / "cut.csv").write_text("".join(whole[:34]) + last)
    report = take.file(ImportKind.ITEMS, tmp_path / "cut.csv", mode=STOCK, tell=tell)
    assert (counts(report), report.unidentified) == ({"unchanged": 33, "rejected": 1}, 1)
    assert reasons(report)[0].startswith("35: the file breaks off in this row: send it whole")
    assert [item(f"F{n}").remaining for n in (34, 40)] == [100, 100]
    assert item("F40").cleared_on is None


@pytest.mark.parametrize("last", ["C1;F3;2026-09-01;2026-10-01;100", "C1;F3;2026-09-01;2026-10-01;100;P"])
def test_a_last_row_without_a_line_end_is_whole_when_it_has_as_many_cells_as_others(
    take: Importer, tmp_path: Path, last: str
) -> None:
    head = "customer;number;issued_on;due_on;amount;project"
    rows = [head, "C1;F1;2026-09-01;2026-10-01;100", "C1;F2;2026-09-01;2026-10-01;100;P", last]
    (tmp_path / "whole.csv").write_text("\n".join(rows))
    assert counts(take.file(ImportKind.ITEMS, tmp_path / "whole.csv")) == {"new": 3}


@pytest.mark.parametrize("tell", [silent, lambda phase, rows: None], ids=["on the page", "beside it"])
def test_the_row_in_which_a_file_of_customers_breaks_off_changes_nobody(
    take: Importer, tmp_path: Path, tell: Callable[[str, int], None]
) -> None:
    head = "code;business_name;city"
    take.text(ImportKind.CUSTOMERS, head, "K1;Garnier;Lyon", "K12;Hébert et fils;Paris")
    for last in ("K12;Héb", "K1"):
        (tmp_path / "cut.csv").write_text(f"{head}\nK1;Garnier;Nice\n{last}")
        report = take.file(ImportKind.CUSTOMERS, tmp_path / "cut.csv", tell=tell)
        assert report.rejected == 1 and reasons(report)[0].startswith("3: the file breaks off in this row")
    names = select(Customer.business_name, Customer.city).where(Customer.code.in_(("K1", "K12")))
    assert set(db.session.execute(names).all()) == {("Garnier", "Nice"), ("Hébert et fils", "Paris")}


@pytest.mark.parametrize("kind", [ImportKind.ITEMS, ImportKind.CUSTOMERS, ImportKind.CONTACTS, ImportKind.USERS])
def test_five_thousand_columns_are_refused_in_words_for_every_kind(take: Importer, kind: ImportKind) -> None:
    with pytest.raises(Refused, match="more than a thousand columns: this is no table"):
        take.text(kind, ";".join(f"c{n}" for n in range(5_000)), ";".join("x" * 5_000))


@pytest.mark.parametrize("column", range(7))
def test_a_million_letters_in_any_column_cost_the_row_alone(take: Importer, column: int) -> None:
    cells = "C2;F2;FAC;2026-09-01;2026-10-01;5;5".split(";")
    cells[column] = "x" * 1_000_000
    report = take.items(GOOD, ";".join(cells))
    assert counts(report) == {"new": 1, "rejected": 1}
    assert all(len(each.value) <= 500 and len(str(each)) < 500 for each in report.rejects)
    assert item("F1").amount == 100


@pytest.mark.parametrize("day", ["1900-01-31", "2999-12-31", "0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("place", [3, 4])
def test_a_day_no_ledger_holds_is_refused_in_words(take: Importer, day: str, place: int) -> None:
    cells = "C2;F2;FAC;2026-09-01;2026-10-01;5;5".split(";")
    cells[place] = day
    report = take.items(GOOD, ";".join(cells))
    assert (counts(report), report.rejects[0].value) == ({"new": 1, "rejected": 1}, day)
    assert str(report.rejects[0]) in ("the year is not between 1940 and 2099", "this is not a date")


@pytest.mark.parametrize("place", [5, 6])
@pytest.mark.parametrize("sign", ["", "-"])
def test_an_amount_no_ledger_holds_is_refused_in_words(take: Importer, place: int, sign: str) -> None:
    cells = "C2;F2;ODI;2026-09-01;2026-10-01;5;5".split(";")
    cells[place] = f"{sign}1{15 * '0'}"
    report = take.items(GOOD, ";".join(cells))
    assert reasons(report) == ["3: this amount is larger than any that can be kept"]


def test_every_sample_taken_in_twice_changes_nothing_the_second_time(take: Importer) -> None:
    for kind, name in (
        (ImportKind.CUSTOMERS, "sap_customers.txt"),
        (ImportKind.ITEMS, "sap_items.txt"),
    ):
        first = take.file(kind, DATA / name)
        before = snapshot(take.entity)
        again = take.file(kind, DATA / name)
        assert counts(again) == {"unchanged": first.rows}
        assert snapshot(take.entity) == before


HUGE = [f"C1;H{n};FAC;2026-09-01;2026-10-01;99999999999999;99999999999999" for n in range(12)]


@pytest.mark.parametrize("parts", [(HUGE,), (HUGE[:6], HUGE[6:])])
def test_amounts_that_come_to_more_than_can_be_counted_are_refused_in_words(
    take: Importer, parts: Sequence[Sequence[str]]
) -> None:
    for part in parts[:-1]:
        take.items(*part)
    with pytest.raises(Refused, match="come to more than can be counted"):
        take.items(*parts[-1])
