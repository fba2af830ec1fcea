"""Which encoding a text file is in, decided from its bytes."""

import codecs
from collections import Counter
from contextlib import suppress

from dso.domain.errors import Refused
from dso.domain.imports.amounts import GROUPERS
from dso.domain.imports.charsets import CHARSETS

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Single-byte candidates, the likeliest first: on equal evidence the first wins.
CANDIDATES = ("cp1252", "cp1250", "iso-8859-15", "iso-8859-2", "cp850", "iso-8859-1")

#: Letters of the languages the product knows, by how much they say that a reading is right. What both families
#: share (é, ö, ü, á, í, ó …) says nothing and is not listed.
_TELLING = dict.fromkeys("łŁąĄężŻśŚćĆńŃźŹęĘčČšŠžŽřŘěĚůŮőŐűŰ", 3)
_TELLING |= dict.fromkeys("èÈêÊàÀùÙâûîïëñÑãÃõÕœŒæÆøØåÅòìÂÛÎ", 3)
_TELLING |= dict.fromkeys("éÉöÖüÜäÄßçÇáÁíÍóÓúÚôÔýëË€ýž", 1)
#: Letters that exist but that a wrong reading produces more often than a right one.
_UNLIKELY = frozenset("ŕŔĺĹďĎţŢŘđĐłŤťÐðÞþÝŮ")
_WRONG = -8
#: Letters that are words by themselves.
_WORDS = frozenset("àÀáÁéÉèÈêìòóÓöÖúåÅøØæÆ")


class EncodingScan:
    """Takes the bytes of a file in pieces and names its encoding at the end."""

    def __init__(self) -> None:
        self._head = b""
        self._utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
        self._samples: list[bytes] = []
        self._sampled = 0
        self._nuls: Counter[int] = Counter()
        self._seen = 0

    def feed(self, chunk: bytes) -> None:
        """One piece of the file, in order."""
        if self._seen < 4:
            self._head = (self._head + chunk)[:4096]
        if self._seen < 1 << 20 and b"\0" in chunk:
            self._nuls.update((self._seen + place) % 2 for place, byte in enumerate(chunk[:65536]) if not byte)
        self._seen += len(chunk)
        self._try_utf8(chunk)
        if not chunk.isascii() and self._sampled < 1 << 18:
            self._samples.append(_telling_lines(chunk))
            self._sampled += len(self._samples[-1])

    def _try_utf8(self, chunk: bytes) -> None:
        if self._utf8 is None or (chunk.isascii() and not self._utf8.getstate()[0]):
            return
        try:
            self._utf8.decode(chunk)
        except UnicodeDecodeError:
            self._utf8 = None

    def result(self) -> str:
        """The Python name of the encoding; an empty or ASCII file is UTF-8."""
        for mark, name in _MARKS:
            if self._head.startswith(mark):
                return name
        if self._nuls:
            return _without_mark(self._nuls, self._seen)
        if self._utf8 is not None and not self._utf8.getstate()[0]:
            return "utf-8"
        return _best(b"\n".join(self._samples))


def checked(name: str) -> str:
    """The codec of an encoding a person named; Refused when there is none of that name."""
    with suppress(LookupError, ValueError):
        codec = codecs.lookup(name).name
        if codec in CHARSETS:
            return codec
    raise Refused('There is no encoding named "%(name)s".', name=name)


def _without_mark(nuls: Counter[int], seen: int) -> str:
    """UTF-16 without its mark has zeros at every other place; stray zeros are left to the reader to refuse."""
    even, odd = nuls[0], nuls[1]
    sample = min(seen, 65536)
    if odd > sample // 5 and even < odd // 20:
        return "utf-16-le"
    if even > sample // 5 and odd < even // 20:
        return "utf-16-be"
    return "utf-8"


def _telling_lines(chunk: bytes) -> bytes:
    return b"\n".join(line for line in chunk[:65536].splitlines() if not line.isascii())


def _best(sample: bytes) -> str:
    scores = [(_score(sample, name), -place, name) for place, name in enumerate(CANDIDATES)]
    return max(scores)[2]


def _score(sample: bytes, encoding: str) -> int:
    """How much a reading looks like words: letters within words for it, signs within words against it."""
    text = sample.decode(encoding, "replace")
    score = 0
    for place, char in enumerate(text):
        if char.isascii() or char in "\u00a0\u202f":
            continue
        before, after = text[place - 1 : place], text[place + 1 : place + 2]
        weight = _weight(char, before, after)
        # Where old systems wrote, other readings are far worse: beside an equal one theirs says little.
        score += min(weight, 1) if encoding == "cp850" else weight
    return score


def _weight(char: str, before: str, after: str) -> int:
    if char == "\ufffd" or "\x80" <= char <= "\x9f":
        return _WRONG
    if char.isalpha():
        if (char.isupper() and before.islower()) or (before.isdigit() and after.isdigit()):
            return _WRONG
        if not (before.isalpha() or after.isalpha() or char in _WORDS):
            # A letter all alone is rather the sign of a currency, read wrongly.
            return 0
        return -2 if char in _UNLIKELY else _TELLING.get(char, 0)
    if char in "€£" and (before.isdigit() or after.isdigit() or after in GROUPERS):
        return 2
    if char in "ºª":
        return 0
    return _WRONG if before.isalpha() and (after.isalpha() or char not in "€°’”»") else 0
