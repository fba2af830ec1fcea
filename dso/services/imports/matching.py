"""Finding the item each row is about: identity of 1.3, adoption of unique identifiers, corrected issue dates (11.5)."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select, true, update
from sqlalchemy.orm import aliased

from dso.db import among, db
from dso.domain.imports import rejects
from dso.domain.imports.item_rows import ItemRules
from dso.domain.imports.rejects import Reject
from dso.domain.imports.unsaid import UNSAID
from dso.domain.money import ZERO
from dso.models import Entity, Item
from dso.services.imports.comparing import Comparison
from dso.services.imports.known import refuse_met_among, refuse_met_twice
from dso.services.imports.staging import CHANGED, MOVED, NEW, REJECTED, Stage

#: Issue dates farther apart are two items that happen to have one number, not one that was corrected.
_CORRECTED_WITHIN = timedelta(days=31)
_BATCH = 5_000


class Matching:
    """Matches the staged rows of one file to the entity's items."""

    def __init__(self, entity: Entity, stage: Stage, rules: ItemRules, comparison: Comparison) -> None:
        self._entity, self._stage, self._rules, self._comparison = entity, stage, rules, comparison
        self._by_unique_id = "unique_id" in rules.targets
        self._dump = rules.mapping.dump
        self._rows = stage.rows

    def run(self) -> None:
        """Reject what is not unique, then give every row its item and what becomes of it."""
        self._stage.index_key(*(["unique_id"] if self._by_unique_id else ["number", "issued_year"]))
        self._reject_twice(*self._key())
        if self._dump:
            self._reject_twice(*self._plain_key(), where=self._rows.c.unique_id.is_(None))
        if self._has_items():
            self._find()
            self._reject_of_another_currency()
        if self._rules.mapping.keeps_unsaid:
            self._reject_undated()

    def _find(self) -> None:
        if self._by_unique_id:
            self._match(self._rows.c.unique_id == Item.unique_id)
            refuse_met_twice(self._stage)
            if self._dump:
                self._match(self._same_plain())
            else:
                self._adopt()
            self._stage.index_items()
        else:
            self._match(self._same_number())
            self._stage.index_items()
            self._reject_ambiguous()
            self._reject_moved()
            refuse_met_twice(self._stage)
            refuse_met_among(self._stage, self._number_key)
            self._correct_years()

    def _has_items(self) -> bool:
        return bool(db.session.scalar(select(exists().where(Item.entity_id == self._entity.id))))

    def _key(self) -> list[ColumnElement[object]]:
        names = ["unique_id"] if self._by_unique_id else self._number_key
        return [self._rows.c[name] for name in names]

    @property
    def _number_key(self) -> list[str]:
        """What tells items apart where no unique identifier does."""
        mapping = self._rules.mapping
        return ["number", "issued_year", *["due_on"] * mapping.key_due, *["type"] * mapping.key_type]

    def _same_number(self, item: type[Item] = Item) -> ColumnElement[bool]:
        return and_(*(self._rows.c[name] == getattr(item, name) for name in self._number_key))

    def _plain_key(self) -> list[Any]:
        """What tells items of a dump apart that have no unique identifier."""
        c = self._rows.c
        return [c.customer_id, c.number, c.issued_year, c.due_on, c.type]

    def _same_plain(self) -> ColumnElement[bool]:
        """The item without unique identifier that a row of a dump without one is about."""
        same = (getattr(Item, each.name) == each for each in self._plain_key())
        return and_(self._rows.c.unique_id.is_(None), Item.unique_id.is_(None), *same)

    def _reject_twice(self, *key: Any, where: ColumnElement[bool] | None = None) -> None:
        """Two rows of one file with the same identity: both are rejected."""
        among = (*(each.is_not(None) for each in key), true() if where is None else where)
        twice = select(*key).where(*among).group_by(*key).having(func.count() > 1).subquery()
        same = and_(among[-1], *(each == twice.c[each.name] for each in key))
        self._reject(select(self._rows).join(twice, same).where(self._rows.c.change != REJECTED))

    def _reject_ambiguous(self) -> None:
        """Rows whose key fits another known item beside the one found: those were told apart by more than this key."""
        c, other = self._rows.c, aliased(Item)
        several = exists().where(other.entity_id == self._entity.id, self._same_number(other), other.id != c.item_id)
        self._reject(select(self._rows).where(c.item_id.is_not(None), c.change != REJECTED, several))

    def _has_unique_ids(self, which: ColumnElement[bool]) -> bool:
        return bool(db.session.scalar(select(exists().where(Item.entity_id == self._entity.id, which))))

    def _match(self, same: ColumnElement[bool]) -> None:
        """Give rows their item and, unless rejected, what becomes of it."""
        c = self._rows.c
        outcomes: list[tuple[ColumnElement[bool], ColumnElement[str]]] = [(c.change == REJECTED, literal(REJECTED))]
        if not self._by_unique_id:
            outcomes.append((c.customer_id != Item.customer_id, literal(MOVED)))
        change = case(*outcomes, else_=self._comparison.outcome())
        statement = update(self._rows).values(item_id=Item.id, change=change)
        db.session.execute(statement.where(Item.entity_id == self._entity.id, same), execution_options=_QUIET)

    def _reject_moved(self) -> None:
        """A row that would move a known item to another customer: the ledger it is known in may be wrong."""
        c = self._rows.c
        columns = [Item.customer_id if each is c.customer_id else each for each in c]
        self._reject(select(*columns).join(Item, Item.id == c.item_id).where(c.change == MOVED))

    def _reject_undated(self) -> None:
        """Rows of new items without a due date."""
        c = self._rows.c
        self._reject(select(self._rows).where(c.due_on.is_(None), c.change == NEW), self._undated)

    def _undated(self, row: dict[str, object]) -> Reject:
        return self._said_of(row, "due_on", rejects.NO_DUE_DATE)

    def _reject_of_another_currency(self) -> None:
        """Rows that do not say their currency, which then is the company's, of items in another one."""
        c, said = self._rows.c, "currency" in self._rules.targets
        if said and not self._rules.mapping.keeps_unsaid:
            return
        unsaid = c.unsaid.op("&")(UNSAID["currency"]) != 0 if said else true()
        columns = [Item.currency if each is c.currency else each for each in c]
        query = select(*columns).join(Item, Item.id == c.item_id)
        where = (Item.currency != self._entity.currency, c.change != REJECTED, unsaid)
        self._reject(query.where(*where), self._uncounted)

    def _uncounted(self, row: dict[str, object]) -> Reject:
        return self._said_of(row, "currency", rejects.UNSAID_CURRENCY, currency=str(row["currency"]))

    def _said_of(self, row: dict[str, object], target: str, reason: str, **params: str) -> Reject:
        """Why a row is rejected for what it does not say."""
        line, customer_id, number = int(str(row["line"])), int(str(row["customer_id"])), str(row["number"])
        known = customer_id if customer_id > 0 else None
        return Reject(line, self._rules.column(target), "", reason, {"number": number, **params}, known, number)

    def _reject(
        self, query: Select[tuple[object, ...]], said: Callable[[dict[str, object]], Reject] | None = None
    ) -> None:
        """Reject the rows of a query, as not unique unless more is said; they stay present in the file."""
        found = db.session.execute(query, execution_options={"yield_per": _BATCH})
        for rows in found.mappings().partitions(_BATCH):
            self._stage.reject([(said or self._not_unique)(row) for row in rows])  # type: ignore[arg-type]
        c, rejected = self._rows.c, self._stage.rejects
        lines = select(rejected.c.line)
        db.session.execute(
            update(self._rows).where(c.line.in_(lines), c.change != REJECTED).values(change=REJECTED),
            execution_options=_QUIET,
        )

    def _not_unique(self, row: dict[str, object]) -> Reject:
        number, customer_id = str(row["number"] or ""), row["customer_id"]
        known = int(str(customer_id)) if customer_id is not None and int(str(customer_id)) > 0 else None
        line = int(str(row["line"]))
        if self._by_unique_id and row["unique_id"] is not None:
            value = str(row["unique_id"])
            params, reason, target = {"unique_id": value}, rejects.UNIQUE_ID_TWICE, "unique_id"
        else:
            value = number
            params = {"number": number, "year": str(row["issued_year"])}
            reason, target = rejects.NOT_UNIQUE, "number"
        return Reject(line, self._rules.column(target), value, reason, params, known, number)

    def _adopt(self) -> None:
        """The first file with unique identifiers adopts the items known by number and year."""
        if not self._has_unique_ids(Item.unique_id.is_(None)):
            return
        c = self._rows.c
        number = and_(c.number == Item.number, c.issued_year == Item.issued_year, Item.unique_id.is_(None))
        amount, due = c.amount == Item.amount, c.due_on == Item.due_on
        fits = case((and_(amount, due), 0), (due, 1), (amount, 2), else_=3)
        pairs = (
            select(c.line, Item.id)
            .select_from(self._rows)
            .join(Item, and_(Item.entity_id == self._entity.id, number))
            .where(c.item_id.is_(None), or_(c.customer_id == Item.customer_id, c.change == REJECTED))
            .order_by(fits, c.line, Item.id)
        )
        self._pair(db.session.execute(pairs).all())

    def _correct_years(self) -> None:
        """An issue date corrected over new year: same customer, number and amount, the item itself not in the file."""
        c, other = self._rows.c, self._rows.alias()
        same = and_(
            Item.entity_id == self._entity.id,
            # Said so that SQLite looks the items of a new row up by their number, and nothing else by anything else.
            Item.number == func.coalesce(c.number, ""),
            *(getattr(Item, name) == c[name] for name in self._number_key if name not in ("number", "issued_year")),
            Item.issued_year.in_([c.issued_year - 1, c.issued_year + 1]),
            Item.customer_id + 0 == c.customer_id,
            Item.amount == c.amount,
            Item.currency == c.currency,
            Item.remaining != ZERO,
        )
        found = db.session.execute(
            select(c.line, Item.id, c.number, Item.issued_on, c.issued_on)
            .select_from(self._rows)
            .join(Item, same)
            .where(c.change == NEW, ~exists().where(other.c.item_id == Item.id), *self._unmet())
            .order_by(c.line)
        ).all()
        near = [row for row in found if abs(row[4] - row[3]) <= _CORRECTED_WITHIN]
        fits = Counter(row[0] for row in near)
        self._reject_lines([line for line, items in fits.items() if items > 1])
        near = [row for row in near if fits[row[0]] == 1]
        for line, _item_id, number, old, new in near:
            self._rules.result.remarks.add(
                line,
                self._rules.column("issued_on"),
                new.isoformat(),
                rejects.RENUMBERED_YEAR,
                number=number,
                old=old.isoformat(),
                new=new.isoformat(),
            )
        self._pair([(row[0], row[1]) for row in near])

    def _reject_lines(self, lines: Sequence[int]) -> None:
        """Rows that fit several items but for the year."""
        if lines:
            self._reject(select(self._rows).where(among(self._rows.c.line, lines)))

    def _unmet(self) -> list[ColumnElement[bool]]:
        """Leaves out the items whose own row is in the file and was passed over."""
        unmet = self._stage.unmet
        return [exists().where(unmet.c.item_id == Item.id)] if self._stage.met else []

    def _pair(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Give rows the items found for them, each once, the better fit first."""
        lines: dict[int, int] = {}
        taken: set[int] = set()
        for line, item_id in pairs:
            if line not in lines and item_id not in taken:
                lines[line] = item_id
                taken.add(item_id)
        if not lines:
            return
        self._set_items(lines)

    def _set_items(self, lines: dict[int, int]) -> None:
        """Write the pairs by way of the scratch table of differing rows."""
        pairs, c = self._stage.differing, self._rows.c
        db.session.execute(pairs.insert(), [{"line": line, "item_id": item_id} for line, item_id in lines.items()])
        change = case((c.change == REJECTED, literal(REJECTED)), else_=self._comparison.outcome(or_else=CHANGED))
        matched = update(self._rows).values(item_id=Item.id, change=change)
        db.session.execute(matched.where(c.line == pairs.c.line, Item.id == pairs.c.item_id), execution_options=_QUIET)
        db.session.execute(pairs.delete())


_QUIET = {"synchronize_session": False}
