"""Cleaning up: files that wait for nobody any more, and what killed processes left in the file store."""

from collections.abc import Callable, Mapping
from typing import Any

from dso import clock
from dso.db import db, reading
from dso.services import orphans
from dso.services.imports import uploads


def clean(_worker: str, _goes_on: Callable[[], bool]) -> Mapping[str, Any]:
    """Forget files on their way with which nothing was done for long, then remove what nobody refers to."""
    uploads.forget_old(clock.now())
    db.session.commit()
    with reading():
        removed = orphans.remove()
    db.session.commit()
    return {"removed": removed}
