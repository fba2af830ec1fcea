"""Whether words on a company's colour can be read."""

import pytest

from dso.domain.colours import carries_white, luminance


def test_luminance_runs_from_black_to_white() -> None:
    assert luminance("#000000") == 0
    assert round(luminance("#ffffff"), 6) == 1


@pytest.mark.parametrize("colour", ["#0f5c63", "#000000", "#767676", "#B3261E"])
def test_dark_colours_carry_white_words(colour: str) -> None:
    assert carries_white(colour)


@pytest.mark.parametrize("colour", ["#ffffff", "#ffcc00", "#777777", "red", "", "#fff", "#0f5c63;}body{"])
def test_light_colours_and_what_is_no_colour_do_not(colour: str) -> None:
    assert not carries_white(colour)
