"""`dso send`, `dso list messages`: a day from the ledger to the mail server without a browser."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.services.messages.conftest import MailServer, mail_server

__all__ = ["mail_server"]
pytestmark = [pytest.mark.network, pytest.mark.usefixtures("installed")]

CUSTOMERS = "code,business_name,country,language\nC1,Garnier SAS,FR,fr\nC2,Müller GmbH,DE,\n"
CONTACTS = (
    "customer,first_name,last_name,email,for_collection\n"
    "C1,Zoé,Hébert,zoe@garnier.example,1\nC2,Max,Köhler,max@mueller.example,1\n"
)
ITEMS = (
    "customer,number,type,issued_on,due_on,amount,remaining,currency\n"
    "C1,F1,FAC,2026-10-01,2026-10-31,1200.50,1200.50,EUR\n"
    "C2,F2,FAC,2026-10-01,2026-10-31,800.00,800.00,EUR\n"
)
SCENARIO = {
    "name": "Short",
    "language": "fr",
    "start": "first",
    "steps": [
        {
            "name": "Rappel",
            "type": "email",
            "flavour": "interactive",
            "after_due": 3,
            "mode": "automatic",
            "templates": {
                "fr": {"subject": "Facture #leader_number", "body": "Bonjour #contact_name,\n\n#items_list_overdue"},
                "de": {"subject": "Rechnung #leader_number", "body": "#salutation\n\n#items_list_overdue"},
            },
        }
    ],
}


@pytest.fixture
def ledger(installed: str, dso: Run, tmp_path: Path) -> None:
    """Two debtors with a contact, an overdue invoice and an automatic reminder."""
    for name, text in (("customers", CUSTOMERS), ("contacts", CONTACTS), ("items", ITEMS)):
        file = tmp_path / f"{name}.csv"
        file.write_text(text, "utf-8")
        done = dso("import", name, str(file), "--json")
        assert done.code == 0, done.err
    plan = tmp_path / "short.json"
    plan.write_text(json.dumps(SCENARIO), "utf-8")
    assert dso("scenario", "import", str(plan)).code == 0
    assert dso("assign", "scenario", "Short", "--all").code == 0


@pytest.mark.usefixtures("ledger")
def test_in_test_mode_the_day_writes_messages_that_reach_nobody(dso: Run) -> None:
    assert dso("run", "--date", "2026-11-20", "--json").code == 0
    found = dso("list", "messages", "--json").json
    assert [(one["customer"], one["channel"], one["to"], one["subject"], one["state"]) for one in found] == [
        ("C1", "email", ["zoe@garnier.example"], "Facture F1", "withheld"),
        ("C2", "email", ["max@mueller.example"], "Rechnung F2", "withheld"),
    ]
    assert set(found[0]) == {"id", "customer", "channel", "to", "subject", "state", "queued_at", "sent_at", "action"}
    assert found[0]["sent_at"] is None
    done = dso("list", "actions", "--json").json
    assert {one["state"] for one in done if one["id"] in {each["action"] for each in found}} <= {"done"}
    assert dso("list", "messages", "--customer", "C2", "--json").json == found[1:]


@pytest.mark.usefixtures("ledger")
def test_live_the_messages_of_the_day_leave_once(
    dso: Run, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DSO_SMTP_URL", f"smtp://127.0.0.1:{mail_server.port}")
    assert dso("setting", "set", "sending.mode", "live").code == 0
    ran = dso("run", "--date", "2026-11-20", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["queued"] == 2
    assert {one["state"] for one in dso("list", "messages", "--json").json} == {"queued"}
    sent = dso("send", "--date", "2026-11-20", "--json")
    assert (sent.code, sent.json["sent"]) == (0, 2), sent.out + sent.err
    assert dso("send", "--date", "2026-11-20", "--json").json["sent"] == 0
    assert [recipients for recipients, _mail in mail_server.sink.taken] == [
        ["zoe@garnier.example"],
        ["max@mueller.example"],
    ]
    assert {one["state"] for one in dso("list", "messages", "--state", "sent", "--json").json} == {"sent"}
    again = dso("run", "--date", "2026-11-20", "--json")
    assert (again.code, again.err) == (0, "")
    assert again.json["queued"] == 0


@pytest.mark.usefixtures("ledger")
def test_who_may_not_work_on_collection_may_not_send(dso: Run) -> None:
    password = "Plum-Tree 48 Lantern"
    added = dso("user", "add", "guest@acme.example", "--last-name", "Guest", "--role", "guest", "--password", password)
    assert added.code == 0, added.err
    refused = dso("send", "--as", "guest@acme.example")
    assert refused.code == 1
    assert "may not" in refused.err
