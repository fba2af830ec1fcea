"""Every column of what an import may change comes back, whatever its type."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Integer, String, case, literal, select

from dso.db import Base, Code, Money, UtcDateTime, db
from dso.models import Contact, Customer, Item, Rate, User
from dso.services.imports import befores, restoring, writing
from dso.services.imports.befores import table_of
from tests import factories
from tests.services.imports.helpers import Importer, item
from tests.services.imports.undo_helpers import dump, take_back


def columns(*models: type[Base]) -> list[Column[Any]]:
    """The columns of tables that hold a value of their own; no file has pictures."""
    found = [column for model in models for column in table_of(model).columns if column.name != "picture"]
    return [column for column in found if not column.primary_key and not column.foreign_keys]


def a_value(column: Column[Any]) -> Any:
    """Some value a column can hold; a type nobody thought of has none."""
    kind = column.type
    if isinstance(kind, Code):
        words: Any = kind.enum
        return next(iter(words))
    known: list[tuple[type[Any], Any]] = [
        (Money, Decimal("-12.3456")), (UtcDateTime, datetime(2026, 5, 4, 3, 2, 1, 9, UTC)), (Boolean, True),
        (Integer, 7), (Date, date(2026, 2, 28)), (JSON, {"a": ["é", 1, None]}), (String, "Zoë's \"x\""),
    ]  # fmt: skip
    value: Any = next(value for each, value in known if isinstance(kind, each))
    return value[: kind.length] if isinstance(kind, String) else value


def _noted(value: Any, column: Column[Any]) -> Any:
    """What `item_changes` keeps of a value."""
    held = select(literal(value, column.type).label("held")).subquery()
    return select(writing._as_text(held.c.held)).scalar_subquery()


def test_every_column_of_an_item_is_read_from_its_changes_as_it_was(take: Importer) -> None:
    one = factories.an_item(factories.a_customer())
    for column in columns(Item):
        value = a_value(column)
        text = _noted(value, column)
        back = case((Item.id > 0, restoring._value(column, text)), else_=column)
        assert db.session.scalar(select(back).where(Item.id == one.id)) == value, column


def test_every_column_of_other_records_is_read_from_its_image_as_it_was(take: Importer) -> None:
    for column in columns(Customer, Contact, User, Rate):
        value = a_value(column)
        image = json.loads(json.dumps(befores.plain(value)))
        back = befores.read(column.table, column.name, image)
        assert db.session.scalar(select(literal(back, column.type))) == value, column


def test_an_item_a_file_left_out_of_collection_is_collected_again(take: Importer) -> None:
    row = "C1;F1;FAC;2026-09-01;2026-10-01;100;100"
    take.items(row)
    before = dump(take.entity)
    headers, said = "customer;number;type;issue date;due date;amount;remaining;Left out", {"Left out": "ignored"}
    take.items(f"{row};yes", headers=headers, columns=said)
    assert item("F1").ignored
    take_back(take.entity)
    assert dump(take.entity) == before
