"""When automatic messages may leave, and when a failed attempt is tried again. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dso.domain.calendars import WorkingCalendar

#: Minutes to wait after the first, second, … failed attempt; the last one again and again.
BACK_OFF = (1, 2, 5, 10, 15, 30, 60)
#: A temporary error that lasts longer than this is a failure.
GIVE_UP = timedelta(hours=48)
#: The ramp-up of a new installation (3.4).
RAMP_UP = timedelta(days=7)

#: Why a message stands as it stands. Pages translate what is kept: all of it, or what comes before ": ".
EXPLANATIONS: Mapping[str, str] = {
    "test": "not sent (test)",
    "test_copy": "not sent (test), a copy went to",
    "no_server": "not sent (no mail server)",
    "no_provider": "not sent (no provider of text messages)",
    "server_gone": "no mail server is set any more",
    "printable": "the PDF is ready to be printed",
    "ramp_up": "the cap of automatic messages a day in the first week is reached",
    "closed": "outside the hours of sending",
    "died": "the sender stopped while the mail server was taking the message, so that it may or may not have arrived",
    "nothing_left": "there is nothing left to ask for",
    "paid": "paid meanwhile",
    "overtaken": "overtaken",
    "moved": "its day moved",
    "closed_action": "the action is no longer open",
    "confirm": "it waits to be confirmed",
    "amount_changed": "what is open has changed since the text was written",
    "cancelled": "cancelled by hand",
    "marked": "marked as sent by hand",
    "unmade": "it could not be made",
    "stopped": "sending stopped in an unknown way",
    "login": "the mail server refuses the log-in",
    "unreachable": "the mail server cannot be reached",
    "broke": "the connection to the mail server broke",
    "broke_late": "the connection broke while the mail server took the message",
    "refused": "the mail server refused it",
    "later": "the mail server asks to try later",
    "copy_refused": "copy refused",
    "taken_back": "the step before was taken back",
    "nobody": "There is nobody to send it to: no valid address.",
}

#: Countries of several time zones: the one most of their business lives in.
_MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
    "VN": "Asia/Ho_Chi_Minh",
}


def zone_of(country: str, zones: tuple[str, ...], otherwise: str) -> str:
    """The time zone of a recipient's country; `zones` are all it has, `otherwise` is the company's own."""
    if country in _MAIN_ZONES:
        return _MAIN_ZONES[country]
    return zones[0] if zones else otherwise


def next_opening(now: datetime, hours: tuple[time, time], calendar: WorkingCalendar, zone: str) -> datetime | None:
    """The next instant at which an automatic message may leave for that zone; None = now."""
    at = ZoneInfo(zone)
    local = now.astimezone(at)
    start, end = hours
    if calendar.is_working(local.date()) and start <= local.time() < end:
        return None
    day: date = local.date() if local.time() < start else local.date() + timedelta(days=1)
    return datetime.combine(calendar.next_working(day), start, at)


def next_try(now: datetime, attempts: int) -> datetime:
    """When to try again after that many failed attempts."""
    return now + timedelta(minutes=BACK_OFF[min(max(attempts, 1), len(BACK_OFF)) - 1])
