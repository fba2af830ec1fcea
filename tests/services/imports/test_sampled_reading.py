"""A large items file is read once: its beginning decides how, and its rest may still say otherwise (2.1, 2.7)."""

from datetime import date

import pytest

from dso.domain.codes import ItemType
from dso.domain.errors import Refused
from dso.domain.imports.profile import Undecided
from dso.services.imports import items, text_files
from tests.services.imports.helpers import Importer, counts, item, money, reasons, snapshot

#: More rows than the beginning that is looked at: chunks of two rows, the header among them.
BEGINNING = [f"C1;B{n};FAC;2026-09-01;2026-10-01;100.00;100.00" for n in range(20)]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some rows are a large file."""
    monkeypatch.setattr(text_files, "CHUNK", 2)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """How much of the file was known at each reading of it; None is all."""
    known: list[int | None] = []
    read = items._read

    def noted(entity: object, prepared: object, today: object, **how: object) -> object:
        known.append(prepared.sampled)  # type: ignore[attr-defined]
        return read(entity, prepared, today, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(items, "_read", noted)
    return known


def test_a_file_whose_rest_is_like_its_beginning_is_read_once(take: Importer, readings: list[int | None]) -> None:
    assert counts(take.items(*BEGINNING)) == {"new": 20}
    assert readings == [4]


def test_a_small_file_is_known_whole_before_it_is_read(take: Importer, readings: list[int | None]) -> None:
    assert counts(take.items(*BEGINNING[:3])) == {"new": 3}
    assert readings == [None]


@pytest.mark.parametrize(
    ("amount", "read"), [("1,234.50", "1234.50"), ("12.5", "12.50"), ("7", "7.00"), ("1,234,567.89", "1234567.89")]
)
def test_an_amount_written_otherwise_late_in_the_file_is_read_as_it_stands(
    take: Importer, readings: list[int | None], amount: str, read: str
) -> None:
    late = f"C1;L1;FAC;2026-09-01;2026-10-01;{amount};{amount}"
    assert counts(take.items(*BEGINNING, late)) == {"new": 21}
    assert (item("L1").amount, item("L1").remaining) == (money(read), money(read))
    assert item("B19").amount == money("100")
    assert readings == [4, None]


@pytest.mark.parametrize("amount", ["abc", "1_0.00", "12.00.00", " ", "٣٤.٥٦x"])
def test_an_unreadable_amount_late_in_the_file_is_rejected_alone(take: Importer, amount: str) -> None:
    report = take.items(*BEGINNING, f"C1;L1;FAC;2026-09-01;2026-10-01;{amount};{amount}")
    assert counts(report) == {"new": 20, "rejected": 1}
    assert len(reasons(report)) == 1


def test_the_order_of_day_and_month_may_be_proven_late_in_the_file(take: Importer) -> None:
    late = ["C1;L1;FAC;03/04/2026;04/04/2026;100.00;100.00", "C1;L2;FAC;25/04/2026;26/04/2026;100.00;100.00"]
    assert counts(take.items(*BEGINNING, *late)) == {"new": 22}
    assert (item("L1").issued_on, item("L2").due_on) == (date(2026, 4, 3), date(2026, 4, 26))


def test_days_that_can_be_read_both_ways_late_in_the_file_are_asked_about(take: Importer) -> None:
    before = snapshot(take.entity)
    with pytest.raises(Undecided, match="day/month"):
        take.items(*BEGINNING, "C1;L1;FAC;03/04/2026;05/06/2026;100.00;100.00")
    assert snapshot(take.entity) == before
    assert counts(take.items(*BEGINNING)) == {"new": 20}


def test_a_beginning_that_leaves_a_question_open_lets_the_rest_answer_it(
    take: Importer, readings: list[int | None]
) -> None:
    open_ones = [f"C1;O{n};FAC;03/04/2026;05/06/2026;100.00;100.00" for n in range(12)]
    report = take.items(*open_ones, "C1;L1;FAC;25/04/2026;26/05/2026;100.00;100.00")
    assert counts(report) == {"new": 13}
    assert item("O0").issued_on == date(2026, 4, 3)
    assert readings == [None]


def test_a_document_type_that_comes_late_in_the_file_is_known(take: Importer) -> None:
    assert counts(take.items(*BEGINNING, "C1;L1;AVO;2026-09-01;2026-10-01;-5.00;-5.00")) == {"new": 21}
    assert item("L1").type is ItemType.CREDIT_NOTE


def test_a_file_that_breaks_off_late_changes_nothing(take: Importer) -> None:
    before = snapshot(take.entity)
    with pytest.raises(Refused, match="quote"):
        take.items(*BEGINNING, 'C1;L1;FAC;2026-09-01;2026-10-01;"100.00;100.00')
    assert snapshot(take.entity) == before
