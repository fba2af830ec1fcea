"""Amounts: every dialect is read exactly, and no mark is guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dso.domain.imports.amounts import (
    AmountEvidence,
    Exact,
    agreed_mark,
    foreign_sign,
    likely_mark,
    may_be_foreign,
    reader,
)
from dso.domain.imports.currencies import contradicts

UNITS = 10_000


def _mark(*cells: str) -> str | None:
    evidence = AmountEvidence()
    evidence.feed(cells)
    return evidence.decimal_mark()


def _read(cell: str, *column: str) -> Decimal | None:
    mark = _mark(cell, *column)
    assert mark is not None
    value = reader(mark)(cell)
    return value if value is None or isinstance(value, Decimal) else Decimal(value) / UNITS


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1\u202f234,56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1\u2019234.56", "1234.56"),
        ("1234.5", "1234.5"),
        ("1234", "1234"),
        ("12,00-", "-12"),
        ("1.234,56-", "-1234.56"),
        ("(12.00)", "-12"),
        ("($1,234.56)", "-1234.56"),
        ("$(1,234.56)", "-1234.56"),
        ("-$12.00", "-12"),
        ("$-12.00", "-12"),
        ("- 12,00 €", "-12"),
        ("12,00 €", "12"),
        ("EUR 12,00", "12"),
        ("12.00EUR", "12"),
        ("CHF 1'234.50", "1234.5"),
        ("R$ 1.234,56", "1234.56"),
        ("1 234,56 zł", "1234.56"),
        ("£0.99", "0.99"),
        (",50", "0.5"),
        (".5", "0.5"),
        ("12.", "12"),
        ("+12.00", "12"),
        ("\u221212,00", "-12"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1200.00123", "1200.00123"),
        ("-0.005", "-0.005"),
        (" 12.50 ", "12.5"),
    ],
)
def test_a_cell_alone_proves_its_marks_and_is_read_exactly(cell: str, expected: str) -> None:
    column = ("0.1",) if cell == "-0.005" else ()
    assert _read(cell, *column) == Decimal(expected)


@pytest.mark.parametrize(
    "cell",
    [
        "12 3x4,00",
        "abc",
        "1.2.3,4",
        "1,23,4",
        "--5",
        "-5-",
        "(-5)",
        "12 34",
        "1e5",
        "1.5E+03",
        "€",
        "-",
        "()",
        "#REF!",
        "12,5,",
    ],
)
def test_what_is_no_amount_is_not_read(cell: str) -> None:
    for mark in ".,":
        assert reader(mark)(cell) is None


def test_an_amount_beyond_the_limit_is_not_read() -> None:
    assert reader(".")("99999999999999.99") is not None
    assert reader(".")("100000000000000") is None
    assert reader(".")("9" * 500) is None


def test_the_whole_column_decides_between_thousands_and_decimals() -> None:
    assert _mark("1.234", "12,50") == ","
    assert _mark("1,234", "12.50") == "."
    assert _mark("1.234", "1.234.567") == ","
    assert _mark("1,234", "0.5") == "."


def test_three_digits_after_the_only_mark_leave_it_open() -> None:
    assert _mark("1.234", "5.678") is None
    assert _mark("1,234") is None


@pytest.mark.parametrize(("cell", "mark"), [("0.125", "."), ("-0,125", ","), ("0.000", ".")])
def test_a_nought_before_the_only_mark_says_that_decimals_follow(cell: str, mark: str) -> None:
    assert _mark(cell, "7", "12") == _mark("1234", cell) == mark
    assert reader({".": ",", ",": "."}[mark])(cell) is None


def test_a_nought_is_looked_for_in_whole_cells_of_text_only() -> None:
    assert _mark("10.125") is None and _mark("100.125", "200.125") is None
    assert _mark(Exact("0.125"), "1,50") == ","


def test_small_whole_numbers_beside_it_say_that_the_mark_groups() -> None:
    assert _mark("1,234", "250", "17") == "."
    assert _mark("1.234", "250") == ","


def test_large_ungrouped_numbers_beside_it_leave_it_open() -> None:
    assert _mark("1.234", "25000") is None


def test_one_slip_in_a_long_column_does_not_turn_it() -> None:
    assert _mark(*["1.234,56"] * 40, "1,234.56") == ","


def test_a_column_of_both_kinds_is_left_open() -> None:
    assert _mark("1.234,56", "1,234.56") is None


def test_typed_cells_are_read_with_a_point_in_a_column_of_commas() -> None:
    assert _mark(Exact("1234.567"), "12,5") == ","
    assert reader(",")(Exact("1234.567")) == 12_345_670


def test_whole_numbers_need_no_mark() -> None:
    assert _mark("12", "1 000", "") == ""


def test_the_columns_of_a_file_help_one_another() -> None:
    assert agreed_mark([None, ",", ""]) == ","
    assert agreed_mark([",", "."]) is None


def test_the_habits_of_the_file_settle_an_open_mark_only_when_all_agrees() -> None:
    assert likely_mark(",", ",", 2) == "."
    assert likely_mark(".", ";", 2) == ","
    assert likely_mark(",", ";", 2) is None
    assert likely_mark(".", ",", 2) is None
    assert likely_mark(",", ",", 3) is None
    assert likely_mark(",", "\t", 2) is None


def test_the_signs_attached_are_named() -> None:
    evidence = AmountEvidence()
    evidence.feed(["$1,234.56", "($3.00)"])
    assert evidence.signs == ["$"]


WRITERS = {
    ".": lambda text: text,
    ",": lambda text: text.replace(".", ","),
}
GROUPS = {".": ["", ",", " ", "\u00a0", "\u202f", "'"], ",": ["", ".", " ", "\u00a0", "\u202f", "'"]}


@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False),
    st.sampled_from(".,"),
    st.integers(0, 5),
    st.sampled_from(["{}", "{} €", "${}", "EUR {}"]),
    st.sampled_from(["before", "after", "round"]),
)
def test_what_any_program_writes_is_read_back(amount: Decimal, mark: str, group: int, dress: str, sign: str) -> None:
    body = f"{abs(amount):,.2f}".replace(",", "\0").replace(".", mark).replace("\0", GROUPS[mark][group])
    text = dress.format(body)
    if amount < 0:
        text = {"before": f"-{text}", "after": f"{text}-", "round": f"({text})"}[sign]
    assert reader(mark)(text) == int(amount * UNITS)
    assert _mark(text) == mark


@given(st.text(max_size=20), st.sampled_from(".,"))
def test_no_text_breaks_the_reader(text: str, mark: str) -> None:
    value = reader(mark)(text)
    assert value is None or isinstance(value, int | Decimal)


@given(
    st.lists(st.sampled_from(["$", "EUR ", "kr", "(", ")", "-", " ", "1", ".", "€"]), max_size=20), st.integers(1, 700)
)
def test_no_heap_of_signs_breaks_the_reader(pieces: list[str], times: int) -> None:
    value = reader(".")("".join(piece * times for piece in pieces))
    assert value is None or isinstance(value, int | Decimal)


@pytest.mark.parametrize(
    "cell",
    ["$" * 600 + "1", "(" * 600 + "1" + ")" * 600, "EUR " * 500 + "1", "$5 $ $", "((5))", "(-5)", "(5-)", "$(5", "$"],
)
def test_an_amount_is_dressed_once(cell: str) -> None:
    assert reader(".")(cell) is None


@pytest.mark.parametrize(
    "cell",
    ["(5)", "$(5)", "($5)", "(5) $", "-$5", "$-5", "- 5", "$ 5-", "5 - $", "(5 EUR)", "-$5 USD", "\u2212\u00a05 €"],
)
def test_a_dressed_amount_is_read_with_its_sign(cell: str) -> None:
    assert reader(".")(cell) == -5 * UNITS


@pytest.mark.parametrize(
    ("sign", "currency"),
    [
        ("$", "EUR"),
        ("€", "USD"),
        ("US$", "CAD"),
        ("kr.", "EUR"),
        ("CHF", "EUR"),
        ("£", "EUR"),
        ("¥", "EUR"),
        ("C$", "EUR"),
        ("A$", "USD"),
        ("B$", "EUR"),
        ("Ft", "EUR"),
        ("Kč", "EUR"),
        ("lei", "EUR"),
        ("Rs", "EUR"),
        ("₺", "EUR"),
        ("₽", "EUR"),
        ("₩", "JPY"),
        ("₫", "EUR"),
        ("₤", "EUR"),
        ("₣", "EUR"),
        ("zl", "EUR"),
        ("A€", "USD"),
    ],
)
def test_a_sign_of_other_currencies_contradicts(sign: str, currency: str) -> None:
    assert contradicts(sign, currency)


@pytest.mark.parametrize(
    ("sign", "currency"),
    [
        ("$", "CAD"),
        ("€", "EUR"),
        ("US$", "USD"),
        ("kr", "SEK"),
        ("zł", "PLN"),
        ("Ft", "HUF"),
        ("TTC", "EUR"),
        ("C$", "CAD"),
        ("B$", "BND"),
        ("zl", "PLN"),
        ("Rs", "INR"),
        ("₺", "TRY"),
        ("DE€", "EUR"),
        ("HT", "EUR"),
    ],
)
def test_the_sign_of_the_currency_itself_or_one_nobody_knows_does_not_contradict(sign: str, currency: str) -> None:
    assert not contradicts(sign, currency)


@pytest.mark.parametrize(
    ("cell", "currency", "sign"),
    [
        ("$20.00", "EUR", "$"), ("USD 40.00", "EUR", "USD"), ("50.00 CHF", "EUR", "CHF"), ("£60.00", "EUR", "£"),
        ("¥30", "EUR", "¥"), ("($20)", "EUR", "$"), ("20,00\u00a0US$", "EUR", "US$"), ("EUR1USD", "EUR", "USD"),
        ("$12.00 CAD", "USD", "CAD"), ("20.00", "EUR", ""), ("20.00 €", "EUR", ""), ("$20", "CAD", ""),
        ("$12.00 USD", "USD", ""), ("20.00 TTC", "EUR", ""),
    ],
)  # fmt: skip
def test_the_sign_at_an_amount_that_speaks_for_another_currency_is_found(cell: str, currency: str, sign: str) -> None:
    assert foreign_sign(cell, currency) == sign
    assert may_be_foreign(["1.00", cell], {currency}) or not sign


def test_a_column_needs_no_second_look_where_nothing_stands_beside_its_numbers_but_their_own_currency() -> None:
    plain = ["1 234,56", "1\u202f234,56-", "(12.00)", "\u22121", "", "1'000", "5\u00a0€", "EUR 5", "-€5"]
    assert not may_be_foreign(plain, {"EUR"})
    assert may_be_foreign(plain, {"EUR", "USD"})
    assert not may_be_foreign(["$5", "5"], {"USD", "CAD"})


@pytest.mark.parametrize(("cell", "units"), [("Rs.500", 500), ("Rs. 500", 500), ("Rs.1,500", 1500), ("Fr.1.500", 1500)])
def test_the_point_of_an_abbreviated_currency_is_no_decimal_mark(cell: str, units: int) -> None:
    evidence = AmountEvidence()
    evidence.feed([cell, "Rs.1,250.50" if "," in cell else "12,5" if "Fr" in cell else "1.5"])
    assert reader(evidence.decimal_mark() or "")(cell) == units * UNITS
