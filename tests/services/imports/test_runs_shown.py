"""What pages say of runs: what each made, and which is offered to be taken back."""

from dso.db import db
from dso.queries import imports as queries
from dso.services.imports import undo
from tests.services.imports.helpers import Importer
from tests.services.imports.undo_helpers import last_run, take_back

F1, F2, F3 = (f"C1;F{n};FAC;2026-09-01;2026-10-01;{n}00;{n}00" for n in (1, 2, 3))


def made(take: Importer, run_id: int) -> list[str]:
    run = queries.get_run(take.entity, run_id)
    return [row.name for row in queries.new_items(run, take.entity, page=1, size=50)]


def test_each_of_two_runs_of_one_instant_lists_its_own_items(take: Importer) -> None:
    first = take.items(F1).run_id or 0
    second = take.items(F2, F3).run_id or 0
    assert (made(take, first), made(take, second)) == (["F1"], ["F2", "F3"])


def test_a_run_that_was_taken_back_lists_nothing_of_those_after_it(take: Importer) -> None:
    first = take.items(F1, F2).run_id or 0
    take.customers("C1;Uno")
    for _ in range(2):
        take_back(take.entity)
    second = take.items(F1, F3).run_id or 0
    assert (made(take, first), made(take, second)) == ([], ["F1", "F3"])


def test_a_run_from_before_keys_were_noted_lists_what_is_of_its_instant(take: Importer) -> None:
    run_id = take.items(F1).run_id or 0
    last_run(take.entity).entity_before = {}
    db.session.flush()
    assert made(take, run_id) == ["F1"]


def test_the_last_run_is_offered_to_be_taken_back(take: Importer) -> None:
    take.items(F1)
    second = take.items(F2).run_id
    assert queries.undoable_id(take.entity) == second


def test_a_run_of_a_dump_with_its_history_is_never_offered(take: Importer) -> None:
    take.items(F1)
    last_run(take.entity).source = queries.WITH_HISTORY
    take.items(F2)
    take_back(take.entity)
    assert queries.undoable_id(take.entity) is None


def test_a_run_too_long_ago_is_not_offered(take: Importer) -> None:
    take.items(F1)
    for n in range(10):
        take.customers(f"C1;Name {n}")
    for _ in range(10):
        take_back(take.entity)
    assert queries.undoable_id(take.entity) is None
    assert queries.why_not_undone(undo.get(take.entity, None)) is not None
