"""The difference between a staged file and the ledger: counts, amounts, first records, effect on the receivable."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, insert, or_, select

from dso.db import db
from dso.domain.imports.brake import Measures, Sums, added, taken
from dso.domain.money import ZERO, rounded
from dso.domain.rates import RateTable
from dso.models import Customer, Entity, Item
from dso.queries.figures import in_receivable
from dso.services.imports.comparing import Comparison, Value
from dso.services.imports.report import Change, Part, Sample
from dso.services.imports.staging import CHANGED, CLEARED, NEW, REJECTED, REOPENED, SAME, Stage

#: So many currencies are summed one by one.
_FEW = 4
#: Records listed one by one in a preview.
LISTED = 50
_LETTERS = {"new": NEW, "changed": CHANGED, "cleared": CLEARED, "reopened": REOPENED, "unchanged": SAME}


class Difference:
    """What a staged file would change."""

    def __init__(self, entity: Entity, stage: Stage, comparison: Comparison, today: date) -> None:
        self._entity, self._stage, self._comparison, self._today = entity, stage, comparison, today
        self._rows, self._new = stage.rows.c, {each.field: each.new for each in comparison.fields}

    def find(self, *, by_absence: bool) -> None:
        """Set aside the rows that differ and, of a full file, the open items that are gone."""
        rows, differing = self._stage.rows, self._stage.differing
        found = select(rows.c.line, rows.c.item_id).where(rows.c.change.in_([CHANGED, CLEARED, REOPENED]))
        db.session.execute(insert(differing).from_select(["line", "item_id"], found))
        if by_absence:
            absent = self._open_items().where(~exists().where(rows.c.item_id == Item.id))
            if self._stage.rejected():
                absent = absent.where(~exists().where(rows.c.change == REJECTED, self._named()))
            db.session.execute(insert(self._stage.gone).from_select(["item_id"], absent))
        self._stage.analyse()

    @cached_property
    def _differs(self) -> bool:
        """Whether a known item differs: of a first file, and of the same file again, none does."""
        return self._stage.holds(self._stage.differing)

    def _named(self) -> ColumnElement[bool]:
        """Whether a rejected row may stand for an item: any of its number and year, or of the year beside it."""
        c = self._rows
        beside = and_(
            c.issued_year.in_([Item.issued_year - 1, Item.issued_year + 1]),
            c.amount == Item.amount,
            c.customer_id == Item.customer_id,
        )
        return and_(c.number == Item.number, or_(c.issued_year == Item.issued_year, beside))

    def _open_items(self) -> Select[int]:
        """The open items of the entity; beside rows that were passed over, those without one: all are open."""
        if self._stage.met:
            return select(Item.id).join(self._stage.unmet, self._stage.unmet.c.item_id == Item.id)
        return select(Item.id).where(Item.entity_id == self._entity.id, Item.cleared_on.is_(None))

    def recurrencied(self) -> int:
        """How many known items would change their currency."""
        if "currency" not in self._new or not self._differs:
            return 0
        query = select(func.count()).select_from(self._differing()).where(Item.currency != self._rows.currency)
        return int(db.session.scalar(query) or 0)

    def before(self) -> dict[str, Sums]:
        """What is open now, per currency."""
        # Named as a set, the customers lead SQLite to the index that holds all of this.
        mine = Item.customer_id.in_(select(Customer.id).where(Customer.entity_id == self._entity.id))
        where = (Item.entity_id == self._entity.id, mine, Item.cleared_on.is_(None))
        return self._sums(select().where(*where), Item.currency, Item.type, Item.remaining, Item.due_on)

    def cleared(self) -> dict[str, Sums]:
        """What the file clears: by a payment date or no remaining, and by absence."""
        old = (Item.currency, Item.type, Item.remaining, Item.due_on)
        paid = self._differing_sums(self._rows.change == CLEARED, *old)
        return added(paid, self._sums(select().select_from(self._gone()), *old))

    def after(self, before: Measures) -> dict[str, Sums]:
        """What is open afterwards."""
        old = (Item.currency, Item.type, Item.remaining, Item.due_on)
        out = added(
            self._differing_sums(Item.cleared_on.is_(None), *old),
            self._sums(select().select_from(self._gone()), *old),
        )
        into = self._differing_sums(self._new["cleared_on"].is_(None), *self._new_values())
        fresh = {currency: sums for currency, _count, _amount, sums in self._new_sums if sums.items}
        return added(added(taken(before, out), into), fresh)

    @cached_property
    def _new_sums(self) -> list[tuple[str, int, Decimal, Sums]]:
        """Per currency, in one pass: how many rows are new, their remaining amount, what the open ones come to."""
        c = self._rows
        opened = c.cleared_on.is_(None)
        counts = and_(opened, in_receivable(c.type))
        sums = self._sum_columns(counts, c.remaining, c.due_on)
        columns = (func.count(), func.sum(c.remaining), func.count(case((opened, 1))), *sums)
        fresh = select().select_from(self._stage.rows).where(c.change == NEW)
        return [(row[0], row[1], row[2], Sums(*row[3:])) for row in _by_currency(fresh, c.currency, columns)]

    def _staged_values(self) -> tuple[Value, ...]:
        c = self._rows
        return c.currency, c.type, c.remaining, c.due_on

    def _new_values(self) -> tuple[Value, ...]:
        new = self._new
        return new.get("currency", Item.currency), new["type"], new["remaining"], new["due_on"]

    def _fresh(self) -> Select[*tuple[Any, ...]]:
        return select().select_from(self._stage.rows).where(self._rows.change == NEW, self._rows.cleared_on.is_(None))

    def _differing(self) -> Any:
        differing, rows = self._stage.differing, self._stage.rows
        return differing.join(rows, rows.c.line == differing.c.line).join(Item, Item.id == differing.c.item_id)

    def _gone(self) -> Any:
        return self._stage.gone.join(Item, Item.id == self._stage.gone.c.item_id)

    def _differing_sums(self, where: ColumnElement[bool], *values: Value) -> dict[str, Sums]:
        return self._sums(select().select_from(self._differing()).where(where), *values) if self._differs else {}

    def _sums(
        self,
        base: Select[*tuple[Any, ...]],
        currency: Value,
        kind: Value,
        remaining: Value,
        due_on: Value,
    ) -> dict[str, Sums]:
        counts = in_receivable(kind)
        columns = (func.count(), *self._sum_columns(counts, remaining, due_on))
        return {row[0]: Sums(*row[1:]) for row in _by_currency(base, currency, columns)}

    def _sum_columns(
        self, counts: ColumnElement[bool], remaining: Value, due_on: Value
    ) -> tuple[ColumnElement[Any], ...]:
        """The amounts of `Sums`, in its order, of the items that count."""
        parts = (counts, and_(counts, due_on < self._today), and_(counts, remaining < ZERO))
        return tuple(func.sum(case((part, remaining), else_=ZERO)) for part in parts)

    def converted(self, table: RateTable, measures: Measures, *, after: bool) -> tuple[Decimal, Decimal]:
        """Receivable and overdue in the entity's currency of what is open now, or afterwards (`measures`).

        Each item of another currency is converted and rounded once: equal amounts together, which comes to the same.
        """
        own = measures.get(self._entity.currency, Sums())
        receivable, overdue = own.receivable, own.overdue
        foreign = {code for pair in table.units for code in pair} - {self._entity.currency}
        for sign, base, values in self._open_ones(after) if foreign & measures.keys() else []:
            for currency, amount, late, count in self._by_amount(base, values, foreign):
                worth = table.convert(amount, currency, self._entity.currency)
                if worth is not None:
                    receivable += sign * worth * count
                    overdue += sign * worth * count if late else ZERO
        return receivable, overdue

    def _open_ones(self, after: bool) -> list[tuple[int, Select[*tuple[Any, ...]], tuple[Value, ...]]]:
        """What is open now; with `after`, less what leaves and more what comes."""
        old: tuple[Value, ...] = (Item.currency, Item.type, Item.remaining, Item.due_on)
        mine = (Item.entity_id == self._entity.id, Item.cleared_on.is_(None))
        known, gone = select().select_from(self._differing()), select().select_from(self._gone())
        now = [(1, select().where(*mine), old)]
        if not after:
            return now
        return [
            *now,
            (-1, known.where(Item.cleared_on.is_(None)), old),
            (-1, gone, old),
            (1, known.where(self._new["cleared_on"].is_(None)), self._new_values()),
            (1, self._fresh(), self._staged_values()),
        ]

    def _by_amount(
        self, base: Select[*tuple[Any, ...]], values: tuple[Value, ...], currencies: Collection[str]
    ) -> list[tuple[str, Decimal, bool, int]]:
        """Items of other currencies, grouped by amount and whether they are overdue."""
        currency, kind, remaining, due_on = values
        late = case((due_on < self._today, 1), else_=0)
        found = base.where(in_receivable(kind), currency.in_(currencies))
        query = found.add_columns(currency, remaining, late, func.count()).group_by(currency, remaining, late)
        return [(row[0], row[1], bool(row[2]), row[3]) for row in db.session.execute(query)]

    def parts(self, *, listed: int = LISTED) -> dict[str, Part]:
        """The parts of the difference with their amounts and first records."""
        found = {name: self._part(name, letter, listed) for name, letter in _LETTERS.items()}
        gone = self._gone_part(listed)
        if gone.count:
            paid = found["cleared"]
            amounts = {
                each: paid.amounts.get(each, ZERO) + gone.amounts.get(each, ZERO)
                for each in {**paid.amounts, **gone.amounts}
            }
            samples = [*paid.samples, *gone.samples][:listed]
            found["cleared"] = Part(paid.count + gone.count, amounts, samples)
        return found

    def _part(self, name: str, letter: str, listed: int) -> Part:
        rows = self._stage.rows
        if name == "unchanged":
            return Part(self._stage.count(letter) + self._stage.met)
        if name == "new":
            found = [each[:3] for each in self._new_sums]
        elif not self._differs:
            return Part()
        else:
            amount = Item.remaining if name == "cleared" else self._new["remaining"]
            query = select(Item.currency, func.count(), func.sum(amount)).select_from(self._differing())
            rows_of = query.where(rows.c.change == letter).group_by(Item.currency)
            found = [(row[0], row[1], row[2]) for row in db.session.execute(rows_of)]
        return Part(sum(row[1] for row in found), {row[0]: row[2] for row in found}, self._samples(letter, listed))

    def _gone_part(self, listed: int) -> Part:
        query = select(Item.currency, func.count(), func.sum(Item.remaining)).select_from(self._gone())
        found = db.session.execute(query.group_by(Item.currency)).all()
        names = select(Item.number, Customer.code, Item.remaining, Item.currency).select_from(self._gone())
        rows = db.session.execute(names.join(Customer, Customer.id == Item.customer_id).order_by(Item.id).limit(listed))
        samples = [Sample(None, number, code, amount, currency) for number, code, amount, currency in rows]
        return Part(sum(row[1] for row in found), {row[0]: row[2] for row in found}, samples)

    def _samples(self, letter: str, listed: int) -> list[Sample]:
        if not listed:
            # Sorting them all to take none costs as much as taking some.
            return []
        return self._new_samples(listed) if letter == NEW else self._known_samples(letter, listed)

    def _new_samples(self, listed: int) -> list[Sample]:
        c = self._rows
        query = select(c.line, c.number, Customer.code, c.remaining, c.currency).select_from(self._stage.rows)
        query = query.outerjoin(Customer, Customer.id == c.customer_id).where(c.change == NEW)
        rows = db.session.execute(query.order_by(c.line).limit(listed))
        return [Sample(line, number, code or "", amount, currency) for line, number, code, amount, currency in rows]

    def _known_samples(self, letter: str, listed: int) -> list[Sample]:
        fields = [each for each in self._comparison.fields if each.shown]
        c = self._rows
        head = (c.line, Item.number, Customer.code, Item.remaining, Item.currency)
        values = [column for each in fields for column in (each.column, each.new)]
        query = select(*head, *values).select_from(self._differing()).join(Customer, Customer.id == Item.customer_id)
        rows = db.session.execute(query.where(c.change == letter).order_by(c.line).limit(listed)).all()
        return [
            Sample(row[0], row[1], row[2], row[3], row[4], _changes([each.field for each in fields], row[5:], row[4]))
            for row in rows
        ]


def _by_currency(
    base: Select[*tuple[Any, ...]], currency: Value, columns: Sequence[ColumnElement[Any]]
) -> list[tuple[Any, ...]]:
    """The currency, then the sums. Of few currencies, as most ledgers have, the rows need not be sorted by it first."""
    found = db.session.scalars(base.add_columns(currency).distinct().limit(_FEW + 1)).all()
    if len(found) > _FEW:
        return [tuple(row) for row in db.session.execute(base.add_columns(currency, *columns).group_by(currency))]
    summed = base.add_columns(*columns)
    return [(each, *db.session.execute(summed.where(currency == each)).one()) for each in found]


def _changes(names: Sequence[str], values: Sequence[Any], currency: str) -> list[Change]:
    pairs = zip(names, values[::2], values[1::2], strict=True)
    return [Change(name, shown(old, currency), shown(new, currency)) for name, old, new in pairs if old != new]


def shown(value: object, currency: str) -> str:
    """A value of a difference as text."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{rounded(value, currency):f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def totals(measures: Mapping[str, Sums]) -> dict[str, Decimal]:
    """Receivable per currency."""
    return {currency: each.receivable for currency, each in measures.items()}
