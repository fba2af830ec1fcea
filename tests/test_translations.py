"""The interface speaks French wherever it speaks English."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import gettext

from dso.domain import passwords
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


@pytest.mark.parametrize(
    "written", ['WORDS = "It is a picture."', 'WORDS: str = "It is a picture."', 'TABLE = {b"GIF": "It is a picture."}']
)
def test_a_sentence_with_a_name_in_a_module_is_found(written: str) -> None:
    assert list(translations._constants(ast.parse(written))) == ["It is a picture."]


def test_a_password_too_short_is_refused_in_french(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        assert gettext(passwords.TOO_SHORT) == "Il lui faut au moins 9 caractères."


def test_no_line_of_french_begins_with_a_mark_that_stands_off_its_word() -> None:
    catalogue = translations.read("fr")
    found = [each.string if isinstance(each.string, tuple) else (each.string,) for each in catalogue]
    strings = [text for each in found for text in each]
    assert "reconnu\u00a0: %(name)s" in strings
    assert [text for text in strings if text and re.search(" [:;?!»]|« ", str(text))] == []
