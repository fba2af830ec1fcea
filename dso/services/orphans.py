"""Files of the store nobody refers to: what a killed process left behind is removed a day later."""

import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile

from sqlalchemy import Text, cast, select, union_all

from dso.db import among, db
from dso.models import Attachment, ImportRun, ImportUpload, Message
from dso.services import files

log = logging.getLogger("dso.files")

#: So old is a file before anybody asks whose it is: what writes it has long said so by then, or is dead.
AGE = timedelta(days=1)
#: More at once, and more than half of the store, is no accident: the database is not the one of these files.
MOST = 100


def remove() -> int:
    """Remove them and say how many; within a transaction that only reads."""
    store = files.folder()
    if not store.is_dir():
        return 0
    old = {each.name: each for each in _old(store)}
    left = _unnamed({name: each for name, each in old.items() if not each.suffix})
    parts = [each for each in old.values() if each.suffix == ".part"]
    if len(left) > MOST and len(left) * 2 > len(old):
        log.warning("%s of %s files in %s are named by nobody: none is removed", len(left), len(old), store)
        return 0
    for path in [*left.values(), *parts]:
        path.unlink(missing_ok=True)
    return len(left) + len(parts)


def _old(store: Path) -> Iterator[Path]:
    """The files of the store, whole or not, that were written more than a day ago by the clock that dates them."""
    with TemporaryFile(dir=store) as now:
        before = os.fstat(now.fileno()).st_mtime - AGE.total_seconds()
    for place in store.glob("[0-9a-f][0-9a-f]"):
        for path in place.iterdir():
            # Others come and go meanwhile.
            with suppress(FileNotFoundError):
                if path.name[:2] == place.name and path.is_file() and path.lstat().st_mtime < before:
                    yield path


def _unnamed(found: dict[str, Path]) -> dict[str, Path]:
    """Those no record names. One statement looks at all tables a file can go over from the one to the other of."""
    columns = (Attachment.stored_as, ImportUpload.stored_as, ImportRun.stored_as)
    left = dict(found)
    for name in db.session.scalars(union_all(*(select(each).where(among(each, found)) for each in columns))):
        left.pop(str(name), None)
    if left:
        kept = select(Message.attachments).where(cast(Message.attachments, Text).contains("stored_as"))
        for entries in db.session.scalars(kept.execution_options(yield_per=500)):
            for entry in entries:
                left.pop(str(entry.get("stored_as")), None)
    return left
