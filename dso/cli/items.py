"""`dso clear`, `dso ignore`, `dso unignore`: what a person does to items by hand."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import click

from dso.cli import cli
from dso.cli.common import DAY, Acting, emit, shared_options
from dso.domain.permissions import Capability
from dso.models import Item
from dso.queries.items import by_numbers
from dso.services import actions, items


def _of_items(command: Callable[..., None]) -> Callable[..., None]:
    """The options that name items of a customer."""
    numbers = click.option("--items", "numbers", required=True, metavar="N,N", help="Numbers or ids of the items.")
    code = click.option("--customer", "code", required=True, metavar="CODE", help="Code or unique identifier.")
    return code(numbers(command))


def _named(do: Acting, code: str, numbers: str) -> list[Item]:
    do.need(Capability.COLLECTION_WORK)
    actions.refuse_earlier(do.entity, do.today)
    return by_numbers(do.customer(code), numbers)


def _report(named: Sequence[Item], changed: Sequence[Item], as_json: bool, **state: Any) -> None:
    """What was named, which of it changed, and the state now."""
    result = {"items": [item.number for item in named], "ids": [item.id for item in named], "changed": len(changed)}
    emit({**result, **state}, as_json)


@cli.command()
@_of_items
@click.option("--on", "paid_on", type=DAY, help="Day of the payment (default: today).")
@shared_options(day=True)
def clear(do: Acting, as_json: bool, code: str, numbers: str, paid_on: date | None) -> None:
    """Clear open items by hand; a full file that still lists them opens them again."""
    named, day = _named(do, code, numbers), paid_on or do.today
    changed = items.clear(named, on=day, actor=do.actor, today=do.today, now=do.now)
    _report(named, changed, as_json, state="cleared", cleared_on=day.isoformat())


@cli.command()
@_of_items
@shared_options(day=True)
def ignore(do: Acting, as_json: bool, code: str, numbers: str) -> None:
    """Leave items out of collection."""
    _set_ignored(do, as_json, code, numbers, items.ignore, True)


@cli.command()
@_of_items
@shared_options(day=True)
def unignore(do: Acting, as_json: bool, code: str, numbers: str) -> None:
    """Take ignored items back into collection."""
    _set_ignored(do, as_json, code, numbers, items.take_back, False)


def _set_ignored(
    do: Acting, as_json: bool, code: str, numbers: str, change: Callable[..., list[Item]], ignored: bool
) -> None:
    named = _named(do, code, numbers)
    today: date = do.today
    now: datetime = do.now
    changed = change(named, actor=do.actor, today=today, now=now)
    _report(named, changed, as_json, ignored=ignored)
