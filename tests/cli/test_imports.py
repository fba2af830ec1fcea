"""`dso import` on bad files: sentences, exit codes, and a ledger that stays as it was."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.cli.conftest import Result
from tests.ledgers import connected, ledger

Run = Callable[..., Result]
DATA = Path(__file__).parent.parent / "data"
FIRST, SECOND = "fr_ecritures_2026-11-20.csv", "fr_ecritures_2026-11-21.csv"
ITEMS = "customer;number;type;issue date;due date;amount"


@pytest.fixture
def books(installed: str, dso: Run) -> str:
    """The French ledger of the first day; the database it is in."""
    for words in (("customers", "fr_clients.csv"), ("items", FIRST, "--mode", "stock")):
        assert dso("import", words[0], str(DATA / words[1]), *words[2:]).code == 0
    return installed


def _standing(url: str) -> dict[str, list[str]]:
    with connected(url) as connection:
        return ledger(connection)


def test_a_rejected_row_is_told_with_file_line_column_value_and_reason_and_the_rest_goes_in(
    books: str, dso: Run
) -> None:
    done = dso("import", "items", str(DATA / SECOND), "--mode", "stock")
    assert done.code == 2
    assert f"{SECOND}, line 42 rejected, Montant TTC '12 3x4,00': this is not an amount." in done.out
    assert f"{SECOND}, line 82 rejected, Code client 'C99999': there is no customer with the code C99999." in done.out
    again = dso("import", "items", str(DATA / SECOND), "--mode", "stock", "--json").json
    assert (again["new"], again["changed"], again["cleared"], again["unchanged"]) == (0, 0, 0, 856)
    assert again["rejects"][0] == {
        "line": 42, "column": "Montant TTC", "value": "12 3x4,00", "reason": "this is not an amount",
    }  # fmt: skip


def test_a_cell_of_any_length_is_shortened_for_a_person_and_whole_enough_for_programs(
    books: str, dso: Run, tmp_path: Path
) -> None:
    file = tmp_path / "long.csv"
    file.write_text(f"{ITEMS}\nC99999{'9' * 600};F1;FAC;2026-11-01;2026-12-01;10{'x' * 1000}\n", encoding="utf-8")
    done = dso("import", "items", str(file))
    assert done.code == 2
    assert max(len(line) for line in done.out.splitlines()) < 250
    assert f"{'9' * 74}…'" in done.out
    assert len(dso("import", "items", str(file), "--json").json["rejects"][0]["value"]) == 500


def test_a_row_rejected_for_no_column_is_told_without_one(books: str, dso: Run, tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    file.write_text(f"{ITEMS}\nC10001;F1;FAC;2026-11-01;2026-12-01;10.00;more\n", encoding="utf-8")
    said = "wide.csv, line 2 rejected, 'more': the row has 7 cells, the header has 6."
    assert said in dso("import", "items", str(file)).out


@pytest.mark.parametrize(
    ("size", "code", "words"),
    [
        (8_836, 3, "812 of 897 open items would be cleared"),
        (8_900, 3, "rows of the file: 86, of the last full file: 897"),
        (8_943, 1, "The file ends within a quote that is not closed: it is not whole."),
        (53_661, 3, "rows of the file: 540, of the last full file: 897"),
    ],
)
def test_a_full_file_whose_end_is_missing_is_stopped_and_nothing_changes(
    books: str, dso: Run, tmp_path: Path, size: int, code: int, words: str
) -> None:
    (tmp_path / FIRST).write_bytes((DATA / FIRST).read_bytes()[:size])
    before = _standing(books)
    done = dso("import", "items", str(tmp_path / FIRST), "--mode", "stock")
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert _standing(books) == before


@pytest.mark.parametrize(
    ("kind", "lines", "code", "words"),
    [
        ("items", [";".join(f"c{n}" for n in range(5_000))], 1, "more than a thousand columns"),
        ("items", [ITEMS, "C10007;X1;FAC;1900-01-31;2026-10-01;5"], 2, "the year is not between 1940 and 2099"),
        ("items", [ITEMS, "C10007;X1;FAC;2026-09-01;2999-01-31;5"], 2, "the year is not between 1940 and 2099"),
        ("items", [ITEMS, f"C10007;X1;FAC;2026-09-01;2026-10-01;1{15 * '0'}"], 2, "larger than any that can be kept"),
        ("items", [ITEMS, f"C10007;{'x' * 1_000_000};FAC;2026-09-01;2026-10-01;5"], 2, "longer than 100 characters"),
        ("items", ["customer;number", "C10007;X1"], 1, "No column is mapped to issued_on, due_on, amount"),
        ("items", ["code;business name;city", "C10007;Acme;Lyon"], 1, "looks like a file of customers"),
        ("contacts", ["Kundennummer;Rechnung", "1;2"], 1, "name"),
        ("customers", ["code;business name", "N1;One", "N1;Two"], 2, "the code N1 stands in the file twice"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_changes_no_ledger(
    books: str, dso: Run, tmp_path: Path, kind: str, lines: list[str], code: int, words: str
) -> None:
    (tmp_path / "bad.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    before = _standing(books)
    done = dso("import", kind, str(tmp_path / "bad.csv"))
    assert done.code == code
    assert words in done.out + done.err and "Traceback" not in done.err
    assert len(done.out + done.err) < 2_000
    after = _standing(books)
    assert all(after[table] == before[table] for table in ("items", "contacts", "item_changes"))


def test_a_custom_field_whose_code_is_longer_than_can_be_kept_is_refused_in_words(
    installed: str, dso: Run, tmp_path: Path
) -> None:
    (tmp_path / "c.csv").write_text("code;business name;site\nC1;One;North\n", encoding="utf-8")
    for length, code in ((61, 1), (60, 0), (60, 0)):
        done = dso("import", "customers", str(tmp_path / "c.csv"), "--map", f"site=custom:{'x' * length}")
        assert done.code == code
        assert ("longer than 60 characters" in done.err) == (code == 1)


def test_remarks_are_counted_by_what_they_say_and_the_first_are_named(books: str, dso: Run, tmp_path: Path) -> None:
    rows = [f"C10007;A{n};AVO;2026-09-01;2026-10-01;5" for n in range(25)]
    (tmp_path / "a.csv").write_text("\n".join([ITEMS, *rows]) + "\n", encoding="utf-8")
    told = dso("import", "items", str(tmp_path / "a.csv")).out
    assert "25 remarks: the sign is against the type …: taken in as ODI." in told
    assert told.count("a.csv, remark on line") == 20 and "… and 5 more remarks." in told


def _remembered_mode(url: str) -> list[str | None]:
    with connected(url) as connection:
        found = connection.execute(text("SELECT mapping FROM import_mappings WHERE kind = 'items'")).scalars().all()
    return [(json.loads(each) if isinstance(each, str) else each)["mode"] for each in found]


def test_an_import_that_says_nothing_of_the_mode_is_partial_and_leaves_the_remembered_one(books: str, dso: Run) -> None:
    assert _remembered_mode(books) == ["stock"]
    assert dso("import", "items", str(DATA / FIRST), "--json").json["mode"] == "delta"
    assert dso("import", "items", str(DATA / FIRST), "--mode", "delta", "--json").json["mode"] == "delta"
    assert _remembered_mode(books) == ["stock"]
