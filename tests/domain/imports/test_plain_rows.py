"""Rows that need no parser: what is cut all at once is what a parser reads, and all else is left to the parser."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dso.domain.imports.plain_rows import PlainRows, plain_rows

CELL = st.text(st.sampled_from("ab 1,.;\t|'\"\n\r\u00a0é"), max_size=4)


def cut(text: str, separator: str = ";", width: int = 2) -> PlainRows | None:
    return plain_rows(text, io.StringIO(text, newline="").readlines(), separator, width)


@given(
    st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=5),
    st.sampled_from([";", ",", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_what_is_cut_at_once_is_what_a_parser_reads(
    rows: list[list[str]], separator: str, end: str, quoted: bool
) -> None:
    if quoted:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=separator, lineterminator=end).writerows(rows)
        written = text.getvalue()
    else:
        written = "".join(separator.join(row) + end for row in rows)
    width = len(rows[0])
    parsed = list(csv.reader(io.StringIO(written, newline=""), delimiter=separator))
    found = plain_rows(written, io.StringIO(written, newline="").readlines(), separator, width)
    if found is not None:
        assert list(found) == parsed
        assert [found[place] for place in range(len(found))] == parsed
        assert [separator.join(row) for row in parsed] == list(found.texts)
        assert list(found[1:]) == parsed[1:]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_plain_lines_are_cut_whatever_they_end_with(end: str) -> None:
    found = cut(f"a;b{end}1;{end};2{end}")
    assert found is not None
    assert list(found) == [["a", "b"], ["1", ""], ["", "2"]]
    assert found.texts == ["a;b", "1;", ";2"]
    assert found.columns == [["a", "1", ""], ["b", "", "2"]]


@pytest.mark.parametrize(
    "text",
    [
        'a;"b"\n',  # quoted
        "a;b;c\n",  # wider
        "a\n",  # narrower
        "a;b\n\nc;d\n",  # a blank line
        "a;b\n ; \n",  # a row of only spaces
        "a;b\n\x1a;\n",  # the end mark of old systems
        "a;b\r\nc;d\n",  # lines that end in two ways
        "a;b\nc;d",  # a last line without end: perhaps the file was cut off
        "",
    ],
)
def test_what_needs_a_closer_look_is_left_to_the_parser(text: str) -> None:
    assert cut(text) is None


def test_a_table_of_one_column_is_left_to_the_parser() -> None:
    assert cut("a\nb\n", width=1) is None
