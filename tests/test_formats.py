"""How amounts and days are written, whatever a browser says it speaks."""

import pytest

from dso import formats


@pytest.mark.parametrize(
    ("said", "written"),
    [("en-GR", "en"), ("fr-DE", "fr"), ("fr-US", "fr"), ("fr-BE", "fr_BE"), ("zz", "en"), ("", "en"), ("e_n-!", "en")],
)
def test_a_region_nobody_wrote_down_is_its_plain_language_and_an_unknown_language_is_english(
    said: str, written: str
) -> None:
    assert str(formats.locale(said)) == written
