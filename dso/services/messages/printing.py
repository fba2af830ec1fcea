"""Letters to be printed: one by one or many in one PDF, each with the statement that goes into its envelope (4.3)."""

import io
from collections.abc import Sequence
from datetime import datetime

from pypdf import PdfReader, PdfWriter

from dso.db import db
from dso.domain.codes import EventKind
from dso.models import Message, User
from dso.services import files, history
from dso.services.messages.display import letter_pdf
from dso.services.messages.letters import STATEMENT


def print_letters(letters: Sequence[Message], *, actor: User, now: datetime) -> bytes:
    """One PDF of letters in the order given, each followed by its statement; all of them count as printed now."""
    merged = PdfWriter()
    for message in letters:
        for content in _sheets(message):
            merged.append(PdfReader(io.BytesIO(content)), import_outline=False)
        mark_printed(message, actor=actor, now=now)
    merged.compress_identical_objects()
    kept = io.BytesIO()
    merged.write(kept)
    return kept.getvalue()


def _sheets(message: Message) -> list[bytes]:
    """What goes into one envelope."""
    enclosed = [
        files.path_of(str(entry["stored_as"])).read_bytes()
        for entry in message.attachments
        if entry["kind"] == STATEMENT and entry.get("stored_as")
    ]
    return [letter_pdf(message), *enclosed]


def mark_printed(message: Message, *, actor: User, now: datetime) -> None:
    """Somebody fetched the letter to print and post it."""
    if message.printed_at is None:
        message.printed_at = now
        if message.customer is not None:
            words = "Letter fetched to be printed: %(subject)s"
            history.record(message.customer, EventKind.MESSAGE, words, actor=actor, now=now, subject=message.subject)
        db.session.flush()
