"""Measures the speed table of the specification (10.5) and prints each figure with its yardstick of the same run.

`make bench`, or `python -m bench.run --database sqlite|postgresql|both --customers N --items N [--only imports]`. Every
step is a process of its own, the product's own command where there is one, so its memory is its own too. Nothing is
asserted: what must be reached stands beside what was measured, for a person to judge on a machine that is doing nothing
else.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from bench.ground import Ground, installed, plain_url, ratio, run, shown, tell, yardstick
from bench.imports import beginning, import_all, other_sizes, own_table, workbook
from bench.ledger import Ledger, write_ledger


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


def measure(kind: str, folder: Path, ledger: Ledger, files: Mapping[str, Path], *, imports_only: bool) -> None:
    """The whole table on one database."""
    print(f"\n{kind}: {ledger.customers} customers, {ledger.items} items, {os.cpu_count()} cores", flush=True)
    own = own_table(kind, folder, ledger, files)
    begun = beginning(kind, folder, ledger)
    with installed(kind, folder / kind, ledger) as ground:
        import_all(ground, files, own, begun)
        other_sizes(kind, folder, ledger, begun)
        workbook(kind, folder, ledger)
        if imports_only:
            return
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
    words.add_argument("--only", choices=("imports",), help="leave out what comes after the imports")
    asked = words.parse_args(arguments)
    ledger = Ledger(asked.customers, asked.items, asked.day)
    with tempfile.TemporaryDirectory(prefix="dso-bench-") as name:
        files = write_ledger(Path(name), ledger)
        for kind in ("sqlite", "postgresql") if asked.database == "both" else (asked.database,):
            measure(kind, Path(name), ledger, files, imports_only=asked.only is not None)


if __name__ == "__main__":
    main()
