"""What people, debtors and the sender did since an import forbids taking it back; each is named with its customer."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dso.db import db
from dso.domain.codes import CallOutcome, MessageState, Mode, ReplyKind, StatusType
from dso.models import Action, Message
from dso.services import actions, contacts, customers, files, items, links, notes, replies, statuses
from dso.services.customers import CustomerData
from dso.services.files import Upload, check
from dso.services.imports import undo
from dso.services.statuses import Tagging
from tests.factories import NOW, TODAY, a_contact, a_scenario, a_status, a_user
from tests.services.imports.helpers import Importer, customer, item
from tests.services.imports.undo_helpers import dump, last_run
from tests.services.messages.scene import send

F1 = "C1;F1;FAC;2026-09-01;2026-10-01;100;100"
WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


@pytest.fixture
def chased(take: Importer) -> Importer:
    """C1 has a contact, a scenario whose reminders are confirmed, and an invoice that came by the last import."""
    one = customer("C1")
    one.scenario_id = a_scenario({"name": "First reminder", "after_due": 7, "mode": Mode.CONFIRM}).id
    a_contact(one, email="zoe@client.example")
    take.items(F1)
    return take


def _action() -> Action:
    return db.session.scalars(select(Action).where(Action.customer_id == customer("C1").id)).one()


def _confirm() -> None:
    actions.confirm(_action(), actor=a_user(), **WHEN)


def _send() -> None:
    _confirm()
    send()
    assert db.session.scalars(select(Message.state)).all() == [MessageState.WITHHELD]


def _tag(type: StatusType, **more: Any) -> None:
    tagging = Tagging(a_status(type, name="Disputed"), **more)
    statuses.qualify([item("F1")], tagging, actor=a_user(), **WHEN)


def _reply() -> None:
    link = links.create(customer("C1"), None, "zoe@client.example", now=NOW)
    said: dict[str, Any] = {"author": "Zoé", "email": "zoe@client.example", "text": "Paid by cheque"}
    replies.receive(link, kind=ReplyKind.COMMENT, items=[item("F1")], **said, **WHEN)


def _attach() -> None:
    file = check(Upload("proof.pdf", io.BytesIO(b"%PDF-1.4 proof")))
    files.add([file], customer("C1"), items=[item("F1")], actor=a_user(), now=NOW)


def _skip() -> None:
    actions.skip(_action(), "Spoke to her", actor=a_user(), **WHEN)


def _redate() -> None:
    actions.redate(_action(), TODAY + timedelta(days=3), actor=a_user(), **WHEN)


ACTS: dict[str, tuple[Callable[[], Any], str]] = {
    "a message that left": (_send, "E-mail"),
    "a step confirmed": (_confirm, "First reminder confirmed"),
    "a step done": (lambda: actions.complete(_action(), actor=a_user(), **WHEN), "First reminder done"),
    "a step skipped": (_skip, "First reminder skipped: Spoke to her"),
    "a step moved": (_redate, "First reminder moved from"),
    "a reply of the debtor": (_reply, "Zoé"),
    "a file on the item": (_attach, "File proof.pdf added"),
    "a dispute with its action": (lambda: _tag(StatusType.DISPUTE), "Disputed"),
    "a promise": (lambda: _tag(StatusType.PROMISE, promised_on=TODAY + timedelta(days=5)), "Disputed"),
    "an item left out by hand": (lambda: items.ignore([item("F1")], actor=a_user(), **WHEN), "left out of collection"),
    "an item cleared by hand": (lambda: items.clear([item("F1")], on=TODAY, actor=a_user(), **WHEN), "cleared by hand"),
}


def _refused(take: Importer) -> list[tuple[str, str]]:
    """Sentence and customer of whatever stands in the way; nothing changes."""
    before = dump(take.entity)
    with pytest.raises(undo.Depends, match="Nothing was taken back") as refusal:
        undo.undo(last_run(take.entity), actor=None, **WHEN)
    assert dump(take.entity) == before
    return [(each.sentence, each.customer) for each in refusal.value.dependents]


@pytest.mark.parametrize("act", ACTS)
def test_what_was_done_since_on_an_item_of_the_file_is_named_with_its_customer(chased: Importer, act: str) -> None:
    do, words = ACTS[act]
    do()
    found = _refused(chased)
    assert any(words in sentence and code == "C1" for sentence, code in found), found


def test_a_customer_of_the_file_changed_by_hand_is_named(take: Importer) -> None:
    take.customers("C1;Uno")
    customers.save(customer("C1"), CustomerData(values={"city": "Lyon"}), actor=a_user(), **WHEN)
    assert [code for _sentence, code in _refused(take)] == ["C1"]


def test_a_note_on_a_customer_the_file_made_is_named(take: Importer) -> None:
    take.customers("C7;Seven")
    notes.add(customer("C7"), "Called him", actor=a_user(), now=NOW)
    assert _refused(take) == [("Called him", "C7")]


def test_a_call_with_a_customer_the_file_made_is_named(take: Importer) -> None:
    take.customers("C7;Seven")
    actions.log_call(customer("C7"), CallOutcome.REACHED, "Will pay", actor=a_user(), **WHEN)
    assert _refused(take) == [("Call: reached. Will pay", "C7")]


def test_a_contact_of_the_file_changed_by_hand_is_named(take: Importer) -> None:
    take.contacts("C1;Ann;Old;ann@one.example;1;1")
    one = customer("C1")
    contacts.edit(one, one.contacts[0], {"last_name": "Older"}, actor=a_user(), **WHEN)
    assert {code for _sentence, code in _refused(take)} == {"C1"}


def test_a_contact_added_by_hand_to_a_customer_the_file_made_is_named(take: Importer) -> None:
    take.customers("C7;Seven")
    contacts.add(customer("C7"), {"last_name": "New"}, actor=a_user(), **WHEN)
    assert [code for _sentence, code in _refused(take)] == ["C7"]


def test_what_people_did_before_the_import_does_not_stand_in_the_way(chased: Importer) -> None:
    _skip()
    chased.customers("C1;Uno")
    undo.undo(last_run(chased.entity), actor=None, **WHEN)
    assert customer("C1").business_name != "Uno"
