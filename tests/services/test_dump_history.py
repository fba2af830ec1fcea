"""What was done comes back from a dump: to the byte, and so that nothing is ever sent a second time."""

import csv
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import OPEN_ACTION_STATES, Channel, MessageKind, MessageState, Role, StatusType
from dso.domain.errors import NotFound, Refused
from dso.models import Action, Customer, Entity, ImportRun, Item, Message, Qualification, Status, Step, User
from dso.services import actions, dump
from dso.services.dump_reading import ReadBack, read_back
from dso.services.imports import undo
from dso.services.messages.display import attachment, letter_pdf
from dso.services.messages.queue import send_again
from dso.services.settings import set_value
from tests.conftest import NOW, TODAY, scene
from tests.factories import a_user
from tests.services.agenda import at, go_live, run
from tests.services.histories import a_history, an_empty_company


@pytest.fixture(scope="module")
def _life(_application: Flask) -> Iterator[tuple[int, int]]:
    """The ids of a company with a history, lived once, and of its administrator."""
    with scene(_application):
        entity, admin = a_history()
        yield entity.id, admin.id


@pytest.fixture
def lived(_life: tuple[int, int], session: Session) -> tuple[Entity, User]:
    """A company with a history."""
    return session.get_one(Entity, _life[0]), session.get_one(User, _life[1])


@pytest.fixture(scope="module")
def _dump_of_a_life(_application: Flask, _life: tuple[int, int], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What it says of itself, written once."""
    folder = tmp_path_factory.mktemp("life") / "dump"
    with scene(_application):
        _export(db.session.get_one(Entity, _life[0]), db.session.get_one(User, _life[1]), folder)
    return folder


@pytest.fixture
def written(lived: tuple[Entity, User], _dump_of_a_life: Path, tmp_path: Path) -> tuple[User, Path]:
    """Somebody who may read a dump back, and a dump of their own."""
    return lived[1], copytree(_dump_of_a_life, tmp_path / "first")


def _files(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def _export(entity: Entity, admin: User, folder: Path) -> dict[str, bytes]:
    db.session.flush()
    db.session.expire_all()
    dump.write(entity, admin, folder)
    return _files(folder)


def _back(entity: Entity, admin: User, folder: Path) -> ReadBack:
    return read_back(entity, admin, folder, force=False, today=TODAY, now=NOW)


def _moved(entity: Entity, admin: User, folder: Path) -> Entity:
    """Another company, with what a dump of the first one says."""
    dump.write(entity, admin, folder)
    second = an_empty_company()
    _back(second, admin, folder)
    return second


def test_everything_comes_back_byte_for_byte(lived: tuple[Entity, User], tmp_path: Path) -> None:
    entity, admin = lived
    before = _export(entity, admin, tmp_path / "first")
    second = an_empty_company()
    found = _back(second, admin, tmp_path / "first")
    assert (found.rejected, found.remarks) == (0, [])
    after = _export(second, admin, tmp_path / "second")
    assert [name for name in before if before[name] != after[name]] == []
    assert before.keys() == after.keys()


def test_both_go_on_in_the_same_way_for_forty_days(lived: tuple[Entity, User], tmp_path: Path) -> None:
    entity, admin = lived
    second = _moved(entity, admin, tmp_path / "first")
    for day in range(41):
        on = TODAY + timedelta(days=day)
        for each in (entity, second):
            each.ledger_at = at(on)
            actions.plan_day(each, today=on, now=at(on))
    before, after = _export(entity, admin, tmp_path / "third"), _export(second, admin, tmp_path / "fourth")
    assert [name for name in before if before[name] != after[name]] == []
    assert len(_rows(tmp_path / "third", "messages")) > len(_rows(tmp_path / "first", "messages"))


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _sendings(entity: Entity) -> list[tuple[str, str, str]]:
    """Step, leader and recipient of everything that left or is to leave by a scenario."""
    query = select(Action.name, Item.number, Message.recipient).join(Action, Action.id == Message.action_id)
    query = query.join(Item, Item.id == Action.leader_id).where(Message.entity_id == entity.id)
    return [tuple(row) for row in db.session.execute(query)]  # type: ignore[misc]


def test_no_step_that_left_is_ever_sent_again(lived: tuple[Entity, User], tmp_path: Path) -> None:
    entity, admin = lived
    second = _moved(entity, admin, tmp_path / "first")
    for day in range(41):
        second.ledger_at = at(TODAY + timedelta(days=day))
        actions.plan_day(second, today=TODAY + timedelta(days=day), now=second.ledger_at)
    all_of_it = _sendings(second)
    assert len(all_of_it) == len(set(all_of_it)) > len(_sendings(entity))
    mine = (Action.entity_id == second.id, Action.kind == "scenario", Action.state.in_(OPEN_ACTION_STATES))
    assert set(db.session.scalars(select(func.count()).where(*mine).group_by(Action.customer_id))) == {1}


def test_what_was_waiting_comes_back_as_uncertain_and_its_step_as_used_up(
    lived: tuple[Entity, User], tmp_path: Path
) -> None:
    entity, admin = lived
    go_live(entity)
    on = TODAY + timedelta(days=4)
    run(entity, on)
    waiting = set(db.session.scalars(_recipients(entity, MessageState.QUEUED)))
    dump.write(entity, admin, tmp_path / "first")
    second = an_empty_company()
    read_back(second, admin, tmp_path / "first", force=False, today=on, now=at(on))
    assert waiting and set(db.session.scalars(_recipients(second, MessageState.UNCERTAIN))) == waiting
    go_live(second)
    run(second, on)
    assert not set(db.session.scalars(_recipients(second, MessageState.QUEUED))) & waiting


def _recipients(entity: Entity, state: MessageState) -> Any:
    return select(Message.recipient).where(
        Message.entity_id == entity.id, Message.state == state, Message.kind == MessageKind.ACTION
    )


def test_nobody_sends_a_message_again_that_came_with_a_dump(lived: tuple[Entity, User], tmp_path: Path) -> None:
    entity, admin = lived
    for message in db.session.scalars(select(Message).where(Message.entity_id == entity.id)):
        message.state = MessageState.FAILED
    second = _moved(entity, admin, tmp_path / "first")
    for message in db.session.scalars(select(Message).where(Message.entity_id == second.id)).all():
        with pytest.raises(Refused, match="never leaves from here"):
            send_again(message, actor=admin, now=NOW)


def test_the_same_dump_again_changes_nothing_and_another_history_is_refused(
    lived: tuple[Entity, User], tmp_path: Path
) -> None:
    entity, admin = lived
    before = _export(entity, admin, tmp_path / "first")
    second = an_empty_company()
    for _time in range(2):
        _back(second, admin, tmp_path / "first")
    assert _export(second, admin, tmp_path / "second") == before
    act = db.session.scalars(select(Qualification).where(Qualification.entity_id == second.id)).first()
    assert act is not None
    act.comment = "changed"
    with pytest.raises(Refused, match="something was done already"):
        _back(second, admin, tmp_path / "first")


def test_a_ledger_is_no_newer_for_being_read_back(lived: tuple[Entity, User], tmp_path: Path) -> None:
    entity, admin = lived
    dump.write(entity, admin, tmp_path / "first")
    second, later = an_empty_company(), TODAY + timedelta(days=30)
    read_back(second, admin, tmp_path / "first", force=False, today=later, now=at(later))
    assert second.ledger_at == entity.ledger_at
    assert second.last_run_on == TODAY
    with pytest.raises(Refused, match="an earlier day"):
        read_back(an_empty_company(), admin, tmp_path / "first", force=False, today=TODAY - timedelta(days=1), now=NOW)


def _damaged(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


@pytest.mark.parametrize(("name", "old", "new", "words"), [
    ("consumed_steps.csv", "D07-late", "D07-lost", r"consumed_steps.csv, line \d+: there is no item of leader \"D07-l"),
    ("messages.csv", ",email,", ",pigeon,", r"messages.csv, line 2, channel: \"pigeon\" is nothing a dump writes"),
    ("actions.csv", "D05", "D99", r"actions.csv, line \d+: there is no customer of customer \"D99\""),
    ("qualifications.csv", "promise", "pledge", r"status"),
    ("qualification_items.csv", "1000.00", "1000.00000001", r"line 2, remaining: \"1000.00000001\""),
    ("action_items.csv", ",D0", ",D0,", r"action_items.csv, line \d+: 8 cells instead of 7"),
    ("replies.csv", "reply,customer", "answer,customer", "has not the columns of a dump"),
    ("company.csv", "EUR", "USD", "of a company in USD"),
    ("items.csv", "2026-", "2026-99", r"items.csv, line 2, issued_on: this is not a date"),
    ("customers.csv", "\nD0", "\n,D0", r"customers.csv, line 2, \w+: this is .*\. Nothing was taken in\."),
    ("messages.csv", "2026-11", "2026-13", r"line 2, queued_at|line 2, left_on|line 2"),
])  # fmt: skip
def test_a_damaged_dump_is_refused_in_words_with_file_and_line(
    written: tuple[User, Path], name: str, old: str, new: str, words: str
) -> None:
    admin, folder = written
    _damaged(folder, name, old, new)
    with pytest.raises(Refused, match=words):
        _back(an_empty_company(), admin, folder)


def test_without_one_of_the_files_nothing_is_taken_in(written: tuple[User, Path]) -> None:
    admin, folder = written
    (folder / "consumed_steps.csv").unlink()
    with pytest.raises(Refused, match=r"lacks consumed_steps.csv: without it something could be sent a second time"):
        _back(an_empty_company(), admin, folder)


def test_somebody_without_account_is_left_out_with_a_remark(written: tuple[User, Path]) -> None:
    admin, folder = written
    _damaged(folder, "contact_logs.csv", "chief@acme.example", "gone@acme.example")
    found = _back(an_empty_company(), admin, folder)
    assert found.remarks == [
        "contact_logs.csv, line 2, author: there is no user gone@acme.example, nobody is named instead"
    ]


def test_imports_of_a_dump_with_its_history_are_not_taken_back(written: tuple[User, Path]) -> None:
    admin, folder = written
    second = an_empty_company()
    _back(second, admin, folder)
    for run_ in db.session.scalars(select(ImportRun).where(ImportRun.entity_id == second.id)).all():
        with pytest.raises(Refused, match="beginning with a new company"):
            undo.undo(run_, actor=admin, today=TODAY, now=NOW)


def test_a_removed_step_and_a_status_nobody_knows_come_back_out_of_use(written: tuple[User, Path]) -> None:
    admin, folder = written
    _damaged(folder, "consumed_steps.csv", "First reminder,Careful", "Old reminder,Careful")
    path = folder / "qualifications.csv"
    path.write_bytes(path.read_bytes().replace(b",promise 1", b",vow 1").replace(b",promise ", b",vow "))
    second = an_empty_company()
    _back(second, admin, folder)
    gone = db.session.scalars(select(Step).where(Step.name == "Old reminder")).one()
    assert gone.archived_at == NOW and gone.scenario.entity_id == second.id
    vow = db.session.scalars(select(Status).where(Status.name.like("vow %"))).first()
    assert vow is not None and vow.type is StatusType.PROMISE


def test_files_of_messages_stay_where_they_are_and_their_names_come_along(
    lived: tuple[Entity, User], tmp_path: Path
) -> None:
    entity, admin = lived
    stored = [{"name": f"{kind}.pdf", "kind": kind, "stored_as": "there", "content_type": "application/pdf"}
              for kind in ("letter", "statement")]  # fmt: skip
    for message in db.session.scalars(select(Message).where(Message.entity_id == entity.id)):
        message.attachments, message.channel = stored, Channel.LETTER
    before = _export(entity, admin, tmp_path / "first")
    second = an_empty_company()
    _back(second, admin, tmp_path / "first")
    assert _export(second, admin, tmp_path / "second") == before
    written = select(Message).where(Message.entity_id == second.id, Message.body_html != "").limit(1)
    message = db.session.scalars(written).one()
    assert letter_pdf(message).startswith(b"%PDF")
    with pytest.raises(NotFound, match="stayed in the installation"):
        attachment(message, 1, today=TODAY)
    assert b"there" not in before["messages.csv"]


def test_secrets_and_keys_of_ours_are_in_no_file(lived: tuple[Entity, User], tmp_path: Path) -> None:
    entity, admin = lived
    for message in db.session.scalars(select(Message).where(Message.kind == MessageKind.NOTICE)):
        message.state, message.listed = MessageState.FAILED, {"secret": "s3cr3t"}
    files = _export(entity, admin, tmp_path / "first")
    assert not any(b"s3cr3t" in content for content in files.values())
    listed = [json.loads(row["listed"]) for row in _rows(tmp_path / "first", "messages") if row["kind"] == "action"]
    assert all(len(each) == 5 for one in listed for each in one["items"])


def test_who_sees_some_customers_writes_what_was_done_with_those_only(
    lived: tuple[Entity, User], tmp_path: Path
) -> None:
    entity, _admin = lived
    sales = a_user(role=Role.SALES)
    mine = db.session.scalars(select(Customer).where(Customer.entity_id == entity.id, Customer.code == "D03")).one()
    mine.collector_id = sales.id
    set_value(None, "security.restrict_roles", "sales", actor=None, now=NOW)
    _export(entity, sales, tmp_path / "first")
    for name in ("actions", "messages", "qualifications", "item_changes", "consumed_steps", "item_states", "replies"):
        rows = _rows(tmp_path / "first", name)
        assert {row.get("customer") or row.get("item_customer") or row["account"] for row in rows} <= {"D03"}
    numbers = {row["action"] for row in _rows(tmp_path / "first", "actions")}
    assert {row["action"] for row in _rows(tmp_path / "first", "qualifications")} <= numbers | {""}
