"""Amounts as files write them: marks decided from whole columns, values read exactly."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from dso.domain.imports.currencies import contradicts
from dso.domain.money import LIMIT, UNITS

#: Space, no-break space, narrow no-break space, thin space and apostrophes only ever group digits.
GROUPERS = " \u00a0\u202f\u2009'\u2019"
_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "\uff04": "$", "\uffe5": "¥"})
_SHAPE = {**str.maketrans("012345678", "9" * 9), **str.maketrans("\uff04\uffe5", "$¥")}
_CURRENCY = re.compile(
    r"(?<![^\W\d_])(?:[A-Z]{3}|[A-Z]{0,2}[$€£¥₣₤₹₺₽₩₫]|z[łl]|kr\.?|Fr\.?|Rs\.?|K[čc]|Ft|lei)(?![^\W\d_])"
)
_MARK = re.compile(r"[.,]")
#: A nought groups no thousands: what follows it are decimals.
_FRACTION = re.compile(r"^-?0([.,])\d{3}$", re.MULTILINE)
#: What numbers are written with, as bytes: taken away at once from a whole column.
_OF_NUMBERS = b"0123456789.,+-()' "
#: Digits of the largest amount the product takes in, with two decimals.
_MOST_DIGITS = 16
#: One reading has to be this many times as frequent before the other is called a slip of single rows.
_MAJORITY = 19
#: A column of amounts has some dozens of shapes; a column of anything else must not fill the memory.
_MOST_SHAPES = 20_000


class Exact(str):
    """A number from a typed spreadsheet cell: written with a point whatever the rest of the column does."""

    __slots__ = ()


@dataclass
class AmountEvidence:
    """What the cells of one column say about its marks; feed it the whole column."""

    shapes: Counter[str] = field(default_factory=Counter)
    #: Some shapes were forgotten, or some cells are typed numbers.
    _cut: bool = False
    #: The marks behind a nought, by how often.
    _fractions: Counter[str] = field(default_factory=Counter)

    def feed(self, cells: Sequence[str]) -> None:
        """Count the shapes of some cells; typed numbers say nothing about text."""
        texts = cells if set(map(type, cells)) <= {str} else [cell for cell in cells if type(cell) is str]
        self._cut = self._cut or len(texts) < len(cells)
        joined = "\n".join(texts)
        if joined.startswith(("0", "-0")) or "\n0" in joined or "\n-0" in joined:
            self._fractions.update(_FRACTION.findall(joined))
        shapes = joined.translate(_SHAPE).split("\n") if texts else []
        self.shapes.update(shapes if len(shapes) == len(texts) else [cell.translate(_SHAPE) for cell in texts])
        if len(self.shapes) > _MOST_SHAPES:
            self.shapes = Counter(dict(self.shapes.most_common(_MOST_SHAPES // 4)))
            self._cut = True

    @property
    def signs(self) -> list[str]:
        """Currency signs attached to the amounts, in order of frequency."""
        found = [sign for shape, _ in self.shapes.most_common(50) for sign in _CURRENCY.findall(shape)]
        return list(dict.fromkeys(found))

    def decimal_mark(self) -> str | None:
        """The proven decimal mark; "" when no cell needs one; None when the column leaves it open."""
        votes: Counter[str] = Counter()
        for shape, count in self.shapes.items():
            votes[_vote(shape)] += count
        votes.update(self._fractions)
        point, comma = votes["."], votes[","]
        if point or comma:
            less, more = sorted((point, comma))
            return None if less * _MAJORITY > more else (".," if point > comma else ",.")[0]
        return self._unproven(votes)

    def _unproven(self, votes: Counter[str]) -> str | None:
        """Only whole numbers and groups of three: plain small and large numbers tell which the mark is."""
        open_ones = votes["?."] + votes["?,"]
        if not open_ones:
            return ""
        plain = [shape.strip("-+() ") for shape in self.shapes]
        if votes["?."] and votes["?,"]:
            return None
        if any(len(shape) in (1, 2, 3) for shape in plain if shape.isdigit()) and not any(
            len(shape) > 3 for shape in plain if shape.isdigit()
        ):
            return "," if votes["?."] else "."
        return None

    def plain(self, decimal: str) -> str | None:
        """The character that groups digits when every cell is written with two decimals and no sign but a minus before.

        Such columns can be read by the quickest way there is; "" when nothing groups, None when they are not such.
        """
        groupers = {char for shape in self.shapes for char in shape} - set("9-" + decimal)
        if self._cut or not decimal or len(groupers) > 1:
            return None
        grouper = groupers.pop() if groupers else ""
        if grouper and grouper not in GROUPERS + ".,":
            return None
        whole = rf"9{{1,3}}(?:{re.escape(grouper)}999)*" if grouper else "9+"
        match = re.compile(rf"-?(?:{whole}|9+){re.escape(decimal)}99").fullmatch
        return grouper if all(shape.count("9") <= _MOST_DIGITS and match(shape) for shape in self.shapes) else None

    def open_mark(self) -> str:
        """The mark that may be either, for the question put to a person: "." or ","; "" when none is."""
        marks = {vote[1] for vote in map(_vote, self.shapes) if vote.startswith("?")}
        return "".join(sorted(marks))[:1]


def _vote(shape: str) -> str:
    """The decimal mark one shape proves: ".", "," or "" (none needed), "?." or "?," where it may group as well."""
    # The point of "Rs.500" belongs to its currency.
    shape = _CURRENCY.sub("", shape)
    marks: list[str] = _MARK.findall(shape)
    if not marks:
        return ""
    last = marks[-1]
    head, _, tail = shape.rpartition(last)
    digits = len(tail) - len(tail.lstrip("9"))
    other = "," if last == "." else "."
    if len(marks) > 1:
        return _vote_of_several(marks, last, other, digits)
    before = re.search(r"9*$", head)
    if digits != 3 or before is None or len(before.group()) > 3 or not before.group():
        return last if digits else ""
    if re.search(r"9[" + GROUPERS + r"]999$", head):
        return last
    return f"?{last}"


def _vote_of_several(marks: list[str], last: str, other: str, digits: int) -> str:
    if marks.count(last) > 1:
        return other if digits == 3 and set(marks) == {last} else ""
    return last if set(marks[:-1]) == {other} else ""


def _pattern(decimal: str) -> re.Pattern[str]:
    group = re.escape(GROUPERS + ("," if decimal == "." else "."))
    return re.compile(
        rf"([-+]?)((?!0)\d{{1,3}}(?:([{group}])\d{{3}})(?:\3\d{{3}})*|\d+)?(?:{re.escape(decimal)}(\d*))?([-+]?)"
    )


_PATTERNS = {mark: _pattern(mark) for mark in ".,"}
_UNGROUP = {mark: str.maketrans("", "", GROUPERS + ("," if mark == "." else ".")) for mark in ".,"}
_WIDTHS = {1: 1000, 2: 100, 3: 10, 4: 1}
_MOST_UNITS = int(LIMIT) * UNITS


def reader(decimal: str) -> "Callable[[str], int | Decimal | None]":
    """A function that reads cells whose decimal mark is known ("" = none needed).

    It answers whole ten-thousandths; a Decimal when there are more than four decimals, to be rounded once, to the
    currency's own; None when the cell cannot be read or the amount is beyond what the product takes in.
    """
    mark = decimal or "."
    match, ungroup = _PATTERNS[mark].fullmatch, _UNGROUP[mark]

    def read(cell: str) -> int | Decimal | None:
        found, enclosed = match(cell) if type(cell) is str else _PATTERNS["."].fullmatch(cell), False
        if found is None:
            bare, enclosed = _bare(cell)
            found = match(bare)
            if found is None:
                return None
        before, whole, group, fraction, after = found.groups()
        if (before and after) or (enclosed and (before or after)) or not (whole or fraction):
            return None
        if group:
            whole = whole.translate(ungroup)
        return _value(whole, fraction, enclosed or before == "-" or after == "-")

    return read


def _value(whole: str | None, fraction: str | None, negative: bool) -> int | Decimal | None:
    """Digits to ten-thousandths."""
    if whole and len(whole) > 15:
        return None
    if fraction and len(fraction) > 4:
        if len(fraction) > 40:
            return None
        exact = Decimal(f"{'-' if negative else ''}{whole or 0}.{fraction}")
        return exact if abs(exact) < LIMIT else None
    units = int(whole or 0) * UNITS + (int(fraction) * _WIDTHS[len(fraction)] if fraction else 0)
    return None if units >= _MOST_UNITS else -units if negative else units


def _bare(cell: str) -> tuple[str, bool]:
    """A cell without the currency, the parentheses and the blanks around its number, and whether it had parentheses.

    A currency may stand before and behind ("$12.00 USD"); all else is taken off once.
    """
    bare = _CURRENCY.sub("", cell.translate(_SIGNS), count=2).strip(GROUPERS)
    enclosed = bare.startswith("(") and bare.endswith(")")
    if enclosed:
        bare = bare[1:-1].strip(GROUPERS)
    if bare[:1] in ("-", "+"):
        bare = bare[0] + bare[1:].lstrip(GROUPERS)
    if bare[-1:] in ("-", "+"):
        bare = bare[:-1].rstrip(GROUPERS) + bare[-1]
    return bare, enclosed


def foreign_sign(cell: str, currency: str) -> str:
    """The sign or code at an amount that speaks for other currencies than the one it is in; "" when none does."""
    return next((sign for sign in _CURRENCY.findall(cell.translate(_SIGNS)) if contradicts(sign, currency)), "")


def may_be_foreign(cells: Sequence[str], currencies: Iterable[str | None]) -> bool:
    """Whether a sign at one of the amounts may speak against one of the currencies, so that each has to be looked at.

    Costs next to nothing where nothing stands beside the numbers, and little where it is always the same.
    """
    beside = "\n".join(cells).encode("utf-8", "surrogatepass").translate(None, _OF_NUMBERS)
    if not beside.strip(b"\n"):
        return False
    pieces = (each.decode("utf-8", "surrogatepass").translate(_SIGNS) for each in set(beside.split(b"\n")))
    signs = {piece.strip(f"-{GROUPERS}") for piece in pieces} - {""}
    own = set(currencies)
    return any(not _CURRENCY.fullmatch(sign) or contradicts(sign, each) for sign in signs for each in own if each)


def too_large(cell: str, decimal: str) -> bool:
    """Whether an unread cell is a number after all, but beyond what the product takes in."""
    mark = decimal or "."
    text = _CURRENCY.sub("", cell.translate(_SIGNS), count=1).translate(_UNGROUP[mark]).strip("()+-")
    whole, _, fraction = text.partition(mark)
    return len(whole) > len(str(int(LIMIT))) - 1 and whole.isdecimal() and (not fraction or fraction.isdecimal())


def agreed_mark(marks: Iterable[str | None]) -> str | None:
    """The one decimal mark the columns of a file prove between them; None when they prove none or differ."""
    proven = {mark for mark in marks if mark}
    return proven.pop() if len(proven) == 1 else None


def likely_mark(open_mark: str, separator: str, currency_decimals: int) -> str | None:
    """What a mark before three digits is when the file's own habits and the currency agree; else None: ask.

    In a comma-separated file the comma groups, in a semicolon file the point does; either only where the currency
    has no third decimal.
    """
    habits = {",": ".", ";": ","}
    decimal = habits.get(separator)
    if currency_decimals > 2 or decimal is None or not open_mark:
        return None
    return decimal if decimal != open_mark else None
