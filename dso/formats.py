"""How amounts, days and percentages are written for people; patterns cached because Babel per cell is slow."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import NumberPattern, get_decimal_symbol, get_group_symbol, parse_pattern

from dso.domain.money import decimals

#: What stands where there is nothing to say.
NOTHING = "–"


@lru_cache(maxsize=64)
def locale(language: str) -> Locale:
    """The Babel locale of a BCP 47 language; the plain language where the region is unknown, else English."""
    for tag in (language, language.partition("-")[0]):
        try:
            return Locale.parse(tag.replace("-", "_"))
        except (ValueError, LookupError, TypeError, UnknownLocaleError):
            continue
    return Locale("en")


@lru_cache(maxsize=64)
def _marks(language: str) -> tuple[str, str]:
    at = locale(language)
    return get_group_symbol(at), get_decimal_symbol(at)


@lru_cache(maxsize=64)
def _currency_pattern(language: str) -> NumberPattern:
    return parse_pattern(locale(language).currency_formats["standard"].pattern)


@lru_cache(maxsize=256)
def symbol(currency: str, language: str) -> str:
    """The sign of a currency in a language, such as the euro sign; the code when there is none."""
    return str(locale(language).currency_symbols.get(currency, currency))


def number(amount: Decimal | int, places: int, language: str) -> str:
    """A number with its language's marks and a fixed number of decimals; negative with a minus sign."""
    group, point = _marks(language)
    text = f"{abs(amount):,.{places}f}"
    text = text.replace(",", "\0").replace(".", point).replace("\0", group)
    return f"−{text}" if amount < 0 and any(c in "123456789" for c in text) else text


def amount(value: Decimal | None, currency: str, language: str) -> str:
    """An amount without its currency, as table cells show it."""
    return NOTHING if value is None else number(value, decimals(currency), language)


def money(value: Decimal | None, currency: str, language: str) -> str:
    """An amount with its currency code: "1 234,50 EUR"."""
    return NOTHING if value is None else f"{amount(value, currency, language)}\u00a0{currency}"


def letter_money(value: Decimal, currency: str, language: str) -> str:
    """An amount as letters write it, with the sign where the language puts it: "1 234,50 €", "€1,234.50"."""
    text = amount(value, currency, language)
    if _currency_pattern(language).pattern.startswith("¤"):
        return _before(text, currency, language)
    return f"{text}\u00a0{symbol(currency, language)}"


def _before(text: str, currency: str, language: str) -> str:
    sign = symbol(currency, language)
    gap = "\u00a0" if sign[-1:].isalpha() else ""
    return f"−{sign}{gap}{text[1:]}" if text.startswith("−") else f"{sign}{gap}{text}"


def day(value: date | None, language: str) -> str:
    """A day, short, with a four-digit year where the language has one."""
    return NOTHING if value is None else format_date(value, _day_pattern(language), locale=locale(language))


@lru_cache(maxsize=64)
def _day_pattern(language: str) -> str:
    pattern = str(locale(language).date_formats["short"].pattern)
    return pattern if "yyyy" in pattern else pattern.replace("yy", "y")


def long_day(value: date | None, language: str) -> str:
    """A day in words: "Tuesday 24 November 2026"."""
    return NOTHING if value is None else format_date(value, "full", locale=locale(language))


def named_day(value: date | None, language: str) -> str:
    """A day with its month in words: "24 November 2026"."""
    return NOTHING if value is None else format_date(value, "long", locale=locale(language))


def instant(value: datetime | None, language: str, timezone: str) -> str:
    """An instant in a time zone, short."""
    if value is None:
        return NOTHING
    local = value.astimezone(ZoneInfo(timezone))
    return format_datetime(local, f"{_day_pattern(language)} HH:mm", locale=locale(language))


def percent(value: Decimal | None, language: str) -> str:
    """A percentage given in percent, with one decimal."""
    return NOTHING if value is None else f"{number(value, 1, language)}\u202f%"
