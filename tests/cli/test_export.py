"""`dso export`, and the way back through `dso import` into an empty installation."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import INIT, PASSWORD, Result, _settle
from tests.databases import new_database

Run = Callable[..., Result]
DATA = Path(__file__).parent.parent / "data"
#: What has to come back byte for byte.
KEPT = ("customers.csv", "contacts.csv", "items.csv", "custom_fields.csv", "groups.csv")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dso: Run) -> Iterator[Callable[[], None]]:
    """Moves to another machine: a fresh database after `dso init`."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with new_database(folder) as url:

        def move() -> None:
            _settle(monkeypatch, url, folder)
            assert dso(*INIT, "--admin-password", PASSWORD).code == 0

        yield move


def _ledger(dso: Run) -> None:
    assert dso("import", "customers", str(DATA / "fr_clients.csv")).code == 0
    assert dso("import", "contacts", str(DATA / "fr_contacts.csv")).code == 0
    assert dso("import", "items", str(DATA / "fr_ecritures_2026-11-20.csv"), "--mode", "stock").code in (0, 2)
    assert dso("import", "items", str(DATA / "fr_ecritures_2026-11-21.csv"), "--mode", "stock", "--force").code in (
        0,
        2,
    )


def _bytes(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in KEPT}


def _everything(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def test_a_dump_read_back_file_by_file_gives_the_same_bytes(
    installed: str, dso: Run, tmp_path: Path, elsewhere: Callable[[], None]
) -> None:
    _ledger(dso)
    assert dso("export", str(tmp_path / "first")).code == 0
    elsewhere()
    for kind in ("customers", "contacts", "items"):
        result = dso("import", kind, str(tmp_path / "first" / f"{kind}.csv"), "--json")
        assert result.code == 0, result
    assert dso("export", str(tmp_path / "second")).code == 0
    assert _bytes(tmp_path / "first") == _bytes(tmp_path / "second")


def test_a_dump_is_read_back_whole_and_again_changes_nothing(
    installed: str, dso: Run, tmp_path: Path, elsewhere: Callable[[], None]
) -> None:
    _ledger(dso)
    dso("export", str(tmp_path / "first"))
    elsewhere()
    assert dso("import", "dump", str(tmp_path / "first"), "--json").code == 0
    again = dso("import", "dump", str(tmp_path / "first"), "--json").json
    assert [again[kind]["unchanged"] for kind in ("customers", "contacts", "items")] == [
        again[kind]["rows"] for kind in ("customers", "contacts", "items")
    ]
    dso("export", str(tmp_path / "second"))
    assert _everything(tmp_path / "first") == _everything(tmp_path / "second")


def test_the_result_names_every_file_and_how_many_records_it_holds(installed: str, dso: Run, tmp_path: Path) -> None:
    _ledger(dso)
    done = dso("export", str(tmp_path / "out"), "--json").json
    assert done["records"]["contacts"] == 85 and done["records"]["users"] == 1
    assert {f"{name}.csv" for name in done["records"] if name != "scenarios"} | {"scenarios"} == {
        each.name for each in (tmp_path / "out").iterdir()
    }


def test_a_folder_in_use_and_a_guest_are_refused_in_a_sentence(installed: str, dso: Run, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    refused = dso("export", str(tmp_path / "full"))
    assert refused.code == 1 and "not empty" in refused.err and refused.err.count("\n") == 1
    assert dso("user", "add", "guest@acme.example", "--last-name", "Guest", "--role", "guest").code == 0
    assert dso("export", str(tmp_path / "new"), "--as", "guest@acme.example").code == 1
    assert not (tmp_path / "new").exists()


def test_a_folder_that_is_no_dump_is_refused(installed: str, dso: Run, tmp_path: Path) -> None:
    assert "no folder that dso export wrote" in dso("import", "dump", str(tmp_path)).err
    assert dso("import", "dump", str(tmp_path), "--dry-run").code == 1
    for words in (("--mode", "stock"), ("--map", "a=b"), ("--unsigned",), ("--encoding", "utf-8")):
        refused = dso("import", "dump", str(tmp_path), *words)
        assert refused.code == 64 and f"leave {words[0]} out" in refused.err


def test_users_of_a_dump_come_back_with_their_company_by_name(
    installed: str, dso: Run, tmp_path: Path, elsewhere: Callable[[], None]
) -> None:
    _ledger(dso)
    words = ["--last-name", "Ruiz", "--role", "collector", "--only", "Acme", "--language", "fr", "--import"]
    assert dso("user", "add", "ana@acme.example", *words, "--password", f"{PASSWORD}!").code == 0
    assert dso("user", "add", "bo@acme.example", "--last-name", "Bo", "--role", "sales").code == 0
    dso("export", str(tmp_path / "first"))
    elsewhere()
    done = dso("import", "dump", str(tmp_path / "first"), "--json")
    assert (done.code, done.json["users"]["new"]) == (0, 2), done
    dso("export", str(tmp_path / "second"))
    first, second = ((tmp_path / name / "users.csv").read_text("utf-8") for name in ("first", "second"))
    assert first == second and "ana@acme.example,Ruiz,,collector,yes,,,,fr,Acme,yes" in first


@pytest.fixture
def demo_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dso: Run) -> Iterator[Callable[[], None]]:
    """Moves to a machine on which a company of the demonstration's name has just begun."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    words = ("init", "--entity", "Maison Delorme", *INIT[3:-1], "alice@maison-delorme.example")
    with new_database(folder) as url:

        def move() -> None:
            _settle(monkeypatch, url, folder)
            assert dso(*words, "--admin-password", PASSWORD).code == 0

        yield move


def test_the_demonstration_goes_on_elsewhere_as_it_would_have_here(
    empty: str, dso: Run, tmp_path: Path, demo_elsewhere: Callable[[], None]
) -> None:
    assert dso("demo").code == 0
    dso("export", str(tmp_path / "first"))
    here = dso("run", "--date", "2026-11-25", "--json").json
    dso("export", str(tmp_path / "later"))
    demo_elsewhere()
    done = dso("import", "dump", str(tmp_path / "first"), "--json")
    assert (done.code, done.json["remarks"], done.json["actions"] > 20) == (0, [], True), done
    dso("export", str(tmp_path / "second"))
    assert _everything(tmp_path / "first") == _everything(tmp_path / "second")
    assert dso("run", "--date", "2026-11-25", "--json").json == here
    dso("export", str(tmp_path / "last"))
    assert _everything(tmp_path / "later") == _everything(tmp_path / "last")


def test_of_a_dump_with_a_damaged_history_nothing_is_in(
    installed: str, dso: Run, tmp_path: Path, elsewhere: Callable[[], None]
) -> None:
    _ledger(dso)
    dso("export", str(tmp_path / "first"))
    path = tmp_path / "first" / "account_states.csv"
    path.write_bytes(path.read_bytes() + b"C,,F1,,2026-13-01,C,,,,\r\n")
    elsewhere()
    refused = dso("import", "dump", str(tmp_path / "first"))
    assert refused.code == 1 and "account_states.csv, line " in refused.err and refused.err.count("\n") == 1
    dso("export", str(tmp_path / "second"))
    assert [(tmp_path / "second" / f"{kind}.csv").read_bytes().count(b"\n") for kind in ("customers", "items")] == [
        1,
        1,
    ]
    assert dso("list", "imports", "--json").json == []
