"""Rates files: added, or the one of the same reference, currency and day changed (1.6); then figures follow."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, insert, or_, select, update

from dso.db import db
from dso.domain.imports import rejects
from dso.domain.imports.parties import PartyRow, PartyRules
from dso.domain.imports.rejects import Reject
from dso.models import Entity, ImportRun, Item, Rate
from dso.services import states
from dso.services.imports import befores
from dso.services.imports.befores import table_of
from dso.services.imports.party_rows import Diff

#: A rate's reference, currency and day.
Key = tuple[str, str, date]


class RateBook:
    """The rates of the installation, compared with and written from a file."""

    def __init__(self, entity: Entity, rules: PartyRules) -> None:
        """Without a column for it, the rates are against the company's own currency."""
        self._home, self._rules = entity.currency, rules
        self._seen: dict[Key, str] = {}
        self._twice: set[Key] = set()
        #: Currencies whose rates differ from what was known.
        self.touched: set[str] = set()

    def look_through(self, cells: Mapping[str, str]) -> None:
        """First reading: which days have two rates of one currency."""
        row = self._rules.read(0, cells)
        if isinstance(row, Reject):
            return
        key, units = self._key(row), row.text("units")
        if self._seen.setdefault(key, units) != units:
            self._twice.add(key)

    def _key(self, row: PartyRow) -> Key:
        return row.text("reference") or self._home, row.text("currency"), row.values["on"]

    def held_back(self) -> list[PartyRow]:
        """Nothing waits for the end of a rates file."""
        return []

    def compare(self, rows: Sequence[PartyRow]) -> tuple[list[Diff], list[Reject]]:
        """What rows would do; the same rate said twice is one."""
        known = self._known(rows)
        diffs: list[Diff] = []
        rejected: list[Reject] = []
        for row in rows:
            key = self._key(row)
            if key[0] == key[1]:
                rejected.append(self._no(row, rejects.RATE_OF_ITSELF))
            elif key in self._twice:
                rejected.append(self._no(row, rejects.RATE_TWICE, currency=key[1], on=key[2].isoformat()))
            elif self._seen.pop(key, None) is not None:
                diffs.append(self._diff(row, key, known.get(key)))
        return diffs, rejected

    def _diff(self, row: PartyRow, key: Key, known: Any) -> Diff:
        name = f"1 {key[0]} = {row.text('units')} {key[1]}, {key[2].isoformat()}"
        if known is None or known.units == row.text("units"):
            return Diff(row, name, "", known)
        return Diff(row, name, "", known, {"units": (known.units, row.text("units"))})

    def _no(self, row: PartyRow, reason: str, **params: str) -> Reject:
        return Reject(row.line, self._rules.column("currency"), row.text("currency"), reason, params)

    def _known(self, rows: Sequence[PartyRow]) -> dict[Key, Any]:
        if not rows:
            return {}
        days = [row.values["on"] for row in rows]
        query = select(Rate.id, Rate.reference, Rate.currency, Rate.on, Rate.units).where(
            Rate.on.between(min(days), max(days)), Rate.reference.in_({self._key(row)[0] for row in rows})
        )
        return {(row.reference, row.currency, row.on): row for row in db.session.execute(query)}

    def write(self, diffs: Sequence[Diff], run: ImportRun, now: datetime) -> set[int]:
        """Write some differences; whose figures they touch is known at the end (`finish`)."""
        new = [diff.row for diff in diffs if diff.known is None]
        if new:
            values = [dict(zip(("reference", "currency", "on"), self._key(row), strict=True)) for row in new]
            rows = [{**key, "units": row.text("units")} for key, row in zip(values, new, strict=True)]
            befores.made(run, table_of(Rate), db.session.scalars(insert(Rate).returning(Rate.id), rows).all())
        changed = [{"id": diff.known.id, "units": diff.row.text("units")} for diff in diffs if diff.known is not None]
        if changed:
            befores.changing(run, table_of(Rate), changed)
            db.session.execute(update(Rate), changed)
        self.touched.update(code for diff in diffs for code in self._key(diff.row)[:2])
        return set()

    def finish(self, run: ImportRun, now: datetime) -> set[int]:
        """The figures follow the rates."""
        refresh_figures(self.touched, now)
        return set()


def refresh_figures(currencies: Collection[str], now: datetime) -> None:
    """Refresh the figures of customers with open foreign items, in every company, where a rate of these differs."""
    for entity in db.session.scalars(select(Entity).order_by(Entity.id)).all():
        concerned: ColumnElement[bool] = Item.currency.in_(currencies)
        if entity.currency in currencies:
            concerned = or_(concerned, Item.currency != entity.currency)
        query = select(Item.customer_id).where(
            Item.entity_id == entity.id, Item.cleared_on.is_(None), Item.currency != entity.currency, concerned
        )
        ids = set(db.session.scalars(query.distinct()))
        if ids:
            states.refresh(entity, ids, today=now.astimezone(ZoneInfo(entity.timezone)).date())


def currencies_of(run: ImportRun) -> set[str]:
    """The currencies of the rates a run made or changed."""
    kept = or_(Rate.id.in_(befores.made_by(run, table_of(Rate))), Rate.id.in_(befores.changed_by(run, table_of(Rate))))
    rows = db.session.execute(select(Rate.reference, Rate.currency).where(kept).distinct())
    return {code for row in rows for code in row}
