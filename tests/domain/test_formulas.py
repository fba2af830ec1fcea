"""Text that no spreadsheet takes for a formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dso.domain.formulas import neutral, original


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@x", "\tx", "\rx", "'=x"])
def test_text_that_looks_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["'t Hooft", "'", "007", "a=b", "''"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text == original(text)


@given(st.text(alphabet="'=+-@\t\n\rab7", max_size=8))
def test_what_was_made_neutral_comes_back_as_it_was(text: str) -> None:
    assert original(neutral(text)) == text
