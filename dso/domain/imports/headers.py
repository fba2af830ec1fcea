"""Header words of eight languages and of usual programs, and the field each means."""

import re
from collections.abc import Mapping, Sequence

from dso.domain.codes import ImportKind
from dso.domain.imports.fields import CUSTOM, CUSTOMISED, FIELDS, IGNORE, is_custom, missing
from dso.domain.imports.header_words import CONTACTS, CUSTOMERS, ENTITY, ITEMS
from dso.domain.imports.office_header_words import RATES, USERS
from dso.domain.imports.words import folded

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^a-z0-9*#%]+")
_NUMBER = re.compile(r"\b(?:n°|nº|no\.|nr\.|num\.|n\.°)(?=\s|\w|$)", re.IGNORECASE)
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


def distinct(headers: Sequence[str]) -> list[str]:
    """The headers stripped, a repeated or missing one told apart by its place, so that each names one column."""
    answer: list[str] = []
    for place, raw in enumerate(headers, start=1):
        header = " ".join(raw.split()) or f"({place})"
        while header in answer:
            header = f"{header} ({place})"
        answer.append(header)
    return answer


def propose(kind: ImportKind, headers: Sequence[str]) -> dict[str, str]:
    """The field proposed for each header (IGNORE for none); of two headers for one field the likelier wins."""
    best: dict[str, tuple[int, str]] = {}
    answer = dict.fromkeys(headers, IGNORE)
    for header in headers:
        simple = simplified(header)
        if own := _own(header, simple):
            answer[header] = own if kind in CUSTOMISED else IGNORE
            continue
        rank, target = _TABLES[kind].get(simple.replace(" ", ""), (0, IGNORE))
        if target and (target not in best or rank < best[target][0]):
            best[target] = (rank, header)
    for target, (_rank, header) in best.items():
        answer[header] = target
    return answer


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
    return simplified(header).replace(" ", "") in _TABLES[kind]
