"""`dso init`."""

from io import StringIO
from pathlib import Path

import pytest

from tests.cli.conftest import INIT, PASSWORD, Run


@pytest.mark.usefixtures("empty")
def test_with_all_options_it_asks_nothing_and_prints_what_it_made(dso: Run) -> None:
    done = dso(*INIT, "--admin-password", PASSWORD, "--json")
    assert (done.code, done.err) == (0, "")
    assert {name: done.json[name] for name in ("entity", "currency", "country", "timezone", "language", "admin")} == {
        "entity": "Acme",
        "currency": "EUR",
        "country": "FR",
        "timezone": "Europe/Paris",
        "language": "fr",
        "admin": "ada@acme.example",
    }


@pytest.mark.usefixtures("empty")
def test_what_is_not_given_is_asked_for(dso: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("Acme\nEUR\nFR\nEurope/Paris\nada@acme.example\n"))
    done = dso("init", "--admin-password", PASSWORD)
    assert (done.code, "Log in as ada@acme.example." in done.out) == (0, True)


@pytest.mark.usefixtures("empty")
def test_where_nobody_answers_the_missing_options_are_named(dso: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(""))
    done = dso("init", "--entity", "Acme", "--currency", "EUR")
    assert done.code == 1
    assert "Nobody answers: give --country --timezone --admin-email." in done.err


@pytest.mark.usefixtures("installed")
def test_a_new_installation_is_in_test_mode_with_the_shipped_scenarios(dso: Run) -> None:
    assert dso("setting", "get", "sending.mode", "--json").json == {"name": "sending.mode", "value": "test"}
    names = {row["name"] for row in dso("scenario", "list", "--json").json}
    assert {"Standard", "Standard with a friendly note", "Risky customers", "Public bodies"} <= names
    assert "No automatic collection" in names


@pytest.mark.usefixtures("installed")
def test_a_second_init_without_options_only_brings_the_tables_up_to_date(dso: Run) -> None:
    done = dso("init")
    assert (done.code, done.out) == (0, "The tables are up to date.\n")


@pytest.mark.usefixtures("installed")
def test_the_same_company_twice_is_refused_and_changes_nothing(dso: Run) -> None:
    done = dso(*INIT, "--admin-password", PASSWORD)
    assert (done.code, done.err) == (1, 'dso: There is a company "Acme" already.\n')


@pytest.mark.usefixtures("installed")
def test_a_second_company_is_added_under_the_same_administrator(dso: Run) -> None:
    words = [word if word != "Acme" else "Beta" for word in INIT]
    assert dso(*words).code == 0, "who is there already has a password"
    done = dso("scenario", "list", "--json")
    assert (done.code, done.err) == (1, "dso: There are several entities: name one with --entity.\n")


@pytest.mark.usefixtures("installed")
def test_with_a_second_company_one_is_told_where_watched_files_lie_from_now_on(
    dso: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DSO_WATCH_PATH", str(tmp_path))
    done = dso(*(word if word != "Acme" else "Beta" for word in INIT))
    assert f"lie in a folder of its name in {tmp_path} from now on" in done.out


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--currency", "Euro", '"Euro" is no currency: write an ISO code such as EUR.'),
        ("--country", "France", '"France" is no country: write an ISO code such as FR.'),
        ("--timezone", "Paris", '"Paris" is no time zone: write a name such as Europe/Paris.'),
        ("--admin-email", "ada", '"ada" is not an e-mail address.'),
        ("--admin-password", "secret", "It needs at least 9 characters."),
    ],
)
def test_a_wrong_answer_is_refused_in_words(dso: Run, option: str, value: str, words: str) -> None:
    done = dso(*INIT, "--admin-password", PASSWORD, option, value)
    assert (done.code, done.err) == (1, f"dso: {words}\n")


@pytest.mark.usefixtures("empty")
def test_before_init_every_command_says_what_to_do(dso: Run) -> None:
    done = dso("setting", "list")
    assert done.code == 1
    assert "dso init" in done.err
    assert "Traceback" not in done.err
