"""Messages: composed, queued, sent once, kept as they left."""

from dso.services.messages.display import attachment, document, letter_pdf
from dso.services.messages.draft import Draft, compose
from dso.services.messages.notices import send_plain
from dso.services.messages.outbox import SendCounts, send_due
from dso.services.messages.printing import mark_printed, print_letters
from dso.services.messages.queue import cancel, mark_as_sent, queue_for_action, send_again

__all__ = [
    "Draft",
    "SendCounts",
    "attachment",
    "cancel",
    "compose",
    "document",
    "letter_pdf",
    "mark_as_sent",
    "mark_printed",
    "print_letters",
    "queue_for_action",
    "send_again",
    "send_due",
    "send_plain",
]
