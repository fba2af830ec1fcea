"""`dso list replies`: what debtors and colleagues answered."""

from typing import Any

import click

from dso.cli import listing
from dso.cli.common import Acting, emit, shared_options
from dso.domain.money import plain
from dso.domain.permissions import Capability
from dso.queries import replies
from dso.queries.replies import ReplyRow


@listing.command("replies")
@shared_options(reads=True)
@click.option("--customer", "code", metavar="CODE", help="Those of one customer.")
def list_replies(do: Acting, as_json: bool, code: str | None) -> None:
    """The answers, oldest first, with what became of them."""
    do.need(Capability.CUSTOMERS_SEE)
    customer_id = do.customer(code).id if code else None
    rows = replies.of_user(do.actor, do.entity, today=do.today, customer_id=customer_id)
    emit([as_json_row(row) for row in rows], as_json)


def as_json_row(row: ReplyRow) -> dict[str, Any]:
    """The shape of 11.9."""
    return {
        "id": row.id,
        "customer": row.customer_code,
        "author": row.author,
        "email": row.email,
        "at": row.at.isoformat(),
        "channel": row.channel,
        "kind": row.kind.value,
        "items": [item.number for item in row.items],
        "text": row.text,
        "promised_on": row.promised_on.isoformat() if row.promised_on else None,
        "amount": plain(row.amount, row.currency) if row.amount is not None else None,
        "state": row.state.value,
    }
