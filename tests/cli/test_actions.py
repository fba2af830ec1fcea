"""A day worked without a browser: run, lists, complete, skip, redate, confirm, scenario, assign (10.2, 11.9)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run, environment, run_words
from tests.databases import copy_database, new_database

pytestmark = pytest.mark.usefixtures("installed")

CUSTOMERS = "code,business_name,country,language\nC1,Garnier SAS,FR,en\nC2,Brume SARL,FR,en\n"
CONTACTS = "customer,last_name,email,for_collection\nC1,Hébert,zoe@garnier.example,1\nC2,Köhler,max@brume.example,1\n"
ITEMS = (
    "customer,number,type,issued_on,due_on,amount\n"
    "C1,F1,FAC,2026-10-01,2026-10-31,1200.50\nC1,F2,FAC,2026-10-05,2026-11-04,300.00\n"
    "C2,F3,FAC,2026-11-01,2026-12-01,800.00\n"
)
TEXT = {"en": {"subject": "Invoice #leader_number", "body": "Dear #contact_name, #items_list_overdue"}}
#: A Friday.
DAY = ("--date", "2026-11-20")


def plan(mode: str = "manual") -> dict[str, Any]:
    mail = {"type": "email", "mode": mode, "templates": TEXT}
    return {
        "name": "Short",
        "steps": [
            {"name": "First reminder", "after_due": 3, **mail},
            {"name": "Call", "type": "phone", "after_previous": 7, "mode": "manual"},
        ],
    }


def fill(folder: Path) -> None:
    """Two debtors, one of them late; manual reminders."""
    for kind, text in (("customers", CUSTOMERS), ("contacts", CONTACTS), ("items", ITEMS)):
        file = folder / f"{kind}.csv"
        file.write_text(text, "utf-8")
        assert run_words(["import", kind, str(file), *DAY]) == 0
    file = folder / "plan.json"
    file.write_text(json.dumps(plan()), "utf-8")
    assert run_words(["scenario", "import", str(file)]) == 0
    assert run_words(["assign", "scenario", "Short", "--all", *DAY]) == 0


@pytest.fixture(scope="module")
def _filled_database(_installed_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The database of `ledger`, filled once; tests work on copies."""
    folder = tmp_path_factory.mktemp("ledger")
    with new_database(folder, like=_installed_database) as url:
        with environment(url, folder):
            fill(folder)
        yield url


@pytest.fixture
def ledger(installed: str, _filled_database: str) -> None:
    """What `fill` makes."""
    copy_database(_filled_database, installed)


def give(dso: Run, tmp_path: Path, scenario: dict[str, Any]) -> Any:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(scenario), "utf-8")
    made = dso("scenario", "import", str(file), "--json")
    assert made.code == 0, made.err
    assert dso("assign", "scenario", "Short", "--all", *DAY).code == 0
    return made.json


def agenda(dso: Run, code: str) -> list[dict[str, Any]]:
    rows = dso("list", "actions", "--customer", code, *DAY, "--json").json
    return [row for row in rows if row["state"] in ("planned", "confirmed", "queued", "error")]


@pytest.mark.usefixtures("ledger")
def test_a_run_prints_the_counts_of_the_specification(dso: Run) -> None:
    found = dso("run", *DAY, "--json").json
    assert found == {
        "on": "2026-11-20",
        "accounts": 2,
        "leaders": 2,
        "planned": 0,
        "kept": 2,
        "replaced": 0,
        "withdrawn": 0,
        "queued": 0,
        "cancelled": 0,
        "blocked": {},
    }


@pytest.mark.usefixtures("ledger")
def test_actions_are_listed_in_the_shape_of_the_specification(dso: Run) -> None:
    dso("run", *DAY)
    row = agenda(dso, "C1")[0]
    assert row.pop("id") > 0
    assert row.pop("customer_id") > 0
    assert row == {
        "customer": "C1",
        "kind": "scenario",
        "type": "email",
        "name": "First reminder",
        "scenario": "Short",
        "step": "First reminder",
        "on": "2026-11-20",
        "mode": "manual",
        "state": "planned",
        "leader": "F1",
        "items": ["F1", "F2"],
        "resolver": None,
    }
    assert [row["customer"] for row in dso("list", "actions", "--json").json] == ["C1", "C2"]


@pytest.mark.usefixtures("ledger")
def test_reasons_are_listed_one_per_account(dso: Run) -> None:
    dso("run", *DAY)
    rows = dso("list", "reasons", "--json").json
    assert [(row["customer"], row["code"], row["on"]) for row in rows] == [
        ("C1", "action_due", "2026-11-20"),
        ("C2", "action_planned", "2026-12-04"),
    ]
    assert rows[1]["text"].startswith('E-mail "First reminder" to Köhler is to be done on 2026-12-04.')
    assert set(rows[0]) == {"customer", "code", "text", "on"}


@pytest.mark.usefixtures("ledger")
def test_an_action_is_completed_and_the_next_one_stands_there(dso: Run) -> None:
    dso("run", *DAY)
    number = agenda(dso, "C1")[0]["id"]
    done = dso("complete", str(number), *DAY, "--json")
    assert done.json == {"id": number, "state": "done", "done_on": "2026-11-20"}
    assert [(row["name"], row["on"]) for row in agenda(dso, "C1")] == [("Call", "2026-11-27")]
    again = dso("complete", str(number), *DAY, "--json")
    assert (again.code, again.err) == (1, 'dso: "First reminder" is done already.\n')


@pytest.mark.usefixtures("ledger")
def test_an_action_is_skipped_with_a_reason(dso: Run) -> None:
    dso("run", *DAY)
    number = agenda(dso, "C1")[0]["id"]
    found = dso("skip", str(number), "--reason", "spoke to them", *DAY, "--json").json
    assert found == {"id": number, "state": "skipped", "reason": "spoke to them"}
    assert agenda(dso, "C1")[0]["name"] == "Call"


@pytest.mark.usefixtures("ledger")
def test_an_action_is_redated(dso: Run) -> None:
    dso("run", *DAY)
    number = agenda(dso, "C1")[0]["id"]
    assert dso("redate", str(number), "2026-11-25", *DAY, "--json").json == {
        "id": number,
        "state": "planned",
        "on": "2026-11-25",
    }
    dso("run", "--date", "2026-11-24")
    assert agenda_on(dso, "2026-11-24") == "2026-11-25"


def agenda_on(dso: Run, day: str) -> str:
    rows = dso("list", "actions", "--customer", "C1", "--date", day, "--json").json
    return str(rows[-1]["on"])


def test_a_confirmed_message_leaves(dso: Run, tmp_path: Path, ledger: None) -> None:
    give(dso, tmp_path, plan("confirm"))
    assert dso("run", *DAY, "--json").json["blocked"] == {"to_confirm": 2}
    number = agenda(dso, "C1")[0]["id"]
    confirmed = dso("confirm", str(number), *DAY, "--json")
    assert confirmed.code == 0, confirmed.err
    assert confirmed.json == {"id": number, "state": "done", "on": "2026-11-20"}
    assert [row["state"] for row in dso("list", "messages", "--json").json] == ["withheld"]


def test_automatic_messages_leave_with_the_run_and_never_twice(dso: Run, tmp_path: Path, ledger: None) -> None:
    give(dso, tmp_path, plan("automatic"))
    assert dso("run", *DAY, "--json").json["queued"] == 1
    assert dso("run", *DAY, "--json").json["queued"] == 0
    assert len(dso("list", "messages", "--json").json) == 1
    assert [row["name"] for row in agenda(dso, "C1")] == ["Call"]


@pytest.mark.usefixtures("ledger")
def test_an_earlier_day_is_refused_in_words(dso: Run) -> None:
    dso("run", "--date", "2026-11-25")
    for words in (("run",), ("complete", "1"), ("assign", "scenario", "Short", "--all")):
        ended = dso(*words, *DAY)
        assert (ended.code, ended.err.count("\n")) == (1, 1)
        assert "an earlier day cannot be worked" in ended.err


#: What is done to items, as words of a command.
TO_ITEMS = pytest.mark.parametrize(
    "words",
    [
        ("qualify", "--customer", "C1", "--items", "F1", "--status", "Processing"),
        ("clear", "--customer", "C1", "--items", "F1"),
        ("ignore", "--customer", "C1", "--items", "F1"),
        ("unignore", "--customer", "C1", "--items", "F1"),
    ],
)


@pytest.mark.usefixtures("ledger")
@TO_ITEMS
def test_what_is_done_to_items_on_a_day_before_the_last_run_is_refused(dso: Run, words: tuple[str, ...]) -> None:
    dso("run", "--date", "2026-11-20")
    ended = dso(*words, "--date", "2026-11-19")
    assert (ended.code, ended.out) == (1, "")
    assert "an earlier day cannot be worked" in ended.err


@pytest.mark.usefixtures("ledger")
@TO_ITEMS
def test_what_is_done_to_items_today_is_refused_when_a_later_day_was_worked(dso: Run, words: tuple[str, ...]) -> None:
    dso("run", "--date", "2026-11-24")
    ended = dso(*words)
    assert (ended.code, ended.out) == (1, "")
    assert "an earlier day cannot be worked" in ended.err


def test_a_scenario_is_written_out_as_it_was_taken_in(dso: Run, tmp_path: Path) -> None:
    made = give_only(dso, tmp_path)
    assert (made["scenario"], made["steps"], made["state"]) == ("Short", 2, "new")
    found = dso("scenario", "export", "Short", "--json").json
    assert (found["name"], found["start"], [step["name"] for step in found["steps"]]) == (
        "Short",
        "first",
        ["First reminder", "Call"],
    )
    assert found["steps"][0]["templates"] == TEXT
    file = tmp_path / "again.json"
    file.write_text(json.dumps(found), "utf-8")
    assert dso("scenario", "import", str(file), "--json").json["state"] == "changed"
    assert dso("scenario", "export", "short", "--json").json == found


def give_only(dso: Run, tmp_path: Path) -> Any:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan()), "utf-8")
    return dso("scenario", "import", str(file), "--json").json


def test_scenarios_are_listed(dso: Run) -> None:
    rows = dso("scenario", "list", "--json").json
    assert {"Standard", "No automatic collection"} <= {row["name"] for row in rows}


@pytest.mark.usefixtures("ledger")
def test_one_customer_is_given_a_scenario(dso: Run) -> None:
    found = dso("assign", "scenario", "No automatic collection", "--customer", "C1", *DAY, "--json").json
    assert found == {"scenario": "No automatic collection", "customers": 1}
    assert [row["code"] for row in dso("list", "reasons", "--json").json] == ["scenario_empty", "action_planned"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("assign", "scenario", "Standard"), 64, "--customer CODE"),
        (("assign", "scenario", "Nobody's", "--all"), 1, "no scenario"),
        (("assign", "scenario", "Standard", "--customer", "C9"), 1, 'no customer "C9"'),
        (("complete", "77"), 1, "no such action"),
        (("complete", "x"), 64, "integer"),
        (("complete", "1", "--outcome", "maybe"), 64, "maybe"),
        (("complete", "1", "--amount", "much"), 64, "not an amount"),
        (("skip", "1"), 64, "--reason"),
        (("redate", "1", "tomorrow"), 64, "not a day"),
        (("scenario", "import", "nowhere.json"), 1, "cannot be read"),
        (("scenario", "export", "Nobody's"), 1, "no scenario"),
        (("list", "actions", "--customer", "C9"), 1, 'no customer "C9"'),
    ],
)
def test_wrong_words_are_told_in_one_line(dso: Run, words: tuple[str, ...], code: int, message: str) -> None:
    ended = dso(*words)
    assert (ended.code, ended.out) == (code, "")
    assert message in ended.err
    assert ended.err.count("\n") == 1


def test_a_file_that_is_no_json_is_told_in_one_line(dso: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    for content in (b"{", b"\xff\xfe\x00", b"[" * 100_000):
        file.write_bytes(content)
        ended = dso("scenario", "import", str(file))
        assert (ended.code, ended.err.count("\n")) == (1, 1)


def test_who_may_not_work_on_collection_is_refused(dso: Run) -> None:
    added = dso("user", "add", "sam@acme.example", "--role", "sales", "--password", "Plum-Tree 47 Lantern")
    assert added.code == 0, added.err
    for words in (("run",), ("skip", "1", "--reason", "x"), ("confirm", "1"), ("redate", "1", "2026-12-01")):
        ended = dso(*words, "--as", "sam@acme.example")
        assert (ended.code, ended.out) == (1, "")
        assert "may not" in ended.err
    assert dso("scenario", "import", "x.json", "--as", "sam@acme.example").code == 1
