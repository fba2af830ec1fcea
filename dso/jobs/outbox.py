"""Draining the outbox, first tries and retries alike."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from dso import clock
from dso.db import db
from dso.services import messages

#: Messages between two looks at whether to stop: few, so that a stop is heard soon even with a slow mail server.
BATCH = 20
#: What makes the outbox shorter; anything else (held, put off, server away) waits for the next turn.
_DONE = ("sent", "withheld", "cancelled", "to_confirm", "failed", "uncertain")


def send(worker: str, goes_on: Callable[[], bool]) -> Mapping[str, Any]:
    """Send what is due now, as long as it gets on and is not told to stop."""
    total: Counter[str] = Counter()
    while True:
        counts = asdict(
            messages.send_due(now=clock.now(), limit=BATCH, worker=worker, commit=db.session.commit, tick=clock.now)
        )
        total.update(counts)
        gets_on = any(counts[name] for name in _DONE) and not counts["later"]
        if not gets_on or not goes_on():
            return dict(total)
