"""Limits and guarantees belong to the legal entity: what a file says of one account it says of all (chapter 7)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from dso.db import among, db
from dso.domain.imports.parties import PartyRow, PartyRules, changes
from dso.domain.imports.rejects import ONE_LIMIT
from dso.models import Customer, Entity, ImportRun
from dso.services.customers import SHARED
from dso.services.imports import befores
from dso.services.imports.party_rows import Changes, Diff

_CUSTOMERS = befores.table_of(Customer)


class SharedLimits:
    """Keeps the limits of accounts with one legal identifier the same; a dump says them all as they are."""

    def __init__(self, entity: Entity, rules: PartyRules) -> None:
        self._entity, self._rules = entity, rules
        self._fields = [] if rules.mapping.dump else [name for name in SHARED if name in rules.mapping.targets]
        #: Legal identifiers of known customers.
        self._known: dict[int, str] = {}
        if self._fields:
            query = select(Customer.id, Customer.legal_id).where(Customer.entity_id == entity.id)
            self._known = dict(db.session.execute(query.where(Customer.legal_id != "")).all())
        #: Cells of the first row of each legal entity, and those of whom another row says something else.
        self._first: dict[str, list[str]] = {}
        self._torn: set[str] = set()
        self._held: dict[str, list[PartyRow]] = {}
        #: Customers written, with the fields the file gave them.
        self._told: dict[int, list[str]] = {}

    def look_through(self, cells: Mapping[str, str]) -> None:
        """First reading: of which legal entity two rows say different things."""
        if not self._fields:
            return
        lookups, unique_id = self._rules.lookups, cells.get("unique_id", "").strip()
        known = lookups.unique_ids.get(unique_id) if unique_id else lookups.customers.get(cells.get("code", "").strip())
        legal_id = cells.get("legal_id", "").strip() or self._known.get(known or 0, "")
        said = [cells.get(name, "").strip() for name in self._fields]
        if legal_id and self._first.setdefault(legal_id, said) != said:
            self._torn.add(legal_id)

    def holds(self, row: PartyRow, known: Any) -> bool:
        """Keep a row whose legal entity has rows that say different things; whether it waits."""
        legal_id = row.text("legal_id") or (self._known.get(known.id, "") if known else "")
        if legal_id not in self._torn:
            return False
        self._held.setdefault(legal_id, []).append(row)
        return True

    def held_back(self) -> list[PartyRow]:
        """The rows that waited: the later filled cell counts for all of a legal entity, with a remark."""
        self._torn.clear()
        return [row for rows in self._held.values() for row in self._agreed(rows)]

    def _agreed(self, rows: Sequence[PartyRow]) -> Iterator[PartyRow]:
        last = {name: row for row in rows for name in self._fields if row.values.get(name) is not None}
        for row in rows:
            for name, of in last.items():
                own = row.values.get(name)
                if own is not None and own != of.values[name]:
                    column = self._rules.column(name)
                    self._rules.remarks.add(row.line, column, str(own)[:80], ONE_LIMIT, other=str(of.line))
            yield replace(row, values={**row.values, **{name: of.values[name] for name, of in last.items()}})

    def note(self, customer_id: int, diff: Diff) -> None:
        """What was written of a customer."""
        values = diff.row.values
        told = diff.changes if diff.known is not None else [name for name in values if values[name] is not None]
        if names := [name for name in self._fields if name in told]:
            self._told[customer_id] = names

    def share(self, run: ImportRun, now: datetime) -> dict[int, Changes]:
        """Give the other accounts of the legal entities what the file gave one; what changes, by customer."""
        found: dict[int, Changes] = {}
        wanted: dict[str, dict[str, Any]] = {}
        for row in self._rows(Customer.id, self._told):
            wanted.setdefault(row.legal_id, {}).update({name: getattr(row, name) for name in self._told[row.id]})
        for other in self._rows(Customer.legal_id, wanted):
            values = wanted[other.legal_id]
            now_has = {name: getattr(other, name) for name in values}
            if differing := changes(now_has, values, self._rules.mapping):
                found[other.id] = differing
        self._write(found, run, now)
        return found

    def _rows(self, column: Any, values: Iterable[Any]) -> Sequence[Any]:
        """Customers by a column, in order: of them those whose legal identifier others have too."""
        of_several = (
            select(Customer.legal_id)
            .where(Customer.entity_id == self._entity.id, Customer.legal_id != "")
            .group_by(Customer.legal_id)
            .having(func.count() > 1)
        )
        columns = [getattr(Customer, name) for name in ("id", "legal_id", *self._fields)]
        mine = (Customer.entity_id == self._entity.id, Customer.legal_id.in_(of_several))
        wanted = list(values)
        if not wanted:
            return []
        return db.session.execute(select(*columns).where(*mine, among(column, wanted)).order_by(Customer.id)).all()

    def _write(self, found: Mapping[int, Changes], run: ImportRun, now: datetime) -> None:
        rows: list[dict[str, Any]] = [
            {"id": customer_id, "updated_at": now, **{name: new for name, (_old, new) in differing.items()}}
            for customer_id, differing in found.items()
        ]
        rows.sort(key=sorted)
        if rows:
            befores.changing(run, _CUSTOMERS, rows)
            db.session.execute(update(Customer), rows)
