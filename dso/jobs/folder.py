"""Looking at the watched folder: what lies there whole is queued, what is in is put away."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy.exc import OperationalError

from dso import clock
from dso.db import db, reading
from dso.queries import import_tasks
from dso.services.imports import folder, stillness
from dso.services.imports.stillness import Seen

log = logging.getLogger("dso.jobs")


class Watch:
    """One look after the other; what was seen at the last one is kept in memory."""

    def __init__(self) -> None:
        self._seen: dict[Path, Seen] = {}
        self._said: set[str] = set()

    def __call__(self, _worker: str, goes_on: Callable[[], bool]) -> Mapping[str, Any]:
        """Put away what is in, queue what nobody writes to any more."""
        root: Path | None = current_app.config["DSO"].watch_path
        if root is None:
            return {}
        counts: Counter[str] = Counter()
        with reading():
            # No write lock is taken to look.
            waiting = [(each.id, each.state, _path(each)) for each in import_tasks.from_folder()]
            found = self._find(root)
            db.session.commit()
        for upload_id, state, _where in waiting:
            if state in (folder.DONE, folder.FAILED) and goes_on():
                counts[state] += self._put_away(upload_id)
        known = {path for _id, _state, path in waiting}
        new = [one for one in found if one.path not in known]
        self._seen = stillness.after_look(new, self._seen)
        for one in stillness.ready(new, self._seen):
            if goes_on():
                counts["queued"] += self._queue(one)
        return counts

    def _find(self, root: Path) -> list[folder.Found]:
        try:
            for name in folder.of_no_company(root):
                self._say(f"nobody takes {name} in: the files of a company lie in a folder named like it")
            return folder.find(root)
        except OSError as error:
            self._say(f"the watched folder cannot be read: {error}")
            return []

    def _queue(self, one: folder.Found) -> bool:
        try:
            queued = folder.queue(one, now=clock.now()) is not None
        except OSError as error:
            db.session.rollback()
            self._say(f"{one.path} cannot be taken in: {error}")
            return False
        except OperationalError:
            # The database has a bad moment; nothing is wrong with the file.
            raise
        except Exception:
            db.session.rollback()
            log.exception("%s cannot be taken in", one.path)
            self._set_aside(one)
            return False
        db.session.commit()
        return queued

    def _set_aside(self, one: folder.Found) -> None:
        try:
            folder.set_aside(one)
        except OSError as error:
            self._say(f"{one.path} cannot be moved: {error}")

    def _put_away(self, upload_id: int) -> bool:
        upload = import_tasks.by_id(upload_id)
        try:
            moved = upload is not None and folder.put_away(upload, now=clock.now())
        except OSError as error:
            db.session.rollback()
            self._say(f"a file of the watched folder cannot be moved: {error}")
            return False
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - it is in, and known for that; those after it are put away
            db.session.rollback()
            self._say(f"the result of upload {upload_id} cannot be written: {error!r}")
            return False
        db.session.commit()
        return moved

    def _say(self, words: str) -> None:
        """Once, not at every look."""
        if words not in self._said:
            self._said.add(words)
            log.warning(words)


def _path(upload: Any) -> Path:
    return Path(upload.origin["folder"], upload.origin["name"])
