"""Encodings are recognised from the bytes alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dso.domain.errors import Refused
from dso.domain.imports.charsets import CHARSETS, SYSTEMS
from dso.domain.imports.encodings import EncodingScan, checked

FRENCH = (
    "Code client;Raison sociale\nC1;Pélissier & Fils, règlement à réception\nC2;Hélène Noël, 12°, N° 5, Fête 3\u00a0€\n"
)
POLISH = "Kod;Nazwa\nK1;Spółka Łódź – należności przeterminowane\nK2;Święty Krzyż, ćma, jeść, źródło, wąż\n"
GERMAN = "Kunde;Name\n1;Müller & Söhne Straße\n2;Böhm Öl GmbH, fällig\n"
SPANISH = "Código;Razón social\n1;Compañía Española de Ñoquis, número 4\n"
PORTUGUESE = "Código;Razão social\n1;Construções São João, emissão\n"


def _guess(data: bytes, step: int = 7) -> str:
    scan = EncodingScan()
    for start in range(0, len(data), step):
        scan.feed(data[start : start + step])
    return scan.result()


@pytest.mark.parametrize("text", [FRENCH, GERMAN, SPANISH, PORTUGUESE])
def test_western_text_in_one_byte_is_windows_1252(text: str) -> None:
    assert text.encode("cp1252").decode(_guess(text.encode("cp1252"), 4096)) == text


@pytest.mark.parametrize("encoding", ["cp1250", "iso-8859-2"])
def test_polish_text_in_one_byte_is_read_back_whole(encoding: str) -> None:
    text = POLISH.replace("–", "-")
    assert text.encode(encoding).decode(_guess(text.encode(encoding), 4096)) == text


def test_the_euro_of_iso_8859_15_is_read_as_one() -> None:
    text = "Société;Cœur de Lyon, bœuf, 5 €\nÉté;Œuvre\n"
    assert text.encode("iso-8859-15").decode(_guess(text.encode("iso-8859-15"), 4096)) == text


@pytest.mark.parametrize("amount", ["€ 12.345,67", "€12.50", "12,50 €", "£12.50", "£ 1,000", "12.50£"])
@pytest.mark.parametrize("encoding", ["cp1252", "iso-8859-15"])
def test_a_file_whose_only_sign_is_that_of_its_currency_is_no_file_of_an_old_system(amount: str, encoding: str) -> None:
    data = f"code;amount\nC1;{amount}\nC2;{amount}\n".encode(encoding)
    assert amount in data.decode(_guess(data, 4096))


@pytest.mark.parametrize("text", [FRENCH, POLISH, GERMAN, SPANISH, PORTUGUESE])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_read_back_whole_with_or_without_its_mark(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    assert data.decode(_guess(data, 4096)) == text


def test_one_late_foreign_byte_decides_the_whole_file() -> None:
    data = b"plain;ascii\n" * 20_000 + "Zoé;Hébert\n".encode("cp1252")
    assert _guess(data, 65536) == "cp1252"


def test_a_letter_cut_by_the_end_of_a_piece_and_never_finished_is_not_utf_8() -> None:
    assert _guess("Soldé\n".encode("cp1252") + b"abcdefgh", 5) == "cp1252"


def test_a_no_break_space_between_digits_is_no_letter_of_an_old_system() -> None:
    assert _guess(b"C1;F1;1\xa0234,50\nC1;F2;12\xa0000,00\n", 4096) == "cp1252"


def test_a_german_file_of_few_letters_is_no_file_of_an_old_system() -> None:
    assert _guess("Kunde;Name\n1;Bäcker GmbH\n2;Läuft\n".encode("cp1252"), 4096) == "cp1252"


def test_a_file_of_an_old_system_is_read_whole() -> None:
    text = "Kunde;Name\n1;Bäcker & Söhne\n2;Müller Straße, Café Élan\n"
    assert text.encode("cp850").decode(_guess(text.encode("cp850"), 4096)) == text


def test_an_empty_file_is_utf_8() -> None:
    assert _guess(b"") == "utf-8"


@pytest.mark.parametrize(
    "name", ["klingon", "unicode_escape", "utf-7", "punycode", "idna", "base64", "rot13", "", "é", "a\0"]
)
def test_what_is_no_encoding_of_files_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(Refused, match=f'named "{name}"'):
        checked(name)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("UTF8", "utf-8"), ("Latin-1", "iso8859-1"), ("windows-1250", "cp1250"), ("macintosh", "mac-roman")],
)
def test_an_encoding_goes_by_any_of_its_names(name: str, codec: str) -> None:
    assert checked(name) == codec


def test_every_encoding_is_offered_once_by_the_name_it_is_kept_by() -> None:
    offered = [name for listed in SYSTEMS.values() for name in listed]
    assert len(offered) == len(CHARSETS)
    assert [checked(name) for name in offered] == offered


@given(st.binary(max_size=40), st.sampled_from(sorted(CHARSETS)))
def test_no_encoding_gives_halves_of_letters(data: bytes, name: str) -> None:
    data.decode(name, "replace").encode()


@given(
    st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=200),
    st.integers(1, 50),
)
def test_valid_utf_8_is_never_taken_for_anything_else(text: str, step: int) -> None:
    data = ("é" + text).encode()
    assert data.decode(_guess(data, step)) == "é" + text


@given(st.binary(max_size=300), st.integers(1, 50))
def test_any_bytes_give_some_encoding_and_no_error(data: bytes, step: int) -> None:
    assert _guess(data, step)
