"""What stands in the way of taking an import back, and what does not."""

from datetime import timedelta

from dso.db import db
from dso.domain.codes import ActionState, StatusType
from dso.models import Action
from dso.services import contacts, items, statuses
from dso.services.statuses import Tagging
from tests.factories import NOW, TODAY, a_status, a_user
from tests.services.imports.helpers import Importer, customer, item
from tests.services.imports.undo_helpers import dump, refused, take_back

F1, F2 = (f"C1;F{n};FAC;2026-09-01;2026-10-01;{n}00;{n}00" for n in (1, 2))


def _tag(number: str) -> None:
    tagging = Tagging(a_status(StatusType.DISPUTE), follow_up=TODAY + timedelta(days=7))
    statuses.qualify([item(number)], tagging, actor=a_user(), today=TODAY, now=NOW)


def test_a_status_on_an_item_of_the_file_stands_in_the_way_and_its_follow_up_is_nobodys_plan(take: Importer) -> None:
    take.items(F1)
    _tag("F1")
    found = refused(take.entity)
    assert item("F1").held_by_id is not None and any("tagged" in each for each in found)
    assert not any("planned by a person" in each for each in found)


def test_a_status_on_another_item_does_not(take: Importer) -> None:
    take.items(F1)
    take.items(F2)
    _tag("F1")
    take_back(take.entity)


def test_a_clearing_by_hand_stands_in_the_way(take: Importer) -> None:
    take.items(F1)
    items.clear([item("F1")], on=TODAY, actor=a_user(), today=TODAY, now=NOW)
    assert any("cleared by hand" in each for each in refused(take.entity))


def test_a_later_import_stands_in_the_way_until_it_is_taken_back(take: Importer) -> None:
    from dso.services.imports import undo

    take.items(F1)
    first = undo.get(take.entity, None)
    take.customers("C1;Uno")
    assert [each.params["file"] for each in undo.dependents(first)] == ["file.csv"]
    take_back(take.entity)
    assert undo.dependents(first) == []


def test_a_contact_changed_by_hand_stands_in_the_way(take: Importer) -> None:
    take.contacts("C1;Ann;Old;ann@one.example;1;1")
    one = customer("C1")
    contacts.remove(one, one.contacts[0], actor=a_user(), today=TODAY, now=NOW)
    assert refused(take.entity)


def test_a_follow_up_ended_by_a_wrong_full_file_stands_again(take: Importer) -> None:
    take.stock(F1, F2)
    _tag("F1")
    action_id = item("F1").held_by_id
    before = dump(take.entity)
    take.stock(F2, force=True)
    db.session.expire_all()
    assert db.session.get_one(Action, action_id).state is ActionState.DONE
    take_back(take.entity)
    assert dump(take.entity) == before
    assert db.session.get_one(Action, action_id).state is ActionState.PLANNED
    assert item("F1").held_by_id == action_id
