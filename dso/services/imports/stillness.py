"""When a file of the watched folder counts as whole: nobody writes to it any more, and it ends as such files end."""

import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dso.services.imports import folder
from dso.services.imports.folder import Found

#: Looks in a row that find a file as it was before it counts as whole; of one that ends in the middle of something so
#: many, for a transfer that stalls has rarely just ended a row.
_LOOKS, _LOOKS_OPEN = 1, 12
_TAIL = 64


@dataclass(frozen=True)
class Seen:
    """How a file stood at the last look, and how many looks before that found it so in a row."""

    state: tuple[int, int]
    looks: int = 0


def after_look(found: Sequence[Found], before: Mapping[Path, Seen]) -> dict[Path, Seen]:
    """What is known of the files after one more look."""
    seen = {}
    for one in found:
        last = before.get(one.path)
        seen[one.path] = Seen(one.state, last.looks + 1 if last is not None and last.state == one.state else 0)
    return seen


def ready(found: Sequence[Found], seen: Mapping[Path, Seen]) -> list[Found]:
    """Those that are whole; what depends on one being written waits for it.

    So it does for one that gets a readable name first.
    """
    whole = {one.path for one in found if _is_whole(one, seen[one.path].looks)}
    written = {
        (one.folder, one.kind) for one in found if one.path not in whole or one.name != folder.readable(one.name)
    }

    def waits(one: Found) -> bool:
        return any((one.folder, kind) in written for kind in folder.before(one.kind))

    return [one for one in found if one.path in whole and not waits(one)]


def _is_whole(one: Found, looks: int) -> bool:
    return looks >= _LOOKS_OPEN or (looks >= _LOOKS and _has_an_end(one))


def _has_an_end(one: Found) -> bool:
    """Whether the last bytes are such as end a file: a line end, of a workbook its table of contents.

    Also where nothing can be said: of old workbooks, or when it cannot be read, which is told of elsewhere.
    """
    with suppress(OSError), folder.opened(one) as stream:
        if stream.read(2) == b"PK":
            return zipfile.is_zipfile(stream)
        stream.seek(max(one.size - _TAIL, 0))
        tail = stream.read(_TAIL)
        match Path(one.name).suffix.lower():
            case ".xls":
                return True
            case ".xml":
                return tail.rstrip().endswith(b">")
        # UTF-16 has a zero byte before or behind the line end.
        return any(end in tail[-2:] for end in b"\n\r\x1a")
    return True
