"""What the business settings take."""

import pytest

from dso.domain import settings
from dso.domain.errors import Refused


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("figures.buckets", "30;99999999"),
        ("security.password_months", "100000"),
        ("security.idle_months", "100000"),
        ("collection.minimum_spacing_days", "99999999"),
        ("promise.offset_days", "99999999"),
        ("links.days", "9999999"),
        ("links.days", "0"),
        ("sending.per_day", "9" * 20),
        ("import.brake_percent", "101"),
    ],
)
def test_a_number_no_calendar_can_hold_is_refused_in_words(name: str, text: str) -> None:
    with pytest.raises(Refused, match="does not fit"):
        settings.read(name, text)


def test_the_longest_spans_people_mean_are_taken() -> None:
    assert settings.read("links.days", "3650") == 3650
    assert settings.read("security.password_months", "24") == 24
    assert settings.read("figures.buckets", "30;60;90;365") == (30, 60, 90, 365)
