"""Days and openings of an entity, told from an instant."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dso.domain.sending import next_opening
from dso.models import Entity
from dso.queries import calendars, settings


def today(entity: Entity, now: datetime) -> date:
    """The calendar day it is at the entity."""
    return now.astimezone(ZoneInfo(entity.timezone)).date()


def opening_tomorrow(entity: Entity, now: datetime) -> datetime:
    """When the entity's next working day after today opens."""
    midnight = datetime.combine(today(entity, now) + timedelta(days=1), time(), ZoneInfo(entity.timezone))
    hours = settings.collection_settings(entity).sending_hours
    return next_opening(midnight, hours, calendars.of_entity(entity), entity.timezone) or midnight
