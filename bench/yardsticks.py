"""What a figure is held against: the same rows with no rules, the same page with no product.

Run as `python -m bench.yardsticks NAME …`, each in a process of its own; prints seconds, and those of the processor
among them.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, render_template_string

COLUMNS = "customer, number, type, issued_on, due_on, amount, remaining, currency, order_number"
TABLE = """CREATE TABLE plain_items (id {key}, customer TEXT, number TEXT, type TEXT, issued_on DATE, due_on DATE,
amount BIGINT, remaining BIGINT, currency TEXT, order_number TEXT, UNIQUE (customer, number))"""
PAGE = """<!doctype html><html lang="en"><head><title>Bare</title></head><body><table>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table></body></html>"""


def typed_rows(path: Path) -> Iterator[tuple[Any, ...]]:
    """Parse as simply as exactness allows: csv, one cache of days, Decimal, whole ten-thousandths."""
    days: dict[str, date] = {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for code, number, kind, issued, due, amount, remaining, currency, order in rows:
            for text in (issued, due):
                if text not in days:
                    days[text] = date.fromisoformat(text)
            whole, left = int(Decimal(amount) * 10_000), int(Decimal(remaining) * 10_000)
            yield code, number, kind, days[issued], days[due], whole, left, currency, order


def plain_import(url: str, path: str) -> float:
    """Parse the file and insert its rows into one table with one unique key, the quickest way the driver has."""
    engine = sa.create_engine(url)
    began = time.perf_counter()
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if engine.dialect.name == "postgresql":
            _copy(driver, Path(path))
        else:
            _executemany(driver, Path(path))
    return time.perf_counter() - began


def _copy(driver: Any, path: Path) -> None:
    with driver.cursor() as cursor:
        cursor.execute(TABLE.format(key="BIGSERIAL PRIMARY KEY"))
        with cursor.copy(f"COPY plain_items ({COLUMNS}) FROM STDIN") as copy:
            for row in typed_rows(path):
                copy.write_row(row)
    driver.commit()


def _executemany(driver: Any, path: Path) -> None:
    driver.execute("PRAGMA journal_mode=WAL")
    driver.execute(TABLE.format(key="INTEGER PRIMARY KEY"))
    insert = f"INSERT INTO plain_items ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own words
    driver.executemany(
        insert, ((*row[:3], row[3].isoformat(), row[4].isoformat(), *row[5:]) for row in typed_rows(path))
    )
    driver.commit()


def plain_rows(url: str, count: str = "20000") -> float:
    """Read and write back so many rows as plain tuples."""
    engine = sa.create_engine(url)
    wide = ", ".join(f"c{n} TEXT" for n in range(20))
    with engine.begin() as connection:
        connection.execute(sa.text(f"CREATE TABLE plain_rows (id BIGINT PRIMARY KEY, {wide})"))
        names = ", ".join(f":c{n}" for n in range(20))
        rows = [{"id": n, **{f"c{k}": f"value {k} of {n}" for k in range(20)}} for n in range(int(count))]
        connection.execute(sa.text(f"INSERT INTO plain_rows VALUES (:id, {names})"), rows)  # noqa: S608
    began = time.perf_counter()
    with engine.begin() as connection:
        found = connection.execute(sa.text("SELECT * FROM plain_rows")).all()
        change = sa.text("UPDATE plain_rows SET c0 = :c0, c1 = :c1 WHERE id = :id")
        connection.execute(change, [{"id": row[0], "c0": row[2], "c1": row[1]} for row in found])
    seconds = time.perf_counter() - began
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE plain_rows"))
    return seconds


def plain_sum(url: str) -> float:
    """The sum of what is open, as one statement."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        statement = sa.text("SELECT count(*), sum(remaining) FROM items WHERE cleared_on IS NULL")
        return quickest(lambda: connection.execute(statement).all())


def bare_page(rows: str) -> float:
    """A page of the same framework with as many rows of eight cells, and nothing else."""
    app = Flask("bare")
    table = [[f"cell {row} {column}" for column in range(8)] for row in range(int(rows))]
    app.add_url_rule("/", "page", lambda: render_template_string(PAGE, rows=table))
    client = app.test_client()
    return quickest(lambda: client.get("/").data)


def quickest(work: Callable[[], object], times: int = 7) -> float:
    """The best of some runs after one that warms up: what the work costs when nothing disturbs it."""
    work()
    best = None
    for _ in range(times):
        began = time.perf_counter()
        work()
        seconds = time.perf_counter() - began
        best = seconds if best is None else min(best, seconds)
    assert best is not None
    return best


YARDSTICKS: dict[str, Callable[..., float]] = {
    "plain_import": plain_import,
    "plain_rows": plain_rows,
    "plain_sum": plain_sum,
    "bare_page": bare_page,
}

if __name__ == "__main__":
    began = time.process_time()
    seconds = YARDSTICKS[sys.argv[1]](*sys.argv[2:])
    print(seconds, time.process_time() - began)
