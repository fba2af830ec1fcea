"""What late payment costs at an entity: its own rate, else the dated table of the debtor's country."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import select

from dso.db import db
from dso.domain.penalties import Terms
from dso.models import Entity, PenaltyRate
from dso.queries import settings


@dataclass(frozen=True)
class Rates:
    """The rates of an entity, read once; `terms` gives those of one debtor."""

    own_rate: Decimal | None
    own_fixed: Decimal
    day_base: int
    #: (country, currency) to rates by day, newest first.
    table: Mapping[tuple[str, str], tuple[tuple[date, Decimal], ...]]

    def terms(self, country: str, currency: str, today: date, *, interest: bool = True, fixed: bool = True) -> Terms:
        """What lateness costs a debtor of that country in that currency; `interest`, `fixed`: is it switched on."""
        rate = self.own_rate
        if rate is None:
            known = self.table.get((country.upper(), currency), ())
            rate = next((percent for from_on, percent in known if from_on <= today), None)
        return Terms(rate if interest else None, self.own_fixed if fixed else None, self.day_base)


def rates(entity: Entity) -> Rates:
    """The rates of an entity: one statement beside the settings."""
    table: dict[tuple[str, str], list[tuple[date, Decimal]]] = {}
    rows = select(PenaltyRate).where(PenaltyRate.entity_id == entity.id).order_by(PenaltyRate.from_on.desc())
    for row in db.session.scalars(rows):
        table.setdefault((row.country, row.currency), []).append((row.from_on, row.rate))
    fixed = settings.value(entity, "penalties.recovery_cost")
    return Rates(
        own_rate=_percent(settings.get(entity, "penalties.rate")),
        own_fixed=fixed if isinstance(fixed, Decimal) else Decimal(0),
        day_base=settings.number(entity, "penalties.day_base"),
        table={key: tuple(dated) for key, dated in table.items()},
    )


def _percent(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ".").rstrip(" %"))
    except InvalidOperation:
        return None
