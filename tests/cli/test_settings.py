"""`dso setting`."""

import pytest

from dso.domain.settings import RULES
from tests.busy import impatient, somebody_writes
from tests.cli.conftest import INIT, PASSWORD, Run

pytestmark = pytest.mark.usefixtures("installed")


def test_all_settings_are_listed_with_value_and_default(dso: Run) -> None:
    rows = {row["name"]: row for row in dso("setting", "list", "--json").json}
    assert set(rows) == set(RULES)
    assert (rows["collection.minimum_amount"]["value"], rows["collection.minimum_amount"]["default"]) == ("20", "20")


def test_what_is_set_is_what_is_got(dso: Run) -> None:
    done = dso("setting", "set", "collection.minimum_amount", "50", "--json")
    assert done.json == {"name": "collection.minimum_amount", "value": "50"}
    assert dso("setting", "get", "collection.minimum_amount").out == "50\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sending.mode", "maybe"),
        ("collection.minimum_amount", "-1"),
        ("collection.weekdays", "mon,funday"),
        ("collection.default_scenario", "Nobody's"),
        ("collection.default_collector", "nobody@acme.example"),
        ("sending.test_address", "not an address"),
        ("no.such_setting", "1"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_words(dso: Run, name: str, value: str) -> None:
    done = dso("setting", "set", name, value)
    assert done.code == 1
    assert done.err.startswith("dso: ")
    assert done.err.count("\n") == 1


def test_a_negative_number_needs_no_quoting_tricks_to_be_refused(dso: Run) -> None:
    assert dso("setting", "set", "--", "collection.minimum_spacing_days", "-3").code == 1


def test_only_administrators_turn_sending_on(dso: Run) -> None:
    dso("user", "add", "max@acme.example", "--role", "credit_manager", "--password", PASSWORD)
    done = dso("setting", "set", "sending.mode", "live", "--as", "max@acme.example")
    assert (done.code, "may not" in done.err) == (1, True)
    assert dso("setting", "set", "collection.ignore_below", "10", "--as", "max@acme.example").code == 0


def test_of_two_companies_each_may_have_its_own_value(dso: Run) -> None:
    dso(*[word if word != "Acme" else "Beta" for word in INIT], "--admin-password", PASSWORD)
    dso("setting", "set", "collection.ignore_below", "7", "--entity", "Beta")
    dso("setting", "set", "collection.ignore_below", "6")
    values = [dso("setting", "get", "collection.ignore_below", "--entity", name).out for name in ("Acme", "Beta")]
    assert values == ["6\n", "7\n"]


def test_wrong_words_exit_with_64(dso: Run) -> None:
    assert dso("setting", "frobnicate").code == 64
    assert dso("setting", "set", "collection.ignore_below").code == 64


def test_a_forgotten_word_with_choices_is_said_in_one_line(dso: Run) -> None:
    done = dso("import")
    assert (done.code, done.err.count("\n"), "customers, contacts, items" in done.err) == (64, 1, True)


def test_the_roles_that_see_linked_customers_only_are_written_as_the_table_of_settings_has_them(dso: Run) -> None:
    assert dso("setting", "get", "security.restrict_roles").out == "sales;sales_admin\n"


def test_a_command_that_cannot_write_now_says_so_in_words(
    dso: Run, installed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch)
    with somebody_writes(installed):
        done = dso("setting", "set", "import.brake_percent", "40")
    assert done.code == 1 and "Somebody else is writing" in done.err and "Traceback" not in done.err
    assert dso("setting", "get", "import.brake_percent").out == "30\n"
