"""What a row says of an item it knows: the new value of every field, and whether anything differs."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, func, literal, null, or_, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from dso.db import Money
from dso.domain.codes import CREDIT_TYPES, DEBIT_TYPES, ClearedBy, ImportMode
from dso.domain.imports.item_rows import ItemRules
from dso.domain.imports.unsaid import UNSAID
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
        self._c, self._rules = rows.c, rules
        #: The fields a row may say something of; either field of the type tells it.
        self._targets = rules.targets | {"type"} if "erp_type" in rules.targets else rules.targets
        self._cleared_day: Value = self._c.cleared_on
        self._left: Value = self._c.remaining
        if rules.mapping.keeps_unsaid and rules.mapping.mode is not ImportMode.STOCK:
            # A row that says neither is no word of a paid item's being open; among all open items it is.
            stays = and_(self._unsaid("cleared_on"), self._unsaid("remaining"), Item.cleared_on.is_not(None))
            self._cleared_day = case((stays, Item.cleared_on), else_=self._c.cleared_on)
            self._left = case((stays, literal(ZERO, Money)), else_=self._c.remaining)
        self.fields = self._fields()

    def _unsaid(self, name: str) -> ColumnElement[bool]:
        """Whether a row says nothing of a field."""
        return self._c.unsaid.op("&")(UNSAID[name]) != 0

    def _said(self, name: str, known: Value, new: Value | None = None) -> Value:
        """What a row says of a field (`new`, else as it is staged); `known` where the file, or such a row, does not."""
        if name not in self._targets:
            return known
        said: Value = self._c[name] if new is None else new
        return case((self._unsaid(name), known), else_=said) if self._rules.mapping.keeps_unsaid else said

    def _fields(self) -> list[Compared]:
        c, targets = self._c, self._targets
        found = [
            Compared("issued_on", Item.issued_on, c.issued_on),
            Compared("issued_year", Item.issued_year, c.issued_year, shown=False),
            Compared("due_on", Item.due_on, self._said("due_on", Item.due_on)),
            Compared("type", Item.type, self._type()),
            Compared("amount", Item.amount, c.amount),
            Compared("remaining", Item.remaining, self._remaining()),
            Compared("cleared_on", Item.cleared_on, self._cleared_on()),
            Compared("cleared_by", Item.cleared_by, self._cleared_by(), shown=False),
            Compared("cleared_amount", Item.cleared_amount, self._cleared_amount(), shown=False),
            Compared("expected_clearing_on", Item.expected_clearing_on, self._expected()),
            Compared("remaining_excl_tax", Item.remaining_excl_tax, self._remaining_excl_tax()),
        ]
        if "unique_id" in targets:
            moves = case((Item.customer_id != c.customer_id, c.account_id), else_=Item.account_id)
            found += [
                Compared("unique_id", Item.unique_id, c.unique_id),
                Compared("number", Item.number, c.number),
                Compared("customer", Item.customer_id, c.customer_id),
                Compared("account_id", Item.account_id, moves, shown=False),
            ]
        if "type" in targets:
            found.append(Compared("erp_type", Item.erp_type, self._said("type", Item.erp_type, c.erp_type)))
        plain = [name for name in self._rules.plain if name != "cleared_by"]
        for name in (*[each for each in ("currency", "amount_excl_tax") if each in targets], *plain):
            column = getattr(Item, name)
            found.append(Compared(name, column, self._said(name, column)))
        return found

    def _type(self) -> Value:
        """The type of a row with one; without, the known one unless the sign speaks against it."""
        against = or_(
            and_(Item.type.in_(DEBIT_TYPES), self._c.amount < 0), and_(Item.type.in_(CREDIT_TYPES), self._c.amount > 0)
        )
        return self._said("type", case((against, self._c.type), else_=Item.type))

    def _remaining(self) -> Value:
        """A row without the remaining amount leaves a partly paid item as it is, its amount corrected or not.

        Unless more would remain than the amount, or on the other side.
        """
        amount = self._c.amount
        partly = and_(Item.remaining != Item.amount, func.abs(Item.remaining) <= func.abs(amount))
        same_side = or_(and_(Item.remaining > ZERO, amount > ZERO), and_(Item.remaining < ZERO, amount < ZERO))
        stays = or_(Item.amount == amount, and_(partly, same_side))
        both_open = and_(Item.cleared_on.is_(None), self._cleared_day.is_(None))
        return self._said("remaining", case((and_(both_open, stays), Item.remaining), else_=self._left), self._left)

    def _remaining_excl_tax(self) -> Value:
        """What a row without it leaves: nothing of a cleared item; of a reopened one nobody knows."""
        nothing = case((Item.remaining_excl_tax.is_not(None), literal(ZERO, Money)))
        reopened = Item.cleared_on.is_not(None)
        known = case((self._cleared_day.is_not(None), nothing), (reopened, null()), else_=Item.remaining_excl_tax)
        return self._said("remaining_excl_tax", known)

    def _cleared_on(self) -> Value:
        """The day given replaces any other; the day of the import stands only for one that is not known."""
        day = self._cleared_day
        return case(
            (day.is_(None), null()),
            (or_(Item.cleared_on.is_(None), self._c.cleared_given == 1), day),
            else_=Item.cleared_on,
        )

    def _cleared_by(self) -> Value:
        by_file = type_coerce(literal(ClearedBy.FILE.value), Item.cleared_by.type)
        fresh = or_(Item.cleared_on.is_(None), self._c.cleared_given == 1)
        by = self._said("cleared_by", case((fresh, by_file), else_=Item.cleared_by))
        return case((self._cleared_day.is_not(None), by))

    def _cleared_amount(self) -> Value:
        """What stood before it was cleared is kept, unless the file says what it was."""
        known = case((Item.cleared_on.is_(None), Item.remaining), else_=Item.cleared_amount)
        return case((self._cleared_day.is_not(None), self._said("cleared_amount", known)))

    def _expected(self) -> Value:
        told = {"cleared_on", "expected_clearing_on"} & self._targets
        given: Value = self._c.expected_clearing_on if told else Item.expected_clearing_on
        if self._rules.mapping.keeps_unsaid:
            unsaid = and_(*map(self._unsaid, ("cleared_on", "expected_clearing_on")))
            given = case((unsaid, Item.expected_clearing_on), else_=given)
        return case((self._cleared_day.is_(None), given))

    def outcome(self, or_else: str = SAME) -> ColumnElement[str]:
        """What becomes of a known item: cleared, reopened, changed, or the same."""
        day = self._cleared_day
        differs = or_(*(each.differs for each in self.fields))
        return case(
            (and_(Item.cleared_on.is_(None), day.is_not(None)), literal(CLEARED)),
            (and_(Item.cleared_on.is_not(None), day.is_(None)), literal(REOPENED)),
            (differs, literal(CHANGED)),
            else_=literal(or_else),
        )
