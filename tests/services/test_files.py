"""Files are taken in whole, found in scope, and shown to whom they are meant for."""

import io
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import Role
from dso.domain.errors import NotFound, Refused
from dso.models import Attachment, Event, User
from dso.queries import files as queries
from dso.services import files
from tests import factories
from tests.conftest import NOW


def checked(*names: str) -> list[files.Checked]:
    return files.check_all([files.Upload(name, io.BytesIO(b"%PDF-1.7 " + name.encode())) for name in names])


@pytest.fixture
def actor(session: Session) -> User:
    """A collector."""
    return factories.a_user()


def test_files_added_to_items_are_written_down(session: Session, actor: User) -> None:
    customer = factories.a_customer()
    item = factories.an_item(customer)
    (file,) = files.add(checked("note.pdf"), customer, items=[item], actor=actor, now=NOW)
    assert files.path_of(file.stored_as).read_bytes() == b"%PDF-1.7 note.pdf"
    (row,) = queries.of_customer(actor, customer)
    assert (row.name, row.items, row.author, row.visible_to_debtor) == (
        "note.pdf",
        (item.number,),
        actor.full_name,
        False,
    )
    assert session.scalars(select(Event.data)).one() == {"params": {"name": "note.pdf"}}


def test_files_cannot_be_put_on_items_of_another_account(session: Session, actor: User) -> None:
    customer, other = factories.a_customer(), factories.a_customer()
    with pytest.raises(NotFound):
        files.add(checked("a.pdf"), customer, items=[factories.an_item(other)], actor=actor, now=NOW)


def test_adding_nothing_is_refused(session: Session, actor: User) -> None:
    with pytest.raises(Refused, match="at least one file"):
        files.add([], factories.a_customer(), actor=actor, now=NOW)


def test_one_wrong_file_refuses_all_and_keeps_none(session: Session) -> None:
    with pytest.raises(Refused, match="virus"):
        checked("good.pdf", "virus.exe")
    assert session.scalars(select(Attachment)).all() == []


@pytest.mark.parametrize("name", ["", "../secret", "a/b", "..", "nothere"])
def test_only_names_the_store_gave_are_found_in_it(session: Session, name: str) -> None:
    with pytest.raises(NotFound):
        files.path_of(name)


def test_a_file_is_found_only_by_who_sees_its_customer_or_item(session: Session, actor: User) -> None:
    customer = factories.a_customer()
    sales = factories.a_user(role=Role.SALES)
    (file,) = files.add(checked("a.pdf"), customer, actor=actor, now=NOW)
    assert queries.get_file(actor, file.id) is file
    with pytest.raises(NotFound):
        queries.get_file(sales, file.id)


def test_a_file_not_meant_for_colleagues_is_seen_by_those_who_collect_only(session: Session, actor: User) -> None:
    customer = factories.a_customer()
    controller = factories.a_user(role=Role.CONTROLLER)
    values: dict[str, Any] = {"actor": actor, "now": NOW}
    (file,) = files.add(checked("a.pdf"), customer, visible_to_colleagues=False, **values)
    assert len(queries.of_customer(actor, customer)) == 1
    assert queries.of_customer(controller, customer) == ()
    with pytest.raises(NotFound):
        queries.get_file(controller, file.id)


def test_showing_a_file_to_the_debtor_is_written_down_once(session: Session, actor: User) -> None:
    customer = factories.a_customer()
    (file,) = files.attach(checked("a.pdf"), customer, actor=actor, now=NOW)
    for _ in range(2):
        files.show_to(file, customer=customer, debtor=True, colleagues=True, actor=actor, now=NOW)
    assert file.visible_to_debtor
    assert session.scalars(select(Event.text)).all() == ["File %(name)s is shown to the customer"]


def lies_there(stored_as: str) -> bool:
    try:
        return files.path_of(stored_as).is_file()
    except NotFound:
        return False


def test_a_file_goes_with_the_commit_and_not_with_the_end_of_a_savepoint(session: Session) -> None:
    stored_as = files.keep(io.BytesIO(b"x"))
    with session.begin_nested():
        files.throw_away_later([stored_as])
    with session.begin_nested():
        pass
    assert lies_there(stored_as)
    session.commit()
    assert not lies_there(stored_as)


@pytest.mark.parametrize("part", [False, True])
def test_a_file_whose_record_came_back_stays_whatever_is_committed_later(session: Session, *, part: bool) -> None:
    stored_as = files.keep(io.BytesIO(b"x"))
    session.connection()
    undone = session.begin_nested() if part else session
    files.throw_away_later([stored_as])
    undone.rollback()
    session.commit()
    session.commit()
    assert lies_there(stored_as)
