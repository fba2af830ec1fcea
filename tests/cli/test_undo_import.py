"""`dso undo-import`: done, refused with the list, and seen in the list of imports."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def taken(installed: str, dso: Run, tmp_path: Path) -> None:
    """Two customers and one invoice, taken in from files."""
    customers, items = tmp_path / "customers.csv", tmp_path / "items.csv"
    customers.write_text("code;business name\nC1;One\nC2;Two\n", encoding="utf-8")
    items.write_text("customer;number;type;issue date;due date;amount\nC1;F1;FAC;2026-09-01;2026-10-01;100\n")
    assert dso("import", "customers", str(customers)).code == 0
    assert dso("import", "items", str(items)).code == 0


@pytest.mark.usefixtures("taken")
def test_the_last_import_is_taken_back_and_the_list_says_so(dso: Run) -> None:
    done = dso("undo-import", "--json")
    assert (done.code, done.json["kind"], done.json["dependents"]) == (0, "items", [])
    assert dso("list", "items", "--json").json == []
    assert [bool(row["undone_at"]) for row in dso("list", "imports", "--json").json] == [True, False]
    assert dso("undo-import").code == 0
    assert dso("list", "customers", "--json").json == []
    assert dso("undo-import").code == 1


@pytest.mark.usefixtures("taken")
def test_what_depends_on_an_import_is_listed_and_nothing_changes(dso: Run) -> None:
    first = dso("list", "imports", "--json").json[-1]["id"]
    refused = dso("undo-import", "--run", str(first), "--json")
    assert refused.code == 1 and "depends" in refused.err
    assert [each["text"] for each in refused.json["dependents"]] == ["Import of items.csv: take that back first"]
    assert dso("clear", "--customer", "C1", "--items", "F1").code == 0
    refused = dso("undo-import")
    assert refused.code == 1 and "cleared by hand" in refused.out


@pytest.mark.usefixtures("taken")
def test_a_number_no_database_holds_is_a_wrong_word(dso: Run) -> None:
    for words in (("undo-import", "--run", "9" * 23), ("skip", "9" * 23)):
        assert dso(*words).code == 64, words
