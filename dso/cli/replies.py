"""`dso list replies`: what debtors and colleagues answered."""

import click

from dso.cli import listing
from dso.cli.common import Acting, emit, shared_options
from dso.domain.permissions import Capability
from dso.queries import replies, shapes


@listing.command("replies")
@shared_options(reads=True)
@click.option("--customer", "code", metavar="CODE", help="Those of one customer.")
def list_replies(do: Acting, as_json: bool, code: str | None) -> None:
    """The answers, oldest first, with what became of them."""
    do.need(Capability.CUSTOMERS_SEE)
    customer_id = do.customer(code).id if code else None
    rows = replies.of_user(do.actor, do.entity, today=do.today, customer_id=customer_id)
    emit([shapes.reply(row) for row in rows], as_json)
