"""Notes people write on the timeline of a customer, and entries they pin to its top."""

from datetime import datetime

from dso.db import db
from dso.domain.codes import EventKind
from dso.domain.errors import Refused
from dso.models import Customer, Event, User
from dso.services import history

LONGEST = 10_000


def add(customer: Customer, text: str, *, actor: User, now: datetime, pinned: bool = False) -> Event:
    """Write a note; it is kept as it was written."""
    text = text.strip()
    if not text:
        raise Refused("The note is empty.")
    if len(text) > LONGEST:
        raise Refused("A note has at most %(count)s characters.", count=LONGEST)
    note = history.record(customer, EventKind.NOTE, text, actor=actor, now=now)
    note.pinned = pinned
    db.session.flush()
    return note


def pin(event: Event, pinned: bool) -> None:
    """Keep an entry on top of the timeline, or let it go."""
    event.pinned = pinned
    db.session.flush()
