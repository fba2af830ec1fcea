"""How a letter opens and how it names its reader, with and without a known name, per language."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reader:
    """What is known of the person a message goes to."""

    title: str = ""
    first_name: str = ""
    last_name: str = ""


@dataclass(frozen=True, slots=True)
class _Manners:
    """The words of one language: `mr` and `ms` before a last name, forms of opening."""

    mr: str
    ms: str
    nobody: str
    open_unknown: str
    open_titled: Callable[[str, bool], str]
    open_named: Callable[[str], str]


_MR = frozenset({"m", "mr", "mister", "monsieur", "herr", "hr", "sig", "sr"})
_MS = frozenset({"ms", "mrs", "miss", "mme", "mlle", "madame", "mademoiselle", "frau", "fr", "sra"})

_MANNERS = {
    "en": _Manners(
        mr="Mr",
        ms="Ms",
        nobody="Sir or Madam",
        open_unknown="Dear Sir or Madam,",
        open_titled=lambda name, _female: f"Dear {name},",
        open_named=lambda name: f"Dear {name},",
    ),
    "fr": _Manners(
        mr="Monsieur",
        ms="Madame",
        nobody="Madame, Monsieur",
        open_unknown="Madame, Monsieur,",
        open_titled=lambda name, _female: f"{name},",
        open_named=lambda name: f"Bonjour {name},",
    ),
    "de": _Manners(
        mr="Herr",
        ms="Frau",
        nobody="Damen und Herren",
        open_unknown="Sehr geehrte Damen und Herren,",
        open_titled=lambda name, female: f"Sehr geehrte{'' if female else 'r'} {name},",
        open_named=lambda name: f"Guten Tag {name},",
    ),
}


def salutation(reader: Reader, language: str) -> str:
    """The opening line, comma included: by title and last name, by full name, or to nobody."""
    manners = _manners(language)
    female = _female(reader.title)
    if reader.last_name and female is not None:
        return manners.open_titled(name(reader, language), female)
    if reader.last_name and (reader.first_name or reader.title):
        return manners.open_named(name(reader, language))
    return manners.open_unknown


def name(reader: Reader, language: str) -> str:
    """The reader's name after "Dear": title and last name, first and last name, or polite words for somebody unknown.

    A last name alone may be a department and is not used.
    """
    manners = _manners(language)
    female = _female(reader.title)
    if reader.last_name and female is not None:
        return f"{manners.ms if female else manners.mr} {reader.last_name}"
    if reader.last_name and reader.title:
        return f"{reader.title} {reader.last_name}"
    if reader.last_name and reader.first_name:
        return f"{reader.first_name} {reader.last_name}"
    return manners.nobody


def first_name(reader: Reader, language: str) -> str:
    """The first name, or the name as above where it is not known."""
    return reader.first_name or name(reader, language)


def _manners(language: str) -> _Manners:
    return _MANNERS.get(language.replace("_", "-").partition("-")[0].lower(), _MANNERS["en"])


def _female(title: str) -> bool | None:
    word = title.strip().rstrip(".").lower()
    if word in _MS:
        return True
    return False if word in _MR else None
