"""Independent readings of the sample files: the csv module and a few lines, nothing of the product."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal

from tests.services.imports.helpers import DATA

Rows = list[list[str]]


def rows_of(name: str, encoding: str, separator: str) -> Rows:
    """The rows of a sample below its header."""
    with (DATA / name).open(encoding=encoding, newline="") as file:
        return list(csv.reader(file, delimiter=separator))[1:]


def french(text: str) -> Decimal:
    """`1 234,56` with no-break spaces."""
    return Decimal(text.replace("\u00a0", "").replace(",", "."))


def sap(text: str) -> Decimal:
    """`1.234,56-`."""
    return Decimal("-" * text.endswith("-") + text.strip("-").replace(".", "").replace(",", "."))


def american(text: str) -> Decimal:
    """`($1,234.56)`."""
    amount = Decimal(text.strip("()").replace("$", "").replace(",", ""))
    return -amount if text.startswith("(") else amount


def _day(text: str, style: str) -> date:
    return datetime.strptime(text, style).replace(tzinfo=UTC).date()


def french_day(text: str) -> date:
    """`d/m/Y`."""
    return _day(text, "%d/%m/%Y")


def sap_day(text: str) -> date:
    """`d.m.Y`."""
    return _day(text, "%d.%m.%Y")


def american_day(text: str) -> date:
    """`m/d/Y`."""
    return _day(text, "%m/%d/%Y")
