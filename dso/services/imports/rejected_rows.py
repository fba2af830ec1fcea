"""The rejected rows of a run as they stood in the original file, with the reason behind each (2.2)."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from dso.domain.codes import ImportKind
from dso.domain.imports.mapping import FileMapping
from dso.queries.imports import RejectRow
from dso.services.exports import Plain, Table
from dso.services.imports.options import ImportOptions
from dso.services.imports.preparing import opened
from dso.services.imports.readers import Table as FileTable

#: Amounts may begin with a minus without being a formula: they have to come back as they were.
_AMOUNT = re.compile(r"[-+(]?[\d\s.,'\u00a0\u202f$€£]+[-)]?")


def rejected_rows(
    path: Path, kind: ImportKind, mapping: FileMapping, rejects: Iterable[RejectRow], say: Callable[[RejectRow], str]
) -> Table:
    """Every rejected row with its line and reason; both sides are read once, in the file's order."""
    table = opened(path, kind, ImportOptions(mapping=mapping))
    rows = _rows(table, rejects, say)
    return Table("Rejected", [*table.headers, "line", "reason"], rows, separator=";")


def _rows(table: FileTable, rejects: Iterable[RejectRow], say: Callable[[RejectRow], str]) -> Iterator[list[Any]]:
    waiting = iter(rejects)
    reject = next(waiting, None)
    for rows, lines in table.chunks():
        for row, line in zip(rows, lines, strict=True):
            while reject is not None and reject.line < line:
                reject = next(waiting, None)
            if reject is None:
                return
            if reject.line == line:
                cells = [*row[: len(table.headers)], *[""] * (len(table.headers) - len(row))]
                yield [*(Plain(cell) if _AMOUNT.fullmatch(cell) else cell for cell in cells), line, say(reject)]
