"""Promises judged: kept as soon as enough came, broken on their day (11.4)."""

from bisect import bisect_left
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Table, bindparam, select, update

from dso.db import among, db, narrowed, read_again
from dso.domain.codes import ClearedBy, EventKind, ImportKind
from dso.domain.money import from_units
from dso.domain.promises import Reduction, counts_on, judge
from dso.models import Action, Entity, ImportRun, Item, ItemChange, Qualification, QualificationItem
from dso.services import history
from dso.services.actions import specific

#: A broken promise is looked at again this long: a payment found later may count from before its day.
_LOOK_BACK = timedelta(days=31)
_ITEMS: Table = Item.__table__  # type: ignore[assignment]
_PROMISES: Table = QualificationItem.__table__  # type: ignore[assignment]


def judge_promises(
    entity: Entity,
    account_ids: Collection[int] | None,
    *,
    today: date,
    now: datetime,
    broken_until: date | None,
) -> None:
    """Settle promises by what has come; only who has seen the ledger of their last day says "broken".

    That is the run of that day, or, where it was missed, the next file of items.
    """
    pending = list(db.session.execute(_pending(entity, account_ids, today)))
    if not pending:
        return
    late = _late_reductions(entity, pending)
    settled: list[tuple[Any, bool]] = []
    for one in pending:
        after = late.get(one.item_id, [])
        by_now = one.remaining - one.open
        before = Reduction(by_now - sum((each.amount for each in after), by_now * 0), one.promised_on)
        kept = judge(asked=one.amount or one.remaining, reductions=[before, *after], until=one.until, today=today)
        if kept is None or kept is one.kept:
            continue
        if kept or (broken_until is not None and one.until <= broken_until):
            settled.append((one, kept))
    _write(entity, settled, today=today, now=now)
    _end_follow_ups([one for one, kept in settled if kept], now=now)


def _pending(entity: Entity, account_ids: Collection[int] | None, today: date) -> Any:
    """Promises that stand on their items and are open, or were broken lately."""
    query = (
        select(
            QualificationItem.qualification_id,
            QualificationItem.item_id,
            QualificationItem.remaining,
            QualificationItem.amount,
            QualificationItem.kept,
            Qualification.promised_on,
            Item.promise_until.label("until"),
            Item.remaining.label("open"),
            Item.number,
            Item.customer_id,
        )
        .join(Qualification, Qualification.id == QualificationItem.qualification_id)
        .join(Item, Item.id == QualificationItem.item_id)
        .where(
            Qualification.entity_id == entity.id,
            Qualification.promised_on.is_not(None),
            Item.qualification_id == Qualification.id,
            Item.promise_until.is_not(None),
            QualificationItem.kept.is_(None)
            | (QualificationItem.kept.is_(False) & (Item.promise_until >= today - _LOOK_BACK)),
        )
        .order_by(QualificationItem.qualification_id, QualificationItem.item_id)
    )
    return narrowed(query, Item.account_id, account_ids)


def _late_reductions(entity: Entity, pending: Iterable[Any]) -> dict[int, list[Reduction]]:
    """What was found after the last day of a promise, with the day from which it counts for the debtor."""
    until = {one.item_id: one.until for one in pending}
    runs = _import_days(entity)
    query = (
        select(
            ItemChange.item_id,
            ItemChange.on,
            ItemChange.old,
            ItemChange.new,
            ItemChange.import_run_id,
            Item.cleared_on,
            Item.cleared_by,
        )
        .join(Item, Item.id == ItemChange.item_id)
        .where(
            ItemChange.entity_id == entity.id,
            ItemChange.on > min(until.values()),
            ItemChange.field == "remaining",
            among(ItemChange.item_id, until),
        )
    )
    found: dict[int, list[Reduction]] = {}
    for row in db.session.execute(query):
        if row.on <= until[row.item_id]:
            continue
        clears = int(row.new or 0) == 0
        day = counts_on(
            found_on=row.on,
            cleared_on=row.cleared_on if clears else None,
            previous_import_on=_day_before(runs, row.import_run_id),
            by_absence=clears and row.cleared_by is ClearedBy.ABSENCE,
        )
        amount = from_units(int(row.old or 0) - int(row.new or 0))
        found.setdefault(row.item_id, []).append(Reduction(amount, day))
    return found


def _import_days(entity: Entity) -> list[tuple[int, date]]:
    query = select(ImportRun.id, ImportRun.on).where(
        ImportRun.entity_id == entity.id, ImportRun.kind == ImportKind.ITEMS, ImportRun.undone_at.is_(None)
    )
    return [(run_id, on) for run_id, on in db.session.execute(query.order_by(ImportRun.id))]


def _day_before(runs: list[tuple[int, date]], run_id: int | None) -> date | None:
    """The day of the items file before the one of a change."""
    place = bisect_left(runs, (run_id, date.min)) if run_id is not None else 0
    return runs[place - 1][1] if place > 0 else None


def _write(entity: Entity, settled: list[tuple[Any, bool]], *, today: date, now: datetime) -> None:
    if not settled:
        return
    key = (_PROMISES.c.qualification_id == bindparam("act"), _PROMISES.c.item_id == bindparam("item"))
    db.session.execute(
        update(_PROMISES).where(*key).values(kept=bindparam("so"), settled_on=today),
        [{"act": one.qualification_id, "item": one.item_id, "so": kept} for one, kept in settled],
    )
    db.session.execute(
        update(_ITEMS).where(_ITEMS.c.id == bindparam("item")).values(promise_broken=bindparam("broken")),
        [{"item": one.item_id, "broken": not kept} for one, kept in settled],
    )
    judged = {one.item_id for one, _kept in settled}
    read_again(
        lambda row: (
            (isinstance(row, Item) and row.id in judged)
            or (isinstance(row, QualificationItem) and row.item_id in judged)
        )
    )
    history.record_many(
        [
            history.entry(
                entity.id,
                one.customer_id,
                EventKind.STATUS,
                _KEPT if kept else _BROKEN,
                now=now,
                number=one.number,
                day=one.promised_on.isoformat(),
            )
            for one, kept in settled
        ]
    )


def _end_follow_ups(kept: list[Any], *, now: datetime) -> None:
    """Items of which the promised part came leave the follow-up, which would say that it did not."""
    query = (
        select(Item)
        .join(Action, Action.id == Item.held_by_id)
        .where(
            Item.id.in_([one.item_id for one in kept if one.open > 0]), Action.qualification_id == Item.qualification_id
        )
    )
    specific.release(list(db.session.scalars(query)), "the promise was kept", actor=None, now=now)


_KEPT = "Promise of %(day)s kept: %(number)s"
_BROKEN = "Promise of %(day)s broken: %(number)s"
