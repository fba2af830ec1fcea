"""The demonstration: a made-up company with a ledger of yesterday, taken in by the same services as anybody's.

It lies about nothing but the days of the ledger and the year of paid invoices before it (11.10).
"""

import tempfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.errors import Refused
from dso.models import Entity, User
from dso.queries import calendars
from dso.services import actions
from dso.services.actions import DayCounts
from dso.services.demo import accounts, company, ledger
from dso.services.imports import ImportOptions, ImportReport, run_import


@dataclass(frozen=True)
class Demo:
    """What was loaded, for the words at the end."""

    entity: Entity
    people: list["Person"]
    link: str
    imports: list[ImportReport]
    run: DayCounts


@dataclass(frozen=True)
class Person:
    """Somebody who may log in."""

    email: str
    role: str


def is_loaded() -> bool:
    """Whether this database holds the demonstration already."""
    return db.session.scalar(select(Entity.id).where(Entity.name == company.NAME)) is not None


def load(*, now: datetime) -> Demo:
    """Fill an empty database; Refused when somebody's company is in it."""
    if db.session.scalar(select(Entity.id).limit(1)):
        raise Refused(
            "The database holds a company already: the demonstration goes into an empty one (DSO_DATABASE_URL)."
        )
    entity, team = company.found(now=now)
    zone = ZoneInfo(entity.timezone)
    today = now.astimezone(zone).date()
    calendar = calendars.of_entity(entity)
    yesterday = calendar.back(today, 1)
    before = calendar.back(today, 2)
    with tempfile.TemporaryDirectory(prefix="dso-demo-") as folder:
        files = ledger.write(Path(folder), newest=yesterday)
        reports = _first_day(entity, team, files, _at(before, time(7), zone), before)
        actions.plan_day(entity, today=before, now=_at(before, time(8, 30), zone))
        evening = _at(yesterday, time(18), zone)
        reports.append(_take_in(entity, ImportKind.ITEMS, files.second_day, ledger.FULL, team[0], yesterday, evening))
    run = actions.plan_day(entity, today=today, now=now)
    return Demo(entity, _shown(team), debtor_link(now=now), reports, run)


def people() -> list[Person]:
    """Who may log in to the demonstration that is loaded."""
    return _shown(company.people())


def _shown(team: list[User]) -> list[Person]:
    return [Person(user.email, user.role.value) for user in team]


def debtor_link(*, now: datetime) -> str:
    """A new link to the page of one debtor of the demonstration."""
    entity = db.session.scalars(select(Entity).where(Entity.name == company.NAME)).one()
    return accounts.debtor_link(entity, now=now)


def _at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, zone)


def _first_day(entity: Entity, team: list[User], files: ledger.Files, now: datetime, today: date) -> list[ImportReport]:
    """Customers, contacts, a year of paid invoices, the open items of the day before; then who looks after whom."""
    admin = team[0]
    steps = (
        (ImportKind.CUSTOMERS, files.customers, ledger.PLAIN),
        (ImportKind.CONTACTS, files.contacts, ledger.PLAIN),
        (ImportKind.ITEMS, files.history, ledger.HISTORY),
        (ImportKind.ITEMS, files.first_day, ledger.FULL),
    )
    reports = []
    for number, (kind, path, options) in enumerate(steps):
        at = now + timedelta(minutes=5 * number)
        reports.append(_take_in(entity, kind, path, options, admin, today, at))
    accounts.complete(entity, team, today=today, now=now + timedelta(minutes=30))
    return reports


def _take_in(
    entity: Entity, kind: ImportKind, path: Path, options: ImportOptions, actor: User, today: date, now: datetime
) -> ImportReport:
    return run_import(entity, kind, path, options, actor=actor, today=today, now=now)
