"""Header words of eight languages and of usual programs, and the field each means."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dso.domain.codes import ImportKind
from dso.domain.imports.currencies import named_by
from dso.domain.imports.fields import CUSTOM, CUSTOMISED, FIELDS, IGNORE, Cell, is_custom, missing
from dso.domain.imports.header_words import CONTACTS, CUSTOMERS, ENTITY, HOUSE_AMOUNT, ITEMS
from dso.domain.imports.office_header_words import RATES, USERS
from dso.domain.imports.words import folded

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^a-z0-9*#%]+")
_NUMBER = re.compile(r"\b(?:n°|nº|no\.|nr\.|num\.|n\.°)(?=\s|\w|$)", re.IGNORECASE)
_SIGN = r"[a-z]{0,2}[$€£¥₣₤₹₺₽₩₫]"
_CODE = rf"[a-z]{{3}}|{_SIGN}|z[łl]|kr\.?|fr\.?|k[čc]"
#: A currency behind other words: "Betrag (EUR)", "Amount [USD]", "Montant ($)", "Montant €".
_IN_CURRENCY = re.compile(rf"(.+?)\s*(?:\(\s*({_CODE})\s*\)|\[\s*({_CODE})\s*\]|\s({_SIGN}))", re.IGNORECASE)
#: A code that is an English word as well: "Total (all)".
_WORD = "ALL"
#: Beside any header of the field without a currency, one with it comes last.
_LAST = 10_000
#: Said of amounts in the currency of the company, whichever that is.
HOUSE = "house"
_PERSO = re.compile(r"(?:client|item) field perso ?(\d+)")


def simplified(header: str) -> str:
    """A header as words are compared: no case, accents, punctuation; `InvoiceDate` and `invoice_date` are one."""
    text = _NUMBER.sub("no ", header.replace("№", "no "))
    return _OTHER.sub(" ", folded(_CAMEL.sub(" ", text))).strip()


def _table(kind: ImportKind, words: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    """Simplified word to (rank, field): the field's own name first, then its words in the order written."""
    table: dict[str, tuple[int, str]] = {}
    for name, field in FIELDS[kind].items():
        if field.own:
            continue
        listed = [name, *words.get(name, "").replace("\n", "|").split("|")]
        for rank, word in enumerate(listed):
            table.setdefault(simplified(word).replace(" ", ""), (rank, name))
    table.pop("", None)
    return table


_TABLES = {
    ImportKind.ITEMS: _table(ImportKind.ITEMS, {"entity": ENTITY, **ITEMS}),
    ImportKind.CUSTOMERS: _table(ImportKind.CUSTOMERS, CUSTOMERS),
    ImportKind.CONTACTS: _table(ImportKind.CONTACTS, CONTACTS),
    ImportKind.USERS: _table(ImportKind.USERS, USERS),
    ImportKind.RATES: _table(ImportKind.RATES, RATES),
}


_HOUSE = {simplified(word).replace(" ", "") for word in HOUSE_AMOUNT.split("|")}


def distinct(headers: Sequence[str]) -> list[str]:
    """The headers stripped, a repeated or missing one told apart by its place, so that each names one column."""
    answer: list[str] = []
    for place, raw in enumerate(headers, start=1):
        header = " ".join(raw.split()) or f"({place})"
        while header in answer:
            header = f"{header} ({place})"
        answer.append(header)
    return answer


class _Meaning(NamedTuple):
    """What a header stands for; the likelier one of a field has the lower rank."""

    rank: int
    target: str
    #: The currency it says amounts are in, or a sign that several share.
    currency: str = ""


def propose(kind: ImportKind, headers: Sequence[str]) -> dict[str, str]:
    """The field proposed for each header (IGNORE for none); of two headers for one field the likelier wins.

    Amounts of several currencies are never taken together: of those the headers name, the first one counts.
    """
    best: dict[str, tuple[_Meaning, str]] = {}
    answer = dict.fromkeys(headers, IGNORE)
    counts = ""
    for header in headers:
        if own := _own(header, simplified(header)):
            answer[header] = own if kind in CUSTOMISED else IGNORE
            continue
        found = _meaning(kind, header)
        counts = counts or found.currency
        other = found.currency not in ("", counts)
        if found.target and not other and (found.target not in best or found.rank < best[found.target][0].rank):
            best[found.target] = found, header
    for target in _mixed(kind, {target: found.currency for target, (found, _header) in best.items()}):
        del best[target]
    for target, (_found, header) in best.items():
        answer[header] = target
    return answer


def _meaning(kind: ImportKind, header: str) -> _Meaning:
    said = _IN_CURRENCY.fullmatch(header.strip())
    code = named_by(said[2] or said[3] or said[4]) if said else ""
    if said and code and code != _WORD:
        rank, target = _looked_up(kind, said[1])
        if _is_amount(kind, target):
            return _Meaning(rank + _LAST, target, code)
    rank, target = _looked_up(kind, header)
    if target == "amount" and simplified(header).replace(" ", "") in _HOUSE:
        return _Meaning(rank + _LAST, target, HOUSE)
    return _Meaning(rank, target)


def _looked_up(kind: ImportKind, words: str) -> tuple[int, str]:
    return _TABLES[kind].get(simplified(words).replace(" ", ""), (0, IGNORE))


def _is_amount(kind: ImportKind, target: str) -> bool:
    return target in FIELDS[kind] and FIELDS[kind][target].cell is Cell.AMOUNT


def _mixed(kind: ImportKind, found: Mapping[str, str]) -> list[str]:
    """Fields to leave out of those found, each with the currency its header names, beside a column of currencies.

    That column is of the documents. Amounts whose headers name another are converted ones: those of the documents go
    before them, and where there are none, the currency of the documents is not that of the amounts.
    """
    amounts = [target for target in found if _is_amount(kind, target)]
    converted = [target for target in amounts if found[target]]
    if not converted or "currency" not in found:
        return []
    return converted if len(converted) < len(amounts) else ["currency"]


def currency_named(kind: ImportKind, header: str) -> str:
    """The currency a header says its amounts are in, by code or by a sign that several share.

    HOUSE for that of the company, "" for none.
    """
    return _meaning(kind, header).currency


def amounts_named(kind: ImportKind, columns: Mapping[str, str]) -> dict[str, str]:
    """The headers taken for amounts, each with the currency it names."""
    return {header: currency_named(kind, header) for header, target in columns.items() if _is_amount(kind, target)}


def _own(header: str, simple: str) -> str:
    """The custom field a header names, or ""."""
    found = _PERSO.fullmatch(simple)
    return header if is_custom(header) else f"{CUSTOM}perso{found[1]}" if found else ""


def likelier_kind(kind: ImportKind, headers: Sequence[str]) -> ImportKind | None:
    """The kind of file whose fields the headers name far better than those of this kind; None when there is none.

    Such a kind lacks none of its fields, and has two more of the headers, or all while this one lacks some.
    """
    found = {each: {target for target in propose(each, headers).values() if target} for each in _TABLES}
    whole = [each for each in found if each is not kind and not missing(each, found[each])]
    best = max(whole, key=lambda each: len(found[each]), default=None)
    if best is None:
        return None
    needed = 0 if missing(kind, found[kind]) else 2
    return best if len(found[best]) >= len(found[kind]) + needed else None


def is_known(kind: ImportKind, header: str) -> bool:
    """Whether a header is one of the usual words of this kind of file."""
    return bool(_meaning(kind, header).target)
