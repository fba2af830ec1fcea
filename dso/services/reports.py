"""Reports as files."""

from typing import Any

from dso.domain.money import ZERO, rounded
from dso.queries.reports.aging import Aging
from dso.services import exports


def aging_file(found: Aging, form: str) -> bytes:
    """The aging balance as "csv" or "xlsx": a row per customer, the totals, and what was not converted."""
    headers = ["customer", "name", *(bucket.label for bucket in found.buckets), "total", "currency"]
    lines = [(row.code, row.name, row.amounts) for row in found.rows] + [("", "total", found.amounts)]
    rows: list[list[Any]] = [
        [code, name, *(rounded(each, found.currency) for each in (*amounts, sum(amounts, ZERO))), found.currency]
        for code, name, amounts in lines
    ]
    empty = [None] * len(found.buckets)
    rows += [["", "unconverted", *empty, rounded(amount, code), code] for code, amount in found.unconverted]
    if form == "csv":
        return exports.as_csv(headers, rows)
    return exports.as_xlsx(f"Aging {found.as_of.isoformat()}", headers, rows)
