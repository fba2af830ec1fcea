"""The whole ledger as plain values, to be compared before and after something broke off."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, NullPool, RowMapping, Table, create_engine, make_url, select

from dso.db import Base

#: Table to key to what the row says.
Words = Mapping[str, Mapping[int, int]]
Ledger = dict[str, list[str]]
#: References followed from a row to tell it from others that say the same.
_DEPTH = 3


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection of its own to a database."""
    address = make_url(url.replace("postgresql://", "postgresql+psycopg://", 1))
    engine = create_engine(address, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def ledger(connection: Connection) -> Ledger:
    """Every row of every table.

    What broke off uses up ids, and a server numbers the rows of one statement in any order: what a row says, and what
    the rows it names say, stands for its id.
    """
    tables = Base.metadata.sorted_tables
    rows = {table: connection.execute(select(table)).mappings().all() for table in tables}
    words: Words = {table.name: {} for table in tables}
    for _ in range(_DEPTH):
        words = {
            table.name: {row["id"]: hash(_plain(table, row, words)) for row in found if "id" in row}
            for table, found in rows.items()
        }
    return {table.name: sorted(_plain(table, row, words) for row in found) for table, found in rows.items()}


def _plain(table: Table, row: RowMapping, words: Words) -> str:
    found: dict[str, Any] = dict(row)
    found.pop("id", None)
    for column in table.columns:
        for key in column.foreign_keys:
            found[column.name] = words[key.column.table.name].get(row[column.name])
    if "record_id" in found:
        found["record_id"] = words[found["subject"]].get(row["record_id"])
    if "stored_as" in found:
        # Files are kept under random names.
        found["stored_as"] = bool(found["stored_as"])
    return str(found)


def differences(one: Ledger, other: Ledger) -> list[str]:
    """Tables in which two ledgers differ."""
    return [name for name in one if one[name] != other[name]]
