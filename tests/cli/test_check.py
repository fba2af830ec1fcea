"""`dso check`."""

import smtplib
from pathlib import Path

import pytest
from sqlalchemy import select

from dso import clock, create_app
from dso.cli.common import opened
from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.errors import Refused
from dso.models import Entity
from dso.services.imports import ImportOptions, failures
from tests.cli.conftest import Run
from tests.jobs.folder_helpers import Drop


def _states(checks: list[dict[str, str]]) -> dict[str, str]:
    return {each["name"]: each["state"] for each in checks}


@pytest.mark.real_clock
@pytest.mark.usefixtures("installed")
def test_a_fresh_installation_works_and_says_what_is_still_missing(dso: Run) -> None:
    done = dso("check", "--json")
    assert (done.code, done.json["ok"]) == (0, True), done.out
    assert _states(done.json["checks"]) == {
        "configuration": "ok",
        "assets": "ok",
        "database": "ok",
        "schema": "ok",
        "clock": "ok",
        "scheduler": "warning",
        "mail server of Acme": "warning",
        "disk": "ok",
    }


@pytest.mark.usefixtures("empty")
def test_a_database_without_tables_fails_in_words(dso: Run) -> None:
    done = dso("check")
    assert done.code == 1
    assert "The database is empty: run dso init" in done.out


@pytest.mark.usefixtures("installed")
def test_a_database_that_is_away_fails_in_words(dso: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DSO_DATABASE_URL", "postgresql://nobody:secret-word@127.0.0.1:1/nothing")
    done = dso("check")
    assert done.code == 1
    assert "cannot be reached" in done.out
    assert "secret-word" not in done.out + done.err


@pytest.mark.usefixtures("installed")
def test_a_wrong_value_of_the_configuration_is_named(dso: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DSO_PUBLIC_URL", "dso.example.org")
    done = dso("check", "--json")
    assert (done.code, done.json["checks"][0]["state"]) == (1, "failed")
    assert "DSO_PUBLIC_URL" in done.json["checks"][0]["words"]


@pytest.mark.usefixtures("installed")
def test_a_mail_server_that_does_not_answer_fails(dso: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(smtplib.SMTP, "connect", away)
    monkeypatch.setenv("DSO_SMTP_URL", "smtp://mail.acme.example:25")
    done = dso("check", "--json")
    assert _states(done.json["checks"])["mail server of Acme"] == "failed"
    assert done.code == 1


@pytest.mark.usefixtures("installed")
def test_a_clock_that_stands_still_is_told(dso: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DSO_NOW", "2026-11-20T09:00")
    assert _states(dso("check", "--json").json["checks"])["clock"] == "warning"


@pytest.mark.usefixtures("installed")
def test_files_that_cannot_be_written_fail(dso: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("a file where a folder should be")
    monkeypatch.setenv("DSO_FILES_PATH", str(tmp_path / "occupied"))
    assert _states(dso("check", "--json").json["checks"])["disk"] == "failed"


@pytest.mark.usefixtures("installed")
def test_a_watched_folder_that_is_not_there_fails(dso: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DSO_WATCH_PATH", str(tmp_path / "watched"))
    assert _states(dso("check", "--json").json["checks"])["watched folder"] == "failed"
    (tmp_path / "watched").mkdir()
    assert _states(dso("check", "--json").json["checks"])["watched folder"] == "ok"


@pytest.mark.usefixtures("installed")
def test_files_that_lie_where_nobody_looks_are_named(dso: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DSO_WATCH_PATH", str(tmp_path))
    for place in ("acme", "nobody ltd"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "items.csv").write_text("x")
    found = {each["name"]: each["words"] for each in dso("check", "--json").json["checks"]}
    assert "nobody ltd/items.csv" in found["watched files"] and "acme" not in found["watched files"]


@pytest.mark.usefixtures("installed")
def test_a_file_of_the_watched_folder_that_failed_is_named_until_somebody_looked_at_it(
    dso: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DSO_WATCH_PATH", str(tmp_path))
    (tmp_path / "items.csv").write_text("foo;bar\n1;2\n")
    with opened(create_app()):
        Drop(tmp_path).work()
    found = {each["name"]: each["words"] for each in dso("check", "--json").json["checks"]}
    assert found["file of Acme"].startswith("items.csv was not taken in: No column is mapped to")


@pytest.mark.usefixtures("installed")
def test_a_file_of_a_program_that_failed_is_named_with_the_program(dso: Run) -> None:
    app = create_app()
    with opened(app):
        entity = db.session.scalars(select(Entity)).one()
        options = ImportOptions(file_name="items.csv", source="api ERP")
        failures.tell(entity, ImportKind.ITEMS, options, Refused("It is not whole."), now=clock.now())
        db.session.commit()
    found = {each["name"]: each["words"] for each in dso("check", "--json").json["checks"]}
    assert found["file of Acme"] == "items.csv of the program ERP was not taken in: It is not whole."
