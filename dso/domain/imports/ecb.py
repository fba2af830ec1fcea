"""The reference rates of the European Central Bank as it publishes them: CSV with a column per currency, and XML.

`eurofxref.csv` and `eurofxref-hist.csv` have the header `Date, USD, JPY, …`, with blanks and a comma at the end, and
`N/A` where there was no rate. `eurofxref-daily.xml` and `eurofxref-hist.xml` nest `Cube` elements: a day with its
rates. Both are against the euro.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from xml.parsers import expat

from dso.domain.errors import Refused
from dso.domain.imports.dates import read_date
from dso.domain.imports.words import folded

#: The headers of the table either file becomes.
HEADERS = ("reference", "currency", "on", "units")
_EURO = "EUR"
_NOTHING = ("", "N/A", "-")
_CODE = re.compile(r"[A-Z]{3}")
#: Currencies of the history that became the euro, or another of their own: no ledger has them any more.
_BYGONE = frozenset("CYP EEK GRD LTL LVL MTL ROL SIT SKK TRL".split())

Row = list[str]


def is_wide(headers: Sequence[str]) -> bool:
    """Whether headers are those of the bank's CSV files: a day, then currencies, the euro not among them."""
    named = [header.strip() for header in headers if header.strip()]
    codes = named[1:]
    return (
        bool(codes)
        and folded(named[0]) == "date"
        and "USD" in codes
        and all(map(_CODE.fullmatch, codes))
        and _EURO not in codes
    )


def unfolded(
    headers: Sequence[str], rows: Iterable[Sequence[str]], lines: Iterable[int]
) -> tuple[list[Row], list[int]]:
    """One row for each rate of wide rows, with the lines they stand on; what is not available is left out."""
    found: list[Row] = []
    places: list[int] = []
    codes = ["" if header.strip() in _BYGONE else header.strip() for header in headers]
    for row, line in zip(rows, lines, strict=True):
        day = read_date(row[0], None)
        on = day.isoformat() if day else row[0].strip()
        for code, cell in zip(codes[1:], row[1:], strict=False):
            if code and cell.strip() not in _NOTHING:
                found.append([_EURO, code, on, cell.strip()])
                places.append(line)
    return found, places


def xml_rates(pieces: Iterable[bytes]) -> Iterator[tuple[Row, int]]:
    """The rates of an XML file, given in pieces, with their lines; Refused when it is another document, or unsafe."""
    reading = _Reading()
    for piece in pieces:
        reading.feed(piece, last=False)
        yield from reading.taken()
    reading.feed(b"", last=True)
    yield from reading.taken()
    if not reading.day:
        raise Refused("The XML file holds no reference rates of the European Central Bank.")


class _Reading:
    def __init__(self) -> None:
        self.day = ""
        self._found: list[tuple[Row, int]] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        # Without a document type there are no entities: nothing unfolds, nothing is fetched.
        self._parser.StartDoctypeDeclHandler = self._refuse

    def feed(self, piece: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(piece, last)
        except expat.ExpatError as error:
            words = "The XML file cannot be read beyond line %(line)s: it is damaged or not whole."
            raise Refused(words, line=error.lineno) from error
        except (LookupError, ValueError) as error:
            raise Refused("The XML file declares an encoding that is not read: it should be in UTF-8.") from error

    def taken(self) -> list[tuple[Row, int]]:
        found, self._found = self._found, []
        return found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(" ")[2] != "Cube":
            return
        if "time" in attributes:
            self.day = attributes["time"].strip()
        code, rate = attributes.get("currency", "").strip(), attributes.get("rate", "").strip()
        if self.day and code and code not in _BYGONE and rate not in _NOTHING:
            row = [_EURO, code, self.day, rate]
            self._found.append((row, self._parser.CurrentLineNumber))

    def _refuse(self, *_declared: object) -> None:
        raise Refused("The XML file declares a document type of its own: such files are not read.")
