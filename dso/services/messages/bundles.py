"""One message for the accounts that share a payment centre, with a table for each: 3.4.

The others are found when the first of them leaves (`companions`). Its message is the one that is handed over; those of
the others are bound to it (`bundle_id`), carry the same text, and end as it ends.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, update

from dso.db import db
from dso.domain import documents
from dso.domain.codes import ActionKind, Channel, MessageState
from dso.models import Action, Message
from dso.queries.messages.facts import Companion, Material
from dso.queries.messages.lines import account_lines, with_penalties
from dso.queries.messages.material import debtor

#: What a bound message carries of the one it left with.
_SHARED = ("subject", "language", "body_html", "body_text", "sender_id", "cc", "bcc", "references_header")


def may_join(message: Message, action: Action) -> bool:
    """Whether other accounts could join this message: an automatic e-mail of the plan to a payment centre."""
    of_plan = message.automatic and action.kind is ActionKind.SCENARIO
    return of_plan and message.channel is Channel.EMAIL and action.customer.payment_centre_id is not None


def facts(pairs: Sequence[tuple[Message, Action]], *, today: date) -> tuple[Companion, ...]:
    """What the one text says of the other accounts."""
    found = []
    for message, action in pairs:
        customer = action.customer
        lines, _rates = with_penalties(account_lines(customer, today=today), customer, customer.entity, today=today)
        found.append(Companion(message.id, debtor(customer), tuple(lines)))
    return tuple(found)


def bind(lead: Message, pairs: Sequence[tuple[Message, Action]], made: Material, *, worker: str, now: datetime) -> None:
    """The others belong to the message from now on: claimed with it, with its text and their own items."""
    by_message = {one.message_id: one for one in made.companions}
    for message, _action in pairs:
        companion = by_message[message.id]
        for name in _SHARED:
            setattr(message, name, getattr(lead, name))
        message.attachments = [dict(entry) for entry in lead.attachments]
        message.listed = _listed(companion, made)
        message.bundle_id, message.state = lead.id, MessageState.SENDING
        message.claimed_by, message.claimed_at = worker, now
    db.session.flush()


def _listed(companion: Companion, made: Material) -> dict[str, object]:
    due = documents.chased(companion.lines, made.settings, made.today).due
    totals = documents.totals(due, first=made.company.currency)
    return {
        "items": [line.item.id for line in due],
        "numbers": [line.item.number for line in due],
        "amounts": {currency: str(amount) for currency, amount in totals.items()},
    }


def members(lead: Message) -> list[Message]:
    """The messages on their way with one, oldest first."""
    bound = (Message.bundle_id == lead.id, Message.state.in_((MessageState.SENDING, MessageState.UNCERTAIN)))
    return list(db.session.scalars(select(Message).where(*bound).order_by(Message.id)))


def part(lead: Message) -> None:
    """What left together, or may have, goes its own way from now on."""
    db.session.execute(update(Message).where(Message.bundle_id == lead.id).values(bundle_id=None))


def handed_over(lead: Message) -> None:
    """The bound messages are handed over with it: same identity, same files."""
    for message in members(lead):
        message.claimed_at, message.message_id_header = lead.claimed_at, lead.message_id_header
        message.attempts = lead.attempts
        message.attachments = [dict(entry) for entry in lead.attachments]


def everyone(lead: Message) -> list[Message]:
    """The message and those bound to it: they end together."""
    return [lead, *members(lead)]
