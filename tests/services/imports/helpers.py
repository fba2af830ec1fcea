"""What the tests of imports share: writing small files and taking them in."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ImportKind, ImportMode
from dso.models import Customer, Entity, Item, ItemChange
from dso.services.imports import ImportOptions, ImportReport, preview, run_import
from tests.factories import NOW, TODAY

DATA = Path(__file__).parents[2] / "data"
ITEM_HEADERS = "customer;number;type;issue date;due date;amount;remaining"
STOCK, DELTA = ImportMode.STOCK, ImportMode.DELTA


class Importer:
    """Takes files in for one entity; days can be named."""

    def __init__(self, entity: Entity, folder: Path) -> None:
        self.entity, self._folder = entity, folder

    def file(
        self,
        kind: ImportKind,
        path: Path,
        *,
        today: date = TODAY,
        now: datetime = NOW,
        dry: bool = False,
        **options: Any,
    ) -> ImportReport:
        """Take a file in."""
        said = ImportOptions(**options)
        if dry:
            return preview(self.entity, kind, path, said, today=today, now=now)
        return run_import(self.entity, kind, path, said, actor=None, today=today, now=now)

    def text(self, kind: ImportKind, *lines: str, **options: Any) -> ImportReport:
        """Take lines in as a file."""
        path = self._folder / "file.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self.file(kind, path, **options)

    def items(self, *lines: str, headers: str = ITEM_HEADERS, **options: Any) -> ImportReport:
        """Take rows of items in; a delta unless said otherwise."""
        return self.text(ImportKind.ITEMS, headers, *lines, **options)

    def stock(self, *lines: str, headers: str = ITEM_HEADERS, **options: Any) -> ImportReport:
        """Take rows in as a full file."""
        return self.items(*lines, headers=headers, mode=STOCK, **options)

    def customers(self, *lines: str, headers: str = "code;business name", **options: Any) -> ImportReport:
        """Take customers in."""
        return self.text(ImportKind.CUSTOMERS, headers, *lines, **options)

    def contacts(
        self, *lines: str, headers: str = "customer;first name;last name;email;phone;for collection", **options: Any
    ) -> ImportReport:
        """Take contacts in."""
        return self.text(ImportKind.CONTACTS, headers, *lines, **options)


def counts(report: ImportReport) -> dict[str, int]:
    """The counts that are not zero, without the rows."""
    names = ("new", "changed", "cleared", "reopened", "unchanged", "rejected")
    found = report.counts()
    return {name: found[name] for name in names if found[name]}


def reasons(report: ImportReport) -> list[str]:
    """Line and sentence of every rejected row."""
    return [f"{each.line}: {each}" for each in report.rejects]


def item(number: str, entity: Entity | None = None) -> Item:
    """The item of a number."""
    query = select(Item).where(Item.number == number)
    if entity is not None:
        query = query.where(Item.entity_id == entity.id)
    return db.session.scalars(query).one()


def customer(code: str) -> Customer:
    """The customer of a code."""
    return db.session.scalars(select(Customer).where(Customer.code == code)).one()


def changes(number: str) -> dict[str, tuple[str | None, str | None]]:
    """What was written down for an item: field to old and new, the latest."""
    query = select(ItemChange.field, ItemChange.old, ItemChange.new).where(ItemChange.item_id == item(number).id)
    return {row.field: (row.old, row.new) for row in db.session.execute(query.order_by(ItemChange.id))}


def snapshot(entity: Entity) -> Sequence[tuple[Any, ...]]:
    """Every item of an entity with everything an import may touch."""
    names = [
        column.key
        for column in Item.__table__.columns
        if column.key not in ("id", "updated_at", "last_import_id", "created_at", "fingerprint")
    ]
    query = select(*(getattr(Item, name) for name in names)).where(Item.entity_id == entity.id).order_by(Item.id)
    return [tuple(row) for row in db.session.execute(query)]


def money(text: str) -> Decimal:
    """An amount."""
    return Decimal(text)
