"""Separators are recognised, and a first row of values is not taken for headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dso.domain.errors import Refused
from dso.domain.imports.tables import check_headers, declared_separator, guess_separator


@pytest.mark.parametrize("separator", ["\t", ";", ",", "|"])
def test_the_separator_is_the_one_that_cuts_evenly(separator: str) -> None:
    rows = [["a", "b", "c"], ["1", '"x, y; z | w"', "2.5"], ["3", '"Site ""Rhône"""', '"1.234,50"']]
    assert guess_separator([separator.join(row) + "\r\n" for row in rows]) == separator


def test_commas_within_amounts_do_not_make_a_comma_file() -> None:
    assert guess_separator(["Code;Montant;Reste\n", "C1;1 234,56;12,00\n", "C2;5,00;7,50\n"]) == ";"


def test_semicolons_within_quotes_do_not_make_a_semicolon_file() -> None:
    assert guess_separator(["Code,Text,Amount\n", 'C1,"a; b; c","$1,000.00"\n', 'C2,"d; e",$5.00\n']) == ","


def test_a_single_column_is_a_table_too() -> None:
    assert guess_separator(["code\n", "C1\n"]) == ";"


@pytest.mark.parametrize(
    ("line", "expected"), [("sep=;\r\n", ";"), ("SEP=,\n", ","), ("separator;x\n", None), ("code;name\n", None)]
)
def test_a_first_line_may_declare_the_separator(line: str, expected: str | None) -> None:
    assert declared_separator(line) == expected


@pytest.mark.parametrize(
    "row", [["C1", "24/09/2026"], ["C1", "12,50"], ["C1", "$1,000.00"], ["C1", "2026-01-01"], ["1001", "x"]]
)
def test_a_first_row_of_values_is_no_header(row: list[str]) -> None:
    with pytest.raises(Refused, match="no header row"):
        check_headers(row, known=False)


def test_a_first_row_of_words_is_a_header_and_a_known_word_settles_it() -> None:
    check_headers(["Kunde", "Betrag", ""], known=False)
    check_headers(["customer", "2026"], known=True)


def test_an_empty_first_row_is_refused() -> None:
    with pytest.raises(Refused, match="first row is empty"):
        check_headers(["", " "], known=False)


@given(st.lists(st.text(max_size=40), max_size=10))
def test_any_lines_give_some_separator(lines: list[str]) -> None:
    assert guess_separator(lines) in "\t;,|"
