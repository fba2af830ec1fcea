"""The difference between a staged file and the ledger: counts, amounts, first records, effect on the receivable."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, insert, or_, select, true

from dso.db import db, on_postgresql
from dso.domain.imports.brake import Measures, Sums, added, taken
from dso.domain.money import ZERO, rounded
from dso.domain.rates import RateTable
from dso.models import Customer, Entity, Item
from dso.queries.figures import in_receivable
from dso.services.imports.comparing import Compared, Comparison, Value
from dso.services.imports.report import Change, Part, Sample
from dso.services.imports.staging import CHANGED, CLEARED, NEW, REJECTED, REOPENED, SAME, Stage

#: So many currencies are summed one by one.
_FEW = 4
#: Records listed one by one in a preview.
LISTED = 50
#: Currency, type, remaining amount and due date.
_Values = tuple[Value, Value, Value, Value]
#: What is known of an item, as sums take it.
_OLD: _Values = (Item.currency, Item.type, Item.remaining, Item.due_on)
_LETTERS = {"new": NEW, "changed": CHANGED, "cleared": CLEARED, "reopened": REOPENED, "unchanged": SAME}


@dataclass(frozen=True, slots=True)
class _Known:
    """What known items come to that one thing becomes of and that have one currency before and one after."""

    change: str
    currency: str
    new_currency: str
    count: int
    remaining: Decimal
    new_remaining: Decimal
    #: What the open ones among them come to, before and after.
    before: Sums
    after: Sums
    #: Whether the fields of the comparison, in their order, differ on any of them.
    changing: Sequence[int]


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
        self._stage.analyse(differing, self._stage.gone)

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

    @cached_property
    def _known(self) -> list[_Known]:
        """What the known items that differ come to: one pass, whatever is asked of it."""
        # Of a first file, and of the same file again, none differs.
        if not self._stage.holds(self._stage.differing):
            return []
        currency, kind, remaining, due_on = self._new_values()
        keys = (self._rows.change, Item.currency, currency)
        amounts = (func.count(), func.sum(Item.remaining), func.sum(remaining))
        before = self._open_columns(Item.cleared_on.is_(None), *_OLD[1:])
        after = self._open_columns(self._new["cleared_on"].is_(None), kind, remaining, due_on)
        changing = (func.max(case((each.differs, 1), else_=0)) for each in self._comparison.fields)
        query = select(*keys, *amounts, *before, *after, *changing).select_from(self._differing()).group_by(*keys)
        return [
            _Known(change, old, new, count, was, becomes, Sums(*rest[:4]), Sums(*rest[4:8]), rest[8:])
            for change, old, new, count, was, becomes, *rest in db.session.execute(query)
        ]

    def changing(self) -> list[Compared]:
        """The fields that differ on at least one known item."""
        flags = [each.changing for each in self._known]
        return [each for place, each in enumerate(self._comparison.fields) if any(row[place] for row in flags)]

    @cached_property
    def _absent(self) -> list[tuple[str, int, Decimal, Sums]]:
        """Per currency, how many items are gone, their remaining amount, and their sums."""
        return self._open_by_currency(select().select_from(self._gone()), *_OLD)

    def recurrencied(self) -> int:
        """How many known items would change their currency."""
        return sum(each.count for each in self._known if each.currency != each.new_currency)

    def before(self) -> dict[str, Sums]:
        """What is open now, per currency."""
        # Named as a set, the customers lead SQLite to the index that holds all of this.
        mine = Item.customer_id.in_(select(Customer.id).where(Customer.entity_id == self._entity.id))
        where = (Item.entity_id == self._entity.id, mine, Item.cleared_on.is_(None))
        found = self._open_by_currency(select().where(*where), *_OLD)
        return {currency: sums for currency, _count, _amount, sums in found}

    def cleared(self) -> dict[str, Sums]:
        """What the file clears: by a payment date or no remaining, and by absence."""
        paid = self._of_known((each.currency, each.before) for each in self._known if each.change == CLEARED)
        return added(paid, self._of_absent())

    def after(self, before: Measures) -> dict[str, Sums]:
        """What is open afterwards."""
        out = added(self._of_known((each.currency, each.before) for each in self._known), self._of_absent())
        into = self._of_known((each.new_currency, each.after) for each in self._known)
        fresh = {currency: sums for currency, _count, _amount, sums in self._new_sums if sums.items}
        return added(added(taken(before, out), into), fresh)

    def _of_absent(self) -> dict[str, Sums]:
        return {currency: sums for currency, _count, _amount, sums in self._absent}

    @staticmethod
    def _of_known(parts: Iterable[tuple[str, Sums]]) -> dict[str, Sums]:
        """Per currency, where any item is open."""
        found: dict[str, Sums] = {}
        for currency, sums in parts:
            if sums.items:
                found[currency] = found.get(currency, Sums()) + sums
        return found

    @cached_property
    def _new_sums(self) -> list[tuple[str, int, Decimal, Sums]]:
        """Per currency, in one pass: how many rows are new, their remaining amount, what the open ones come to."""
        fresh = select().select_from(self._stage.rows).where(self._rows.change == NEW)
        return self._open_by_currency(fresh, *self._staged_values(), self._rows.cleared_on.is_(None))

    def _open_by_currency(
        self,
        base: Select[*tuple[Any, ...]],
        currency: Value,
        kind: Value,
        remaining: Value,
        due_on: Value,
        opened: ColumnElement[bool] | None = None,
    ) -> list[tuple[str, int, Decimal, Sums]]:
        """Per currency: how many, their remaining amount, and what those that are `opened` come to; all by default."""
        is_open = true() if opened is None else opened
        columns = (func.count(), func.sum(remaining), *self._open_columns(is_open, kind, remaining, due_on))
        return [(row[0], row[1], row[2], Sums(*row[3:])) for row in _by_currency(base, currency, columns)]

    def _staged_values(self) -> _Values:
        c = self._rows
        return c.currency, c.type, c.remaining, c.due_on

    def _new_values(self) -> _Values:
        new = self._new
        return new.get("currency", Item.currency), new["type"], new["remaining"], new["due_on"]

    def _fresh(self) -> Select[*tuple[Any, ...]]:
        return select().select_from(self._stage.rows).where(self._rows.change == NEW, self._rows.cleared_on.is_(None))

    def _differing(self) -> Any:
        differing, rows = self._stage.differing, self._stage.rows
        return differing.join(rows, rows.c.line == differing.c.line).join(Item, Item.id == differing.c.item_id)

    def _gone(self) -> Any:
        return self._stage.gone.join(Item, Item.id == self._stage.gone.c.item_id)

    def _open_columns(
        self, opened: ColumnElement[bool], kind: Value, remaining: Value, due_on: Value
    ) -> tuple[ColumnElement[Any], ...]:
        """The amounts of `Sums`, in its order, of the items that are open."""
        counts = and_(opened, in_receivable(kind))
        parts = (counts, and_(counts, due_on < self._today), and_(counts, remaining < ZERO))
        sums = (func.sum(case((part, remaining), else_=ZERO)) for part in parts)
        return (func.count(case((opened, 1))), *sums)

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

    def _open_ones(self, after: bool) -> list[tuple[int, Select[*tuple[Any, ...]], _Values]]:
        """What is open now; with `after`, less what leaves and more what comes."""
        mine = (Item.entity_id == self._entity.id, Item.cleared_on.is_(None))
        known, gone = select().select_from(self._differing()), select().select_from(self._gone())
        now: list[tuple[int, Select[*tuple[Any, ...]], _Values]] = [(1, select().where(*mine), _OLD)]
        if not after:
            return now
        return [
            *now,
            (-1, known.where(Item.cleared_on.is_(None)), _OLD),
            (-1, gone, _OLD),
            (1, known.where(self._new["cleared_on"].is_(None)), self._new_values()),
            (1, self._fresh(), self._staged_values()),
        ]

    def _by_amount(
        self, base: Select[*tuple[Any, ...]], values: _Values, currencies: Collection[str]
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
        if name == "unchanged":
            return Part(self._stage.count(letter) + self._stage.met)
        amounts: dict[str, Decimal] = {}
        if name == "new":
            count = sum(each[1] for each in self._new_sums)
            amounts = {each[0]: each[2] for each in self._new_sums}
        else:
            known = [each for each in self._known if each.change == letter]
            count = sum(each.count for each in known)
            for each in known:
                # What leaves is told in the currency it had, what stays in the one it has then.
                leaves = (each.currency, each.remaining)
                currency, amount = leaves if name == "cleared" else (each.new_currency, each.new_remaining)
                amounts[currency] = amounts.get(currency, ZERO) + amount
        return Part(count, amounts, self._samples(letter, listed if count else 0))

    def _gone_part(self, listed: int) -> Part:
        count, amounts = sum(each[1] for each in self._absent), {each[0]: each[2] for each in self._absent}
        if not count:
            return Part()
        names = select(Item.number, Customer.code, Item.remaining, Item.currency).select_from(self._gone())
        rows = db.session.execute(names.join(Customer, Customer.id == Item.customer_id).order_by(Item.id).limit(listed))
        samples = [Sample(None, number, code, amount, currency) for number, code, amount, currency in rows]
        return Part(count, amounts, samples)

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
        """With the amount its part adds up: of what leaves the one it had, of what stays the one it has then."""
        fields = [each for each in self._comparison.fields if each.shown]
        names, c = [each.field for each in fields], self._rows
        currency, _kind, remaining, _due_on = self._new_values()
        amount = Item.remaining if letter == CLEARED else remaining
        head = (c.line, Item.number, Customer.code, amount, Item.currency, currency)
        values = [column for each in fields for column in (each.column, each.new)]
        query = select(*head, *values).select_from(self._differing()).join(Customer, Customer.id == Item.customer_id)
        found = db.session.execute(query.where(c.change == letter).order_by(c.line).limit(listed))
        return [
            Sample(line, name, code, amount, old if letter == CLEARED else new, _changes(names, values, old, new))
            for line, name, code, amount, old, new, *values in found
        ]


def _by_currency(
    base: Select[*tuple[Any, ...]], currency: Value, columns: Sequence[ColumnElement[Any]]
) -> list[tuple[Any, ...]]:
    """The currency, then the sums.

    SQLite sorts the rows by it first, which of few currencies, as most ledgers have, it need not; PostgreSQL does not.
    """
    if on_postgresql():
        return [tuple(row) for row in db.session.execute(base.add_columns(currency, *columns).group_by(currency))]
    found = db.session.scalars(base.add_columns(currency).distinct().limit(_FEW + 1)).all()
    if len(found) > _FEW:
        return [tuple(row) for row in db.session.execute(base.add_columns(currency, *columns).group_by(currency))]
    summed = base.add_columns(*columns)
    return [(each, *db.session.execute(summed.where(currency == each)).one()) for each in found]


def _changes(names: Sequence[str], values: Sequence[Any], old_currency: str, currency: str) -> list[Change]:
    pairs = zip(names, values[::2], values[1::2], strict=True)
    return [Change(name, shown(old, old_currency), shown(new, currency)) for name, old, new in pairs if old != new]


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
