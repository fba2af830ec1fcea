"""What is worked while the page waits, and what beside it: one rule for files and for imports taken back.

What takes longer than some two seconds is left to the clock process; so is what comes after work on the same company
that is not done yet, where it waits for its turn.
"""

from dso.models import Entity, ImportRun, ImportUpload
from dso.queries import import_tasks
from dso.services.imports import uploads

#: Records that are taken back in the time a file of `uploads.SMALL` bytes is taken in.
RECORDS = 20_000
_TOUCHED = ("new", "changed", "cleared", "reopened", "created_customers")


def takes_in_beside(entity: Entity, upload: ImportUpload) -> bool:
    """Whether a file is compared or taken in beside the request."""
    return uploads.is_large(upload) or import_tasks.is_busy(entity)


def takes_back_beside(entity: Entity, run: ImportRun) -> bool:
    """Whether an import is taken back beside the request."""
    return touched(run) > RECORDS or import_tasks.is_busy(entity)


def touched(run: ImportRun) -> int:
    """How many records a run made or changed."""
    return sum(int(run.counts.get(name, 0)) for name in _TOUCHED)
