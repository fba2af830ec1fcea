"""The encodings a file can be said to be in, in words: who exports knows the system rather than the code."""

from contextlib import suppress
from typing import NamedTuple

from flask_babel import gettext as _

from dso.domain.errors import Refused
from dso.domain.imports.charsets import SYSTEMS
from dso.domain.imports.encodings import checked


class Encodings(NamedTuple):
    """What the field of the encoding offers."""

    #: The one that is read by where nothing is said, in words; "" where none was recognised.
    recognised: str
    #: The one that was said, as the choices have it; a name that none of them has as it is.
    said: str
    #: Systems, each with code and words of its encodings.
    groups: list[tuple[str, list[tuple[str, str]]]]

    @property
    def codes(self) -> set[str]:
        """All that can be chosen."""
        return {code for _system, listed in self.groups for code, _words in listed}


def encodings(said: str, recognised: str = "") -> Encodings:
    """The choices, `said` and `recognised` by any of their names."""
    groups = [(_(system), [(code, _words(system, code)) for code in listed]) for system, listed in SYSTEMS.items()]
    words = {code: text for _system, listed in groups for code, text in listed}
    return Encodings(words.get(_code(recognised), ""), _code(said), groups)


def _code(name: str) -> str:
    with suppress(Refused):
        return checked(name) if name else ""
    return name


def _words(system: str, code: str) -> str:
    """Such as "Windows (Western Europe) – cp1252"."""
    letters = SYSTEMS[system][code]
    called = f"{_(system)} ({_(letters)})" if letters else _(system)
    return f"{called} – {code.replace('iso8859', 'iso-8859')}"
