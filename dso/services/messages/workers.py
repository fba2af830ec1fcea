"""Names of senders, by which it can be told whether the one that claimed a message still lives."""

import hashlib
import os
import secrets
import socket
from functools import lru_cache
from pathlib import Path

_TOKEN = secrets.token_hex(4)


@lru_cache(maxsize=1)
def _place() -> str:
    """The machine since it was started, and the container in it: only here can process ids be compared."""
    try:
        started = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        container = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        # Unknown places never match, so that only the time since the claim decides.
        started, container = secrets.token_hex(16), ""
    return hashlib.sha256(f"{socket.gethostname()} {started} {container}".encode()).hexdigest()[:16]


def name(label: str) -> str:
    """The name under which this process claims messages."""
    return f"{label[:50]}#{_place()}:{os.getpid()}:{_TOKEN}"


def is_dead(claimed_by: str) -> bool:
    """Whether the process that claimed a message is known to be gone; False when that cannot be known from here."""
    try:
        place, pid_text, token = claimed_by.rpartition("#")[2].split(":")
        pid = int(pid_text)
    except ValueError:
        return False
    if place != _place():
        return False
    if pid == os.getpid():
        return token != _TOKEN
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
