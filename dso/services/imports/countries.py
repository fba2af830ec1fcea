"""Country cells: ISO codes of two and three letters, and names in the languages files come in."""

from collections.abc import Mapping
from functools import lru_cache

from babel import Locale
from babel.core import get_global

from dso.domain.imports.words import folded

_LANGUAGES = ("en", "fr", "de", "es", "it", "nl", "pl", "pt")
#: What people write and no list of names holds.
_MORE = {"uk": "GB", "england": "GB", "usa": "US", "u.s.a.": "US", "holland": "NL", "deutschland (brd)": "DE"}


@lru_cache(maxsize=1)
def countries() -> Mapping[str, str]:
    """Folded word to two-letter code."""
    found: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(folded(name), code)
                found[code.lower()] = code
    aliases = get_global("territory_aliases")
    for alias, codes in aliases.items():
        if len(alias) == 3 and alias.isalpha() and len(codes) == 1:
            found.setdefault(alias.lower(), codes[0])
    found.update(_MORE)
    for unreal in ("eu", "un", "zz", "ez", "xa", "xb", "qo"):
        found.pop(unreal, None)
    return found
