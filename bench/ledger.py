"""The made-up ledger of the measurements: the same arguments always give the same bytes.

20,000 customers and 1,000,000 open items by default. Customers are as unequal as real ones (Pareto:
a median of about 15 items, a few of many thousands), and one of them, `CBIG`, has exactly 5,000.
The second file of the same ledger changes 4 % of the items, adds 1 % and drops 1 %, in other numbers.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

BIG_CODE = "CBIG"
BIG_ITEMS = 5_000

CUSTOMER_HEADER = ("code", "business_name", "legal_id", "city", "postal_code", "country", "language", "payment_term")
CONTACT_HEADER = ("customer", "first_name", "last_name", "role", "email", "phone", "language", "for_collection")
ITEM_HEADER = ("customer", "number", "type", "issued_on", "due_on", "amount", "remaining", "currency", "order_number")

Row = tuple[str, ...]

_COUNTRIES = (
    ("FR", "fr"),
    ("FR", "fr"),
    ("FR", "fr"),
    ("DE", "de"),
    ("BE", "fr"),
    ("ES", "es"),
    ("IT", "it"),
    ("GB", "en"),
)
_WORDS = (
    "Nord",
    "Atlas",
    "Lumen",
    "Verdier",
    "Kessler",
    "Marais",
    "Orion",
    "Brume",
    "Colline",
    "Delta",
    "Élan",
    "Falaise",
)
_TRADES = ("Transports", "Bois", "Papier", "Énergie", "Fruits", "Acier", "Textile", "Conseil", "Pharma", "Optique")
_FORMS = ("SAS", "SARL", "SA", "GmbH", "Ltd", "SRL")
_FIRST = ("Zoé", "Léa", "Hugo", "Anna", "Karl", "Inès", "Paul", "Nora")
_LAST = ("Hébert", "Müller", "Garnier", "Lefèvre", "Rossi", "Dupont", "Smith", "Novák")
_TERMS = (30, 30, 30, 45, 60)


@dataclass(frozen=True)
class Ledger:
    """How much of it, as at which day; `seed` gives another ledger of the same shape."""

    customers: int = 20_000
    items: int = 1_000_000
    day: date = date(2026, 11, 20)
    seed: int = 7

    def code(self, index: int) -> str:
        """The code of a customer; the first of a large enough ledger is the one with 5,000 items."""
        return BIG_CODE if index == 0 and self.items > 4 * BIG_ITEMS else f"C{index:06d}"


def sizes(ledger: Ledger) -> list[int]:
    """How many items each customer has: at least one each, exactly `ledger.items` in all."""
    rng = random.Random(ledger.seed)
    weights = [int(rng.paretovariate(1.05) * 1000) for _ in range(ledger.customers)]
    fixed = BIG_ITEMS if ledger.code(0) == BIG_CODE else 1
    spare = ledger.items - fixed - (ledger.customers - 1)
    if spare < 0:
        raise ValueError("a ledger has at least one item for each customer")
    # The heaviest tail is cut so that no customer holds more than 2.5 % of the ledger.
    cap = sum(weights) // 40 + 1
    weights = [min(weight, cap) for weight in weights]
    whole = sum(weights[1:]) or 1
    counts = [1 + spare * weight // whole for weight in weights]
    counts[0] = fixed
    for index in range(ledger.items - sum(counts)):
        counts[1 + index % (ledger.customers - 1)] += 1
    return counts


def customers(ledger: Ledger) -> Iterator[Row]:
    """Customers of some countries, one for each index."""
    rng = random.Random(ledger.seed + 1)
    for index in range(ledger.customers):
        country, language = rng.choice(_COUNTRIES)
        name = f"{rng.choice(_WORDS)} {rng.choice(_TRADES)} {index} {rng.choice(_FORMS)}"
        legal_id = f"{rng.randrange(10**8, 10**9)}"
        yield (
            ledger.code(index),
            name,
            legal_id,
            rng.choice(_WORDS),
            f"{rng.randrange(10_000, 99_000)}",
            country,
            language,
            "30",
        )


def contacts(ledger: Ledger) -> Iterator[Row]:
    """One contact for collection each, but for 3 customers in 100 who cannot be reached."""
    rng = random.Random(ledger.seed + 2)
    for index in range(ledger.customers):
        first, last = rng.choice(_FIRST), rng.choice(_LAST)
        if index % 100 in (17, 43, 71):
            continue
        email = f"ap{index}@customer{index}.example"
        yield (ledger.code(index), first, last, "accountant", email, f"+331{index:08d}", "", "yes")


def items(ledger: Ledger, *, second: bool = False) -> Iterator[Row]:
    """The open items, one customer after the other; `second` is the file of the next day."""
    rng = random.Random(ledger.seed + 3)
    number = 0
    for index, count in enumerate(sizes(ledger)):
        code = ledger.code(index)
        for _ in range(count):
            number += 1
            row = _item(rng, ledger, code, number)
            if second:
                row = _next_day(row, number)
            if row:
                yield row
    if second:
        for _ in range(ledger.items // 100):
            number += 1
            yield _item(rng, ledger, ledger.code(number % ledger.customers), number)


def _item(rng: random.Random, ledger: Ledger, code: str, number: int) -> Row:
    draw = rng.random()
    cents = int(rng.paretovariate(1.2) * 4_000) % 40_000_000 + 500
    # Half the ledger is late, some of it by a year: a debtor's normal portrait.
    due_on = ledger.day + timedelta(days=60 - int(rng.expovariate(1) * 75))
    issued_on = due_on - timedelta(days=_TERMS[number % len(_TERMS)])
    kind, sign = _kind(draw)
    remaining = cents * (30 + number % 60) // 100 if number % 20 == 0 else cents
    order = f"PO{number % 9973:05d}"
    return (
        code,
        f"{kind[0]}{number:08d}",
        kind,
        issued_on.isoformat(),
        due_on.isoformat(),
        _plain(sign * cents),
        _plain(sign * remaining),
        "EUR" if number % 50 else "USD",
        order,
    )


def _kind(draw: float) -> tuple[str, int]:
    if draw < 0.88:
        return "FAC", 1
    if draw < 0.94:
        return "AVO", -1
    if draw < 0.98:
        return "RGL", -1
    return "ODI", 1


def _next_day(row: Row, number: int) -> Row:
    """One item in a hundred is gone, four are partly paid; an empty row means gone."""
    if number % 100 == 50:
        return ()
    if number % 25 == 7:
        cents = int(row[6].replace(".", ""))
        return (*row[:6], _plain(cents - cents // 3), *row[7:])
    return row


def _plain(cents: int) -> str:
    sign, rest = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{rest // 100}.{rest % 100:02d}"


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Row]) -> int:
    """Write one file and say how many rows it has."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def write_ledger(folder: Path, ledger: Ledger) -> dict[str, Path]:
    """Write customers, contacts, items and the items of the next day; give their paths by name."""
    folder.mkdir(parents=True, exist_ok=True)
    parts: dict[str, tuple[Sequence[str], Iterator[Row]]] = {
        "customers": (CUSTOMER_HEADER, customers(ledger)),
        "contacts": (CONTACT_HEADER, contacts(ledger)),
        "items": (ITEM_HEADER, items(ledger)),
        "items_next_day": (ITEM_HEADER, items(ledger, second=True)),
    }
    paths = {}
    for name, (header, rows) in parts.items():
        paths[name] = folder / f"{name}.csv"
        write_csv(paths[name], header, rows)
    return paths


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the files of a ledger into a folder."""
    words = argparse.ArgumentParser(description=main.__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("--customers", type=int, default=Ledger.customers)
    words.add_argument("--items", type=int, default=Ledger.items)
    words.add_argument("--day", type=date.fromisoformat, default=Ledger.day)
    words.add_argument("--seed", type=int, default=Ledger.seed)
    asked = words.parse_args(arguments)
    ledger = Ledger(asked.customers, asked.items, asked.day, asked.seed)
    for name, path in write_ledger(asked.folder, ledger).items():
        print(f"{name}: {path}")


if __name__ == "__main__":
    main()
