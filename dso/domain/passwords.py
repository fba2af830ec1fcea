"""What a password has to be (8.2): long enough, of several kinds of characters, and not one everybody thinks of."""

import re
from collections.abc import Iterable

from dso.domain.errors import Refused

SHORTEST = 9
#: Longer ones are refused so that hashing one cannot be made a burden for the machine.
LONGEST = 200

#: Words nearly every list of leaked passwords begins with; what is put around them makes nobody safer.
_COMMON = frozenset(
    """
    password passwort motdepasse contrasena senha parola wachtwoord qwerty qwertz azerty qwertyuiop azertyuiop asdfgh
    asdfghjkl wxcvbn zxcvbn zxcvbnm abc abcd abcde abcdef welcome willkommen bienvenue bonjour hello letmein admin
    administrator administrateur root user guest test testing changeme secret geheim iloveyou jetaime soleil doudou
    loulou chouchou football baseball monkey dragon master princess sunshine shadow superman batman pokemon starwars
    trustno computer internet freedom whatever michael jordan charlie thomas nicolas summer winter spring autumn
    sommer herbst ete hiver printemps automne january december company office invoice facture collection recouvrement
    login access temp temporary default
    """.split()
)
_KEYBOARD = ("1234567890", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "abcdefghijklmnopqrst")
_LEET = str.maketrans({"@": "a", "4": "a", "3": "e", "1": "l", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t"})

TOO_SHORT = "It needs at least 9 characters."
TOO_LONG = "It may have 200 characters at most."
NO_LETTER = "It needs a small letter."
NO_CAPITAL = "It needs a capital letter."
NO_DIGIT = "It needs a digit."
NO_SYMBOL = "It needs a symbol such as - or !."
TOO_COMMON = "It is one of the first that would be tried: choose something less common."
PERSONAL = "It holds your name or address: choose something others cannot know."


def problems(password: str, *, personal: Iterable[str] = ()) -> list[str]:
    """What is wrong with a password, as English sentences; empty when it will do.

    `personal` are words others know of the person: parts of the name and of the e-mail address.
    """
    rules = (
        (len(password) < SHORTEST, TOO_SHORT),
        (len(password) > LONGEST, TOO_LONG),
        (not any(c.islower() for c in password), NO_LETTER),
        (not any(c.isupper() for c in password), NO_CAPITAL),
        (not any(c.isdigit() for c in password), NO_DIGIT),
        (all(c.isalnum() or c.isspace() for c in password), NO_SYMBOL),
        (is_common(password), TOO_COMMON),
        (_holds_any(password, personal), PERSONAL),
    )
    return [words for broken, words in rules if broken]


def check(password: str, *, personal: Iterable[str] = ()) -> None:
    """Refused with the first thing that is wrong with a password."""
    for words in problems(password, personal=personal):
        raise Refused(words)


def is_common(password: str) -> bool:
    """Whether only a well-known word, a row of keys or one repeated character is left without decoration."""
    small = password.lower()
    if len(set(small)) < 5:
        return True
    letters = re.sub(r"[^a-z]", "", small)
    core = re.sub(r"[^a-z]", "", re.sub(r"^[\W\d_]+|[\W\d_]+$", "", small).translate(_LEET))
    bare = re.sub(r"[\W_]", "", small)
    if any(row.startswith(bare) or bare in row for row in _KEYBOARD):
        return True
    return any(word in _COMMON or _begins_a_row(word) for word in (letters, core))


def _begins_a_row(word: str) -> bool:
    return len(word) >= 4 and any(row.startswith(word) for row in _KEYBOARD)


def _holds_any(password: str, personal: Iterable[str]) -> bool:
    small = password.lower()
    return any(part in small for word in personal for part in re.split(r"[\W_]+", word.lower()) if len(part) >= 4)
