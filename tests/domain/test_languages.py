"""The language of a message: who decides it, and what happens without a template in it."""

import pytest

from dso.domain import languages
from dso.domain.languages import Source, Taken


def _wanted(**known: str | None) -> languages.Wanted:
    given: dict[str, str | None] = {
        "contact": None,
        "customer": None,
        "country": None,
        "scenario": None,
    }
    return languages.wanted(**{**given, **known}, entity="fr")


def test_the_contact_decides_before_the_customer_its_country_the_scenario_the_entity() -> None:
    known: dict[str, str | None] = {
        "contact": "it",
        "customer": "de",
        "country": "ES",
        "scenario": "en",
    }
    expected = [
        ("it", Source.CONTACT),
        ("de", Source.CUSTOMER),
        ("es", Source.COUNTRY),
        ("en", Source.SCENARIO),
        ("fr", Source.ENTITY),
    ]
    for missing, (language, source) in zip([None, "contact", "customer", "country", "scenario"], expected, strict=True):
        if missing:
            known[missing] = None
        want = _wanted(**known)
        assert (want.language, want.source, want.unsure) == (language, source, False)


@pytest.mark.parametrize("country", ["CH", "BE", "LU"])
def test_a_country_of_several_languages_makes_somebody_confirm(country: str) -> None:
    want = _wanted(country=country, scenario="en")
    assert (want.language, want.unsure) == ("en", True)
    assert languages.taken(want, ["en", "fr"], scenario="en") == Taken("en", fallback=True)


def test_a_contact_with_a_language_in_such_a_country_is_sure() -> None:
    want = _wanted(contact="de", country="CH", scenario="en")
    assert languages.taken(want, ["en", "de"], scenario="en") == Taken("de", fallback=False)


def test_the_template_in_the_wanted_language_is_taken() -> None:
    want = _wanted(customer="de")
    assert languages.taken(want, ["en", "fr", "de"], scenario="en") == Taken("de", False)


def test_a_regional_language_takes_the_template_of_its_main_language() -> None:
    want = _wanted(customer="fr-CA")
    assert languages.taken(want, ["en", "fr"], scenario="en") == Taken("fr", False)


def test_without_one_the_scenarios_language_is_taken_and_a_person_confirms() -> None:
    want = _wanted(customer="it")
    assert languages.taken(want, ["en", "fr"], scenario="fr") == Taken("fr", fallback=True)


def test_without_any_of_these_the_template_there_is_is_taken_and_a_person_confirms() -> None:
    want = _wanted(customer="it")
    assert languages.taken(want, ["de"], scenario="fr") == Taken("de", fallback=True)


def test_no_template_at_all_is_said() -> None:
    assert languages.taken(_wanted(), [], scenario="fr") is None
