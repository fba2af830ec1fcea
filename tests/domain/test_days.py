"""When a day begins, over midnight, leap days and changes of the clock."""

from datetime import UTC, date, datetime, time, timedelta

from dso.domain.days import latest_opening, opens_at

OPENING = time(8, 30)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_day_opens_at_the_hour_of_the_entitys_own_zone() -> None:
    assert opens_at(date(2026, 11, 20), OPENING, "Europe/Paris") == at("2026-11-20T07:30")
    assert opens_at(date(2026, 11, 20), OPENING, "America/New_York") == at("2026-11-20T13:30")
    assert opens_at(date(2026, 11, 20), OPENING, "Asia/Tokyo") == at("2026-11-19T23:30")


def test_before_the_hour_the_latest_opening_is_yesterdays() -> None:
    assert latest_opening(at("2026-11-20T07:29:59"), OPENING, "Europe/Paris") == at("2026-11-19T07:30")
    assert latest_opening(at("2026-11-20T07:30"), OPENING, "Europe/Paris") == at("2026-11-20T07:30")


def test_over_midnight_the_latest_opening_stays_until_the_hour() -> None:
    evening = latest_opening(at("2026-11-20T22:59"), OPENING, "Europe/Paris")
    assert latest_opening(at("2026-11-20T23:01"), OPENING, "Europe/Paris") == evening == at("2026-11-20T07:30")


def test_a_leap_day_opens_like_any_other() -> None:
    assert latest_opening(at("2028-02-29T12:00"), OPENING, "Europe/Paris") == at("2028-02-29T07:30")
    assert latest_opening(at("2028-03-01T07:00"), OPENING, "Europe/Paris") == at("2028-02-29T07:30")


def test_the_opening_follows_the_clock_in_spring_and_autumn() -> None:
    assert opens_at(date(2026, 3, 28), OPENING, "Europe/Paris") == at("2026-03-28T07:30")
    assert opens_at(date(2026, 3, 29), OPENING, "Europe/Paris") == at("2026-03-29T06:30")
    assert opens_at(date(2026, 10, 25), OPENING, "Europe/Paris") == at("2026-10-25T07:30")


def test_an_hour_the_clock_skips_or_repeats_opens_once_a_day() -> None:
    for opening, month, day in ((time(2, 30), 3, 29), (time(2, 30), 10, 25)):
        began = datetime(2026, month, day, tzinfo=UTC) - timedelta(days=1)
        openings = {latest_opening(began + timedelta(minutes=10 * n), opening, "Europe/Paris") for n in range(6 * 72)}
        days = {instant for instant in openings if began <= instant < began + timedelta(days=3)}
        assert len(days) == 3
