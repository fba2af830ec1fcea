"""What a row says of an item it knows: the new value of every field, and whether anything differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, literal, null, or_, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from dso.db import Money
from dso.domain.codes import CREDIT_TYPES, DEBIT_TYPES, ClearedBy
from dso.domain.imports.item_rows import ItemRules
from dso.domain.money import ZERO
from dso.models import Item
from dso.services.imports.staging import CHANGED, CLEARED, REOPENED, SAME

#: Any value of SQL: an expression, or a column of a model.
Value = ColumnElement[Any] | InstrumentedAttribute[Any]


@dataclass(frozen=True)
class Compared:
    """One field: its column of items, its new value, and whether people are told of the change."""

    field: str
    column: Value
    new: Value
    shown: bool = True

    @property
    def differs(self) -> ColumnElement[bool]:
        """Whether the row changes it."""
        return self.column.is_distinct_from(self.new)


class Comparison:
    """New values of the fields a file speaks of, in terms of the staged row and the item."""

    def __init__(self, rows: Table, rules: ItemRules) -> None:
        self._c, self._targets, self._rules = rows.c, rules.targets, rules
        self.fields = self._fields()

    def _fields(self) -> list[Compared]:
        c, targets = self._c, self._targets
        found = [
            Compared("issued_on", Item.issued_on, c.issued_on),
            Compared("issued_year", Item.issued_year, c.issued_year, shown=False),
            Compared("due_on", Item.due_on, c.due_on),
            Compared("type", Item.type, self._type()),
            Compared("amount", Item.amount, c.amount),
            Compared("remaining", Item.remaining, self._remaining()),
            Compared("cleared_on", Item.cleared_on, self._cleared_on()),
            Compared("cleared_by", Item.cleared_by, self._cleared_by(), shown=False),
            Compared("cleared_amount", Item.cleared_amount, self._cleared_amount(), shown=False),
            Compared("expected_clearing_on", Item.expected_clearing_on, self._expected()),
        ]
        if "remaining_excl_tax" not in targets:
            found.append(Compared("remaining_excl_tax", Item.remaining_excl_tax, self._remaining_excl_tax()))
        if "unique_id" in targets:
            moves = case((Item.customer_id != c.customer_id, c.account_id), else_=Item.account_id)
            found += [
                Compared("unique_id", Item.unique_id, c.unique_id),
                Compared("number", Item.number, c.number),
                Compared("customer", Item.customer_id, c.customer_id),
                Compared("account_id", Item.account_id, moves, shown=False),
            ]
        if {"type", "erp_type"} & targets:
            found.append(Compared("erp_type", Item.erp_type, c.erp_type))
        if "currency" in targets:
            found.append(Compared("currency", Item.currency, c.currency))
        amounts = [name for name in ("amount_excl_tax", "remaining_excl_tax") if name in targets]
        plain: Sequence[str] = [*amounts, *(name for name in self._rules.plain if name != "cleared_by")]
        return [*found, *(Compared(name, getattr(Item, name), c[name]) for name in plain)]

    def _type(self) -> Value:
        """The type of a file with types; without, the known one unless the sign speaks against it."""
        if {"type", "erp_type"} & self._targets:
            return self._c.type
        against = or_(
            and_(Item.type.in_(DEBIT_TYPES), self._c.amount < 0), and_(Item.type.in_(CREDIT_TYPES), self._c.amount > 0)
        )
        return case((against, self._c.type), else_=Item.type)

    def _remaining(self) -> Value:
        """A file without the remaining amount leaves a partly paid item as it is."""
        if "remaining" in self._targets:
            return self._c.remaining
        both_open = and_(Item.cleared_on.is_(None), self._c.cleared_on.is_(None), Item.amount == self._c.amount)
        return case((both_open, Item.remaining), else_=self._c.remaining)

    def _remaining_excl_tax(self) -> Value:
        """What a file without it leaves: nothing of a cleared item; of a reopened one nobody knows."""
        nothing = case((Item.remaining_excl_tax.is_not(None), literal(ZERO, Money)))
        reopened = Item.cleared_on.is_not(None)
        return case((self._c.cleared_on.is_not(None), nothing), (reopened, null()), else_=Item.remaining_excl_tax)

    def _cleared_on(self) -> Value:
        """The day given replaces any other; the day of the import stands only for one that is not known."""
        c = self._c
        return case(
            (c.cleared_on.is_(None), null()),
            (or_(Item.cleared_on.is_(None), c.cleared_given == 1), c.cleared_on),
            else_=Item.cleared_on,
        )

    def _cleared_by(self) -> Value:
        c = self._c
        if "cleared_by" in self._targets:
            return case((c.cleared_on.is_(None), null()), else_=c.cleared_by)
        by_file = type_coerce(literal(ClearedBy.FILE.value), Item.cleared_by.type)
        return case(
            (c.cleared_on.is_(None), null()),
            (or_(Item.cleared_on.is_(None), c.cleared_given == 1), by_file),
            else_=Item.cleared_by,
        )

    def _cleared_amount(self) -> Value:
        """What stood before it was cleared is kept, unless the file says what it was."""
        if "cleared_amount" in self._targets:
            return case((self._c.cleared_on.is_(None), null()), else_=self._c.cleared_amount)
        return case(
            (self._c.cleared_on.is_(None), null()),
            (Item.cleared_on.is_(None), Item.remaining),
            else_=Item.cleared_amount,
        )

    def _expected(self) -> Value:
        c = self._c
        told = {"cleared_on", "expected_clearing_on"} & self._targets
        given = c.expected_clearing_on if told else Item.expected_clearing_on
        return case((c.cleared_on.is_not(None), null()), else_=given)

    def outcome(self, or_else: str = SAME) -> ColumnElement[str]:
        """What becomes of a known item: cleared, reopened, changed, or the same."""
        c = self._c
        differs = or_(*(each.differs for each in self.fields))
        return case(
            (and_(Item.cleared_on.is_(None), c.cleared_on.is_not(None)), literal(CLEARED)),
            (and_(Item.cleared_on.is_not(None), c.cleared_on.is_(None)), literal(REOPENED)),
            (differs, literal(CHANGED)),
            else_=literal(or_else),
        )
