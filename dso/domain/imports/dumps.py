"""Files of a whole-entity dump: their columns, which are import targets, and cells of more than one value.

Such a file says all there is: an empty cell means that there is nothing, and a record without unique identifier is
another one than those that have one.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from dso.domain.codes import ColleagueRole, ImportKind
from dso.domain.imports.fields import CUSTOM, CUSTOMISED, FIELDS

#: Columns that stand in for others, or carry a record of another file.
_LEFT_OUT = {
    "debit", "credit", "sign", "entity", "sales_first_name", "sales_last_name", "sales_email", "sales_phone",
}  # fmt: skip
_COMPANY = "contact_"

#: Kind to the columns of its file, custom fields apart.
COLUMNS = {
    kind: tuple(name for name in FIELDS[kind] if name not in _LEFT_OUT and not name.startswith(_COMPANY))
    for kind in (ImportKind.CUSTOMERS, ImportKind.CONTACTS, ImportKind.ITEMS, ImportKind.USERS)
}

#: Third part of a colleague an import has set, which the next one may replace.
BY_IMPORT = "import"
#: A guarantee beside the insurer's: kind, amount, expiry.
Guarantee = tuple[str, Decimal, date | None]


def is_dump(kind: ImportKind, headers: Sequence[str]) -> bool:
    """Whether these are the headers of a dump: all of its columns, and beside them custom fields only."""
    if kind not in COLUMNS or not set(COLUMNS[kind]) <= set(headers):
        return False
    rest = set(headers) - set(COLUMNS[kind])
    return all(kind in CUSTOMISED and each.startswith(CUSTOM) for each in rest)


def listed(cell: str) -> list[str]:
    """The names of a cell, separated by commas; one that holds a comma stands in quotes."""
    rows = csv.reader([cell.replace("\n", " ").replace("\r", " ")], skipinitialspace=True)
    return list(dict.fromkeys(filter(None, map(str.strip, next(rows, [])))))


def joined(names: Iterable[str]) -> str:
    """Names as `listed` reads them."""
    return ", ".join('"' + name.replace('"', '""') + '"' if set(name) & set(',"') else name for name in sorted(names))


def colleagues(cell: str) -> list[tuple[str, ColleagueRole, bool]]:
    """Addresses and parts of `anna@acme.example:sales:import, ben@acme.example`, and whether an import set them.

    Without a part it is "other".
    """
    found = []
    for each in listed(cell):
        email, part, by = (*map(str.strip, each.lower().split(":")), "", "")[:3]
        known = ColleagueRole(part) if part in set(ColleagueRole) else ColleagueRole.OTHER
        found.append((email, known, by == BY_IMPORT))
    return found


def guarantees(cell: str) -> tuple[Guarantee, ...]:
    """Guarantees of a JSON cell such as `[["Bank", "1000.00", "2027-01-31"]]`; ValueError when it is none."""
    try:
        rows = json.loads(cell)
        found = [
            (str(kind), Decimal(amount), date.fromisoformat(until) if until else None) for kind, amount, until in rows
        ]
    except (TypeError, ValueError, InvalidOperation, RecursionError) as error:
        raise ValueError(cell) from error
    if any(not amount.is_finite() or abs(amount) >= 10**14 or amount != round(amount, 4) for _k, amount, _u in found):
        raise ValueError(cell)
    return in_order(found)


def in_order(rows: Iterable[Guarantee]) -> tuple[Guarantee, ...]:
    """Guarantees by kind, amount and expiry."""
    return tuple(sorted(rows, key=lambda row: (row[0], row[1], row[2] or date.min)))


def blocks(cell: str) -> dict[str, Any]:
    """Information of providers, a JSON object; ValueError when it is none."""
    try:
        found = json.loads(cell)
    except RecursionError as error:
        raise ValueError(cell) from error
    if not isinstance(found, dict):
        raise ValueError(cell)  # noqa: TRY004 - the cell says something else, whatever its type
    return found
