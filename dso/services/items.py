"""What people do to items by hand: leave them out of collection, take them back, clear them, undo a clearing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ClearedBy, EventKind
from dso.domain.errors import Refused
from dso.domain.money import ZERO, from_units
from dso.models import Customer, Item, ItemChange, User
from dso.services import history, item_changes, states
from dso.services.actions import review


def ignore(items: Sequence[Item], *, actor: User | None, today: date, now: datetime) -> list[Item]:
    """Leave open items out of collection; those that were not yet. Refused when one is cleared."""
    for item in _held(items):
        if not item.is_open:
            raise Refused("%(number)s is cleared already.", number=item.number)
    changed = _change(items, {"ignored": True}, actor, today, now)
    _record(changed, "Items left out of collection: %(count)s", actor, now)
    _review(changed, today, now)
    return changed


def take_back(items: Sequence[Item], *, actor: User | None, today: date, now: datetime) -> list[Item]:
    """Let ignored items be collected again; those that were ignored."""
    changed = _change(_held(items), {"ignored": False}, actor, today, now)
    _record(changed, "Items taken back into collection: %(count)s", actor, now)
    _review(changed, today, now)
    return changed


def clear(items: Sequence[Item], *, on: date, actor: User | None, today: date, now: datetime) -> list[Item]:
    """Clear open items by hand, paid on a day up to today; what was remaining is kept.

    A full file that still lists them opens them again (11.5).
    """
    items = _held(items)
    if on > today:
        raise Refused("An item cannot have been paid in the future.")
    for item in items:
        if not item.is_open:
            raise Refused("%(number)s is cleared already.", number=item.number)
        if on < item.issued_on and item.remaining > ZERO:
            raise Refused("%(number)s was issued after that day.", number=item.number)
    for item in items:
        item_changes.change(item, actor, today, now, **_cleared(item, on))
    _record(items, "Items cleared by hand, paid on %(on)s: %(count)s", actor, now, on=on)
    _review(items, today, now)
    return items


def _cleared(item: Item, on: date) -> dict[str, Any]:
    values: dict[str, Any] = {
        "cleared_on": on,
        "cleared_by": ClearedBy.HAND,
        "cleared_amount": item.remaining,
        "remaining": ZERO,
        "expected_clearing_on": None,
    }
    if item.remaining_excl_tax is not None:
        values["remaining_excl_tax"] = ZERO
    return values


def reopen(items: Sequence[Item], *, actor: User | None, today: date, now: datetime) -> list[Item]:
    """Undo clearings made by hand: what was remaining stands again. Refused for what the ledger cleared."""
    items = _held(items)
    for item in items:
        if item.cleared_by is not ClearedBy.HAND or not item.cleared_amount:
            raise Refused("%(number)s was not cleared by hand.", number=item.number)
    excl_tax = _before_clearing(items, "remaining_excl_tax")
    for item in items:
        values = {
            "cleared_on": None,
            "cleared_by": None,
            "remaining": item.cleared_amount,
            "cleared_amount": None,
            "remaining_excl_tax": excl_tax.get(item.id, item.remaining_excl_tax),
        }
        item_changes.change(item, actor, today, now, **values)
    _record(items, "Items whose clearing was undone: %(count)s", actor, now)
    _review(items, today, now)
    return items


def _before_clearing(items: Sequence[Item], field: str) -> dict[int, Decimal]:
    """What an amount was before it was last set to zero, by item."""
    zeroed = select(ItemChange.item_id, ItemChange.old).where(
        ItemChange.item_id.in_([item.id for item in items]), ItemChange.field == field, ItemChange.new == "0"
    )
    rows = db.session.execute(zeroed.order_by(ItemChange.id))
    return {item_id: from_units(int(old)) for item_id, old in rows if old}


def _held(items: Sequence[Item]) -> list[Item]:
    """The items as they stand now, so that of two people who change one the second sees what the first did."""
    if not items:
        raise Refused("Tick at least one item.")
    for customers in _by_entity(items).values():
        states.lock(customers[0].entity, {customer.id for customer in customers})
    ids = [item.id for item in items]
    fresh = select(Item).where(Item.id.in_(ids)).execution_options(populate_existing=True)
    found = {item.id: item for item in db.session.scalars(fresh)}
    return [found[item_id] for item_id in dict.fromkeys(ids)]


def _change(
    items: Iterable[Item], values: Mapping[str, Any], actor: User | None, today: date, now: datetime
) -> list[Item]:
    return [item for item in items if item_changes.change(item, actor, today, now, **values)]


def _record(items: Sequence[Item], text: str, actor: User | None, now: datetime, **params: Any) -> None:
    """One entry per customer, which knows its items."""
    own: dict[int, list[Item]] = {}
    for item in items:
        own.setdefault(item.customer_id, []).append(item)
    for group in own.values():
        history.record(
            group[0].customer,
            EventKind.ITEM,
            text,
            actor=actor,
            now=now,
            item_ids=[item.id for item in group],
            count=len(group),
            **params,
        )


def _review(items: Sequence[Item], today: date, now: datetime) -> None:
    for customers in _by_entity(items).values():
        ids = {item.account_id for item in items} | {customer.id for customer in customers}
        review(customers[0].entity, ids, today=today, now=now)


def _by_entity(items: Iterable[Item]) -> dict[int, list[Customer]]:
    found: dict[int, list[Customer]] = {}
    for item in items:
        found.setdefault(item.entity_id, []).append(item.customer)
    return found
