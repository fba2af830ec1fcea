"""Conversion of 1.6."""

from decimal import Decimal

from dso.domain.rates import RateTable

ECB = RateTable({("EUR", "USD"): Decimal("1.25"), ("EUR", "GBP"): Decimal("0.8"), ("EUR", "JPY"): Decimal(160)})


def test_an_amount_in_its_own_currency_stays_as_it_is() -> None:
    assert RateTable().convert(Decimal("12.34"), "EUR", "EUR") == Decimal("12.34")


def test_units_of_the_currency_for_one_of_the_reference_divide_towards_the_reference() -> None:
    assert ECB.convert(Decimal(100), "USD", "EUR") == Decimal(80)


def test_units_of_the_currency_for_one_of_the_reference_multiply_away_from_the_reference() -> None:
    assert ECB.convert(Decimal(100), "EUR", "USD") == Decimal(125)


def test_two_currencies_are_crossed_over_a_common_reference() -> None:
    assert ECB.convert(Decimal(100), "USD", "GBP") == Decimal(64)


def test_a_conversion_rounds_half_up_once_to_the_decimals_of_the_target() -> None:
    assert ECB.convert(Decimal("0.99"), "JPY", "EUR") == Decimal("0.01")
    assert ECB.convert(Decimal("1.005"), "EUR", "JPY") == Decimal(161)
    table = RateTable({("EUR", "USD"): Decimal(2)})
    assert table.convert(Decimal("0.01"), "USD", "EUR") == Decimal("0.01")
    assert table.convert(Decimal("-0.01"), "USD", "EUR") == Decimal("-0.01")


def test_a_currency_without_a_rate_is_never_converted_one_to_one() -> None:
    assert ECB.convert(Decimal(100), "CHF", "EUR") is None
    assert ECB.convert(Decimal(100), "EUR", "CHF") is None


def test_a_rate_against_the_target_comes_before_a_cross_over_another_reference() -> None:
    both = RateTable({("EUR", "USD"): Decimal("1.25"), ("EUR", "GBP"): Decimal("0.8"), ("GBP", "USD"): Decimal("1.6")})
    assert both.convert(Decimal(160), "USD", "GBP") == Decimal(100)
