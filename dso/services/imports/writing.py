"""Writing a staged items file: a handful of set statements, every change written down."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy.orm import aliased

from dso.db import Json, Money, db, on_postgresql
from dso.domain.codes import ClearedBy
from dso.domain.money import ZERO
from dso.models import Customer, Entity, ImportRun, Item, ItemChange, RejectedRow
from dso.services.imports import befores
from dso.services.imports.comparing import Compared, Comparison, Value
from dso.services.imports.new_customers import make_drafts
from dso.services.imports.staging import CHANGED, CLEARED, NEW, REJECTED, REOPENED, SAME, Stage

_ITEMS: Table = Item.__table__  # type: ignore[assignment]
_REJECTED, _CUSTOMERS = befores.table_of(RejectedRow), befores.table_of(Customer)
_QUIET = {"synchronize_session": False}


class Writing:
    """Writes one staged file in the caller's transaction."""

    def __init__(self, entity: Entity, stage: Stage, comparison: Comparison, run: ImportRun) -> None:
        self._entity, self._stage, self._comparison, self._run = entity, stage, comparison, run
        self._rows = stage.rows.c
        #: Customers whose ledger became incomplete, or whole again.
        self._flagged: set[int] = set()

    def create_customers(self, created: dict[str, int], now: datetime) -> int:
        """Make the customers unknown codes stand for (by negative id), where a row of theirs goes in; how many."""
        if not created:
            return 0
        used = set(db.session.scalars(select(self._rows.customer_id).distinct().where(self._fresh())))
        codes = [code for code, placeholder in created.items() if placeholder in used]
        made = make_drafts(self._entity, codes, self._run, now=now)
        pairs = self._stage.differing
        kept = db.session.execute(select(pairs)).all()
        db.session.execute(pairs.delete())
        if made:
            rows = [{"line": -created[code], "item_id": made[code]} for code in codes]
            db.session.execute(insert(pairs), rows)
            values = {"customer_id": pairs.c.item_id, "account_id": pairs.c.item_id}
            mapped = update(self._stage.rows).values(values).where(self._rows.customer_id == -pairs.c.line)
            db.session.execute(mapped, execution_options=_QUIET)
            db.session.execute(pairs.delete())
        if kept:
            db.session.execute(insert(pairs), [row._asdict() for row in kept])
        return len(codes)

    def _fresh(self) -> ColumnElement[bool]:
        return self._rows.change == NEW

    def insert_new(self) -> int:
        """Put new items in; how many."""
        values: dict[str, Any] = {
            "entity_id": literal(self._entity.id),
            # Asked again: somebody may have named a pilot while the file was read.
            "account_id": func.coalesce(Customer.collected_by_id, Customer.id),
            "last_import_id": literal(self._run.id),
            "created_at": literal(self._run.at, _ITEMS.c.created_at.type),
            "updated_at": literal(self._run.at, _ITEMS.c.updated_at.type),
            "cleared_by": case((self._rows.cleared_on.is_not(None), self._by())),
        }
        for column in _ITEMS.c:
            if column.name in values or column.primary_key:
                continue
            if column.name == "custom":
                values["custom"] = self._custom()
            elif column.name in self._rows:
                values[column.name] = self._rows[column.name]
            elif column.default is not None:
                values[column.name] = literal(column.default.arg, column.type)  # type: ignore[attr-defined]
        source = self._stage.rows.join(Customer, Customer.id == self._rows.customer_id)
        found = select(*values.values()).select_from(source).where(self._fresh())
        statement = insert(_ITEMS).from_select(list(values), found, include_defaults=False)
        done: Any = db.session.execute(statement, execution_options={"preserve_rowcount": True})
        return int(done.rowcount)

    def _by(self) -> Value:
        """How new items became cleared: by the file, unless it says more."""
        said: Value | None = self._rows.get("cleared_by")
        return type_coerce(literal(ClearedBy.FILE.value), _ITEMS.c.cleared_by.type) if said is None else said

    def _custom(self) -> Value:
        return _as_json(self._rows["custom"] if "custom" in self._rows else literal("{}", Text))

    def change_known(self, changing: Sequence[Compared]) -> None:
        """Write down every change of known items, then make it.

        Only fields that some item changes are named (`changing`): a database that is told of a column keeps all its
        indexes.
        """
        differing, rows = self._stage.differing, self._stage.rows
        if not self._stage.holds(differing):
            return
        known = differing.join(rows, rows.c.line == differing.c.line).join(Item, Item.id == differing.c.item_id)
        values: dict[str, Any] = {"fingerprint": rows.c.fingerprint}
        for each in changing:
            self._note(each.field, _as_text(each.column), _as_text(each.new), known, each.differs)
            values[str(each.column.key)] = each.new
        if "custom" in rows.c:
            now = cast(Item.custom, Text)
            self._note("custom", now, rows.c["custom"], known, now != rows.c["custom"])
            values["custom"] = self._custom()
        statement = update(Item).values(
            **values, last_import_id=self._run.id, updated_at=literal(self._run.at, _ITEMS.c.updated_at.type)
        )
        on = and_(Item.id == differing.c.item_id, rows.c.line == differing.c.line)
        db.session.execute(statement.where(on), execution_options=_QUIET)

    def keep_fingerprints(self) -> None:
        """Items whose row said the same keep its fingerprint; those whose row is rejected lose theirs."""
        c = self._rows
        proof = case((c.change == SAME, c.fingerprint))
        mine = (Item.id == c.item_id, c.change.in_([SAME, REJECTED]), Item.cleared_on.is_(None))
        statement = update(Item).values(fingerprint=proof).where(*mine, Item.fingerprint.is_distinct_from(proof))
        db.session.execute(statement, execution_options=_QUIET)

    def clear_gone(self) -> None:
        """Clear what is absent from a full file: deemed paid, and marked so."""
        gone = self._stage.gone
        if not self._stage.holds(gone):
            return
        where = gone.join(Item, Item.id == gone.c.item_id)
        day, nothing = literal(self._run.on.isoformat(), Text), literal("0", Text)
        for field, old, new in (
            ("cleared_on", null(), day),
            ("cleared_by", null(), literal(ClearedBy.ABSENCE.value, Text)),
            ("cleared_amount", null(), _as_text(Item.remaining)),
            ("remaining", _as_text(Item.remaining), nothing),
        ):
            self._note(field, old, new, where, true())
        self._note("expected_clearing_on", _as_text(Item.expected_clearing_on), null(), where,
                   Item.expected_clearing_on.is_not(None))  # fmt: skip
        excl = Item.remaining_excl_tax
        self._note("remaining_excl_tax", _as_text(excl), nothing, where, excl != ZERO)
        statement = update(Item).values(
            cleared_on=self._run.on,
            cleared_by=ClearedBy.ABSENCE,
            cleared_amount=Item.remaining,
            remaining=ZERO,
            remaining_excl_tax=case((excl.is_not(None), literal(ZERO, Money))),
            expected_clearing_on=None,
            last_import_id=self._run.id,
            updated_at=self._run.at,
        )
        db.session.execute(statement.where(Item.id == gone.c.item_id), execution_options=_QUIET)

    def _note(
        self,
        field: str,
        old: Value,
        new: Value,
        source: Any,
        where: ColumnElement[bool],
    ) -> None:
        """Write down the change of one field for all items of a join."""
        run = self._run
        values: dict[str, Value] = {
            "entity_id": literal(self._entity.id),
            "item_id": Item.id,
            "on": literal(run.on, ItemChange.on.type),
            "at": literal(run.at, ItemChange.at.type),
            "field": literal(field),
            "old": old,
            "new": new,
            "import_run_id": literal(run.id),
            "actor_id": literal(run.actor_id, BigInteger) if run.actor_id else cast(null(), BigInteger),
        }
        found = select(*values.values()).select_from(source).where(where)
        db.session.execute(insert(ItemChange).from_select(list(values), found, include_defaults=False))

    def keep_rejects(self, *, whole: bool) -> None:
        """Keep rejected rows, and hold automatic sending to customers whose ledger lacks one (2.3).

        A `whole` file says all there is: what it does not name is missing no more.
        """
        staged, rows = self._stage.rejects, self._rows
        owner = select(Item.customer_id).join(self._stage.rows, rows.item_id == Item.id)
        self._own(owner)
        self._settle_pending(whole=whole)
        known = case((staged.c.customer_id.is_not(None), true()), else_=~true())
        values = {
            "import_run_id": literal(self._run.id),
            "line": staged.c.line,
            "column": staged.c.column,
            "value": staged.c.value,
            "reason": staged.c.reason,
            "params": _as_json(staged.c.params),
            "customer_id": staged.c.customer_id,
            "number": staged.c.number,
            "issued_year": rows.issued_year,
            "pending": known,
        }
        source = staged.outerjoin(self._stage.rows, rows.line == staged.c.line)
        found = select(*values.values()).select_from(source).order_by(staged.c.line)
        db.session.execute(insert(RejectedRow).from_select(list(values), found, include_defaults=False))
        self._flag_customers(whole=whole)

    def _own(self, owner: Any) -> None:
        """A rejected row with an unknown customer but a known item belongs to the item's customer."""
        staged = self._stage.rejects
        found = owner.where(self._rows.line == staged.c.line).correlate(staged).scalar_subquery()
        db.session.execute(
            update(staged).values(customer_id=found).where(staged.c.customer_id.is_(None)), execution_options=_QUIET
        )

    def _settle_pending(self, *, whole: bool) -> None:
        """Take earlier rejections back: of items that came, and by a whole file of all it does not reject again."""
        mine = select(ImportRun.id).where(ImportRun.entity_id == self._entity.id)
        staged = self._stage.rejects.c
        again = select(staged.number).where(staged.customer_id.is_(None))
        settled = RejectedRow.number.not_in(again) if whole else self._came()
        statement = update(RejectedRow).where(RejectedRow.pending, RejectedRow.import_run_id.in_(mine), settled)
        befores.setting(self._run, _REJECTED, statement.whereclause, pending=True)
        db.session.execute(statement.values(pending=False), execution_options=_QUIET)

    def _came(self) -> ColumnElement[bool]:
        """Whether the row that was rejected went in: a row of its customer, year and number, or without one like it."""
        c, missing = self._rows, aliased(RejectedRow)
        same = and_(
            missing.customer_id == c.customer_id,
            or_(missing.issued_year.is_(None), missing.issued_year == c.issued_year),
            c.change != REJECTED,
        )
        made_up = c.number.like(cast(c.type, Text) + "-%-" + cast(c.issued_on, Text) + "-%")
        found = select(missing.id).join(self._stage.rows, same).where(missing.pending)
        numbered, unnumbered = missing.number == c.number, and_(missing.number == "", made_up)
        return or_(RejectedRow.id.in_(found.where(numbered)), RejectedRow.id.in_(found.where(unnumbered)))

    def _flag_customers(self, *, whole: bool) -> None:
        """Hold whose ledger lacks a row; whose last one came is free again.

        Where nobody knows what a ledger lacks, as of one read back from a dump, only a whole file says: nothing.
        """
        # Asked once of all rejected rows, and not for each customer: they pile up over the years.
        missing = select(RejectedRow.customer_id).where(RejectedRow.pending, RejectedRow.customer_id.is_not(None))
        lacks = Customer.id.in_(missing)
        came = select(RejectedRow.customer_id).where(RejectedRow.id.in_(befores.changed_by(self._run, _REJECTED)))
        free = ~lacks if whole else and_(~lacks, Customer.id.in_(came))
        mine = Customer.entity_id == self._entity.id
        for flag, condition in ((True, lacks), (False, free)):
            statement = update(Customer).where(mine, Customer.ledger_incomplete.is_(not flag), condition)
            befores.setting(self._run, _CUSTOMERS, statement.whereclause, ledger_incomplete=not flag)
            flagged = statement.values(ledger_incomplete=flag).returning(Customer.id)
            self._flagged.update(db.session.scalars(flagged, execution_options=_QUIET))

    def touched(self) -> list[int]:
        """Customers whose account changed or lost an item, or whose hold changed."""
        rows, stage = self._rows, self._stage
        items = or_(Item.id.in_(select(stage.gone.c.item_id)), Item.id.in_(select(stage.differing.c.item_id)))
        found = set(self._flagged)
        for query in (
            select(rows.customer_id).distinct().where(rows.change.in_([NEW, CHANGED, CLEARED, REOPENED])),
            select(Item.customer_id).distinct().where(items),
            befores.left_accounts(self._run),
            select(stage.rejects.c.customer_id).distinct().where(stage.rejects.c.customer_id.is_not(None)),
        ):
            found.update(db.session.scalars(query))
        return sorted(found)


def _as_json(text: Value) -> Value:
    """Text that is JSON, as each database takes it."""
    return cast(text, Json) if on_postgresql() else type_coerce(text, Text)


def _as_text(value: Value) -> Value:
    """A value as `item_changes` keeps it: amounts in ten-thousandths, days as ISO dates, yes/no as 1/0."""
    if isinstance(value.type, Boolean):
        return case((value.is_(None), null()), (value, literal("1", Text)), else_=literal("0", Text))
    plain = type_coerce(value, BigInteger) if isinstance(value.type, Money) else value
    return cast(plain, Text)
