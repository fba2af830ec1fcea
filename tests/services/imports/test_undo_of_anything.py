"""Whatever a ledger holds and whatever a file does to it, taking the file back leaves everything as it was."""

import os
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from dso.domain.codes import Role
from dso.models import Entity, User
from dso.services import dump
from tests.factories import a_user, an_entity
from tests.services.imports.helpers import Importer
from tests.services.imports.undo_helpers import take_back
from tests.services.imports.undo_worlds import differing, files, fill, rolled_back, stand, take_in, worlds

#: Worlds of each test; more when somebody asks for it.
EXAMPLES = int(os.environ.get("DSO_TEST_UNDO", "10"))
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
def test_files_taken_back_one_after_the_other_leave_every_table_and_every_export_as_it_was(
    boss: User, tmp_path: Path, world: dict[str, Any], coming: list[Any]
) -> None:
    with rolled_back():
        take = Importer(an_entity(), tmp_path)
        fill(take.entity, world, boss)
        stands = [(stand(), written(take.entity, boss, tmp_path))]
        for file in coming:
            take_in(take, file)
            stands.append((stand(), written(take.entity, boss, tmp_path)))
        while len(stands) > 1:
            stands.pop()
            take_back(take.entity)
            assert differing(stands[-1][0], stand()) == {}
            assert written(take.entity, boss, tmp_path) == stands[-1][1]
