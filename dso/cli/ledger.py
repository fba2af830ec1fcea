"""`dso list customers`, `list items`, `list contacts`: every field by its name."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import click

from dso.cli import listing
from dso.cli.common import Acting, emit, shared_options
from dso.domain.permissions import Capability
from dso.models import Customer
from dso.queries import shapes
from dso.queries.customers import records as customers
from dso.queries.items import records as items

#: What a table for a person shows of an item, of a customer.
_ITEM = "customer number type issued_on due_on days_overdue amount remaining currency status".split()
_CUSTOMER = "code business_name country collector scenario receivable overdue oldest_due_on reason".split()
_CONTACT = "customer first_name last_name role email phone for_collection".split()

_customer = click.option("--customer", "code", metavar="CODE", help="Only this customer.")


@listing.command("customers")
@_customer
@shared_options(day=True, reads=True)
def list_customers(do: Acting, as_json: bool, code: str | None) -> None:
    """Customers with their figures."""
    do.need(Capability.CUSTOMERS_SEE)
    where = [Customer.id == do.customer(code).id] if code else [Customer.entity_id == do.entity.id]
    found = customers.records(do.actor, do.entity, today=do.today, where=where)
    _print((shapes.customer(each, do.entity.currency) for each in found), as_json, _CUSTOMER)


@listing.command("items")
@_customer
@click.option("--open", "open_only", is_flag=True, help="Only what is not cleared.")
@shared_options(day=True, reads=True)
def list_items(do: Acting, as_json: bool, code: str | None, open_only: bool) -> None:
    """Items, open and cleared, by customer and due date."""
    do.need(Capability.CUSTOMERS_SEE)
    customer_id = do.customer(code).id if code else None
    found = items.records(do.actor, do.entity, today=do.today, customer_id=customer_id, open_only=open_only)
    _print((shapes.item(each) for each in found), as_json, _ITEM)


@listing.command("contacts")
@_customer
@shared_options(reads=True)
def list_contacts(do: Acting, as_json: bool, code: str | None) -> None:
    """Persons at the customers."""
    do.need(Capability.CUSTOMERS_SEE)
    customer_id = do.customer(code).id if code else None
    found = customers.contact_records(do.actor, do.entity, customer_id=customer_id)
    _print((shapes.record(each, do.entity.currency) for each in found), as_json, _CONTACT)


def _print(rows: Iterable[dict[str, Any]], as_json: bool, names: list[str]) -> None:
    if not as_json:
        emit([{name: row[name] for name in names} for row in rows], False)
        return
    for text in _array(rows):
        click.echo(text, nl=False)
    click.echo()


def _array(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A JSON array row by row: a million items are never in memory at once."""
    yield "["
    for number, row in enumerate(rows):
        yield f"{', ' if number else ''}{json.dumps(row, ensure_ascii=False)}"
    yield "]"
