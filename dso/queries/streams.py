"""Long results read a part at a time: the database keeps the rest, however many rows there are."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, Select

from dso.db import db

#: Rows held in memory at a time.
AT_ONCE = 1_000


def parts(query: Select[Any]) -> Iterator[Sequence[Row[Any]]]:
    """The rows of a query in its order, a thousand at a time, in one statement."""
    return db.session.execute(query, execution_options={"yield_per": AT_ONCE}).partitions()


def rows(query: Select[Any]) -> Iterator[Row[Any]]:
    """The rows of a query in its order, one after the other, in one statement."""
    return (row for part in parts(query) for row in part)
