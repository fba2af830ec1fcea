"""What a measurement stands on: a database, processes with their time, processor time and memory, lines of a table."""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.ledger import Ledger

SERVER = os.environ.get("DSO_TEST_DATABASE_URL", "")


@dataclass(frozen=True)
class Step:
    """What one process took."""

    seconds: float
    #: Of the processor, in this process alone: what others do on the machine counts less in it.
    busy: float
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
    return Step(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, output)


def yardstick(ground: Ground, *words: str) -> float:
    """Seconds of a yardstick, taken by itself without the start of its process."""
    return float(run(ground, "bench.yardsticks", *words).output.split()[0])


def both_yardsticks(ground: Ground, *words: str, module: str = "bench.yardsticks") -> tuple[float, float]:
    """Seconds of a yardstick, and those of the processor among them."""
    seconds, busy = run(ground, module, *words).output.split()
    return float(seconds), float(busy)


def tell(what: str, seconds: float, against: str = "", limit: str = "", more: str = "") -> None:
    """One line of the table."""
    print(f"{what:<44} {seconds:>9.3f} s  {against:<46} {limit:<18} {more}".rstrip(), flush=True)


def ratio(seconds: float, yard: float, name: str) -> str:
    """How many times a yardstick."""
    return f"{seconds / yard:.2f} x {name} ({yard:.3f} s)"


def plain_url(ground: Ground) -> str:
    """The database as SQLAlchemy names it."""
    return ground.url.replace("postgresql://", "postgresql+psycopg://", 1)


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database, gone afterwards."""
    if kind == "sqlite":
        folder.mkdir(parents=True, exist_ok=True)
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


@contextmanager
def installed(kind: str, folder: Path, ledger: Ledger) -> Iterator[Ground]:
    """A database with a company and its administrator."""
    with database(kind, folder) as url:
        ground = Ground(url, folder, ledger)
        company = ("--entity", "Bench", "--currency", "EUR", "--country", "FR", "--timezone", "Europe/Paris")
        person = ("--admin-email", "ada@dso.example", "--admin-password", "Measured-Twice-1")
        run(ground, "dso", "init", *company, *person)
        yield ground


def shown(output: str) -> str:
    """Counts of a JSON answer in one line."""
    answer: dict[str, Any] = json.loads(output)
    return ", ".join(f"{name} {value}" for name, value in answer.items() if isinstance(value, int | str) and value)
