"""`dso api-user`."""

import pytest

from tests.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("installed")


def test_a_program_is_added_and_its_secret_printed_this_once(dso: Run) -> None:
    done = dso("api-user", "add", "ERP", "--json").json
    assert (done["name"], done["user"], done["secret"][:4]) == ("ERP", "ada@acme.example", "dso_")
    listed = dso("api-user", "list", "--json").json
    assert [(row["name"], row["user"], row["revoked_at"]) for row in listed] == [("ERP", "ada@acme.example", None)]
    assert done["secret"] not in dso("api-user", "list").out


def test_a_revoked_program_says_since_when(dso: Run) -> None:
    dso("api-user", "add", "ERP")
    done = dso("api-user", "revoke", "ERP", "--json").json
    assert done["name"] == "ERP" and done["revoked_at"]
    assert dso("api-user", "revoke", "ERP").code == 1
    assert dso("api-user", "revoke", "Nobody").err == "dso: There is no such program.\n"


def test_a_program_needs_a_user_there_is(dso: Run) -> None:
    done = dso("api-user", "add", "ERP", "--user", "nobody@acme.example")
    assert (done.code, done.err) == (1, 'dso: There is no user "nobody@acme.example".\n')
