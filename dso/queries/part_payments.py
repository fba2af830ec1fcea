"""Part payments of the last working days: the next automatic message asks a person first (3.4)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import BigInteger, select, type_coerce

from dso.db import db, narrowed
from dso.domain.calendars import WorkingCalendar
from dso.domain.codes import ItemType
from dso.domain.money import to_units
from dso.models import Entity, Item, ItemChange
from dso.queries.pool import PoolRow, accounts

#: Working days that are looked back, and the share that counts: one fifth.
DAYS = 5
FIFTH = 5


@dataclass(slots=True)
class _Paid:
    """What came in on one account: per currency, and on which of its items; ten-thousandths."""

    last_on: date
    by_currency: dict[str, int] = field(default_factory=dict)
    by_item: dict[int, int] = field(default_factory=dict)

    def add(self, item_id: int, currency: str, units: int, on: date) -> None:
        self.last_on = max(self.last_on, on)
        self.by_currency[currency] = self.by_currency.get(currency, 0) + units
        self.by_item[item_id] = self.by_item.get(item_id, 0) + units


def part_paid(
    entity: Entity,
    pool: Mapping[int, PoolRow],
    calendar: WorkingCalendar,
    today: date,
    ids: Collection[int] | None = None,
) -> dict[int, date]:
    """Accounts of which a fifth or more was paid in the last five working days, with the day of the latest payment.

    Counted are open items whose remaining amount fell, and unallocated payments of these days; against the leader
    alone or all that is chaseable in its currency. Two statements.
    """
    since = calendar.back(today, DAYS)
    found: dict[int, _Paid] = {}
    _add_reductions(found, entity, since, today, ids)
    _add_unallocated(found, entity, since, today, ids)
    return {
        account_id: paid.last_on
        for account_id, paid in found.items()
        if (row := pool.get(account_id)) is not None and _is_a_part(row, paid)
    }


def _is_a_part(row: PoolRow, paid: _Paid) -> bool:
    if row.leader is None:
        return False
    on_leader = paid.by_item.get(row.leader.id, 0)
    if on_leader > 0 and FIFTH * on_leader >= to_units(row.leader.remaining) + on_leader:
        return True
    chaseable = {currency: to_units(amount) for currency, amount in row.chaseable.items()}
    return any(
        units > 0 and FIFTH * units >= max(chaseable.get(currency, 0), 0) + units
        for currency, units in paid.by_currency.items()
    )


def _add_reductions(
    found: dict[int, _Paid], entity: Entity, since: date, today: date, ids: Collection[int] | None
) -> None:
    query = (
        select(Item.account_id, Item.id, Item.currency, ItemChange.on, ItemChange.old, ItemChange.new)
        .join(Item, Item.id == ItemChange.item_id)
        .where(
            ItemChange.entity_id == entity.id,
            ItemChange.on > since,
            ItemChange.on <= today,
            ItemChange.field == "remaining",
            Item.cleared_on.is_(None),
            type_coerce(Item.remaining, BigInteger) > 0,
        )
    )
    for account_id, item_id, currency, on, old, new in db.session.execute(narrowed(query, Item.account_id, ids)):
        units = int(old or 0) - int(new or 0)
        # An item that was cleared and came back was not paid in part; only what fell on balance counts.
        found.setdefault(account_id, _Paid(on)).add(item_id, currency, units, on)


def _add_unallocated(
    found: dict[int, _Paid], entity: Entity, since: date, today: date, ids: Collection[int] | None
) -> None:
    query = select(Item.account_id, Item.id, Item.currency, Item.issued_on, Item.remaining).where(
        Item.account_id.in_(accounts(entity, ids)),
        Item.cleared_on.is_(None),
        type_coerce(Item.remaining, BigInteger) < 0,
        Item.type == ItemType.PAYMENT,
        Item.issued_on > since,
        Item.issued_on <= today,
    )
    for account_id, item_id, currency, on, remaining in db.session.execute(query):
        found.setdefault(account_id, _Paid(on)).add(item_id, currency, -to_units(remaining), on)
