"""What stands in the way of taking a users file back is said in words, never by the name of a table."""

import pytest

from dso.db import Base
from dso.models import User
from dso.queries import dependents_of_users as people


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
