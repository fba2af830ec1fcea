"""Reports as tables for files."""

from typing import Any

from dso.domain.money import ZERO, rounded
from dso.queries.reports.aging import Aging
from dso.services.exports import Table


def aging_table(found: Aging) -> Table:
    """The aging balance: a row per customer, the totals, and what was not converted."""
    headers = ["customer", "name", *(bucket.label for bucket in found.buckets), "total", "currency"]
    lines = [(row.code, row.name, row.amounts) for row in found.rows] + [("", "total", found.amounts)]
    rows: list[list[Any]] = [
        [code, name, *(rounded(each, found.currency) for each in (*amounts, sum(amounts, ZERO))), found.currency]
        for code, name, amounts in lines
    ]
    empty = [None] * len(found.buckets)
    rows += [["", "unconverted", *empty, rounded(amount, code), code] for code, amount in found.unconverted]
    return Table(f"Aging {found.as_of.isoformat()}", headers, rows)
