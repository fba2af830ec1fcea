"""The other yardstick of an import: the same rows into the product's own table, and no rules.

Run as `python -m bench.own_import URL FILE` over a database with the customers of the file and no items, in a process
of its own; prints seconds, and those of the processor among them. A plain table with one key is quicker to fill than
the one that the product's pages are read from; this tells how much of an import is that.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import AddConstraint, DropConstraint

from bench.yardsticks import typed_rows
from dso.models import Customer, Entity, Item

_ITEMS: sa.Table = Item.__table__  # type: ignore[assignment]
MOVING = (
    "entity_id", "customer_id", "account_id", "number", "issued_year", "type", "issued_on", "due_on", "amount",
    "remaining", "currency", "order_number",
)  # fmt: skip


def own_import(url: str, path: str) -> float:
    """Seconds to parse the file and bulk-insert its rows the quickest way the driver has, indexes made afterwards."""
    engine = sa.create_engine(url)
    began = time.perf_counter()
    with engine.begin() as connection, _bare(connection):
        entity_id = connection.execute(sa.select(Entity.id)).scalar_one()
        numbers = {code: key for code, key in connection.execute(sa.select(Customer.code, Customer.id))}  # noqa: C416
        rows = _rows(entity_id, numbers, Path(path))
        (_copy if engine.dialect.name == "postgresql" else _executemany)(connection, rows)
    return time.perf_counter() - began


@contextmanager
def _bare(connection: sa.Connection) -> Iterator[None]:
    """The table without its indexes and, on PostgreSQL, foreign keys, within the block."""
    indexes = list(_ITEMS.indexes)
    keys = list(_ITEMS.foreign_key_constraints) if connection.dialect.name == "postgresql" else []
    for key in keys:
        connection.execute(DropConstraint(key))
    for index in indexes:
        index.drop(connection)
    yield
    for index in indexes:
        index.create(connection)
    for key in keys:
        connection.execute(AddConstraint(key))


def _rows(entity_id: int, numbers: dict[str, int], path: Path) -> Iterator[tuple[Any, ...]]:
    """The columns that differ from row to row, days as days."""
    for code, number, kind, issued, due, amount, remaining, currency, order in typed_rows(path):
        key = numbers[code]
        yield entity_id, key, key, number, issued.year, kind, issued, due, amount, remaining, currency, order


def _same() -> dict[str, str]:
    """The columns that must not be empty and are the same in all rows, as literals."""
    found = {}
    for column in _ITEMS.c:
        if column.nullable or column.primary_key or column.name in MOVING:
            continue
        value = getattr(column.default, "arg", None)
        if column.name == "custom":
            found[column.name] = "'{}'"
        elif isinstance(value, bool):
            found[column.name] = str(value).upper()
        else:
            found[column.name] = "'2026-01-01 00:00:00'" if column.name.endswith("_at") else "''"
    return found


def _copy(connection: sa.Connection, rows: Iterator[tuple[Any, ...]]) -> None:
    same = _same()
    for name, literal in same.items():
        connection.execute(sa.text(f'ALTER TABLE items ALTER "{name}" SET DEFAULT {literal}'))
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY items ({', '.join(MOVING)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    for name in same:
        connection.execute(sa.text(f'ALTER TABLE items ALTER "{name}" DROP DEFAULT'))


def _executemany(connection: sa.Connection, rows: Iterator[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    same = _same()
    places = ", ".join([*["?"] * len(MOVING), *same.values()])
    insert = f"INSERT INTO items ({', '.join([*MOVING, *same])}) VALUES ({places})"  # noqa: S608 - our own words
    driver.executemany(insert, ((*row[:6], row[6].isoformat(), row[7].isoformat(), *row[8:]) for row in rows))


if __name__ == "__main__":
    start = time.process_time()
    seconds = own_import(*sys.argv[1:])
    print(seconds, time.process_time() - start)
