"""Opening words, with and without a known name."""

import pytest

from dso.domain import salutations
from dso.domain.salutations import Reader

ZOE = Reader("", "Zoé", "Hébert")


@pytest.mark.parametrize(
    ("reader", "language", "line"),
    [
        (Reader("Mme", "Zoé", "Hébert"), "en", "Dear Ms Hébert,"),
        (Reader("Mr.", "Paul", "Smith"), "en", "Dear Mr Smith,"),
        (ZOE, "en", "Dear Zoé Hébert,"),
        (Reader(), "en", "Dear Sir or Madam,"),
        (Reader("Ms", "Zoé", "Hébert"), "fr", "Madame Hébert,"),
        (Reader("M.", "Paul", "Noël"), "fr", "Monsieur Noël,"),
        (ZOE, "fr", "Bonjour Zoé Hébert,"),
        (Reader("", "", "Comptabilité"), "fr", "Madame, Monsieur,"),
        (Reader("Frau", "", "Müller"), "de", "Sehr geehrte Frau Müller,"),
        (Reader("Herr", "Max", "Köhler"), "de", "Sehr geehrter Herr Köhler,"),
        (ZOE, "de", "Guten Tag Zoé Hébert,"),
        (Reader("Dr.", "", "Köhler"), "de", "Guten Tag Dr. Köhler,"),
        (Reader(), "de", "Sehr geehrte Damen und Herren,"),
        (Reader(), "de-AT", "Sehr geehrte Damen und Herren,"),
        (Reader(), "it", "Dear Sir or Madam,"),
    ],
)
def test_a_letter_opens_as_people_of_that_language_do(reader: Reader, language: str, line: str) -> None:
    assert salutations.salutation(reader, language) == line


def test_a_name_that_is_not_known_reads_well_after_dear() -> None:
    assert f"Dear {salutations.name(Reader(), 'en')}," == "Dear Sir or Madam,"
    assert f"Bonjour {salutations.name(Reader(), 'fr')}," == "Bonjour Madame, Monsieur,"


def test_a_first_name_that_is_not_known_gives_the_polite_name() -> None:
    assert salutations.first_name(ZOE, "fr") == "Zoé"
    assert salutations.first_name(Reader("Mme", "", "Hébert"), "fr") == "Madame Hébert"
