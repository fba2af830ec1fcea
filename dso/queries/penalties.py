"""What late payment costs at an entity: its own rate, else the dated table of the debtor's country."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from dso import paths
from dso.db import db
from dso.domain import settings as rules
from dso.domain.codes import ItemType
from dso.domain.money import from_units
from dso.domain.penalties import Terms
from dso.models import Entity, Item, ItemChange, PenaltyRate
from dso.queries import rates as exchange
from dso.queries import settings

Dated = tuple[tuple[date, Decimal], ...]
Bands = tuple[tuple[Decimal, Decimal], ...]
#: (country, currency) to rates by day, newest first, and to fixed sums by amount, largest first.
Table = Mapping[tuple[str, str], tuple[Dated, Bands]]


@dataclass(frozen=True)
class Rates:
    """The rates of an entity, read once; `terms` gives those of one debtor."""

    #: The entity's own rate; None = the tables say.
    own_rate: Decimal | None
    #: The entity's fixed sum, in its currency.
    own_fixed: Decimal
    #: Whether it was chosen, so that it comes before the sums of the tables.
    fixed_chosen: bool
    day_base: int
    entity: Entity
    table: Table

    def terms(self, country: str, currency: str, today: date, *, interest: bool = True, fixed: bool = True) -> Terms:
        """What lateness costs a debtor of that country in that currency; `interest`, `fixed`: is it switched on."""
        dated, bands = self._tables(country, currency)
        sum_of = None if bands and not self.fixed_chosen else self._in(currency, today)
        return Terms(
            self.own_rate if interest else None,
            sum_of if fixed else None,
            self.day_base,
            dated if interest else (),
            bands if fixed and sum_of is None else (),
        )

    def rate_on(self, country: str, currency: str, day: date) -> Decimal | None:
        """Percent a year of an invoice that becomes late on a day; None = no interest."""
        terms = self.terms(country, currency, day, fixed=False)
        return terms.of(day - timedelta(days=1), Decimal(0)).rate

    def _tables(self, country: str, currency: str) -> tuple[Dated, Bands]:
        """Written down for the entity, else shipped; of a country without any, those of the entity's own country."""
        for place in (country.upper(), self.entity.country):
            known = self.table.get((place, currency))
            shipped = _shipped().get(place)
            if known is not None:
                return known
            if shipped is not None:
                return shipped[0], shipped[1].get(currency, ())
        return (), ()

    def _in(self, currency: str, today: date) -> Decimal | None:
        """The entity's fixed sum in a currency; None where there is no rate: nothing is claimed then."""
        if currency == self.entity.currency:
            return self.own_fixed
        return exchange.rates(today).convert(self.own_fixed, self.entity.currency, currency)


def rates(entity: Entity) -> Rates:
    """The rates of an entity: one statement beside the settings."""
    dated: dict[tuple[str, str], list[tuple[date, Decimal]]] = {}
    bands: dict[tuple[str, str], Bands] = {}
    rows = select(PenaltyRate).where(PenaltyRate.entity_id == entity.id).order_by(PenaltyRate.from_on.desc())
    for row in db.session.scalars(rows):
        key = (row.country, row.currency)
        dated.setdefault(key, []).append((row.from_on, row.rate))
        bands.setdefault(key, _bands(row.costs))
    fixed = settings.value(entity, "penalties.recovery_cost")
    rate = settings.value(entity, "penalties.rate")
    untouched = settings.get(entity, "penalties.recovery_cost") == rules.rule("penalties.recovery_cost").default
    return Rates(
        own_rate=rate if isinstance(rate, Decimal) else None,
        own_fixed=fixed if isinstance(fixed, Decimal) else Decimal(0),
        fixed_chosen=not untouched,
        day_base=settings.number(entity, "penalties.day_base"),
        entity=entity,
        table={key: (tuple(known), bands[key]) for key, known in dated.items()},
    )


def part_payments(customer_ids: Collection[int]) -> dict[int, list[tuple[date, Decimal]]]:
    """By how much which open invoice of these customers fell on which day since it fell due; one statement."""
    query = (
        select(ItemChange.item_id, ItemChange.on, ItemChange.old, ItemChange.new)
        .join(Item, Item.id == ItemChange.item_id)
        .where(
            Item.customer_id.in_(customer_ids),
            Item.cleared_on.is_(None),
            Item.type == ItemType.INVOICE,
            ItemChange.field == "remaining",
            ItemChange.on > Item.due_on,
        )
        .order_by(ItemChange.id)
    )
    found: dict[int, list[tuple[date, Decimal]]] = {}
    for item_id, on, old, new in db.session.execute(query):
        found.setdefault(item_id, []).append((on, from_units(int(old or 0) - int(new or 0))))
    return found


def _bands(costs: Mapping[str, str]) -> Bands:
    return tuple(sorted(((Decimal(at), Decimal(cost)) for at, cost in costs.items()), reverse=True))


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, tuple[Dated, Mapping[str, Bands]]]:
    """Country to its rates and, by currency, its fixed sums, as shipped."""
    data = json.loads((paths.SHIPPED / "penalties.json").read_text("utf-8"))
    found = {country: _read(shipped) for country, shipped in data["countries"].items()}
    return {**dict.fromkeys(data["members"], found["EU"]), **found}


def _read(shipped: Mapping[str, Any]) -> tuple[Dated, Mapping[str, Bands]]:
    dated = ((date.fromisoformat(day), Decimal(percent)) for day, percent in shipped["rates"].items())
    return tuple(sorted(dated, reverse=True)), {code: _bands(costs) for code, costs in shipped["costs"].items()}
