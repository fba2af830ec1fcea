"""`dso run`, the lists of actions and reasons, and what a person does with an action."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from dso.cli import cli, listing
from dso.cli.common import DAY, ID, Acting, emit, shared_options
from dso.domain.codes import DisputeOutcome
from dso.domain.permissions import Capability
from dso.models import Action
from dso.queries import actions as queries
from dso.queries import reasons, shapes
from dso.queries.scope import get_action
from dso.services import actions


class Amount(click.ParamType[Decimal]):
    """An amount with a point."""

    name = "X"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Text to Decimal."""
        try:
            amount = Decimal(value)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            self.fail(f'"{value}" is not an amount such as 1234.50', param, ctx)
        return amount


@cli.command("run")
@shared_options(day=True)
def run_day(do: Acting, as_json: bool) -> None:
    """Do a whole day's work: leaders, actions, automatic messages into the outbox."""
    do.need(Capability.COLLECTION_WORK)
    emit(actions.plan_day(do.entity, today=do.today, now=do.now).as_json(), as_json)


@listing.command("actions")
@click.option("--customer", "code", metavar="CODE", help="Only this customer.")
@shared_options(day=True, reads=True)
def list_actions(do: Acting, as_json: bool, code: str | None) -> None:
    """Every action, open and ended, by day."""
    do.need(Capability.CUSTOMERS_SEE)
    customer_id = do.customer(code).id if code else None
    rows = queries.action_rows(do.actor, do.entity, today=do.today, customer_id=customer_id)
    emit([shapes.action(row) for row in rows], as_json)


@listing.command("reasons")
@click.option("--customer", "code", metavar="CODE", help="Only this customer.")
@shared_options(day=True, reads=True)
def list_reasons(do: Acting, as_json: bool, code: str | None) -> None:
    """Why each account stands where it stands, one row per account."""
    do.need(Capability.CUSTOMERS_SEE)
    customer_id = do.customer(code).id if code else None
    emit(
        [
            {"customer": row.customer, "code": row.code, "text": row.text, "on": row.on.isoformat() if row.on else None}
            for row in reasons.reason_rows(do.actor, do.entity, customer_id)
        ],
        as_json,
    )


def _action(do: Acting, action_id: int) -> Action:
    """The action, on a day that may still be worked."""
    actions.refuse_earlier(do.entity, do.today)
    return get_action(do.actor, action_id)


@cli.command()
@click.argument("action_id", metavar="ACTION", type=ID)
@click.option("--outcome", type=click.Choice([each.value for each in DisputeOutcome]), help="How a dispute ended.")
@click.option("--amount", type=Amount(), help="The amount accepted.")
@click.option("--note", default="", help="A note for the history.")
@shared_options(day=True)
def complete(do: Acting, as_json: bool, action_id: int, outcome: str | None, amount: Decimal | None, note: str) -> None:
    """Say that an action was done."""
    action = _action(do, action_id)
    ended = DisputeOutcome(outcome) if outcome else None
    actions.complete(action, outcome=ended, amount=amount, note=note, actor=do.actor, today=do.today, now=do.now)
    emit({"id": action.id, "state": action.state.value, "done_on": _iso(action.done_on)}, as_json)


@cli.command()
@click.argument("action_id", metavar="ACTION", type=ID)
@click.option("--reason", required=True, help="Why it is not wanted this time.")
@shared_options(day=True)
def skip(do: Acting, as_json: bool, action_id: int, reason: str) -> None:
    """Leave an action out; the plan goes on with the next step."""
    do.need(Capability.COLLECTION_WORK)
    action = _action(do, action_id)
    actions.skip(action, reason, actor=do.actor, today=do.today, now=do.now)
    emit({"id": action.id, "state": action.state.value, "reason": action.explanation}, as_json)


@cli.command()
@click.argument("action_id", metavar="ACTION", type=ID)
@click.argument("day", type=DAY)
@shared_options(day=True)
def redate(do: Acting, as_json: bool, action_id: int, day: date) -> None:
    """Move an action to another day."""
    do.need(Capability.COLLECTION_WORK)
    action = _action(do, action_id)
    actions.redate(action, day, actor=do.actor, today=do.today, now=do.now)
    emit({"id": action.id, "state": action.state.value, "on": _iso(action.on)}, as_json)


@cli.command()
@click.argument("action_id", metavar="ACTION", type=ID)
@shared_options(day=True)
def confirm(do: Acting, as_json: bool, action_id: int) -> None:
    """Let an automatic message go."""
    do.need(Capability.COLLECTION_WORK)
    action = _action(do, action_id)
    actions.confirm(action, actor=do.actor, today=do.today, now=do.now)
    emit({"id": action.id, "state": action.state.value, "on": _iso(action.on)}, as_json)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
