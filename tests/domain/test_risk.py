"""Formulas of chapter 7."""

from datetime import date
from decimal import Decimal

from dso.domain.risk import Cover, actual_risk, available, guarantees, outstanding

DAY = date(2026, 11, 20)


def test_outstanding_is_the_receivable_and_the_backlog() -> None:
    assert outstanding(Decimal(100), Decimal(30)) == 130
    assert outstanding(Decimal(100), None) == 100


def test_guarantees_add_up_while_they_hold() -> None:
    cover = Cover(
        insurer=Decimal(50),
        temporary=Decimal(20),
        temporary_start=DAY,
        temporary_end=DAY,
        others=((Decimal(5), None), (Decimal(7), DAY), (Decimal(9), date(2026, 11, 19))),
    )
    assert guarantees(cover, DAY) == 82
    assert guarantees(cover, date(2026, 11, 21)) == 55


def test_the_risk_is_never_below_zero() -> None:
    assert actual_risk(Decimal(130), Decimal(100)) == 30
    assert actual_risk(Decimal(-10), Decimal(0)) == 0
    assert actual_risk(Decimal(10), Decimal(100)) == 0


def test_available_credit_is_the_limit_less_the_receivable_and_unknown_without_a_limit() -> None:
    assert available(Decimal(100), Decimal(130)) == -30
    assert available(None, Decimal(130)) is None
