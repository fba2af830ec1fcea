"""Rows a file has said before: told by their fingerprints, they are neither typed nor compared again.

Of the next full file nineteen rows in twenty say what the ledger holds already. Only open items keep a fingerprint, and
any change of an item takes its away, so a row that has one changes nothing. Whatever must look at such a row together
with others (two rows of one identity, earlier rejects a row takes back) reads the file without this.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Sequence
from datetime import date
from itertools import compress, islice, repeat
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Table,
    and_,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from dso.db import db, on_postgresql
from dso.domain.codes import ImportMode
from dso.domain.imports.item_rows import ItemRules
from dso.domain.money import ZERO
from dso.models import Entity, ImportRun, Item, RejectedRow
from dso.services.imports.staging import REJECTED, Stage

_BATCH = 50_000
_HALF = 32
_LOWER = (1 << _HALF) - 1

Rows = Sequence[Sequence[str]]
#: How many, and the sums of their upper and lower halves: equal for equal sets only, but for an unlikely accident.
Weight = tuple[int, int, int]


class MetTwice(Exception):
    """Another row of the file is about an item that a row was met for: the file is to be read without this."""


class KnownRows:
    """The fingerprints of an entity's open items, from which those met in the file are taken away."""

    def __init__(self, entity: Entity, rules: ItemRules, *, ask: bool = True) -> None:
        """With `ask` False nothing is known."""
        self._entity, self._rules = entity, rules
        #: Open items by their fingerprint, or by the negative of their own number where they have none.
        self._left: dict[int, int] = {}
        self._met = array("q")
        #: The cells of the issue dates of the rows met.
        self._issued: set[str] = set()
        if ask and self._fits():
            self._read()

    @property
    def met(self) -> int:
        """How many rows were met."""
        return len(self._met)

    def _fits(self) -> bool:
        """Whether a row may be passed over unseen."""
        if self._rules.mapping.mode is not ImportMode.STOCK and self._any(_pending(self._entity)):
            return False
        # By number and year a row could fit several items, some of which came by their unique identifiers.
        return "unique_id" in self._rules.targets or not self._any(
            and_(Item.entity_id == self._entity.id, Item.unique_id.is_not(None))
        )

    @staticmethod
    def _any(which: ColumnElement[bool]) -> bool:
        return bool(db.session.scalar(select(exists().where(which))))

    def _read(self) -> None:
        """By the driver itself: a million pairs of numbers pass through SQLAlchemy three times slower."""
        query = select(func.coalesce(Item.fingerprint, -Item.id), Item.id).where(*open_as_they_lie(self._entity))
        connection = db.session.connection()
        words = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        cursor: Any = connection.connection.cursor()
        try:
            cursor.execute(words)
            count = 0
            while some := cursor.fetchmany(_BATCH):
                count += len(some)
                self._left.update(some)
        finally:
            cursor.close()
        if count != len(self._left):
            # Two items have one fingerprint: which of them a row is about only its cells say.
            self._left.clear()

    def new_to(
        self, rows: Rows, lines: Sequence[int], prints: Sequence[int | None], issued: Sequence[str]
    ) -> tuple[Rows, Sequence[int], Sequence[int | None]]:
        """The rows of a chunk that were not met, with their lines and fingerprints; `issued`: their issue dates."""
        take: Any = self._left.pop
        met: list[int | None] = list(map(take, prints, repeat(None)))
        if not any(met):
            return rows, lines, prints
        self._met.extend(compress(prints, met))  # type: ignore[arg-type]  # no row without a fingerprint was met
        self._issued.update(compress(issued, met))
        unseen = [place for place, item_id in enumerate(met) if item_id is None]
        return [rows[each] for each in unseen], [lines[each] for each in unseen], [prints[each] for each in unseen]

    def newest(self, today: date) -> date | None:
        """The newest issue date up to today among the rows met."""
        read = self._rules.days["issued_on"]
        days = [date.fromisoformat(day) for cell in self._issued if (day := read(cell))]
        return max((day for day in days if day <= today), default=None)

    def settle(self, stage: Stage, *, nothing_new: bool) -> bool:
        """Set the open items aside whose row was not met; False when the ledger is another than it was when read.

        To be asked in the transaction that compares; with `nothing_new` it is known to be the ledger that was read.
        """
        stage.met = self.met
        if not self.met:
            return True
        if not nothing_new and not self._is_the_same(stage):
            return False
        stage.connection.execute(stage.unmet.delete())
        if nothing_new:
            _fill(stage, stage.unmet, "item_id", self._left.values())
        else:
            unmet = or_(Item.fingerprint.is_(None), _unmet(stage))
            query = select(Item.id).where(*open_as_they_lie(self._entity), unmet)
            stage.connection.execute(insert(stage.unmet).from_select(["item_id"], query))
        stage.analyse(stage.unmet)
        return True

    def _is_the_same(self, stage: Stage) -> bool:
        """Whether every row that was met still has its item; those not met are put into the stage on the way."""
        if not self._fits():
            return False
        stage.connection.execute(stage.left.delete())
        _fill(stage, stage.left, "fingerprint", [each for each in self._left if each >= 0])
        kept = (*open_as_they_lie(self._entity), Item.fingerprint.is_not(None))
        sums = db.session.execute(select(*_sums()).where(*kept, ~_unmet(stage))).one()
        return tuple(int(each or 0) for each in sums) == _weight(self._met)


def refuse_met_twice(stage: Stage) -> None:
    """MetTwice when a staged row is about an open item whose own row was met."""
    if not stage.met:
        return
    rows, unmet = stage.rows, stage.unmet
    is_unmet = exists().where(unmet.c.item_id == rows.c.item_id)
    # Found first, for they are few: rows of cleared items, and what is looked for.
    others = (
        select(rows.c.item_id).where(rows.c.item_id.is_not(None), ~is_unmet).cte("others").prefix_with("MATERIALIZED")
    )
    query = select(Item.id).join(others, others.c.item_id == Item.id)
    if db.session.execute(query.where(Item.cleared_on.is_(None)).limit(1)).first():
        raise MetTwice


def refuse_met_among(stage: Stage, key: Sequence[str]) -> None:
    """MetTwice when a row was met of an item that shares its key with an open one no row was met of.

    Their rows fit both: neither may be passed over, and neither item is absent. To be asked when rows that fit several
    items are rejected: an item whose row goes in shares its key with no other.
    """
    if not stage.met:
        return
    unmet, rows, other = stage.unmet, stage.rows, aliased(Item)
    names = ("entity_id", *key)
    goes_in = exists().where(rows.c.item_id == unmet.c.item_id, rows.c.change != REJECTED)
    keys = select(*(getattr(Item, name) for name in names)).join(unmet, unmet.c.item_id == Item.id).where(~goes_in)
    alone = keys.cte("alone").prefix_with("MATERIALIZED")
    same = (getattr(other, name) == alone.c[name] for name in names)
    query = select(other.id).join(alone, and_(*same)).where(other.cleared_on.is_(None))
    if db.session.execute(query.where(other.id.not_in(select(unmet.c.item_id))).limit(1)).first():
        raise MetTwice


def open_as_they_lie(entity: Entity) -> tuple[ColumnElement[bool], ...]:
    """Open items, said so that they are read as they lie: by an index SQLite jumps for each, ten times slower."""
    return (Item.entity_id + 0 == entity.id, Item.remaining != ZERO)


def _unmet(stage: Stage) -> ColumnElement[bool]:
    return exists().where(stage.left.c.fingerprint == Item.fingerprint)


def _fill(stage: Stage, table: Table, name: str, numbers: Collection[int]) -> None:
    """Put numbers into a scratch table of one column; PostgreSQL takes them as one array, ten times faster."""
    everything = iter(numbers)
    while some := list(islice(everything, _BATCH)):
        if on_postgresql():
            found = select(func.unnest(literal(some, ARRAY(BigInteger))))
            stage.connection.execute(insert(table).from_select([name], found))
        else:
            stage.connection.execute(insert(table), [{name: each} for each in some])


def _sums() -> tuple[ColumnElement[Any], ...]:
    number = Item.fingerprint
    return (
        func.count(),
        # PostgreSQL shifts a large number by a small one only.
        func.sum(number.bitwise_rshift(literal(_HALF, Integer))),
        func.sum(number.bitwise_and(_LOWER)),
    )


def _weight(numbers: Collection[int]) -> Weight:
    return len(numbers), sum([each >> _HALF for each in numbers]), sum([each & _LOWER for each in numbers])


def _pending(entity: Entity) -> ColumnElement[bool]:
    runs = select(ImportRun.id).where(ImportRun.entity_id == entity.id)
    return and_(RejectedRow.pending, RejectedRow.import_run_id.in_(runs))
