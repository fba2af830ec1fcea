"""`dso qualify` and `dso list qualifications`."""

from datetime import date
from typing import Any

import click

from dso.cli import cli, listing
from dso.cli.common import DAY, Acting, emit, shared_options
from dso.domain.permissions import Capability
from dso.queries import shapes
from dso.queries import statuses as queries
from dso.services import tagging


class FollowUpDay(click.ParamType[Any]):
    """A day, or "none"."""

    name = "YYYY-MM-DD|none"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | str:
        """Text to day, "none" as it is."""
        return "none" if value == "none" else DAY.convert(value, param, ctx)


@cli.command()
@click.option("--customer", "code", required=True, metavar="CODE", help="Code or unique identifier of the customer.")
@click.option("--items", "numbers", required=True, metavar="N,N", help="Numbers or ids of the items.")
@click.option("--status", "name", required=True, help="Name of the status.")
@click.option("--on", "on_day", type=DAY, help="Its date; for a promise the promised date.")
@click.option("--amount", metavar="X", help="Amount promised or disputed when not the whole.")
@click.option("--comment", default="", help="Comment, internal unless --visible.")
@click.option("--visible", is_flag=True, help="Show the comment to the debtor.")
@click.option("--resolver", metavar="EMAIL", help="Who is to resolve a dispute.")
@click.option("--follow-up", "follow_up", type=FollowUpDay(), default=None, help="Day of the follow-up, or none.")
@shared_options(day=True)
def qualify(
    do: Acting,
    as_json: bool,
    code: str,
    numbers: str,
    name: str,
    on_day: date | None,
    amount: str | None,
    comment: str,
    visible: bool,
    resolver: str | None,
    follow_up: Any,
) -> None:
    """Tag items with a status."""
    do.need(Capability.ITEMS_TAG)
    said = tagging.Said(
        items=numbers.split(","),
        status=name,
        on=on_day,
        amount=amount,
        comment=comment,
        visible_to_customer=visible,
        resolver=resolver,
        follow_up=follow_up or "default",
    )
    emit(tagging.tag(do.customer(code), said, actor=do.actor, today=do.today, now=do.now), as_json)


@listing.command("qualifications")
@click.option("--customer", "code", metavar="CODE", help="Only this customer.")
@shared_options(reads=True)
def list_qualifications(do: Acting, as_json: bool, code: str | None) -> None:
    """Every act of tagging, oldest first."""
    do.need(Capability.CUSTOMERS_SEE)
    customer_id = do.customer(code).id if code else None
    rows = queries.qualifications(do.actor, do.entity, customer_id)
    emit([shapes.qualification(row) for row in rows], as_json)
