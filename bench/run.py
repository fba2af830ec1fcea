"""Measures the speed table of the specification (10.5) and prints each figure with its yardstick of the same run.

`make bench`, or `python -m bench.run --database sqlite|postgresql|both --customers N --items N`. Every step is a
process of its own, the product's own command where there is one, so its memory is its own too. Nothing is asserted:
what must be reached stands beside what was measured, for a person to judge on a machine that is doing nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.ledger import Ledger, write_ledger

SERVER = os.environ.get("DSO_TEST_DATABASE_URL", "")


@dataclass(frozen=True)
class Step:
    """What one process took."""

    seconds: float
    megabytes: int
    output: str


@dataclass(frozen=True)
class Ground:
    """A database to measure on, the files to feed it, the day it is."""

    url: str
    folder: Path
    ledger: Ledger

    @property
    def environment(self) -> dict[str, str]:
        """For the product's processes: this database, this day at six in the morning."""
        return {
            **os.environ,
            "DSO_DATABASE_URL": self.url,
            "DSO_INSTANCE_PATH": str(self.folder),
            "DSO_NOW": f"{self.ledger.day.isoformat()}T06:00:00+00:00",
        }


def run(ground: Ground, *words: str, codes: Sequence[int] = (0,)) -> Step:
    """Run a Python module with words and take its time and its largest memory; an unexpected end stops the run."""
    read_end, write_end = os.pipe()
    began = time.perf_counter()
    actions = [(os.POSIX_SPAWN_DUP2, write_end, 1), (os.POSIX_SPAWN_CLOSE, read_end)]
    words = (sys.executable, "-m", *words)
    number = os.posix_spawn(sys.executable, words, ground.environment, file_actions=actions)
    os.close(write_end)
    with os.fdopen(read_end, encoding="utf-8") as pipe:
        output = pipe.read()
    _, status, usage = os.wait4(number, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in codes:
        sys.exit(f"{' '.join(words[2:])} ended with {code}:\n{output}")
    return Step(time.perf_counter() - began, usage.ru_maxrss // 1024, output)


def yardstick(ground: Ground, *words: str) -> float:
    """Seconds of a yardstick, taken by itself without the start of its process."""
    return float(run(ground, "bench.yardsticks", *words).output)


def tell(what: str, seconds: float, against: str = "", limit: str = "", more: str = "") -> None:
    """One line of the table."""
    print(f"{what:<44} {seconds:>9.3f} s  {against:<46} {limit:<18} {more}".rstrip(), flush=True)


def ratio(seconds: float, yard: float, name: str) -> str:
    """How many times a yardstick."""
    return f"{seconds / yard:.2f} x {name} ({yard:.3f} s)"


def import_all(ground: Ground, files: Mapping[str, Path]) -> None:
    """First import, the same again, the file of the next day; against parse and insert with no rules."""
    for kind in ("customers", "contacts"):
        step = run(ground, "dso", *import_words(kind, files[kind]))
        tell(f"import {kind}", step.seconds, more=f"{step.megabytes} MB")
    plain = yardstick(ground, "plain_import", plain_url(ground), str(files["items"]))
    first = run(ground, "dso", *import_words("items", files["items"]))
    against = ratio(first.seconds, plain, "parse and insert")
    tell("import items, new", first.seconds, against, "<= 5 x, < 1024 MB", f"{first.megabytes} MB")
    for name, path in (("the same again", files["items"]), ("next day, 5 % changed", files["items_next_day"])):
        step = run(ground, "dso", *import_words("items", path), "--mode", "stock")
        tell(f"import items, {name}", step.seconds, ratio(step.seconds, first.seconds, "first"), "goal 0.5 x")
        print("    ", shown(step.output))


def import_words(kind: str, path: Path) -> tuple[str, ...]:
    """The words of an import on the command line."""
    return ("import", kind, str(path), "--json")


def shown(output: str) -> str:
    """Counts of a JSON answer in one line."""
    answer: dict[str, Any] = json.loads(output)
    return ", ".join(f"{name} {value}" for name, value in answer.items() if isinstance(value, int | str) and value)


def day_runs(ground: Ground) -> None:
    """The day's work over the whole ledger, and once more."""
    plain = yardstick(ground, "plain_rows", plain_url(ground))
    first = run(ground, "dso", "run", "--json")
    against = ratio(first.seconds, plain, "20,000 rows read and written")
    tell("day run, first", first.seconds, against, "<= 90 s, goal 30", f"{first.megabytes} MB")
    print("    ", shown(first.output))
    second = run(ground, "dso", "run", "--json")
    tell("day run, again", second.seconds, ratio(second.seconds, first.seconds, "first"), "goal 0.5 x")


def aging(ground: Ground) -> None:
    """The aging balance against the plain sum."""
    plain = yardstick(ground, "plain_sum", plain_url(ground))
    step = run(ground, "dso", "report", "aging", "--json")
    tell("dso report aging, with its start", step.seconds, ratio(step.seconds, plain, "plain sum"), "goal 2 x")


def pages(ground: Ground) -> None:
    """Server time of three pages, against a bare page with as many rows."""
    names = {"customer": "customer file with 5,000 items", "items": "item grid, first page", "todo": "To-do page"}
    for page, words in names.items():
        found = json.loads(run(ground, "bench.pages", page).output)
        bare = yardstick(ground, "bare_page", str(max(found["rows"], 1)))
        more = f"{found['rows']} rows, {found['statements']} statements"
        tell(words, found["seconds"], ratio(found["seconds"], bare, "bare page"), "< 0.5 s, goal 4 x", more)


def plain_url(ground: Ground) -> str:
    """The database as SQLAlchemy names it."""
    return ground.url.replace("postgresql://", "postgresql+psycopg://", 1)


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database, gone afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite'}"
        return
    if not SERVER:
        sys.exit("Name a PostgreSQL server in DSO_TEST_DATABASE_URL, or use make bench.")
    name = f"dso_bench_{secrets.token_hex(4)}"
    server = sa.make_url(SERVER).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


def measure(kind: str, folder: Path, ledger: Ledger, files: Mapping[str, Path]) -> None:
    """The whole table on one database."""
    print(f"\n{kind}: {ledger.customers} customers, {ledger.items} items, {os.cpu_count()} cores", flush=True)
    with database(kind, folder) as url:
        ground = Ground(url, folder, ledger)
        company = ("--entity", "Bench", "--currency", "EUR", "--country", "FR", "--timezone", "Europe/Paris")
        person = ("--admin-email", "ada@dso.example", "--admin-password", "Measured-Twice-1")
        run(ground, "dso", "init", *company, *person)
        import_all(ground, files)
        run(ground, "dso", "assign", "scenario", "Standard", "--all")
        day_runs(ground)
        aging(ground)
        pages(ground)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the speed table."""
    words = argparse.ArgumentParser(description=main.__doc__)
    words.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    words.add_argument("--customers", type=int, default=Ledger.customers)
    words.add_argument("--items", type=int, default=Ledger.items)
    words.add_argument("--day", type=date.fromisoformat, default=Ledger.day)
    asked = words.parse_args(arguments)
    ledger = Ledger(asked.customers, asked.items, asked.day)
    with tempfile.TemporaryDirectory(prefix="dso-bench-") as name:
        files = write_ledger(Path(name), ledger)
        for kind in ("sqlite", "postgresql") if asked.database == "both" else (asked.database,):
            measure(kind, Path(name), ledger, files)


if __name__ == "__main__":
    main()
