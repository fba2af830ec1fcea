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
    assert _bytes(tmp_path / "first") == _bytes(tmp_path / "second")
