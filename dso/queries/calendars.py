"""The working days of an entity and of whom it writes to, and how old its ledger is."""

import warnings
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from dso.domain.calendars import WorkingCalendar
from dso.models import Entity
from dso.queries import settings

#: Years of which public holidays are known; actions lie well within them.
_YEARS = range(1995, 2061)


@lru_cache(maxsize=256)
def public_holidays(country: str) -> frozenset[date]:
    """The nationwide public holidays of a country (ISO 3166); none for a country nobody keeps a list of."""
    with warnings.catch_warnings():
        # Some countries' moving feasts are known for fewer years; what is known is enough.
        warnings.simplefilter("ignore")
        try:
            return frozenset(holidays.country_holidays(country.upper(), years=_YEARS))
        except NotImplementedError:
            return frozenset()


def of_entity(entity: Entity) -> WorkingCalendar:
    """The days on which the entity's actions may fall: its weekdays without its country's holidays (11.6)."""
    rules = settings.collection_settings(entity)
    return WorkingCalendar(
        rules.weekdays, public_holidays(entity.country) if rules.holidays == "country" else frozenset()
    )


def of_recipient(entity: Entity, country: str) -> WorkingCalendar:
    """The days on which automatic messages may leave for a country: the entity's without that country's holidays."""
    calendar = of_entity(entity)
    kept = settings.collection_settings(entity).holidays == "country"
    return calendar.with_holidays(public_holidays(country)) if kept and country else calendar


def holidays_name(entity: Entity) -> str:
    """What the dates of actions depend on beside the weekdays: computed again when it changes."""
    return entity.country if settings.collection_settings(entity).holidays == "country" else ""


def ledger_age(entity: Entity, now: datetime) -> timedelta | None:
    """Working time since the entity's last items file; None when there never was one (3.4)."""
    if entity.ledger_at is None:
        return None
    return of_entity(entity).working_time(entity.ledger_at, now, ZoneInfo(entity.timezone))
