"""The interface speaks French wherever it speaks English."""

from pathlib import Path

import pytest

from scripts import translations
from tests.conftest import Client

LANGUAGES = pytest.mark.parametrize("language", translations.LANGUAGES)


@LANGUAGES
def test_every_sentence_is_translated_with_its_places(language: str) -> None:
    assert translations.missing(translations.updated(language)) == []


@LANGUAGES
def test_the_catalogue_holds_the_sentences_of_today_only(language: str) -> None:
    kept = {message.id for message in translations.read(language) if message.id}
    assert kept == {message.id for message in translations.extracted() if message.id}


@LANGUAGES
def test_the_binary_catalogue_is_as_new_as_the_text(language: str) -> None:
    text: Path = translations.path_of(language)
    assert text.with_suffix(".mo").stat().st_mtime >= text.stat().st_mtime, "run make assets"


def test_a_browser_that_asks_for_french_reads_french(client: Client) -> None:
    page = client.get("/login", headers={"Accept-Language": "fr-FR,fr;q=0.9"}).get_data(as_text=True)
    assert "Se connecter" in page and '<html lang="fr"' in page
