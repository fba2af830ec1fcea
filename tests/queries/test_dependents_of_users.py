"""What stands in the way of taking a users file back is said in words, never by the name of a table."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.db import Base
from dso.models import Entity, ImportUpload, User
from dso.queries import dependents_of_users as people
from tests.conftest import NOW


def test_every_record_that_can_name_a_user_has_words_for_it() -> None:
    naming = {
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.references(User.__table__)  # type: ignore[arg-type]
    }
    assert naming - {"user_entities"} == set(people.WORDS)


@pytest.mark.parametrize("table", sorted(people.WORDS))
def test_the_words_for_it_name_the_person_and_no_table(table: str) -> None:
    words = people.WORDS[table] % {"email": "ann@one.example"}
    assert "ann@one.example" in words and "_" not in words and "%" not in words


def test_of_a_file_that_is_in_and_of_an_import_to_be_taken_back_it_is_not_said_that_they_are_on_their_way(
    session: Session, entity: Entity, admin: User
) -> None:
    asked = {"file_name": "march.csv", "kind": "items", "author_id": admin.id, "created_at": NOW}
    session.add(ImportUpload(entity_id=entity.id, **asked))
    session.flush()
    said = people.referring(select(User.id).where(User.id == admin.id), select(User.id).where(User.id < 0))
    assert [words for _email, words in said] == ["%(email)s has sent a file, or asked for an import to be taken back"]
