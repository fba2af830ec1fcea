"""Tables as answers: CSV as it is made, XLSX by way of a temporary file; neither is held in memory."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO

from flask import Response, request, stream_with_context

from dso.domain.errors import NotFound
from dso.services import exports
from dso.services.exports import Table

#: Kinds of files and what browsers call them.
FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_PIECE = 1 << 16


def table_answer(table: Table, name: str, form: str) -> Response:
    """A table as "csv" or "xlsx", to be saved, never shown; NotFound for other kinds."""
    if form not in FORMS:
        raise NotFound("There is no such file.")
    pieces: Iterator[bytes] | Iterator[str]
    if request.method == "HEAD":
        # Nothing of it is sent: it is not made, nor is its length known.
        pieces = iter(())
    else:
        pieces = stream_with_context(exports.csv_pieces(table)) if form == "csv" else _spreadsheet(table)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(pieces, content_type=FORMS[form], headers=headers)


def _spreadsheet(table: Table) -> Iterator[bytes]:
    """The pieces of a spreadsheet, which is whole before the first of them leaves."""
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        exports.write_xlsx(table, file)
        file.seek(0)
        kept = stack.pop_all()
    return _pieces(file, kept)


def _pieces(file: IO[bytes], kept: ExitStack) -> Iterator[bytes]:
    with kept:
        while piece := file.read(_PIECE):
            yield piece
