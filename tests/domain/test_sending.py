"""When automatic messages may leave, and when a failed attempt is tried again."""

from datetime import UTC, date, datetime, time, timedelta

from dso.domain import sending
from dso.domain.calendars import WorkingCalendar

HOURS = (time(8, 30), time(17, 0))
WORKDAYS = WorkingCalendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_within_the_hours_of_a_working_day_a_message_leaves_now() -> None:
    assert sending.next_opening(at("2026-11-20T09:00"), HOURS, WORKDAYS, "Europe/Paris") is None


def test_before_the_hours_it_waits_for_the_opening_of_the_day() -> None:
    found = sending.next_opening(at("2026-11-20T06:00"), HOURS, WORKDAYS, "Europe/Paris")
    assert found == at("2026-11-20T07:30")


def test_on_friday_evening_it_waits_for_monday() -> None:
    found = sending.next_opening(at("2026-11-20T16:00"), HOURS, WORKDAYS, "Europe/Paris")
    assert found == at("2026-11-23T07:30")


def test_the_hours_are_those_of_the_recipients_country() -> None:
    assert sending.next_opening(at("2026-11-20T09:00"), HOURS, WORKDAYS, "America/New_York") == at("2026-11-20T13:30")


def test_a_public_holiday_of_the_recipient_is_waited_out() -> None:
    calendar = WORKDAYS.with_holidays([date(2026, 11, 23)])
    assert sending.next_opening(at("2026-11-21T09:00"), HOURS, calendar, "Europe/Paris") == at("2026-11-24T07:30")


def test_a_country_of_several_zones_has_its_main_one_and_an_unknown_one_the_companys() -> None:
    assert sending.zone_of("US", ("America/Adak", "America/New_York"), "Europe/Paris") == "America/New_York"
    assert sending.zone_of("IT", ("Europe/Rome",), "Europe/Paris") == "Europe/Rome"
    assert sending.zone_of("", (), "Europe/Paris") == "Europe/Paris"


def test_attempts_are_further_and_further_apart() -> None:
    now = at("2026-11-20T09:00")
    waits = [sending.next_try(now, attempts) - now for attempts in range(1, 10)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    assert waits[-1] == timedelta(minutes=60)
