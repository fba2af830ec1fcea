"""`dso send` and `dso list messages`: the outbox for scripts."""

from dataclasses import asdict

import click

from dso import clock
from dso.cli import cli, listing
from dso.cli.common import Acting, emit, shared_options
from dso.db import db
from dso.domain.codes import MessageState
from dso.domain.permissions import Capability
from dso.queries import shapes
from dso.queries.messages import outbox
from dso.services import messages


@cli.command("send")
@shared_options(day=True)
@click.option("--limit", type=click.IntRange(1), default=1_000_000, help="Stop after so many messages.")
def send(do: Acting, as_json: bool, limit: int) -> None:
    """Send what is due in the outbox now, and say how it ended."""
    do.need(Capability.COLLECTION_WORK)
    counts = messages.send_due(
        now=do.now, limit=limit, worker="dso send", commit=db.session.commit, tick=clock.now, entity_id=do.entity.id
    )
    emit(asdict(counts), as_json)


@listing.command("messages")
@shared_options(reads=True)
@click.option("--customer", "code", metavar="CODE", help="Those of one customer.")
@click.option("--state", type=click.Choice([state.value for state in MessageState]), help="Those in one state.")
def list_messages(do: Acting, as_json: bool, code: str | None, state: str | None) -> None:
    """The messages, oldest first, with what became of them."""
    do.need(Capability.CUSTOMERS_SEE)
    wanted = outbox.Filter(
        state=MessageState(state) if state else None, customer_id=do.customer(code).id if code else None
    )
    emit([shapes.message(row) for row in outbox.stream(do.actor, do.entity, wanted)], as_json)
