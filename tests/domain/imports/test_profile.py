"""Mappings are checked in words, and formats decided from whole files or asked about."""

from datetime import date

import pytest

from dso.domain.codes import ImportKind, ImportMode, ItemType
from dso.domain.errors import Refused
from dso.domain.imports.dates import DayOrder
from dso.domain.imports.fields import Cell
from dso.domain.imports.mapping import FileMapping, GroupsMode, Policy, checked, header_key
from dso.domain.imports.profile import Column, Formats, Profile, Undecided, decide, questions

K = ImportKind
COLUMNS = {"Code": "customer", "No": "number", "Date": "issued_on", "Due": "due_on", "Amount": "amount"}


def _decided(rows: list[list[str]], separator: str = ";", **options: object) -> Formats:
    mapping = FileMapping(columns=COLUMNS, **options)  # type: ignore[arg-type]
    cells = {"Date": Cell.DATE, "Due": Cell.DATE, "Amount": Cell.AMOUNT}
    profile = Profile(list(COLUMNS), cells)
    profile.feed(rows)
    return decide(profile, cells, mapping, separator=separator, currency_decimals=2)


def test_each_date_column_is_decided_from_all_its_cells() -> None:
    formats = _decided([["C1", "1", "13/02/2026", "02/28/2026", "1,5"], ["C1", "2", "01/02/2026", "03/04/2026", "2,5"]])
    assert formats.day_orders == {"Date": DayOrder.DAY_FIRST, "Due": DayOrder.MONTH_FIRST}
    assert formats.decimals == {"Amount": ","}


def test_an_open_order_is_asked_naming_the_column_and_the_option() -> None:
    with pytest.raises(Undecided, match=r'"Due".*--day-order dmy') as asked:
        _decided([["C1", "1", "13/02/2026", "03/04/2026", "1,5"]])
    assert (asked.value.question, asked.value.columns) == ("day_order", ["Due"])


def test_a_column_of_both_orders_is_told_as_such_with_the_cells_that_prove_it_and_an_answer_settles_it() -> None:
    rows = [
        ["C1", str(n), "13/02/2026", day, "1,5"] for n, day in enumerate(["13/02/2026", "03/04/2026", "01/28/2026"])
    ]
    with pytest.raises(Undecided) as asked:
        _decided(rows)
    assert str(asked.value).startswith(
        'The column "Due" mixes both orders of day and month: 13/02/2026 has the day first, 01/28/2026 the month.'
    )
    assert (asked.value.question, asked.value.columns, asked.value.mixed) == ("day_order", ["Due"], True)
    assert _decided(rows, day_orders={"": DayOrder.MONTH_FIRST}).day_orders["Due"] is DayOrder.MONTH_FIRST


def test_an_answer_settles_it_and_proof_goes_before_an_answer() -> None:
    formats = _decided([["C1", "1", "13/02/2026", "03/04/2026", "1,5"]], day_orders={"": DayOrder.MONTH_FIRST})
    assert formats.day_orders == {"Date": DayOrder.DAY_FIRST, "Due": DayOrder.MONTH_FIRST}


def test_an_open_decimal_mark_is_asked_about() -> None:
    with pytest.raises(Undecided, match="--decimal comma"):
        _decided([["C1", "1", "2026-01-02", "2026-01-02", "1,234"]])
    assert _decided([["C1", "1", "2026-01-02", "2026-01-02", "1,234"]], decimal=".").decimals == {"Amount": "."}


def test_everything_open_is_asked_at_once_and_nothing_else() -> None:
    cells = {"Date": Cell.DATE, "Amount": Cell.AMOUNT}
    profile = Profile(["Date", "Amount"], cells)
    profile.feed([["03/04/2026", "1,234"], ["05/06/2026", "2,345"]])
    asked = questions(profile, cells, FileMapping(), separator=";", currency_decimals=2)
    assert asked == {"day_order": "Date", "decimal": "Amount"}
    answered = FileMapping(day_orders={"": DayOrder.MONTH_FIRST}, decimal=",")
    assert questions(profile, cells, answered, separator=";", currency_decimals=2) == {}


def _dates(*cells: str) -> Column:
    profile = Profile(["Date"], {"Date": Cell.DATE})
    profile.feed([[cell] for cell in cells])
    return profile.columns["Date"]


def test_each_order_tells_what_one_and_the_same_cell_would_be() -> None:
    assert _dates("05/05/2026", "2026-01-02", "03/04/2026 10:30", "01/02/2026").readings == {
        DayOrder.DAY_FIRST: ("03/04/2026 10:30", date(2026, 4, 3)),
        DayOrder.MONTH_FIRST: ("03/04/2026 10:30", date(2026, 3, 4)),
    }


def test_a_cell_beyond_the_samples_tells_it_where_they_do_not() -> None:
    found = _dates("01/01/2026", "02/02/2026", "03/03/2026", "09/08/2026", "07/08/2026")
    assert [cell for cell, _day in found.readings.values()] == ["07/08/2026", "07/08/2026"]


@pytest.mark.parametrize("more", [(), ("05/06/2026",)])
def test_of_a_column_of_both_orders_each_tells_the_cell_that_shows_it(more: tuple[str, ...]) -> None:
    found = _dates(*more, "13/04/2026", "04/14/2026")
    assert found.dates is not None and found.dates.ambiguous
    assert found.readings == {
        DayOrder.DAY_FIRST: ("13/04/2026", date(2026, 4, 13)),
        DayOrder.MONTH_FIRST: ("04/14/2026", date(2026, 4, 14)),
    }


def test_a_column_of_marks_and_blanks_says_no_by_its_blanks() -> None:
    cells = {"a": Cell.YESNO, "b": Cell.YESNO, "c": Cell.YESNO}
    profile = Profile(["a", "b", "c"], cells)
    profile.feed([["x", "yes", ""], ["", "no", ""], ["X", "", ""]])
    formats = decide(profile, cells, FileMapping(), separator=";", currency_decimals=2)
    assert formats.ticks == {"a"}


def test_short_rows_end_in_empty_cells() -> None:
    profile = Profile(["a", "b"], {"b": Cell.AMOUNT})
    profile.feed([["1"], ["1", "2,5"], ["1", "2,5", "x"]])
    assert profile.rows == 3
    assert profile.columns["b"].samples == ["2,5"]


def test_every_column_shows_samples_and_format_on_the_mapping_screen() -> None:
    profile = Profile(["Date", "Amount", "Name"])
    profile.feed([["20/11/2026", "1.234,50", "Zoé"], ["21/11/2026", "-3,00", "Zoé"], ["", "", "Léa"]])
    assert [(c.samples, c.format) for c in profile.columns.values()] == [
        (["20/11/2026", "21/11/2026"], "d/m/Y"),
        (["1.234,50", "-3,00"], "1.234,56"),
        (["Zoé", "Léa"], ""),
    ]


def test_missing_required_columns_are_named_with_what_the_file_has() -> None:
    with pytest.raises(Refused, match=r"mapped to due_on, amount\. The file has the columns: Code, No, Date"):
        checked(
            K.ITEMS,
            FileMapping(columns={"Code": "customer", "No": "number", "Date": "issued_on"}),
            ["Code", "No", "Date"],
        )


@pytest.mark.parametrize(
    ("columns", "constants", "words"),
    [
        ({**COLUMNS, "X": "colour"}, {}, 'no field "colour"'),
        ({**COLUMNS, "Y": "project"}, {}, 'no column "Y"'),
        ({**COLUMNS, "X": "amount"}, {}, 'Both "Amount" and "X" are mapped to amount'),
        (COLUMNS, {"amount": "1"}, "amount has a constant value and the column"),
    ],
)
def test_what_does_not_fit_is_said(columns: dict[str, str], constants: dict[str, str], words: str) -> None:
    with pytest.raises(Refused, match=words):
        checked(K.ITEMS, FileMapping(columns=columns, constants=constants), [*COLUMNS, "X"])


def test_custom_fields_can_be_mapped_on_customers_and_items() -> None:
    mapping = FileMapping(columns={**COLUMNS, "X": "custom:colour"})
    assert checked(K.ITEMS, mapping, [*COLUMNS, "X"]).columns["X"] == "custom:colour"


def test_a_mapping_comes_back_from_memory_as_it_was() -> None:
    mapping = FileMapping(
        columns=COLUMNS,
        constants={"currency": "EUR"},
        types={"FC": ItemType.INVOICE},
        held=("AC",),
        day_orders={"Due": DayOrder.DAY_FIRST},
        policies={"city": Policy.NEVER},
        groups=GroupsMode.ADD,
        mode=ImportMode.STOCK,
        unsigned=True,
    )
    assert FileMapping.from_json(mapping.as_json()) == mapping
    assert FileMapping.from_json({"columns": COLUMNS, "of another version": 1}) == FileMapping(columns=COLUMNS)


def test_the_same_headers_in_any_order_are_one_shape() -> None:
    assert header_key(["a", "b"]) == header_key(["b", "a"]) != header_key(["a", "b", "c"])
