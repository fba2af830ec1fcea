"""What is told of a file at work: how far its reading is, and why it could not go in."""

from pathlib import Path

import pytest

from dso.domain.codes import ImportKind
from dso.domain.imports.constants import WrongConstant
from dso.domain.imports.rejects import UNKNOWN_CURRENCY
from dso.services.imports import tasks, text_files
from dso.services.imports.readers import open_table
from dso.services.imports.telling import COMPARING, READING, watched


def test_a_beginning_that_was_looked_at_does_not_count_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_files, "CHUNK", 2)
    path = tmp_path / "items.csv"
    path.write_text("customer;number\n" + "".join(f"C1;F{n}\n" for n in range(5)))
    told: list[tuple[str, int]] = []
    table = watched(open_table(path, ImportKind.ITEMS), lambda phase, rows: told.append((phase, rows)))
    for _chunk in table.chunks():
        break
    assert told == [(READING, 1)]
    assert [len(rows) for rows, _lines in table.chunks()] == [1, 2, 2]
    assert told[1:] == [(READING, 1), (READING, 3), (READING, 5), (COMPARING, 5)]


def test_why_a_value_for_every_row_is_wrong_is_kept_so_that_it_can_be_said_in_any_language() -> None:
    wrong = WrongConstant("currency", "currency", "blah", (UNKNOWN_CURRENCY, {}))
    again = tasks.refusal(tasks.as_problem(wrong))
    assert isinstance(again, WrongConstant)
    assert (again.target, again.reason, again.places, str(again)) == ("currency", wrong.reason, {}, str(wrong))
