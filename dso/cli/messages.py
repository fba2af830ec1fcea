"""`dso send` and `dso list messages`: the outbox for scripts."""

from dataclasses import asdict
from typing import Any

import click

from dso import clock
from dso.cli import cli, listing
from dso.cli.common import Acting, emit, shared_options
from dso.db import db
from dso.domain.codes import Channel, MessageState
from dso.domain.permissions import Capability
from dso.queries.messages import outbox
from dso.queries.messages.outbox import MessageRow
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
    emit([as_json_row(row) for row in outbox.stream(do.actor, do.entity, wanted)], as_json)


def as_json_row(row: MessageRow) -> dict[str, Any]:
    """The shape of 10.2."""
    return {
        "id": row.id,
        "customer": row.customer_code or None,
        "channel": row.channel.value,
        "to": [row.recipient_name if row.channel is Channel.LETTER else row.recipient],
        "subject": row.subject,
        "state": row.state.value,
        "queued_at": row.queued_at.isoformat(),
        "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        "action": row.action_id,
    }
