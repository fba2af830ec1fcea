"""Messages: composed, queued, sent once, kept as they left."""

from dso.services.messages.draft import Draft, compose
from dso.services.messages.notices import send_plain
from dso.services.messages.outbox import SendCounts, send_due
from dso.services.messages.queue import cancel, mark_as_sent, queue_for_action, send_again

__all__ = [
    "Draft",
    "SendCounts",
    "cancel",
    "compose",
    "mark_as_sent",
    "queue_for_action",
    "send_again",
    "send_due",
    "send_plain",
]
