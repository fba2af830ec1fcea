"""Long results read a part at a time: the database keeps the rest, however many rows there are."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, Select

from dso.db import db

#: Rows held in memory at a time.
AT_ONCE = 1_000


def parts(query: Select[Any]) -> Iterator[Sequence[Row[Any]]]:
    """The rows of a query in order, a thousand at a time: one statement, sent when the first row is asked for."""
    with db.session.execute(query, execution_options={"yield_per": AT_ONCE}) as found:
        yield from found.partitions()


def rows(query: Select[Any]) -> Iterator[Row[Any]]:
    """The rows of a query in its order, one after the other, in one statement."""
    return (row for part in parts(query) for row in part)
