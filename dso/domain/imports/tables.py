"""How a text file is a table: its separator, and whether its first row can be headers."""

import csv
import re
from collections import Counter
from collections.abc import Sequence

from dso.domain.errors import Refused
from dso.domain.imports.amounts import Exact
from dso.domain.imports.dates import DayOrder, read_date

SEPARATORS = "\t;,|"
_DECLARED = re.compile(r'"?sep=(.)"?\s*$', re.IGNORECASE)
_NUMBER = re.compile(r"[-+(]?[$€£]?\s?\d[\d .,'\u00a0\u202f]*[-)]?")


def declared_separator(line: str) -> str | None:
    """The separator a first line such as `sep=;` names; such a line is no header."""
    found = _DECLARED.match(line)
    return found[1] if found else None


def guess_separator(lines: Sequence[str]) -> str:
    """The separator that cuts the sample into the most even table; a single column gives the semicolon."""
    best = max(SEPARATORS, key=lambda separator: _evenness(lines, separator))
    return best if _evenness(lines, best) > (0, 0, 0) else ";"


def _evenness(lines: Sequence[str], separator: str) -> tuple[float, int, int]:
    """How many of the rows have the header's width, then how wide it is."""
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
    except csv.Error:
        return (0, 0, 0)
    if not widths or widths[0] < 2:
        return (0, 0, 0)
    same = sum(1 for width in widths if width == widths[0]) / len(widths)
    commonest = Counter(widths).most_common(1)[0][0]
    return (round(same, 1), int(commonest == widths[0]), widths[0])


def check_headers(headers: Sequence[str], known: bool) -> None:
    """Refuse a first row that holds values instead of headers; one known header settles that it does not."""
    if not any(cell.strip() for cell in headers):
        raise Refused("The first row is empty: the first row has to hold the headers.")
    if known:
        return
    for cell in headers:
        if _is_value(cell):
            words = 'The file has no header row: its first row holds the value "%(value)s".'
            raise Refused(words, value=cell.strip()[:80])


def _is_value(cell: str) -> bool:
    text = cell.strip()
    if not text:
        return False
    if type(cell) is Exact or _NUMBER.fullmatch(text):
        return True
    return read_date(text, DayOrder.DAY_FIRST) is not None or read_date(text, DayOrder.MONTH_FIRST) is not None
