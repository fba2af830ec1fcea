"""`dso user`."""

import pytest

from tests.cli.conftest import PASSWORD, Run

pytestmark = pytest.mark.usefixtures("installed")


def test_a_user_is_added_with_the_import_tick_of_the_role(dso: Run) -> None:
    done = dso("user", "add", "Max@Acme.example", "--role", "credit_manager", "--password", PASSWORD, "--json").json
    assert (done["email"], done["role"], done["import"], done["active"]) == (
        "max@acme.example",
        "credit_manager",
        True,
        True,
    )
    assert (
        dso("user", "add", "cleo@acme.example", "--role", "collector", "--password", PASSWORD, "--json").json["import"]
        is False
    )


def test_a_user_without_password_gets_an_invitation_whose_link_is_printed(dso: Run) -> None:
    done = dso("user", "add", "cleo@acme.example", "--role", "collector", "--json").json
    assert "/invitation/" in done["link"]


def test_an_invitation_is_sent_again_with_another_link(dso: Run) -> None:
    first = dso("user", "add", "cleo@acme.example", "--role", "collector", "--json").json["link"]
    assert dso("user", "invite", "cleo@acme.example", "--json").json["link"] != first


def test_the_same_address_twice_is_refused(dso: Run) -> None:
    done = dso("user", "add", "ADA@acme.example", "--role", "collector", "--password", PASSWORD)
    assert (done.code, done.err) == (1, "dso: There is a user with the address ada@acme.example already.\n")


def test_a_weak_password_adds_nobody(dso: Run) -> None:
    assert dso("user", "add", "cleo@acme.example", "--role", "collector", "--password", "short").code == 1
    assert dso("user", "reset", "cleo@acme.example").err == 'dso: There is no user "cleo@acme.example".\n'


def test_a_manager_makes_no_administrators(dso: Run) -> None:
    dso("user", "add", "max@acme.example", "--role", "credit_manager", "--password", PASSWORD)
    mine = ("--as", "max@acme.example")
    assert dso("user", "add", "eve@acme.example", "--role", "admin", "--password", PASSWORD, *mine).code == 1
    assert dso("user", "reset", "ada@acme.example", "--password", "Another-Lamp 48", *mine).code == 1


def test_a_collector_adds_nobody(dso: Run) -> None:
    dso("user", "add", "cleo@acme.example", "--role", "collector", "--password", PASSWORD)
    assert dso("user", "add", "eve@acme.example", "--role", "guest", "--as", "cleo@acme.example").code == 1


def test_an_unknown_role_is_a_wrong_word(dso: Run) -> None:
    assert dso("user", "add", "eve@acme.example", "--role", "boss").code == 64


def test_files_taken_in_are_listed_for_those_who_may_import_as_on_the_pages(dso: Run) -> None:
    for role in ("credit_manager", "sales"):
        dso("user", "add", f"{role}@acme.example", "--role", role, "--password", PASSWORD)
    assert dso("list", "imports", "--json", "--as", "credit_manager@acme.example").json == []
    done = dso("list", "imports", "--json", "--as", "sales@acme.example")
    assert (done.code, done.out, done.err) == (1, "", "dso: sales@acme.example may not import data.\n")


def test_who_sees_a_portfolio_only_imports_nothing_by_the_command_line_either(dso: Run) -> None:
    dso("user", "add", "sam@acme.example", "--role", "sales", "--import", "--password", PASSWORD)
    refused = dso("list", "imports", "--as", "sam@acme.example")
    assert refused.code == 1 and "own customers only" in refused.err
    dso("setting", "set", "security.restrict_roles", "sales_admin")
    assert dso("list", "imports", "--json", "--as", "sam@acme.example").json == []
