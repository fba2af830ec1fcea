"""The whole ledger as plain values, to be compared before and after something broke off."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, NullPool, Table, create_engine, make_url, select

from dso.db import Base

Ranks = Mapping[str, Mapping[int, int]]
Ledger = dict[str, list[dict[str, Any]]]


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection of its own to a database."""
    address = make_url(url.replace("postgresql://", "postgresql+psycopg://", 1))
    engine = create_engine(address, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def ledger(connection: Connection) -> Ledger:
    """Every row of every table: what broke off may use up ids, so their ranks stand for them."""
    tables = Base.metadata.sorted_tables
    rows = {table.name: connection.execute(select(table)).mappings().all() for table in tables}
    ranks = {name: _ranks(found) for name, found in rows.items()}
    return {
        table.name: sorted((_plain(table, row, ranks) for row in rows[table.name]), key=lambda row: str(row))
        for table in tables
    }


def _ranks(rows: Any) -> dict[int, int]:
    return {each: rank for rank, each in enumerate(sorted(row["id"] for row in rows if "id" in row), start=1)}


def _plain(table: Table, row: Mapping[str, Any], ranks: Ranks) -> dict[str, Any]:
    found = dict(row)
    for column in table.columns:
        value = found[column.name]
        for key in column.foreign_keys:
            found[column.name] = ranks[key.column.table.name].get(value, value)
    if "id" in found:
        found["id"] = ranks[table.name][row["id"]]
    if "record_id" in found:
        found["record_id"] = ranks[found["subject"]].get(row["record_id"], row["record_id"])
    if "stored_as" in found:
        # Files are kept under random names.
        found["stored_as"] = bool(found["stored_as"])
    return found


def differences(one: Ledger, other: Ledger) -> list[str]:
    """Tables in which two ledgers differ."""
    return [name for name in one if one[name] != other[name]]
