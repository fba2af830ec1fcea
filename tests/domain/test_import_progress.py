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
