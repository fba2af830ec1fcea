"""Files that are nearly right: every sample in every form a reader takes, damaged as files are."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any

import openpyxl

from dso.domain.codes import ImportKind
from tests.services.imports.helpers import DATA, STOCK

USERS = "E-mail;Nom;Prénom;Rôle;Actif;Téléphone\nana@seller.example;Ruiz;Ana;Chargé de recouvrement;oui;01 02\n"
DAILY = "Date, USD, JPY, GBP, \n27 November 2026, 1.0570, 160.25, 0.83188, \n"
PLAIN_RATES = "reference;currency;date;units\nEUR;USD;2026-11-27;1,0570\nEUR;CHF;2026-11-26;0,93\n"
XML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" '
    'xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><Cube><Cube time="2026-11-27">'
    '<Cube currency="USD" rate="1.0570"/><Cube currency="JPY" rate="160.25"/></Cube></Cube></gesmes:Envelope>'
)
#: Cells no field was made for.
CELLS = [
    text.encode()
    for text in (
        "NaN", "-Infinity", "1e999999999", "9" * 40, "-0", "0,0,0", "1.234.567,8-", "(1", "12 3x4,00", "٣٤", "½",
        "0000-00-00", "30/02/2026", "99999999", "2026-11-20T25:00", "=1+1", "'=1", "\u202e", "\ufeff", "é" * 300,
        "x" * 70_000, '"', '""', '"a', "\0", "\r", "\n\n", "\t;,|", "%(name)s", "{0}", "#N/A", "'", "\\", "C1;C2", " ",
        "\U0001f4a9", "<a>&b;", "]]>", "-" * 50, "1" + "0" * 14, "922337203685477.5807", "0.00005", "true", "EUR", "",
    )
]  # fmt: skip
LONGEST = 400


@dataclass(frozen=True)
class Sample:
    """A file that goes in as it is."""

    name: str
    kind: ImportKind
    data: bytes = field(repr=False)
    options: dict[str, Any] = field(default_factory=dict)


def samples() -> list[Sample]:
    """Every sample in `tests/data`, the other kinds, and workbooks."""
    customers, contacts, items = ImportKind.CUSTOMERS, ImportKind.CONTACTS, ImportKind.ITEMS
    files = {
        "fr_clients.csv": customers, "sap_customers.txt": customers, "us_customers.csv": customers,
        "fr_contacts.csv": contacts, "fr_ecritures_2026-11-20.csv": items, "fr_ecritures_2026-11-21.csv": items,
        "sap_items.txt": items, "us_open_invoices.csv": items, "invoices.csv": items,
    }  # fmt: skip
    found = [Sample(name, kind, (DATA / name).read_bytes(), _options(name, kind)) for name, kind in files.items()]
    texts = {"users.csv": USERS, "daily.csv": DAILY, "plain.csv": PLAIN_RATES, "daily.xml": XML}
    for name, text in texts.items():
        found.append(Sample(name, ImportKind.USERS if name == "users.csv" else ImportKind.RATES, text.encode()))
    found.append(Sample("daily.zip", ImportKind.RATES, packed("eurofxref.csv", DAILY)))
    for each in (found[0], found[3], found[4], found[9], found[11]):
        rows = [line.split(";") for line in _decoded(each.data).splitlines()[:40]]
        found.append(Sample(each.name + ".xlsx", each.kind, book(rows), each.options))
    return found


def _options(name: str, kind: ImportKind) -> dict[str, Any]:
    if kind is not ImportKind.ITEMS:
        return {}
    return {"create_customers": True} if name == "invoices.csv" else {"mode": STOCK}


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252")


def packed(name: str, text: str) -> bytes:
    """An archive of one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return out.getvalue()


def book(rows: list[list[str]]) -> bytes:
    """A workbook of typed cells: numbers, days, codes with zeros before, a cell in error, a hidden sheet."""
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for row in rows:
        sheet.append([_typed(cell) for cell in row])
    sheet["A2"].number_format = "00000"
    sheet["B3"] = "=1/0"
    sheet["B3"].data_type = "e"
    sheet["B3"].value = "#DIV/0!"
    made.create_sheet("Hidden").append(["x"])
    made["Hidden"].sheet_state = "hidden"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _typed(cell: str) -> str | float | date:
    try:
        return float(cell.replace("\u00a0", "").replace(",", "."))
    except ValueError:
        pass
    try:
        return datetime.strptime(cell, "%d/%m/%Y").date()  # noqa: DTZ007 - a cell of a workbook has no zone
    except ValueError:
        return cell


def damaged(sample: Sample, chance: Random) -> bytes:
    """The file with one to four things wrong; of a long one mostly its beginning, which says as much."""
    data = sample.data
    if data.startswith(b"PK"):
        return _part_damaged(data, chance) if chance.randrange(4) else _several(data, chance)
    if chance.randrange(20):
        data = data[: 1 + data.rfind(b"\n", 0, 6_000)] or data
    return _several(data, chance)


def _several(data: bytes, chance: Random) -> bytes:
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(_WAYS)(data, chance)
    return data


def _part_damaged(data: bytes, chance: Random) -> bytes:
    """The archive whole, but a part of it damaged within."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        parts = old.infolist()
        names = [part.filename for part in parts]
        hurt = chance.choice([name for name in names if name.startswith("xl/")] or names)
        for part in parts:
            content = old.read(part)
            new.writestr(part.filename, _several(content, chance) if part.filename == hurt else content)
    return out.getvalue()


def _place(data: bytes, chance: Random) -> tuple[int, int]:
    start = chance.randint(0, len(data))
    return start, min(start + chance.randint(1, LONGEST), len(data))


def _flip(data: bytes, chance: Random) -> bytes:
    if not data:
        return data
    found = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def _cut_off(data: bytes, chance: Random) -> bytes:
    return data[: chance.randint(0, len(data))]


def _cut_out(data: bytes, chance: Random) -> bytes:
    start, end = _place(data, chance)
    return data[:start] + data[end:]


def _insert(data: bytes, chance: Random) -> bytes:
    start, _end = _place(data, chance)
    return data[:start] + chance.choice([*CELLS, bytes(chance.randrange(256) for _ in range(20))]) + data[start:]


def _duplicate(data: bytes, chance: Random) -> bytes:
    start, end = _place(data, chance)
    return data[:end] + data[start:end] * chance.randint(1, 30) + data[end:]


def _swap(data: bytes, chance: Random) -> bytes:
    (a, b), (c, d) = sorted((_place(data, chance), _place(data, chance)))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:] if b <= c else data


def _cell(data: bytes, chance: Random) -> bytes:
    """Another value in the place of one between two marks."""
    start, _end = _place(data, chance)
    marks = [place for mark in (b";", b"\t", b",", b"\n", b">") if (place := data.find(mark, start)) >= 0]
    if not marks:
        return data
    begin = min(marks) + 1
    ends = [place for mark in (b";", b"\t", b",", b"\r", b"\n", b"<") if (place := data.find(mark, begin)) >= 0]
    return data[:begin] + chance.choice(CELLS) + data[min(ends, default=len(data)) :]


_WAYS: list[Callable[[bytes, Random], bytes]] = [_flip, _cut_off, _cut_out, _insert, _duplicate, _swap, _cell, _cell]
