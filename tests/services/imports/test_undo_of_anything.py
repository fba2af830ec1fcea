"""Whatever a ledger holds and whatever a file does to it, taking the file back leaves everything as it was."""

import os
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from dso.domain.codes import ImportKind, Role
from dso.models import Entity, User
from dso.services import dump
from dso.services.imports import items, undo
from tests.factories import a_user, an_entity
from tests.services.imports.helpers import Importer, counts
from tests.services.imports.undo_helpers import take_back
from tests.services.imports.undo_worlds import (
    NOBODY,
    File,
    act,
    differing,
    files,
    fill,
    item_text,
    plain_rows,
    rolled_back,
    stand,
    take_in,
    worlds,
)

#: Worlds of each test; more when somebody asks for it.
EXAMPLES = int(os.environ.get("DSO_TEST_UNDO", "3"))
_numbers = count(1)
ANY = settings(
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
)
#: Actions and messages are history (11.5).
WRITTEN = ("customers", "contacts", "items", "users", "groups", "custom_fields", "qualifications")


@pytest.fixture
def boss(session: Session) -> User:
    """An administrator."""
    return a_user(role=Role.ADMIN)


def written(entity: Entity, actor: User, tmp_path: Path) -> dict[str, bytes]:
    """What `dso export` writes."""
    folder = tmp_path / f"dump{next(_numbers)}"
    dump.write(entity, actor, folder)
    return {name: (folder / f"{name}.csv").read_bytes() for name in WRITTEN}


@ANY
@given(worlds, st.lists(files(), min_size=1, max_size=3))
def test_files_taken_back_one_after_the_other_leave_everything_as_it_was_and_do_the_same_again(
    boss: User, tmp_path: Path, world: dict[str, Any], coming: list[File]
) -> None:
    with rolled_back():
        take = Importer(an_entity(), tmp_path)
        fill(take.entity, world, boss)
        start, stands, done = written(take.entity, boss, tmp_path), [stand()], []
        exports: list[dict[str, bytes]] = []
        for file in coming:
            done.append(counts(take_in(take, file)))
            stands.append(stand())
            exports = exports or [written(take.entity, boss, tmp_path)]
        for before in stands[-2::-1]:
            take_back(take.entity)
            assert differing(before, stand()) == {}
        assert written(take.entity, boss, tmp_path) == start
        assert counts(take_in(take, coming[0])) == done[0]
        assert written(take.entity, boss, tmp_path) == exports[0]


@ANY
@given(plain_rows, plain_rows)
def test_no_proof_left_by_an_undo_hides_a_row_that_says_something_else(
    boss: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: list[str], coming: list[str]
) -> None:
    with rolled_back(), monkeypatch.context() as patch:
        take = Importer(an_entity(), tmp_path)
        fill(take.entity, {"customers": [NOBODY, NOBODY], "items": [], "rates": {}}, boss)
        take.stock(*known, force=True)
        first = counts(take.stock(*coming, force=True))
        take_back(take.entity)
        quick = [take.stock(*rows, dry=True, force=True) for rows in (coming, known)]
        read = items._read
        patch.setattr(items, "_read", lambda *given, **_how: read(*given, whole=True))
        slow = [take.stock(*rows, dry=True, force=True) for rows in (coming, known)]
        assert [each.as_json() for each in quick] == [each.as_json() for each in slow]
        assert counts(quick[0]) == first


@ANY
@given(worlds, files((ImportKind.ITEMS,)), st.integers(0, 7), st.booleans())
def test_an_act_on_an_item_the_file_touched_forbids_undo_and_one_on_another_item_stays(
    boss: User, tmp_path: Path, world: dict[str, Any], file: File, number: int, clearing: bool
) -> None:
    with rolled_back():
        take = Importer(an_entity(), tmp_path)
        fill(take.entity, world, boss)
        before = item_text(take.entity, number)
        take_in(take, file)
        after = item_text(take.entity, number)
        if not act(take.entity, number, boss, clearing=clearing):
            return
        acted = stand()
        if after != before:
            with pytest.raises(undo.Depends):
                take_back(take.entity)
            assert differing(acted, stand()) == {}
        else:
            mine = item_text(take.entity, number)
            take_back(take.entity)
            assert item_text(take.entity, number) == mine
