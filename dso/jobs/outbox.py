"""Draining the outbox, first tries and retries alike."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dso import clock
from dso.db import db
from dso.services import messages

#: Messages of one tick: few enough that a stop is heard soon, even with a slow mail server.
BATCH = 20


def send(worker: str) -> Mapping[str, Any]:
    """Send what is due now; each message in short transactions of its own."""
    counts = messages.send_due(now=clock.now(), limit=BATCH, worker=worker, commit=db.session.commit)
    return asdict(counts)
