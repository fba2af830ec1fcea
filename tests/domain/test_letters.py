"""Addresses as their countries write them, and windows of envelopes."""

from dso.domain import letters
from dso.domain.letters import Address


def test_a_french_address_has_its_postal_code_before_the_city() -> None:
    address = Address("Köhler SAS", "19 rue de la République", postal_code="33000", city="Bordeaux", country="FR")
    assert letters.address_lines(address) == ["Köhler SAS", "19 rue de la République", "33000 Bordeaux"]


def test_an_american_address_ends_with_city_state_and_code() -> None:
    address = Address("Acme Inc", "1 Main St", postal_code="10001", city="New York", state="NY", country="US")
    assert letters.address_lines(address)[-1] == "New York, NY 10001"


def test_a_british_postal_code_stands_on_its_own_line() -> None:
    address = Address("Acme Ltd", "1 High Street", postal_code="SW1A 1AA", city="London", country="GB")
    assert letters.address_lines(address) == ["Acme Ltd", "1 High Street", "London", "SW1A 1AA"]


def test_post_that_goes_abroad_names_the_country_in_capitals() -> None:
    address = Address("Müller GmbH", city="Köln", postal_code="50667", country="DE")
    assert letters.address_lines(address, country_name="Allemagne")[-1] == "ALLEMAGNE"


def test_the_window_is_on_the_right_in_france_and_on_the_left_in_germany_and_britain() -> None:
    assert letters.window("FR").left > 100
    assert letters.window("DE").left < 30
    assert letters.window("GB").left < 30
