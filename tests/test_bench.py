"""The made-up ledger of the measurements is the same everywhere, and as unequal as real ones."""

import hashlib
import sqlite3
import threading
from pathlib import Path

import openpyxl

from bench.ground import installed, run
from bench.imports import waiting, write_workbook
from bench.ledger import BIG_CODE, ITEM_HEADER, Ledger, contacts, customers, items, sizes, write_ledger

SMALL = Ledger(customers=400, items=24_000)


def test_the_same_ledger_has_the_same_bytes(tmp_path: Path) -> None:
    prints = []
    for name in ("one", "other"):
        paths = write_ledger(tmp_path / name, SMALL)
        prints.append({kind: hashlib.sha256(path.read_bytes()).hexdigest() for kind, path in paths.items()})
    assert prints[0] == prints[1]


def test_it_has_as_many_items_as_asked_and_one_customer_with_five_thousand() -> None:
    counts = sizes(SMALL)
    assert sum(counts) == SMALL.items
    assert min(counts) >= 1
    assert counts[0] == 5_000
    assert SMALL.code(0) == BIG_CODE
    assert len(list(items(SMALL))) == SMALL.items


def test_the_next_day_changes_four_in_a_hundred_adds_one_and_drops_one() -> None:
    before = {row[1]: row for row in items(SMALL)}
    after = {row[1]: row for row in items(SMALL, second=True)}
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    changed = [number for number in before.keys() & after.keys() if before[number] != after[number]]
    assert (len(gone), len(new), len(changed)) == (240, 240, 960)


def test_all_customers_are_named_once_and_nearly_all_can_be_reached() -> None:
    codes = [row[0] for row in customers(SMALL)]
    assert len(set(codes)) == len(codes) == SMALL.customers
    reached = [row[0] for row in contacts(SMALL)]
    assert len(set(reached)) == len(reached) == SMALL.customers * 97 // 100
    assert {row[0] for row in items(SMALL)} <= set(codes)


def test_the_workbook_holds_the_same_items_as_the_csv_file(tmp_path: Path) -> None:
    small = Ledger(customers=10, items=60)
    book = openpyxl.load_workbook(write_workbook(tmp_path / "items.xlsx", small), read_only=True)
    first, *rows = book["items"].iter_rows(values_only=True)
    assert first == ITEM_HEADER
    days = [[str(day)[:10] for day in row[3:5]] for row in rows]
    amounts = [[f"{amount:.2f}" for amount in row[5:7]] for row in rows]
    found = [(*row[:3], *day, *amount, *row[7:]) for row, day, amount in zip(rows, days, amounts, strict=True)]
    assert found == list(items(small))


def test_the_yardstick_puts_every_item_into_the_products_own_table_and_leaves_its_indexes(tmp_path: Path) -> None:
    small = Ledger(customers=10, items=600)
    files = write_ledger(tmp_path, small)
    with installed("sqlite", tmp_path / "own", small) as ground:
        for kind in ("customers", "items"):
            run(ground, "dso", "import", kind, str(files[kind]))
        with sqlite3.connect(ground.url.removeprefix("sqlite:///")) as database:
            imported = database.execute(_CONTENT).fetchall(), database.execute(_INDEXES).fetchall()
            database.execute("UPDATE customer_states SET leader_id = NULL")
            database.execute("DELETE FROM items")
        run(ground, "bench.own_import", ground.url, str(files["items"]))
        with sqlite3.connect(ground.url.removeprefix("sqlite:///")) as database:
            assert (database.execute(_CONTENT).fetchall(), database.execute(_INDEXES).fetchall()) == imported
    assert len(imported[0]) == 600


_CONTENT = """SELECT customer_id, account_id, number, issued_year, type, issued_on, due_on, amount, remaining, currency,
order_number, custom, ignored FROM items ORDER BY number"""
_INDEXES = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'items' ORDER BY name"


def test_the_longest_wait_of_somebody_who_wants_to_write_is_measured(tmp_path: Path) -> None:
    path = str(tmp_path / "some.sqlite")
    with sqlite3.connect(path, isolation_level=None) as writer, waiting(path) as longest:
        writer.execute("BEGIN IMMEDIATE")
        threading.Event().wait(0.3)
        writer.execute("ROLLBACK")
        threading.Event().wait(0.2)
    assert longest[0] > 0.25
