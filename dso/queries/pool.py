"""The pool of every account at once: leader, chaseable amounts, what is set aside. SQL held to `domain/pool.py`.

A correlated look-up over the partial index of open items finds a leader without sorting the ledger.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    case,
    collate,
    func,
    not_,
    or_,
    outerjoin,
    select,
    true,
    type_coerce,
)
from sqlalchemy.sql.selectable import CTE

from dso.db import among, db, narrowed, on_postgresql
from dso.domain.codes import NETTING_TYPES, ItemType, StatusType
from dso.domain.money import ZERO, from_units, to_units
from dso.domain.pool import Aside, enough, method_spellings
from dso.domain.scenarios import AsideCount, Later
from dso.domain.settings import CollectionSettings
from dso.models import Action, Customer, Entity, Item

#: The remaining amount in ten-thousandths, for arithmetic in SQL.
UNITS = type_coerce(Item.remaining, BigInteger)
_DISPUTED = type_coerce(Item.disputed_amount, BigInteger)
#: What is told of a leader, in the order of `LeaderRow`.
_OF_LEADER = (Item.id.label("leader_id"), Item.number, Item.currency, Item.remaining, Item.due_on)
#: Causes that look up the customer of an item.
_OF_CUSTOMER = (Aside.INSOLVENT, Aside.METHOD)


class LeaderRow(NamedTuple):
    """The leader of an account as the ledger has it."""

    id: int
    number: str
    currency: str
    remaining: Decimal
    due_on: date


@dataclass(slots=True)
class PoolRow:
    """The pool of one account on a day; filled while the statements are read."""

    leader: LeaderRow | None = None
    open_items: int = 0
    chaseable: dict[str, Decimal] = field(default_factory=dict)
    later: tuple[Later, ...] = ()
    asides: tuple[AsideCount, ...] = ()


@dataclass(frozen=True)
class PoolTerms:
    """The definitions of 3.1 and 11.3 as SQL over `Item`."""

    chased: ColumnElement[bool]
    #: Ten-thousandths asked for of a chased debit.
    amount: ColumnElement[int]
    nets: ColumnElement[bool]
    #: Why an open debit is out of the pool; null when it is in.
    cause: ColumnElement[str | None]


def terms(entity: Entity, settings: CollectionSettings, today: date) -> PoolTerms:
    """The pool's definitions for an entity's settings on a day."""
    return _terms(settings, today, _any_insolvent(entity))


@lru_cache(maxsize=32)
def _terms(settings: CollectionSettings, today: date, any_insolvent: bool) -> PoolTerms:
    """Made once: messages are decided one by one, and making these costs more than asking by them."""
    partly = and_(Item.status_type == StatusType.DISPUTE, _DISPUTED.is_not(None), _DISPUTED < UNITS)
    amount = case((partly, UNITS - func.coalesce(_DISPUTED, 0)), else_=UNITS)
    asides = _asides(settings, today, partly, amount, any_insolvent=any_insolvent)
    # What looks at the customer of each item is asked last, of the items that nothing else keeps out.
    quick_first = sorted(asides, key=lambda aside: aside[1] in _OF_CUSTOMER)
    chased = and_(UNITS > 0, *(not_(condition) for condition, _cause in quick_first))
    cause = case(*((condition, cause.value) for condition, cause in asides), else_=None)
    return PoolTerms(chased, amount, _nets(), cause)


def _asides(
    settings: CollectionSettings,
    today: date,
    partly: ColumnElement[bool],
    amount: ColumnElement[int],
    *,
    any_insolvent: bool,
) -> list[tuple[ColumnElement[bool], Aside]]:
    """What keeps a debit out, in the order of `domain.pool.set_aside`; none of the conditions is ever null."""
    status = func.coalesce(Item.status_type, "")
    promised = func.coalesce(Item.promise_until, date.min)
    found: list[tuple[ColumnElement[bool], Aside]] = [
        (Item.type.not_in(sorted(settings.chased_types)), Aside.NOT_CHASED),
        (Item.ignored.is_(True), Aside.IGNORED),
        (and_(status == StatusType.DISPUTE.value, not_(func.coalesce(partly, False))), Aside.DISPUTE),
        (status == StatusType.LITIGATION.value, Aside.LITIGATION),
        (and_(promised >= today, Item.promise_broken.is_(False)), Aside.PROMISE),
        (and_(Item.held_by_id.is_not(None), not_(func.coalesce(partly, False))), Aside.HELD),
    ]
    if any_insolvent:
        found.append((_before_insolvency(), Aside.INSOLVENT))
    if methods := method_spellings(settings.methods_not_chased):
        found.append((_by_method(methods), Aside.METHOD))
    found.append((amount < to_units(settings.ignore_below), Aside.SMALL))
    return found


def _any_insolvent(entity: Entity) -> bool:
    """Whether any customer is insolvent: the look-up per item is left out for those who have none."""
    query = select(Customer.id).where(Customer.entity_id == entity.id, Customer.insolvent_on.is_not(None)).limit(1)
    return db.session.scalar(query) is not None


def _before_insolvency() -> ColumnElement[bool]:
    since = select(Customer.insolvent_on).where(Customer.id == Item.customer_id).scalar_subquery()
    return Item.issued_on < func.coalesce(since, date.min)


def _by_method(methods: Collection[str]) -> ColumnElement[bool]:
    """The invoice's payment method, else its customer's, is among those not chased."""
    own = select(Customer.payment_method).where(Customer.id == Item.customer_id).scalar_subquery()
    method = case((Item.payment_method == "", own), else_=Item.payment_method)
    return and_(Item.type == ItemType.INVOICE, method.in_(sorted(methods)))


def _nets() -> ColumnElement[bool]:
    return and_(
        UNITS < 0,
        Item.type.in_(NETTING_TYPES),
        Item.ignored.is_(False),
        Item.held_by_id.is_(None),
        func.coalesce(Item.status_type, "") != StatusType.DISPUTE.value,
    )


def accounts(entity: Entity, ids: Collection[int] | None) -> Select[int]:
    """Ids of the customers meant: all of the entity, or these.

    A condition on items is put as `account_id` in these rather than as their entity: SQLite then walks the index of
    accounts, whose rows lie together, instead of jumping through the ledger day by day (four times faster).
    """
    query = select(Customer.id).where(Customer.entity_id == entity.id)
    found: Select[int] = narrowed(query, Customer.id, ids)
    return found


def leaders(entity: Entity, pool: PoolTerms, ids: Collection[int] | None = None) -> CTE:
    """`account_id` of every account that is not collected by another one, and its leader; nulls without one.

    Of the leader `leader_id, number, currency, remaining, due_on`.
    """
    chased = (
        select(*_OF_LEADER)
        .where(Item.account_id == Customer.id, Item.cleared_on.is_(None), pool.chased)
        .order_by(Item.due_on, UNITS.desc(), _by_code_point(Item.number), Item.id)
        .limit(1)
        .correlate(Customer)
    )
    mine = (Customer.id.in_(accounts(entity, ids)), Customer.collected_by_id.is_(None))
    account_id = Customer.id.label("account_id")
    if on_postgresql():
        # Its row is at hand where it is found: by its number PostgreSQL would read the whole ledger for it.
        one = chased.lateral()
        found = select(account_id, *one.c).select_from(outerjoin(Customer, one, true())).where(*mine)
    else:
        leader_id = chased.with_only_columns(Item.id).scalar_subquery().label("leader_id")
        led = select(account_id, leader_id).where(*mine).cte("led")
        found = select(led.c.account_id, *_OF_LEADER).outerjoin(Item, Item.id == led.c.leader_id)
    return found.cte("leaders").prefix_with("MATERIALIZED")


def _by_code_point(column: Any) -> ColumnElement[str]:
    """Text in the order of its code points, as Python and SQLite have it, whatever PostgreSQL's language is."""
    return collate(column, "C") if on_postgresql() else column


def rows(
    entity: Entity, settings: CollectionSettings, today: date, ids: Collection[int] | None = None
) -> dict[int, PoolRow]:
    """The pool of each account, by account id; accounts collected by another one have no row."""
    pool = terms(entity, settings, today)
    found = _with_leaders(leaders(entity, pool, ids))
    _add_due(found, entity, pool, today, ids)
    _add_later(found, pool, settings, today)
    _add_asides(found, pool)
    return found


def _with_leaders(led: CTE) -> dict[int, PoolRow]:
    query = select(led.c.account_id, *(led.c[column.name] for column in _OF_LEADER))
    return {
        row[0]: PoolRow(leader=None if row[1] is None else LeaderRow(*row[1:])) for row in db.session.execute(query)
    }


def _add_due(
    found: dict[int, PoolRow], entity: Entity, pool: PoolTerms, today: date, ids: Collection[int] | None
) -> None:
    """Open items and, per currency, what is chased of those due by today with the credits.

    One pass over the ledger in the order of its accounts; where there are other currencies than the entity's, these are
    asked for apart, for sorting all items by currency costs more than all the rest.
    """
    asked = case((and_(Item.due_on <= today, pool.chased), pool.amount), (pool.nets, UNITS), else_=0)
    own = Item.currency == entity.currency
    mine = (Item.account_id.in_(accounts(entity, ids)), Item.cleared_on.is_(None))
    sums = (func.count(), func.sum(case((own, asked), else_=0)), func.sum(case((own, 0), else_=1)))
    counted = select(Item.account_id, *sums).where(*mine).group_by(Item.account_id)
    mixed = []
    for account_id, count, units, foreign in db.session.execute(counted):
        if account_id in found:
            found[account_id].open_items = count
            _add_chaseable(found[account_id], entity.currency, units)
            if foreign:
                mixed.append(account_id)
    if not mixed:
        return
    theirs = (among(Item.account_id, mixed), Item.cleared_on.is_(None), ~own)
    query = select(Item.account_id, Item.currency, func.sum(asked)).where(*theirs)
    for account_id, currency, units in db.session.execute(query.group_by(Item.account_id, Item.currency)):
        _add_chaseable(found[account_id], currency, units)


def _add_chaseable(row: PoolRow, currency: str, units: int) -> None:
    if row.leader is not None and units:
        row.chaseable[currency] = from_units(int(units))


def _add_later(found: Mapping[int, PoolRow], pool: PoolTerms, settings: CollectionSettings, today: date) -> None:
    """What falls due on which later day, for accounts whose leader is not due yet or with too little due today.

    Nothing is chased before its leader is due: what falls due with a leader to come counts already (3.1).
    """
    ids = [
        account_id
        for account_id, row in found.items()
        if row.leader is not None and (row.leader.due_on > today or not enough(row.chaseable, settings.minimum_amount))
    ]
    later: dict[int, list[Later]] = {}
    for account_id, due_on, currency, units in db.session.execute(_later(ids, pool, today)) if ids else ():
        later.setdefault(account_id, []).append(Later(due_on, currency, from_units(int(units))))
    for account_id, parts in later.items():
        _split_later(found[account_id], parts)


def _split_later(row: PoolRow, parts: list[Later]) -> None:
    """What falls due with the leader is chaseable now, the rest on its day."""
    if row.leader is None:
        return
    with_leader = [part for part in parts if part.due_on <= row.leader.due_on]
    for part in with_leader:
        amount = row.chaseable.pop(part.currency, ZERO) + part.amount
        if amount:
            row.chaseable[part.currency] = amount
    row.later = tuple(parts[len(with_leader) :])


def _add_asides(found: dict[int, PoolRow], pool: PoolTerms) -> None:
    """For accounts without a leader: which open debits are out of the pool for which cause, since and until when."""
    until = case((pool.cause == Aside.PROMISE.value, Item.promise_until), else_=Action.on)
    order = {cause.value: place for place, cause in enumerate(Aside)}
    ids = [account_id for account_id, row in found.items() if row.leader is None and row.open_items]
    query = (
        select(Item.account_id, pool.cause, func.count(), func.min(Item.status_on), func.min(until))
        .outerjoin(Action, Action.id == Item.held_by_id)
        .where(among(Item.account_id, ids), Item.cleared_on.is_(None), UNITS > 0)
        .group_by(Item.account_id, pool.cause)
    )
    counts: dict[int, list[AsideCount]] = {}
    for account_id, cause, count, since, until_on in db.session.execute(query) if ids else ():
        if cause is not None:
            counts.setdefault(account_id, []).append(AsideCount(Aside(cause), count, since, until_on))
    for account_id, asides in counts.items():
        found[account_id].asides = tuple(sorted(asides, key=lambda aside: order[aside.cause]))


def _later(ids: Sequence[int], pool: PoolTerms, today: date) -> Select[int, date, str, int]:
    return (
        select(Item.account_id, Item.due_on, Item.currency, func.sum(pool.amount))
        .where(among(Item.account_id, ids), Item.cleared_on.is_(None), Item.due_on > today, pool.chased)
        .group_by(Item.account_id, Item.due_on, Item.currency)
        .order_by(Item.account_id, Item.due_on)
    )


def item_ids(
    entity: Entity, settings: CollectionSettings, today: date, account_ids: Collection[int] | None
) -> dict[int, list[int]]:
    """Which items a message to each account asks for today: its chased debits due by then and the credits that net."""
    pool = terms(entity, settings, today)
    led = leaders(entity, pool, account_ids)
    until = case((led.c.due_on > today, led.c.due_on), else_=today)
    query = (
        select(Item.account_id, Item.id)
        .join(led, and_(led.c.account_id == Item.account_id, led.c.leader_id.is_not(None)))
        .where(Item.cleared_on.is_(None), or_(and_(pool.chased, Item.due_on <= until), pool.nets))
        .order_by(Item.account_id, Item.due_on, Item.id)
    )
    found: dict[int, list[int]] = {}
    for account_id, item_id in db.session.execute(query):
        found.setdefault(account_id, []).append(item_id)
    return found


def netting_credits(account_ids: Collection[int]) -> dict[int, dict[str, Decimal]]:
    """The open credits of each account that net, per currency, below zero."""
    query = (
        select(Item.account_id, Item.currency, func.sum(UNITS))
        .where(among(Item.account_id, account_ids), Item.cleared_on.is_(None), _nets())
        .group_by(Item.account_id, Item.currency)
    )
    found: dict[int, dict[str, Decimal]] = {}
    for account_id, currency, units in db.session.execute(query):
        found.setdefault(account_id, {})[currency] = from_units(int(units))
    return found
