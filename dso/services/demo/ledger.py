"""The files of the demonstration: days moved to now, and a year of paid invoices made by rule."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from dso.domain.codes import ImportMode, ItemType
from dso.paths import DEMO_DATA
from dso.services.imports import ImportOptions

#: The files' encoding and the newest day in them.
ENCODING = "cp1252"
NEWEST = date(2026, 11, 20)
TYPES = {
    "FC": ItemType.INVOICE,
    "AV": ItemType.CREDIT_NOTE,
    "RG": ItemType.PAYMENT,
    "OD": ItemType.MISCELLANEOUS,
    "LCR": ItemType.DRAFT,
    "AC": ItemType.DOWN_PAYMENT,
}
PLAIN = ImportOptions()
FULL = ImportOptions(mode=ImportMode.STOCK, types=TYPES)
HISTORY = ImportOptions(types=TYPES, columns={"Date règlement": "cleared_on"})

_DAY = re.compile(r"(?<!\d)\d{2}/\d{2}/\d{4}(?!\d)")
_FORM = "%d/%m/%Y"
_HISTORY_HEADER = (
    "Code client;Type pièce;N° pièce;Date facture;Échéance;Date règlement;Montant HT;Montant TTC;Reste dû TTC;Devise"
).split(";")
_VAT = Decimal("1.20")
_MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Files:
    """Where the files are that are taken in."""

    customers: Path
    contacts: Path
    history: Path
    first_day: Path
    second_day: Path


def write(folder: Path, *, newest: date) -> Files:
    """The shipped files with all days moved so that the newest of the ledger is `newest`, and the paid year."""
    moved = newest - NEWEST
    found = Files(
        _copy(folder, "fr_clients.csv", "clients.csv", moved),
        _copy(folder, "fr_contacts.csv", "contacts.csv", moved),
        folder / "reglements.csv",
        _copy(folder, "fr_ecritures_2026-11-20.csv", f"ecritures_{newest - timedelta(days=1)}.csv", moved),
        _copy(folder, "fr_ecritures_2026-11-21.csv", f"ecritures_{newest}.csv", moved),
    )
    _write_history(found, newest)
    return found


def _copy(folder: Path, source: str, target: str, moved: timedelta) -> Path:
    text = (DEMO_DATA / source).read_text(ENCODING)
    shifted = _DAY.sub(lambda day: (_day(day[0]) + moved).strftime(_FORM), text)
    path = folder / target
    path.write_text(shifted, ENCODING)
    return path


def _day(text: str) -> date:
    return datetime.strptime(text, _FORM).date()  # noqa: DTZ007 - a calendar day


def _write_history(files: Files, newest: date) -> None:
    with files.customers.open(encoding=ENCODING, newline="") as source:
        rows = list(csv.DictReader(source, delimiter=";"))
    with files.history.open("w", encoding=ENCODING, newline="") as target:
        writer = csv.writer(target, delimiter=";")
        writer.writerow(_HISTORY_HEADER)
        for number, row in enumerate(rows):
            writer.writerows(_paid_year(number, row["Code client"], row["Conditions de paiement"], newest))


def _chance(*words: object) -> int:
    """A number that is always the same for the same words."""
    return int.from_bytes(sha256("|".join(map(str, words)).encode()).digest()[:4], "big")


def _paid_year(row: int, code: str, terms: str, newest: date) -> Iterator[list[str]]:
    """One or two invoices a month over a year, each paid as late as this customer usually is."""
    habit = (-2, 3, 9, 18, 34)[_chance(code, "habit") % 5]
    credit = int(re.sub(r"\D.*", "", terms) or 30)
    for month in range(2, 15):
        for copy in range(1 + _chance(code, month) % 2):
            issued = newest - _MONTH * month + timedelta(days=_chance(code, month, copy) % 28)
            due = issued + timedelta(days=credit)
            paid = due + timedelta(days=habit + _chance(code, month, copy, "late") % 9 - 4)
            if paid >= newest - timedelta(days=3):
                continue
            net = Decimal(_chance(code, month, copy, "sum") % 800_000 + 30_000) / 100
            gross = (net * _VAT).quantize(Decimal("0.01"))
            days = [f"{day:{_FORM}}" for day in (issued, due, paid)]
            yield [code, "FC", f"FH{row:03}{month:02}{copy}", *days, _written(net), _written(gross), "0,00", "EUR"]


def _written(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")
