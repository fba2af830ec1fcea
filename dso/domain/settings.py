"""Business settings: names, defaults, types and the values they take (specification 11.8)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import time
from decimal import Decimal, InvalidOperation

from dso.domain.codes import ItemType, Role
from dso.domain.errors import Refused

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class SettingRule:
    """One setting: how its text is read, what it is by default, whether an entity may have its own."""

    name: str
    default: str
    read: Callable[[str], object]
    help: str
    per_entity: bool = True


#: Ten years: a longer span is a slip of the finger, and days so far away are no days any more.
_MOST_DAYS, _MOST_MONTHS = 3650, 120
_MOST = 1_000_000


def _from(least: int, most: int = _MOST) -> Callable[[str], int]:
    def read(text: str) -> int:
        words = f"a whole number from {least} to {most}"
        try:
            number = int(text)
        except ValueError as error:
            raise ValueError(words) from error
        if not least <= number <= most:
            raise ValueError(words)
        return number

    return read


_whole, _days, _months = _from(0), _from(0, _MOST_DAYS), _from(0, _MOST_MONTHS)
_positive_days, _percent = _from(1, _MOST_DAYS), _from(0, 100)


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise ValueError("an amount such as 20 or 20.50") from error
    if not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 12 or amount != round(amount, 4):
        raise ValueError("an amount from 0 with at most four decimals")
    return amount


def _optional_amount(text: str) -> Decimal | None:
    return _amount(text.strip()) if text.strip() else None


def _switch(text: str) -> bool:
    words = {"on": True, "off": False, "yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
    if text.lower() not in words:
        raise ValueError("on or off")
    return words[text.lower()]


def _choice(*values: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in values:
            raise ValueError("one of " + ", ".join(values))
        return text

    return read


def _span(text: str) -> tuple[time, time]:
    try:
        start, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError as error:
        raise ValueError("a span of hours such as 08:30-17:00") from error
    if start >= end:
        raise ValueError("a span of hours that begins before it ends")
    return start, end


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace(";", ",").split(",") if part.strip())


def _weekdays(text: str) -> frozenset[int]:
    days = _parts(text.lower())
    if not days or any(day not in WEEKDAYS for day in days):
        raise ValueError("a list of " + ", ".join(WEEKDAYS))
    return frozenset(WEEKDAYS.index(day) for day in days)


def _types(text: str) -> frozenset[ItemType]:
    try:
        return frozenset(ItemType(part.upper()) for part in _parts(text))
    except ValueError as error:
        raise ValueError("a list of " + ", ".join(ItemType)) from error


def _roles(text: str) -> frozenset[Role]:
    try:
        return frozenset(Role(part) for part in _parts(text))
    except ValueError as error:
        raise ValueError("a list of roles") from error


def _buckets(text: str) -> tuple[int, ...]:
    bounds = tuple(int(part) for part in _parts(text))
    if (
        not 0 <= len(bounds) <= 6
        or any(not 1 <= b <= _MOST_DAYS for b in bounds)
        or list(bounds) != sorted(set(bounds))
    ):
        raise ValueError("up to six rising numbers of days such as 30;60;90")
    return bounds


def _words(text: str) -> tuple[str, ...]:
    return _parts(text)


_RULES = (
    SettingRule("sending.mode", "test", _choice("test", "live"), "Whether messages leave: test or live", False),
    SettingRule("sending.paused", "off", _switch, "Stops all automatic sending"),
    SettingRule("sending.test_address", "", str.strip, "Address that gets everything in test mode"),
    SettingRule("sending.hours", "08:30-17:00", _span, "Hours in which automatic messages may leave"),
    SettingRule("sending.ramp_up", "100", _whole, "Automatic messages a day in the first week live, 0 = off"),
    SettingRule("sending.per_minute", "0", _whole, "Messages a minute the mail server takes, 0 = no limit"),
    SettingRule("sending.per_day", "0", _whole, "Messages a day the mail server takes, 0 = no limit"),
    SettingRule("sending.fixed_sender", "", str.strip, "One e-mail address all messages come from"),
    SettingRule("collection.weekdays", "mon,tue,wed,thu,fri", _weekdays, "Days on which actions may fall"),
    SettingRule("collection.holidays", "country", _choice("country", "none"), "Public holidays that are kept"),
    SettingRule("collection.minimum_amount", "20", _amount, "Smallest amount chased by a scenario"),
    SettingRule("collection.ignore_below", "5", _amount, "Debit items smaller than this are not chased"),
    SettingRule("collection.minimum_spacing_days", "7", _days, "Days between two dunning contacts, 0 = off"),
    SettingRule("collection.budget_automatic", "1", _whole, "Automatic messages in any 7 days, 0 = off"),
    SettingRule("collection.budget_all", "3", _whole, "Dunning contacts in any 7 days, 0 = off"),
    SettingRule("collection.ledger_max_age_hours", "36", _whole, "Working hours the ledger may be old, 0 = off"),
    SettingRule("collection.chased_types", "FAC,ODI", _types, "Item types that are chased"),
    SettingRule(
        "collection.methods_not_chased",
        "direct debit,prélèvement,prelevement,lastschrift,sepa direct debit,SDD",
        _words,
        "Payment methods whose invoices are not chased",
    ),
    SettingRule("collection.default_scenario", "Standard", str.strip, "Scenario of new customers"),
    SettingRule("collection.default_collector", "", str.strip, "E-mail of the collector of new customers"),
    SettingRule("collection.default_interactive", "on", _switch, "Interactive e-mails for new customers"),
    SettingRule("collection.default_penalties", "off", _switch, "Late interest for new customers"),
    SettingRule("collection.default_recovery_cost", "off", _switch, "Fixed recovery cost for new customers"),
    SettingRule("promise.offset_days", "3", _days, "Working days after a promised date before it is broken"),
    SettingRule("promise.quick_days", "3", _days, "Days from today that a quick promise is set to"),
    SettingRule("promise.quick_status", "Promise to pay", str.strip, "Status a quick promise sets"),
    SettingRule("reply.escalate_days", "2", _days, "Working days before an unhandled reply goes to the managers"),
    SettingRule("import.brake_percent", "30", _percent, "Share that may be cleared before an import stops, 0 = off"),
    SettingRule("links.days", "60", _positive_days, "Days a debtor's link lives"),
    SettingRule("links.internal_days", "30", _positive_days, "Days a colleague's link lives"),
    SettingRule("links.code", "off", _switch, "Six-digit code on first opening"),
    SettingRule(
        "penalties.rate", "", _optional_amount, "Yearly late-interest rate in percent; empty = table of the country"
    ),
    SettingRule("penalties.recovery_cost", "40", _amount, "Fixed recovery cost an overdue invoice"),
    SettingRule("penalties.day_base", "365", lambda text: int(_choice("360", "365")(text)), "Days of a year"),
    SettingRule("figures.dso_method", "countback", _choice("countback", "accounting"), "How DSO is computed"),
    SettingRule("figures.dso_split", "proportional", _choice("proportional"), "How DSO is split"),
    SettingRule("figures.buckets", "30;60;90", _buckets, "Upper bounds of the overdue buckets but the last"),
    SettingRule(
        "figures.overdue_from", "0", lambda text: int(_choice("0", "30", "60", "90")(text)), "Overdue after days"
    ),
    SettingRule("security.password_months", "0", _months, "Months until a password must be renewed, 0 = never", False),
    SettingRule("security.idle_months", "0", _months, "Months unused until a user is deactivated, 0 = never", False),
    SettingRule("security.restrict_roles", "sales;sales_admin", _roles, "Roles that see linked customers only", False),
)
RULES: Mapping[str, SettingRule] = {rule.name: rule for rule in _RULES}


def rule(name: str) -> SettingRule:
    """The rule of a setting; Refused when there is none of that name."""
    if name not in RULES:
        raise Refused('There is no setting "%(name)s".', name=name)
    return RULES[name]


def read(name: str, text: str) -> object:
    """The typed value of a setting's text; Refused in words when it does not fit."""
    try:
        return rule(name).read(text)
    except ValueError as error:
        raise Refused('"%(value)s" does not fit %(name)s: %(reason)s.', value=text, name=name, reason=error) from error


@dataclass(frozen=True)
class CollectionSettings:
    """The settings the engine decides by, typed; amounts hold for each currency at par."""

    minimum_amount: Decimal = Decimal(20)
    ignore_below: Decimal = Decimal(5)
    minimum_spacing_days: int = 7
    budget_automatic: int = 1
    budget_all: int = 3
    ledger_max_age_hours: int = 36
    chased_types: frozenset[ItemType] = frozenset({ItemType.INVOICE, ItemType.MISCELLANEOUS})
    methods_not_chased: tuple[str, ...] = ()
    weekdays: frozenset[int] = frozenset(range(5))
    holidays: str = "country"
    sending_paused: bool = False
    sending_hours: tuple[time, time] = (time(8, 30), time(17, 0))
    promise_offset_days: int = 3
    overdue_from: int = 0


def collection(value: Callable[[str], object]) -> CollectionSettings:
    """The engine's settings from a look-up by name that gives typed values."""
    names = {f"collection.{f.name}": f.name for f in fields(CollectionSettings)}
    named = {field: value(name) for name, field in names.items() if name in RULES}
    named["sending_paused"] = value("sending.paused")
    named["sending_hours"] = value("sending.hours")
    named["promise_offset_days"] = value("promise.offset_days")
    named["overdue_from"] = value("figures.overdue_from")
    return CollectionSettings(**named)  # type: ignore[arg-type]
