"""What a command refuses in one line, and whom it keeps waiting."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.databases import SERVER

CUSTOMERS = "code;business_name\nC1;Alpha\n"


def test_a_day_before_the_last_run_is_refused_to_whatever_changes_something(
    installed: str, dso: Run, tmp_path: Path
) -> None:
    path = tmp_path / "customers.csv"
    path.write_text(CUSTOMERS, encoding="utf-8")
    assert dso("run", "--date", "2026-11-24").code == 0
    for words in (("import", "customers", str(path)), ("send",), ("run",)):
        done = dso(*words, "--date", "2026-11-23")
        assert done.code == 1 and "earlier day" in done.err, words
    assert dso("list", "reasons", "--date", "2026-11-23", "--json").json == []
    assert dso("import", "customers", str(path), "--date", "2026-11-24").code == 0


def test_a_day_nobody_can_mean_locks_no_other_day_out(installed: str, dso: Run) -> None:
    done = dso("run", "--date", "9999-12-31")
    assert done.code == 1 and done.err.count("\n") == 1 and "three years" in done.err
    assert dso("run").code == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DSO_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing"),
        ("DSO_SMTP_URL", "smtp://mail.acme.example:abc"),
        ("DSO_PUBLIC_URL", "http://dso.example.org:abc"),
        ("DSO_PROXIES", "-1"),
    ],
)
def test_what_is_wrong_with_the_machine_is_said_in_one_line(
    installed: str, dso: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    done = dso("list", "customers")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1) and done.err.startswith("dso: ")


def test_a_folder_that_cannot_be_made_is_said_in_one_line(
    dso: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    occupied = tmp_path / "occupied"
    occupied.write_text("a file", encoding="utf-8")
    monkeypatch.setenv("DSO_INSTANCE_PATH", str(occupied / "instance"))
    monkeypatch.delenv("DSO_DATABASE_URL", raising=False)
    monkeypatch.delenv("DSO_SECRET_KEY", raising=False)
    done = dso("list", "customers")
    assert done.code == 1 and done.err.count("\n") == 1 and str(occupied) in done.err


def test_who_only_reads_waits_for_nobody_who_writes(installed: str, dso: Run) -> None:
    if SERVER:
        # There readers never wait; that the command works at all is what is left to see.
        assert dso("list", "customers", "--json").json == []
        return
    with closing(sqlite3.connect(installed.removeprefix("sqlite:///"), isolation_level=None, timeout=1)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert dso("list", "customers", "--json").json == []
        assert dso("setting", "get", "sending.mode").code == 0
        other.execute("ROLLBACK")
