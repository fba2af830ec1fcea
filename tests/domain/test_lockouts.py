"""The growing delay after wrong passwords."""

from datetime import UTC, datetime, timedelta

from dso.domain.lockouts import FREE_PER_EMAIL, LONGEST_DELAY, WINDOW, delay, locked_until

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_four_wrong_passwords_cost_nothing() -> None:
    assert locked_until([NOW] * 4, FREE_PER_EMAIL, NOW) is None


def test_the_delay_doubles_from_the_fifth_on_up_to_an_hour() -> None:
    delays = [delay(n, FREE_PER_EMAIL) / MINUTE for n in range(4, 13)]
    assert delays == [0, 1, 2, 4, 8, 16, 32, 60, 60]


def test_a_thousand_failures_still_wait_one_hour() -> None:
    assert delay(1000, FREE_PER_EMAIL) == LONGEST_DELAY


def test_the_delay_counts_from_the_latest_failure() -> None:
    failures = [NOW - 10 * MINUTE] * 4 + [NOW - MINUTE / 2]
    assert locked_until(failures, FREE_PER_EMAIL, NOW) == NOW + MINUTE / 2


def test_once_the_delay_is_over_it_may_be_tried_again() -> None:
    assert locked_until([NOW - MINUTE] * 5, FREE_PER_EMAIL, NOW) is None


def test_failures_of_yesterday_count_no_more() -> None:
    assert locked_until([NOW - WINDOW] * 50, FREE_PER_EMAIL, NOW) is None
