"""What the tests of what follows a file share: rows of a debtor, taken in day by day."""

from datetime import date

from tests.factories import TODAY
from tests.services.agenda import after, at
from tests.services.imports.helpers import Importer

MONDAY, THURSDAY, FRIDAY = after(3), after(6), after(7)


def row(number: str, remaining: str = "1000", code: str = "D1", paid: str = "") -> str:
    """An invoice of 1000, due three weeks ago, as a file has it."""
    return f"{code};{number};FAC;2026-10-01;2026-10-31;1000;{remaining};{paid}"


class Files(Importer):
    """Files of items with a payment date; taken in at an instant of their day."""

    def take(self, *rows: str, on: date = TODAY, **options: object) -> None:
        headers = "customer;number;type;issue date;due date;amount;remaining;payment date"
        report = self.items(*rows, headers=headers, today=on, now=at(on), force=True, **options)
        assert not report.rejects
