"""Encodings are recognised from the bytes alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dso.domain.errors import Refused
from dso.domain.imports.charsets import CHARSETS, SYSTEMS
from dso.domain.imports.encodings import CANDIDATES, EncodingScan, checked

FRENCH = (
    "Code client;Raison sociale\nC1;Pélissier & Fils, règlement à réception\nC2;Hélène Noël, 12°, N° 5, Fête 3\u00a0€\n"
)
POLISH = "Kod;Nazwa\nK1;Spółka Łódź – należności przeterminowane\nK2;Święty Krzyż, ćma, jeść, źródło, wąż\n"
GERMAN = "Kunde;Name\n1;Müller & Söhne Straße\n2;Böhm Öl GmbH, fällig\n"
SPANISH = "Código;Razón social\n1;Compañía Española de Ñoquis, número 4\n"
PORTUGUESE = "Código;Razão social\n1;Construções São João, emissão\n"


def _scanned(data: bytes, step: int = 7) -> EncodingScan:
    scan = EncodingScan()
    for start in range(0, len(data), step):
        scan.feed(data[start : start + step])
    return scan


def _guess(data: bytes, step: int = 7) -> str:
    return _scanned(data, step).result()


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


@pytest.mark.parametrize("stray", [b"\xe9", b"\xff", b"\xc3", b"\xa9", b"\xed\xa0\x80"])
@pytest.mark.parametrize("step", [1, 7, 4096])
def test_utf_8_with_a_damaged_byte_is_damaged_utf_8_and_no_other_encoding(stray: bytes, step: int) -> None:
    data = FRENCH.encode()
    damaged = data[:60] + stray + data[60:]
    scan = _scanned(damaged, step)
    assert (scan.result(), scan.damaged_at) == ("utf-8", 60)


@pytest.mark.parametrize("step", [1, 7, 4096])
@pytest.mark.parametrize(("text", "whole"), [("Société", 7), ("Éts Dupont; 5 €", 15), ("Éts Dupont; 5 €", 16)])
def test_utf_8_cut_in_the_middle_of_a_letter_is_damaged_at_that_letter(text: str, whole: int, step: int) -> None:
    scan = _scanned(text.encode()[: whole + 1], step)
    place = len(text[:-1].encode())
    assert (scan.result(), scan.damaged_at) == ("utf-8", place)


@pytest.mark.parametrize("step", [1, 4096])
def test_a_file_with_the_mark_of_utf_8_is_damaged_however_many_bytes_are_none(step: int) -> None:
    scan = _scanned(b"\xef\xbb\xbf" + FRENCH.encode("cp1252"), step)
    assert (scan.result(), scan.damaged_at) == ("utf-8-sig", 3 + FRENCH.index("é"))


@pytest.mark.parametrize(
    "text",
    ["Zoé\n", "Zoé", "code;nom\nC1;Café\n", "«SOCIÉTÉ»;Zoé\n", "«CAFÉ» Zoé, Noël\n", FRENCH, GERMAN, SPANISH],
)
def test_windows_1252_is_no_damaged_utf_8_even_with_one_letter_or_two_that_look_like_it(text: str) -> None:
    scan = _scanned(text.encode("cp1252"), 4096)
    assert (scan.result(), scan.damaged_at) == ("cp1252", None)


@pytest.mark.parametrize("encoding", ["cp1250", "iso-8859-2", "cp852", "cp1251", "koi8-r", "cp1253", "gbk", "cp932"])
def test_text_of_other_systems_is_no_damaged_utf_8(encoding: str) -> None:
    texts = {"cp1251": "Счёт на оплату, №5", "koi8-r": "Счёт на оплату", "cp1253": "Τιμολόγιο", "gbk": "应收账款 发票"}
    text = texts.get(encoding, "請求書 未払い" if encoding == "cp932" else POLISH.replace("–", "-"))
    assert _scanned(text.encode(encoding)).damaged_at is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_unicode_of_more_bits_is_no_damaged_utf_8(encoding: str) -> None:
    assert _scanned(POLISH.encode(encoding), 4096).damaged_at is None


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
    assert _scanned(data, step).damaged_at is None


_LETTERS = st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")


@given(st.text(_LETTERS, max_size=100), st.text(_LETTERS, max_size=100), st.integers(1, 50))
def test_the_first_byte_that_is_no_utf_8_is_found_in_whatever_pieces_the_file_comes(
    before: str, after: str, step: int
) -> None:
    start = ("éé" + before).encode()
    scan = _scanned(start + b"\xff" + after.encode(), step)
    assert (scan.result(), scan.damaged_at) == ("utf-8", len(start))


@given(st.text(_LETTERS, max_size=100), st.sampled_from("é€𝄞"), st.integers(1, 3), st.integers(1, 50))
def test_a_file_cut_anywhere_within_a_letter_is_damaged_there(text: str, letter: str, cut: int, step: int) -> None:
    start, last = ("é" + text).encode(), letter.encode()
    scan = _scanned(start + last[: min(cut, len(last) - 1)], step)
    assert (scan.result(), scan.damaged_at) == ("utf-8", len(start))


@given(
    st.lists(st.text("abcd ;\n", min_size=1, max_size=9), min_size=1, max_size=30),
    st.sampled_from(["cp1252", "cp1250", "iso-8859-1", "iso-8859-2"]),
    st.integers(1, 50),
)
def test_accented_letters_of_one_byte_among_plain_ones_are_never_damaged_utf_8(
    words: list[str], encoding: str, step: int
) -> None:
    scan = _scanned("é".join(["", *words]).encode(encoding), step)
    assert (scan.result() in CANDIDATES, scan.damaged_at) == (True, None)


@given(st.binary(max_size=300), st.integers(1, 50))
def test_how_bytes_come_changes_nothing_of_what_is_found(data: bytes, step: int) -> None:
    one, other = _scanned(data, step), _scanned(data, 4096)
    assert one.damaged_at == other.damaged_at


@given(st.binary(max_size=300), st.integers(1, 50))
def test_any_bytes_give_some_encoding_and_no_error(data: bytes, step: int) -> None:
    assert _guess(data, step)
