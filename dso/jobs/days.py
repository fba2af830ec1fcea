"""The day's work of an entity: what `dso run` does, when its day opens."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dso import clock
from dso.models import Entity
from dso.services import actions


def run_day(entity: Entity, now: datetime) -> Mapping[str, Any]:
    """Plan the day it is at the entity, whichever opening made it due: yesterday's work is today's by now."""
    counts = actions.plan_day(entity, today=clock.today(entity.timezone), now=now)
    return counts.as_json()
