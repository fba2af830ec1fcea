"""Imports: preview, first, the same again, the next day; smaller files; a workbook; how long others wait."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import xlsxwriter

from bench.ground import Ground, Step, both_yardsticks, installed, plain_url, ratio, run, shown, tell
from bench.ledger import ITEM_HEADER, Ledger, items, write_ledger

#: Items of the files that are held against the large one: the cost of a row is to be the same.
SIZES = (10_000, 100_000)
#: Items of a file whose import is all beginning: start of the process, first use of every statement.
FEW = 100
WORKBOOK_ROWS = 100_000
#: Between two tries of somebody else to write.
_EVERY = 0.02


def import_words(kind: str, path: Path) -> tuple[str, ...]:
    """The words of an import on the command line."""
    return ("import", kind, str(path), "--json")


def own_table(kind: str, folder: Path, ledger: Ledger, files: Mapping[str, Path]) -> tuple[float, float]:
    """Seconds, and those of the processor, of parse and insert into the product's own table with no rules."""
    with installed(kind, folder / f"{kind}-own", ledger) as ground:
        _with_customers(ground, files)
        return both_yardsticks(ground, plain_url(ground), str(files["items"]), module="bench.own_import")


def beginning(kind: str, folder: Path, ledger: Ledger) -> float:
    """Seconds of the processor of a file of a few items: what a process does once, for one row as for a million."""
    few = Ledger(2, FEW, ledger.day)
    place = folder / f"{kind}-{FEW}"
    files = write_ledger(place, few)
    with installed(kind, place, few) as ground:
        _with_customers(ground, files)
        return run(ground, "dso", *import_words("items", files["items"])).busy


def import_all(ground: Ground, files: Mapping[str, Path], own: tuple[float, float], begun: float) -> None:
    """Preview, first import, the same again, the file of the next day; against parse and insert with no rules.

    `own`: what that takes with the product's own table, beside a plain one with a single key; `begun`: `beginning`.
    """
    for kind in ("customers", "contacts"):
        step = run(ground, "dso", *import_words(kind, files[kind]))
        tell(f"import {kind}", step.seconds, more=f"{step.megabytes} MB")
    plain = both_yardsticks(ground, "plain_import", plain_url(ground), str(files["items"]))
    preview = run(ground, "dso", *import_words("items", files["items"]), "--dry-run")
    first, held = _watched(ground, "dso", *import_words("items", files["items"]))
    _told("preview of items, new", preview, (first.seconds, first.busy), "import", "<= 1 x")
    cost = _cost(first, begun, ground.ledger.items)
    _told("import items, new", first, own, "parse and insert", "<= 3 x, < 1024 MB", f"{held}  {cost}")
    _told("against a plain table with one key", first, plain, "parse and insert", "")
    for name, path in (("the same again", files["items"]), ("next day, 5 % changed", files["items_next_day"])):
        step, held = _watched(ground, "dso", *import_words("items", path), "--mode", "stock")
        _told(f"import items, {name}", step, (first.seconds, first.busy), "first", "<= 0.5 x", held)
        print("    ", shown(step.output))


def other_sizes(kind: str, folder: Path, ledger: Ledger, begun: float) -> None:
    """The cost of a row in smaller files of ledgers of the same shape, each against its own yardstick.

    What a process does once (`beginning`) is taken off.
    """
    for size in (size for size in SIZES if size < ledger.items):
        small = Ledger(max(1, ledger.customers * size // ledger.items), size, ledger.day)
        place = folder / f"{kind}-{size}"
        files = write_ledger(place, small)
        with installed(kind, place, small) as ground:
            _with_customers(ground, files)
            plain = both_yardsticks(ground, "plain_import", plain_url(ground), str(files["items"]))
            step = run(ground, "dso", *import_words("items", files["items"]))
            cost = _cost(step, begun, size)
            _told(f"import of {size} items, new", step, plain, "parse and insert", "cost of a row flat", cost)


def workbook(kind: str, folder: Path, ledger: Ledger) -> None:
    """A workbook of a hundred thousand rows into an empty ledger."""
    size = min(WORKBOOK_ROWS, ledger.items)
    small = Ledger(max(1, ledger.customers * size // ledger.items), size, ledger.day)
    place = folder / f"{kind}-workbook"
    files = write_ledger(place, small)
    path = write_workbook(place / "items.xlsx", small)
    with installed(kind, place, small) as ground:
        _with_customers(ground, files)
        plain = both_yardsticks(ground, "plain_import", plain_url(ground), str(files["items"]))
        step = run(ground, "dso", *import_words("items", path))
        _told(f"import of a workbook, {size} rows", step, plain, "parse and insert of CSV", "<= 60 s")


def write_workbook(path: Path, ledger: Ledger) -> Path:
    """The items as a workbook: days as days, amounts as numbers."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet, day = book.add_worksheet("items"), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ITEM_HEADER)
        for line, row in enumerate(items(ledger), 1):
            sheet.write_row(line, 0, row[:3])
            for column in (3, 4):
                sheet.write_datetime(line, column, datetime.fromisoformat(row[column]), day)
            sheet.write_row(line, 5, [float(row[5]), float(row[6]), *row[7:]])
    return path


def _with_customers(ground: Ground, files: Mapping[str, Path]) -> None:
    for kind in ("customers", "contacts"):
        run(ground, "dso", *import_words(kind, files[kind]))


def _cost(step: Step, begun: float, size: int) -> str:
    return f"{(step.busy - begun) / (size - FEW) * 1e6:.0f} us of the processor a row beyond the first {FEW}"


def _told(what: str, step: Step, yard: tuple[float, float], name: str, limit: str, more: str = "") -> None:
    busy = f"{step.busy / yard[1]:.2f} x by the processor ({step.busy:.1f} of {yard[1]:.1f} s)"
    tell(what, step.seconds, ratio(step.seconds, yard[0], name), limit, f"{busy}, {step.megabytes} MB  {more}")


def _watched(ground: Ground, *words: str) -> tuple[Step, str]:
    """A step, and on SQLite how long others who want to write waited for it at the longest."""
    if not ground.url.startswith("sqlite"):
        return run(ground, *words), ""
    with waiting(ground.url.removeprefix("sqlite:///")) as longest:
        step = run(ground, *words)
    return step, f"others wait {longest[0]:.1f} s"


@contextmanager
def waiting(path: str) -> Iterator[list[float]]:
    """Somebody who tries to write again and again meanwhile; the longest time without success."""
    longest, over = [0.0], threading.Event()

    def attempt() -> None:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        since = time.perf_counter()
        while not over.wait(_EVERY):
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
            except sqlite3.OperationalError:
                continue
            finally:
                longest[0] = max(longest[0], time.perf_counter() - since)
            since = time.perf_counter()
        connection.close()

    thread = threading.Thread(target=attempt)
    thread.start()
    try:
        yield longest
    finally:
        over.set()
        thread.join()
