"""The lists of customers and items as files: the whole result of a search, every plain field of a row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement

from dso.db import db
from dso.domain.errors import Refused
from dso.domain.money import rounded
from dso.models import Entity
from dso.queries.criteria import Field
from dso.queries.customers.criteria import fields as customer_fields
from dso.queries.customers.search import COLUMNS, CustomerRow, rows
from dso.queries.items import ItemRow, item_rows
from dso.queries.items.criteria import fields as item_fields
from dso.queries.items.grid import ordered
from dso.services import exports

#: More rows than this are for `dso list`, which streams them.
MOST = 50_000
_AT_ONCE = 1_000
_ITEM = (
    "customer_code customer_name country collector scenario number type erp_type issued_on due_on days_overdue "
    "cleared_on cleared_by amount remaining currency status status_type status_on status_comment promised_on resolver "
    "ignored held_name leader order_number order_reference project sales_person sales_admin payment_method "
    "assigned_to"
).split()
_ITEM_AMOUNTS = ("amount", "remaining")
_NOT_PLAIN = ("id", "custom", "reason_data", "average_delay", "average_duration")
_CUSTOMER = [name for name in COLUMNS if name not in _NOT_PLAIN]
_CUSTOMER_AMOUNTS = ("receivable", "overdue", "not_due", "credit_limit")


def items_file(where: Sequence[ColumnElement[bool]], sort: str, form: str, *, today: date) -> bytes:
    """The items of these conditions as "csv" or "xlsx"."""
    ids = db.session.scalars(ordered(where, sort).limit(MOST + 1)).all()
    _few(len(ids))
    custom = _own(item_fields())
    lines = ([*_item(row, today), *(row.custom.get(code) for code in custom)] for row in _items(ids))
    return _file("Items", [*_ITEM, *custom], lines, form)


def _items(ids: Sequence[int]) -> Iterator[ItemRow]:
    for start in range(0, len(ids), _AT_ONCE):
        yield from item_rows(ids[start : start + _AT_ONCE])


def _item(row: ItemRow, today: date) -> list[Any]:
    values = {
        **{name: getattr(row, name) for name in _ITEM if name != "days_overdue"},
        **{name: rounded(getattr(row, name), row.currency) for name in _ITEM_AMOUNTS},
        "days_overdue": row.days_overdue(today) if row.is_open else None,
    }
    return [values[name] for name in _ITEM]


def customers_file(entity: Entity, where: Sequence[ColumnElement[bool]], sort: str, form: str) -> bytes:
    """The customers of these conditions as "csv" or "xlsx"; amounts in the entity's currency."""
    found = rows(where, sort).page(MOST + 1, 1)
    _few(len(found))
    custom = _own(customer_fields())
    headers = [*_CUSTOMER, "average_delay", "average_duration", "currency", *custom]
    return _file("Customers", headers, (_customer(row, entity, custom) for row in found), form)


def _customer(row: CustomerRow, entity: Entity, custom: Sequence[str]) -> list[Any]:
    values = {name: getattr(row, name) for name in _CUSTOMER}
    for name in _CUSTOMER_AMOUNTS:
        values[name] = None if values[name] is None else rounded(values[name], entity.currency)
    values["groups"] = ", ".join(row.groups)
    days = (_days(row.average_delay), _days(row.average_duration))
    return [*values.values(), *days, entity.currency, *(row.custom.get(code) for code in custom)]


def _own(fields: Mapping[str, Field]) -> list[str]:
    """The codes of the custom fields among these."""
    return [name.removeprefix("c_") for name, field in fields.items() if field.label]


def _days(tenths: int | None) -> Decimal | None:
    return None if tenths is None else Decimal(tenths) / 10


def _few(count: int) -> None:
    if count > MOST:
        raise Refused("More than %(most)s rows were found: narrow the search, or use dso list.", most=MOST)


def _file(title: str, headers: Sequence[str], lines: Iterable[Sequence[Any]], form: str) -> bytes:
    return exports.as_csv(headers, lines) if form == "csv" else exports.as_xlsx(title, headers, lines)
