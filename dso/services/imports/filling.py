"""Filling an empty ledger: indexes and keys are made once, after the rows, instead of row by row."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, ForeignKeyConstraint, Index, Table, exists, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import AddConstraint, DropConstraint

from dso.db import db, on_postgresql
from dso.models import Item

#: Fewer rows are not worth it.
FEWEST = 50_000
#: How long to wait for the table to be free; a ledger that is being looked at is filled the plain way.
_PATIENCE = "3s"
_ITEMS: Table = Item.__table__  # type: ignore[assignment]


@contextmanager
def first_filling(new: int) -> Iterator[None]:
    """Within the block rows go into a table without secondary indexes and keys, if this is the very first filling.

    All of it is one transaction: whoever looks meanwhile sees the table as it was, or waits; a break leaves it whole.
    """
    if new < FEWEST or db.session.scalar(select(exists(select(Item.id)))):
        yield
        return
    connection = db.session.connection()
    indexes = [index for index in _ITEMS.indexes if not index.unique]
    keys = [key for key in _ITEMS.foreign_key_constraints if on_postgresql()]
    if not _strip(connection, indexes, keys):
        yield
        return
    yield
    for index in indexes:
        index.create(connection)
    for key in keys:
        connection.execute(AddConstraint(key))


def _strip(connection: Connection, indexes: list[Index], keys: list[ForeignKeyConstraint]) -> bool:
    """Take indexes and keys away; False when somebody is using the table."""
    try:
        with db.session.begin_nested():
            if on_postgresql():
                connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
            for key in keys:
                connection.execute(DropConstraint(key))
            for index in indexes:
                index.drop(connection)
    except OperationalError:
        return False
    if on_postgresql():
        connection.execute(text("SET LOCAL lock_timeout = DEFAULT"))
        connection.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
    return True
