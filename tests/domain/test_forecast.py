"""The expected day of 6.4."""

from datetime import date
from decimal import Decimal

import pytest

from dso.domain.codes import ItemType, StatusType
from dso.domain.forecast import expected_on

DUE = date(2026, 11, 20)
PROMISED = date(2026, 12, 5)


@pytest.mark.parametrize(
    ("status", "promised_on", "delay", "expected"),
    [
        (None, None, None, DUE),
        (None, None, -30, DUE),
        (None, None, 114, date(2026, 12, 1)),
        (None, None, 115, date(2026, 12, 2)),
        (StatusType.PROMISE, PROMISED, 500, PROMISED),
        (StatusType.PROMISE, None, 20, date(2026, 11, 22)),
        (StatusType.ONGOING, PROMISED, 0, DUE),
        (StatusType.LITIGATION, None, 0, None),
        (StatusType.DISPUTE, None, 0, None),
    ],
)
def test_the_promised_day_else_the_due_date_and_the_usual_delay(
    status: StatusType | None, promised_on: date | None, delay: int | None, expected: date | None
) -> None:
    assert expected_on(ItemType.INVOICE, Decimal(1), DUE, status, promised_on, delay) == expected


def test_credits_and_what_is_cleared_are_not_expected() -> None:
    assert expected_on(ItemType.CREDIT_NOTE, Decimal(-1), DUE, None, None, 0) is None
    assert expected_on(ItemType.INVOICE, Decimal(0), DUE, None, None, 0) is None
    assert expected_on(ItemType.DOWN_PAYMENT, Decimal(1), DUE, None, None, 0) is None
