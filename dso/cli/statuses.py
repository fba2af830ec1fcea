"""`dso qualify` and `dso list qualifications`."""

from datetime import date
from typing import Any

import click

from dso.cli import cli, listing
from dso.cli.common import DAY, Acting, emit, shared_options
from dso.domain.codes import StatusType
from dso.domain.errors import Refused
from dso.domain.money import parse_amount, plain
from dso.domain.permissions import Capability
from dso.queries import items as item_queries
from dso.queries import statuses as queries
from dso.queries import users
from dso.services import actions, statuses


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
    actions.refuse_earlier(do.entity, do.today)
    customer = do.customer(code)
    status = queries.get_status(name)
    promise = status.type is StatusType.PROMISE
    tagging = statuses.Tagging(
        status,
        on=None if promise else on_day,
        promised_on=on_day if promise else None,
        amount=_amount(amount),
        comment=comment,
        visible_to_customer=visible,
        resolver=_resolver(resolver),
        follow_up=follow_up or "default",
    )
    items = item_queries.by_numbers(customer, numbers)
    act = statuses.qualify(items, tagging, actor=do.actor, today=do.today, now=do.now)
    actions.review(do.entity, {item.account_id for item in items}, today=do.today, now=do.now)
    result = {
        "qualification": act.id,
        "items": [item.number for item in items],
        "status": status.name,
        "status_type": status.type,
        "action": act.action_id,
    }
    emit(result, as_json)


def _amount(text: str | None) -> Any:
    try:
        return parse_amount(text) if text else None
    except ValueError as error:
        raise Refused('"%(value)s" is not an amount such as 1234.50.', value=text) from error


def _resolver(email: str | None) -> Any:
    if not email:
        return None
    found = users.by_email(email)
    if found is None:
        raise Refused('There is no user "%(email)s".', email=email)
    return found


@listing.command("qualifications")
@click.option("--customer", "code", metavar="CODE", help="Only this customer.")
@shared_options(reads=True)
def list_qualifications(do: Acting, as_json: bool, code: str | None) -> None:
    """Every act of tagging, oldest first."""
    do.need(Capability.CUSTOMERS_SEE)
    customer_id = do.customer(code).id if code else None
    rows = queries.qualifications(do.actor, do.entity, customer_id)
    emit([_shape(row) for row in rows], as_json)


def _shape(row: queries.QualificationRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "customer": row.customer,
        "items": row.items,
        "status": row.status,
        "status_type": row.status_type,
        "on": row.on,
        "promised_on": row.promised_on,
        "amount": plain(row.amount, row.currency) if row.amount is not None else None,
        "comment": row.comment,
        "visible_to_customer": row.visible_to_customer,
        "author": row.author,
        "resolver": row.resolver,
        "action": row.action,
        "kept": row.kept,
        "at": row.at.isoformat(),
    }
