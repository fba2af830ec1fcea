"""Days: every dialect is read, and the order of day and month is never guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dso.domain.imports.amounts import Exact
from dso.domain.imports.dates import DateEvidence, DayOrder, iso_reader, read_date

DMY, MDY = DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST


def _evidence(*cells: str) -> DateEvidence:
    evidence = DateEvidence()
    evidence.feed(cells)
    return evidence


@pytest.mark.parametrize(
    ("cell", "order", "expected"),
    [
        ("2026-11-20", None, date(2026, 11, 20)),
        ("2026/11/20", None, date(2026, 11, 20)),
        ("20261120", None, date(2026, 11, 20)),
        ("20.11.2026", None, date(2026, 11, 20)),
        ("1.2.26", None, date(2026, 2, 1)),
        ("03/04/2026", DMY, date(2026, 4, 3)),
        ("03/04/2026", MDY, date(2026, 3, 4)),
        ("3/4/26", MDY, date(2026, 3, 4)),
        ("31-12-99", DMY, date(1999, 12, 31)),
        ("46346", None, date(2026, 11, 20)),
        ("46346.75", None, date(2026, 11, 20)),
        ("2026-11-20T23:59:59", None, date(2026, 11, 20)),
        ("2026-11-20 23:59:59.123Z", None, date(2026, 11, 20)),
        ("2026-11-20T23:59:59+02:00", None, date(2026, 11, 20)),
        ("20/11/2026 08:15", DMY, date(2026, 11, 20)),
        ("11/20/2026 12:00:00 AM", MDY, date(2026, 11, 20)),
        ("20.11.2026 00:00", None, date(2026, 11, 20)),
        (" 20/11/2026 ", DMY, date(2026, 11, 20)),
        ("05/05/2026", None, date(2026, 5, 5)),
        ("20-Nov-26", None, date(2026, 11, 20)),
        ("1 août 2026", None, date(2026, 8, 1)),
        ("29/02/2028", DMY, date(2028, 2, 29)),
    ],
)
def test_a_cell_is_read_as_its_day(cell: str, order: DayOrder | None, expected: date) -> None:
    assert read_date(cell, order) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "31/02/2026",
        "29/02/2027",
        "2026-13-01",
        "20261301",
        "00/00/0000",
        "0",
        "12",
        "abc",
        "1/2",
        "99999",
        "1/1/0026",
        "31/12/9999",
    ],
)
def test_what_is_no_day_is_not_read(cell: str) -> None:
    assert read_date(cell, DMY) is None


def test_without_the_order_an_open_date_is_not_read() -> None:
    assert read_date("03/04/2026", None) is None


def test_one_day_above_twelve_decides_the_whole_column() -> None:
    assert _evidence("03/04/2026", "01/02/2026", "13/02/2026").order is DMY
    assert _evidence("03/04/2026", "01/02/2026", "02/13/2026").order is MDY


def test_a_column_whose_every_value_fits_both_is_ambiguous() -> None:
    evidence = _evidence("03/04/2026", "01/02/2026")
    assert evidence.ambiguous
    assert evidence.order is None


def test_dates_that_are_the_same_either_way_ask_nothing() -> None:
    assert not _evidence("05/05/2026", "2026-01-02", "").ambiguous


@pytest.mark.parametrize("cells", [("2026-11-20",), ("20.11.2026", "01.02.2026"), ("20261120",), ("46346",), ("",)])
def test_other_ways_of_writing_ask_nothing(cells: tuple[str, ...]) -> None:
    evidence = _evidence(*cells)
    assert not evidence.ambiguous
    assert evidence.order is None


def test_a_column_of_both_orders_is_ambiguous() -> None:
    evidence = _evidence("13/02/2026", "02/13/2026", "14/02/2026", "03/04/2026")
    assert evidence.ambiguous
    assert evidence.mixed == {DMY: "13/02/2026", MDY: "02/13/2026"}
    assert not _evidence("03/04/2026").mixed and not _evidence("13/02/2026").mixed


def test_one_slip_in_a_long_column_is_that_rows_alone() -> None:
    evidence = _evidence(
        *[f"{day}/02/2026" for day in range(1, 29)], *[f"{day}/03/2026" for day in range(1, 29)], "02/13/2026"
    )
    assert evidence.order is DMY
    assert not evidence.ambiguous


def test_an_impossible_day_does_not_decide() -> None:
    assert _evidence("31/02/2026", "03/04/2026").order is None


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        (("20/11/2026",), "d/m/Y"),
        (("11/20/2026",), "m/d/Y"),
        (("01/02/2026",), "?/?/Y"),
        (("2026-11-20",), "Y-m-d"),
        (("20.11.2026",), "d.m.Y"),
        (("20261120",), "Ymd"),
        ((Exact("46346"),), "Excel serial"),
        (("hello",), ""),
    ],
)
def test_the_format_of_a_column_is_named(cells: tuple[str, ...], name: str) -> None:
    assert _evidence(*cells).format == name


def test_the_reader_answers_empty_for_empty_and_none_for_unreadable() -> None:
    read = iso_reader(DMY)
    assert (read(""), read("  "), read("x"), read("20/11/2026"), read("20/11/2026")) == (
        "",
        "",
        None,
        "2026-11-20",
        "2026-11-20",
    )


WRITERS = ["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y%m%d", "%d-%m-%Y", "%Y/%m/%d", "%d/%m/%Y %H:%M"]


@given(st.lists(st.dates(date(1980, 1, 1), date(2060, 12, 31)), min_size=1, max_size=30), st.sampled_from(WRITERS))
def test_a_column_is_read_back_or_asked_about_but_never_changed(days: list[date], writer: str) -> None:
    cells = [day.strftime(writer) for day in days]
    evidence = _evidence(*cells)
    if evidence.ambiguous:
        assert all(day.day <= 12 for day in days)
        return
    assert [read_date(cell, evidence.order) for cell in cells] == days


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(cell: str) -> None:
    evidence = _evidence(cell)
    assert read_date(cell, evidence.order) is None or not evidence.ambiguous
