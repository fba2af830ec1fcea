"""Columns written the way some program writes them are read back as they were, or asked about; never changed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dso.domain.imports.amounts import AmountEvidence, reader
from dso.domain.imports.encodings import EncodingScan
from dso.domain.imports.tables import guess_separator
from dso.domain.imports.words import yes_no
from dso.domain.money import UNITS

#: Decimal mark, what groups the thousands, how a negative amount is written, what stands around the number.
MARKS = [(",", "."), (",", " "), (",", "\u00a0"), (",", "\u202f"), (",", ""), (".", ","), (".", "'"), (".", "")]
MINUS = ["-{}", "{}-", "({})", "\u2212{}"]
AROUND = ["{}", "€ {}", "{} EUR", "${}", "{} zł", " {} "]
#: A text of each language, with the encodings it is written in.
LETTERS = {
    "éèêàùçôîœ": ["cp1252", "iso-8859-15", "utf-8"],
    "äöüßÄÖÜ": ["cp1252", "iso-8859-15", "utf-8", "utf-16"],
    "ñáéíóúü": ["cp1252", "utf-8"],
    "àèéìòù": ["cp1252", "utf-8"],
    "ëïéè": ["cp1252", "utf-8"],
    "ąćęłńóśźż": ["cp1250", "iso-8859-2", "utf-8"],
    "ãõçáéâêô": ["cp1252", "utf-8"],
}


def _written(cents: int, marks: tuple[str, str], minus: str, around: str) -> str:
    whole, rest = divmod(abs(cents), 100)
    number = f"{whole:,}".replace(",", marks[1]) + f"{marks[0]}{rest:02}"
    return around.format(minus.format(number) if cents < 0 else number)


@given(
    st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=30),
    st.sampled_from(MARKS),
    st.sampled_from(MINUS),
    st.sampled_from(AROUND),
)
def test_amounts_of_any_dialect_are_read_back(
    amounts: list[int], marks: tuple[str, str], minus: str, around: str
) -> None:
    cells = [_written(cents, marks, minus, around) for cents in amounts]
    evidence = AmountEvidence()
    evidence.feed(cells)
    assert evidence.decimal_mark() == marks[0]
    read = reader(marks[0])
    found = [read(cell) for cell in cells]
    assert [Decimal(each) / UNITS * 100 if each is not None else None for each in found] == amounts


@given(data=st.data())
@pytest.mark.parametrize(("yes", "no"), [("1", "0"), ("yes", "no"), ("true", "false"), ("x", ""), ("oui", "non"),
                                         ("ja", "nein"), ("ja", "nee"), ("si", "no"), ("sí", "no"), ("sì", "no"),
                                         ("tak", "nie"), ("sim", "não"), ("Y", "N"), ("Ja", "Nein")])  # fmt: skip
def test_yes_and_no_of_any_language_are_read_back(data: st.DataObject, yes: str, no: str) -> None:
    answers = data.draw(st.lists(st.booleans()))
    case = data.draw(st.sampled_from(["{}", "  {} "]))
    assert [
        yes_no(case.format(data.draw(st.sampled_from([str.lower, str.upper, str.title]))(yes if answer else no)))
        for answer in answers
    ] == answers


@given(data=st.data())
@pytest.mark.parametrize("letters", LETTERS)
def test_the_letters_of_any_language_are_read_back_in_the_encodings_it_uses(data: st.DataObject, letters: str) -> None:
    encoding = data.draw(st.sampled_from(LETTERS[letters]))
    words = data.draw(st.lists(st.sampled_from(letters), min_size=1, max_size=20))
    # Every word holds several letters of the language, as words do.
    text = "code;name\n" + "".join(f"C{n};Ba{letter}to{letters[0]}r\n" for n, letter in enumerate(words))
    scan = EncodingScan()
    scan.feed(text.encode(encoding))
    assert text.encode(encoding).decode(scan.result()).removeprefix("\ufeff") == text


@given(
    st.sampled_from("\t;,|"),
    st.lists(st.tuples(st.text("abc 123.", max_size=8), st.text("abc-é", max_size=8)), min_size=1, max_size=20),
)
def test_any_separator_is_found(separator: str, rows: list[tuple[str, str]]) -> None:
    lines = [separator.join(["code", "name", "city"]), *(separator.join(["C1", *row]) for row in rows)]
    assert guess_separator(lines) == separator
