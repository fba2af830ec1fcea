"""The whole ledger as plain values, to be compared before and after something broke off."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, NullPool, create_engine, make_url, select

from dso.db import Base

Ledger = dict[str, list[str]]


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection of its own to a database."""
    address = make_url(url.replace("postgresql://", "postgresql+psycopg://", 1))
    engine = create_engine(address, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def ledger(connection: Connection) -> Ledger:
    """Every row of every table with all it says; files are kept under random names, so only whether there is one.

    A number no other row refers to says nothing: rows written by one statement get theirs in the server's order.
    """
    named = {key.column for table in Base.metadata.sorted_tables for key in table.foreign_keys}
    found: Ledger = {}
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.c if column.name != "id" or column in named]
        rows = [dict(row) for row in connection.execute(select(*columns)).mappings()]
        for row in rows:
            if "stored_as" in row:
                row["stored_as"] = bool(row["stored_as"])
        found[table.name] = sorted(map(str, rows))
    return found


def differences(one: Ledger, other: Ledger) -> list[str]:
    """Tables in which two ledgers differ."""
    return [name for name in one if one[name] != other[name]]
