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
#: Bytes of UTF-8 that begin no letter of several bytes: without them as many are left as there are such letters.
_NO_BEGINNINGS = bytes(range(0xC0))


class Damaged(Refused):
    """A file that is UTF-8 but for some bytes: read as anything else, all of its letters would be wrong."""

    def __init__(self, line: int) -> None:
        words = (
            "Line %(line)s holds bytes that are no UTF-8, while the rest of the file is: it is damaged or cut off. "
            "Export it again, or name its encoding if it is another one."
        )
        super().__init__(words, line=line)


class EncodingScan:
    """Takes the bytes of a file in pieces and names its encoding at the end."""

    def __init__(self) -> None:
        self._head = b""
        self._utf8 = _Utf8()
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
        self._utf8.feed(chunk)
        if not chunk.isascii() and self._sampled < 1 << 18:
            self._samples.append(_telling_lines(chunk))
            self._sampled += len(self._samples[-1])

    def result(self) -> str:
        """The Python name of the encoding; an empty or ASCII file is UTF-8."""
        if unicode := self._unicode():
            return unicode
        return _best(b"\n".join(self._samples))

    @property
    def damaged_at(self) -> int | None:
        """Where the first byte stands that is no UTF-8 in a file that otherwise is; None in any other file.

        A mark settles that it is, else its letters of several bytes have to outnumber what is none.
        """
        unicode = self._unicode()
        damaged = unicode == "utf-8-sig" or (unicode == "utf-8" and self._utf8.prevails)
        return self._utf8.stray if damaged else None

    def _unicode(self) -> str:
        """The encoding of Unicode it is in; "" where it is none."""
        for mark, name in _MARKS:
            if self._head.startswith(mark):
                return name
        if self._nuls:
            return _without_mark(self._nuls, self._seen)
        return "utf-8" if self._utf8.stray is None or self._utf8.prevails else ""


class _Utf8:
    """How far bytes that come in pieces are UTF-8."""

    def __init__(self) -> None:
        #: The place of the first byte that is none.
        self._stray: int | None = None
        self._letters = self._strays = self._seen = 0
        #: The beginning of a letter that goes on in the next piece.
        self._rest = b""

    @property
    def stray(self) -> int | None:
        """The place of the first byte that is no UTF-8; also of a letter at the end that is not whole."""
        return self._seen if self._stray is None and self._rest else self._stray

    @property
    def prevails(self) -> bool:
        """Whether letters of several bytes outnumber the bytes that are none; one cut off by the end is neither."""
        return self._letters > self._strays

    def feed(self, chunk: bytes) -> None:
        """One piece, in order."""
        data = self._rest + chunk
        if data.isascii():
            self._seen += len(data)
            return
        letters, taken = data, 0
        try:
            if self._stray is None:
                taken = codecs.utf_8_decode(data, "strict", False)[1]
                letters = data[:taken]
        except UnicodeDecodeError as error:
            self._stray = self._seen + error.start
        if self._stray is not None:
            text, taken = codecs.utf_8_decode(data, "ignore", False)
            letters = text.encode()
            self._strays += taken - len(letters)
        self._letters += len(letters.translate(None, _NO_BEGINNINGS))
        self._seen += taken
        self._rest = data[taken:]


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
