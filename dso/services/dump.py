"""A whole entity as files: equal ledgers give equal bytes, and `dso import` reads them back (2.6).

UTF-8 without a mark, commas, CRLF, quotes where needed; the headers are field names. Amounts have a point and never
exactly three decimals (which could be a thousand), days are ISO, yes and no are words, text is formula-safe.
"""

import csv
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from dso.domain.codes import ColleagueRole, FieldType, ImportKind
from dso.domain.errors import Refused
from dso.domain.formulas import neutral
from dso.domain.imports.dumps import BY_IMPORT, COLUMNS, in_order, joined
from dso.domain.imports.fields import CUSTOM
from dso.domain.money import fits, rounded
from dso.models import CustomField, Entity, User
from dso.queries import dump as queries
from dso.queries.dump_tables import HISTORY, History, Names, records
from dso.services import scenarios

Record = dict[str, Any]
Rows = Iterable[Sequence[str]]

_GUARANTEES = ("insurer_guarantee", "temporary_guarantee")
#: Fields of customers that are written in a way of their own.
_APART = (*_GUARANTEES, "id", "custom", "groups", "groups_by_hand", "colleagues", "other_guarantees", "information")


def write(entity: Entity, actor: User, folder: Path) -> dict[str, int]:
    """Write everything the person may see into a new folder; the records of each file.

    The folder appears when all of it is written, or not at all. Refused when something is there already.
    """
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused("%(folder)s is there already and not empty: name a new folder.", folder=folder)
    if not folder.parent.is_dir():
        raise Refused("There is no folder %(folder)s.", folder=folder.parent)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        counts = _files(entity, actor, unfinished)
        unfinished.chmod(0o750)
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return counts


def _files(entity: Entity, actor: User, folder: Path) -> dict[str, int]:
    names = Names(actor, entity)
    tables = {
        "custom_fields": _definitions(),
        "users": _plain(queries.users(actor, entity), COLUMNS[ImportKind.USERS], ""),
        "groups": _plain(queries.groups(actor, entity), _GROUPS, ""),
        "customers": _customers(entity, actor),
        "contacts": _plain(queries.contacts(actor, entity), COLUMNS[ImportKind.CONTACTS], ""),
        "items": _items(entity, actor),
        "company": _company(entity),
        **{table.file: history_rows(table, names, actor, entity) for table in HISTORY},
    }
    counts = {name: _table(folder / f"{name}.csv", rows) for name, rows in tables.items()}
    return {**counts, "scenarios": _scenarios(entity, folder / "scenarios")}


_GROUPS = ["name", "customers"]
#: What of the company itself decides about sending.
COMPANY = ["currency", "ledger_at", "last_run_on"]


def _table(path: Path, rows: Rows) -> int:
    """Write a file and see it to the disk; the records below its header."""
    count = -1
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        for count, row in enumerate(rows):  # noqa: B007 - how many there were
            writer.writerow(row)
        file.flush()
        os.fsync(file.fileno())
    return count


def _plain(records: Iterator[Record], columns: Sequence[str], currency: str) -> Iterator[Sequence[str]]:
    """Header and rows of records; amounts are in the record's own currency where it has one."""
    yield list(columns)
    for record in records:
        money = record.get("currency") or currency
        yield [cell(record[name], money) for name in columns]


def _customers(entity: Entity, actor: User) -> Iterator[Sequence[str]]:
    columns, custom = COLUMNS[ImportKind.CUSTOMERS], queries.custom_fields("customer")
    yield [*columns, *(f"{CUSTOM}{each.code}" for each in custom)]
    for record in queries.customers(actor, entity):
        secured = record["guarantee_currency"] or entity.currency
        guarantees = in_order(record["other_guarantees"])
        cells = {
            **{name: cell(record[name], entity.currency) for name in record if name not in _APART},
            **{name: cell(record[name], secured) for name in _GUARANTEES},
            "groups": neutral(joined(record["groups"])),
            "groups_by_hand": neutral(joined(record["groups_by_hand"])),
            "colleagues": joined(_colleague(*each) for each in record["colleagues"]),
            "other_guarantees": _json([[kind, amount(a, secured), cell(d, "")] for kind, a, d in guarantees] or None),
            "information": _json(record["information"] or {}),
        }
        yield [*(cells[name] for name in columns), *_custom(record["custom"], custom)]


def _colleague(email: str, role: ColleagueRole, by_import: bool) -> str:
    return f"{email}:{role.value}:{BY_IMPORT}" if by_import else f"{email}:{role.value}"


def _items(entity: Entity, actor: User) -> Iterator[Sequence[str]]:
    columns, custom = COLUMNS[ImportKind.ITEMS], queries.custom_fields("item")
    yield [*columns, *(f"{CUSTOM}{each.code}" for each in custom)]
    for record in queries.items(actor, entity):
        cells = [cell(record[name], record["currency"]) for name in columns]
        yield [*cells, *_custom(record["custom"], custom)]


def _custom(kept: Record, custom: Sequence[CustomField]) -> list[str]:
    return [custom_cell(kept.get(each.code), each.type) for each in custom]


def _definitions() -> Iterator[Sequence[str]]:
    yield ["subject", "code", "label", "type", "choices", "position"]
    for each in queries.custom_fields():
        choices = _json(list(each.choices) or None)
        yield [each.subject, each.code, cell(each.label, ""), each.type.value, choices, str(each.position)]


def _scenarios(entity: Entity, folder: Path) -> int:
    """A file for each that `dso scenario import` reads, called by its place and its name."""
    folder.mkdir()
    found = queries.scenarios(entity)
    for place, each in enumerate(found, start=1):
        name = re.sub(r"[^a-z0-9]+", "-", each.name.lower()).strip("-")[:60] or "scenario"
        content = json.dumps(scenarios.export(each), ensure_ascii=False, indent=2)
        (folder / f"{place:02}-{name}.json").write_text(content + "\n", encoding="utf-8", newline="\n")
    return len(found)


def _company(entity: Entity) -> Iterator[Sequence[str]]:
    yield COMPANY
    yield [exact(getattr(entity, name)) for name in COMPANY]


def history_rows(table: History, names: Names, actor: User, entity: Entity) -> Iterator[Sequence[str]]:
    """Header and rows of a file of what was done."""
    yield table.headers
    for values in records(table, names, actor, entity):
        yield [exact(value) for value in values]


def exact(value: Any) -> str:
    """A value of what was done as a cell; text to the letter."""
    if isinstance(value, Decimal):
        short = value.quantize(Decimal("0.01"))
        return unmistakable(f"{short if short == value else value:f}")
    return neutral(value.replace("\0", "")) if isinstance(value, str) else cell(value, "")


def cell(value: Any, currency: str) -> str:
    """A value as a cell: what `dso import` reads as the same value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return amount(value, currency)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | dict):
        return _json(value)
    return str(value) if isinstance(value, int) else neutral(str(value).replace("\0", "").strip())


def amount(value: Decimal, currency: str) -> str:
    """An amount with the decimals of its currency, or as many as it has."""
    return unmistakable(f"{rounded(value, currency) if fits(value, currency) else value:f}")


def unmistakable(number: str) -> str:
    """A number that nobody takes for thousands: three decimals become four."""
    return f"{number}0" if len(number.partition(".")[2]) == 3 else number


def custom_cell(value: Any, kind: FieldType) -> str:
    """A kept value of a custom field; the same cell whether or not the field is defined as what it is."""
    if kind is FieldType.NUMBER and isinstance(value, str):
        try:
            value = unmistakable(f"{Decimal(value).normalize():f}")
        except InvalidOperation:
            return cell(value, "")
    return cell(value, "")


def _json(value: Any) -> str:
    return "" if value is None else neutral(json.dumps(value, ensure_ascii=False, sort_keys=True))
