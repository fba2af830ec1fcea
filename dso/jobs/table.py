"""The one table of what runs by the clock, and when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dso.jobs import days, imports, outbox, store
from dso.jobs.folder import Watch
from dso.models import Entity


@dataclass(frozen=True)
class Daily:
    """Once a day for each entity, when its day opens; a day missed is made up once, on the next start."""

    name: str
    #: Works for one entity in one transaction and gives the counts; the caller commits.
    work: Callable[[Entity, datetime], Mapping[str, Any]]


@dataclass(frozen=True)
class Repeated:
    """Again and again, this many seconds after the last time; never twice at once."""

    name: str
    seconds: int
    #: Told who works and whether to go on; commits its own short transactions and gives the counts.
    work: Callable[[str, Callable[[], bool]], Mapping[str, Any]]


DAILY = (Daily("day_run", days.run_day),)
REPEATED = (
    Repeated("send", 5, outbox.send),
    Repeated("imports", 1, imports.work),
    Repeated("folder", 5, Watch()),
    Repeated("store", 6 * 3600, store.clean),
)

#: How often the daily jobs are asked for what is due.
LOOK_SECONDS = 5
