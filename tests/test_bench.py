"""The made-up ledger of the measurements is the same everywhere, and as unequal as real ones."""

import hashlib
from pathlib import Path

from bench.ledger import BIG_CODE, Ledger, contacts, customers, items, sizes, write_ledger

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
