"""How far a file is: never finished before it is, never a guess out of nothing."""

from datetime import UTC, datetime, timedelta

from dso.domain.codes import ImportKind
from dso.domain.imports.progress import Progress, Work, progress

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def at(seconds: int, phase: str, rows: int, *, since: int = 0, task: str = "run") -> Progress:
    work = Work(ImportKind.ITEMS, task, phase, rows, 1000, START, START + timedelta(seconds=since))
    return progress(work, START + timedelta(seconds=seconds))


def test_half_read_is_half_of_the_reading_s_share() -> None:
    found = at(10, "reading", 500)
    assert (found.percent, found.rows, found.remaining) == (16, 500, timedelta(seconds=50))


def test_writing_goes_on_as_long_as_the_reading_lets_expect() -> None:
    assert at(40, "writing", 1000, since=20).percent == 66


def test_what_takes_longer_than_foretold_is_never_shown_as_finished() -> None:
    assert at(5000, "writing", 1000, since=20).percent == 97


def test_nothing_is_foretold_in_the_first_seconds_or_with_a_clock_that_stands() -> None:
    assert at(1, "reading", 500).remaining is None
    assert at(0, "writing", 1000).remaining is None


def test_no_time_is_foretold_any_more_once_it_took_longer_than_foretold() -> None:
    assert at(5000, "writing", 1000, since=20).remaining is None


def undo(seconds: int, records: int) -> Progress:
    work = Work(ImportKind.ITEMS, "undo", "writing", 0, records, START, START)
    return progress(work, START + timedelta(seconds=seconds))


def test_an_undo_is_told_by_the_records_it_has_to_bring_back() -> None:
    found = undo(25, 1_000_000)
    assert (found.percent, found.rows, found.remaining) == (25, 0, timedelta(seconds=75))


def test_an_undo_that_takes_longer_than_foretold_is_neither_finished_nor_nearly() -> None:
    found = undo(500, 1_000_000)
    assert (found.percent, found.remaining) == (97, None)
