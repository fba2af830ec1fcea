"""What the item grid can be searched by."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import aliased

from dso.db import db, on_postgresql
from dso.domain.codes import ItemType, StatusType
from dso.models import Customer, CustomField, Item, customer_groups
from dso.queries.criteria import (
    Field,
    Kind,
    any_of,
    between,
    chosen,
    contains,
    custom_fields,
    days,
    ids,
    late_between,
    text,
    yes,
)
from dso.queries.items.rows import IS_HELD

#: The words of `state`; open is what nobody asked otherwise for.
STATES = ("open", "cleared", "all")


def _customers(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return Item.customer_id.in_(select(Customer.id).where(condition))


def _state(values: tuple[str, ...], _today: date) -> ColumnElement[bool]:
    if "all" in values:
        return true()
    return Item.cleared_on.is_not(None) if "cleared" in values else Item.cleared_on.is_(None)


def _text(value: str, _today: date) -> ColumnElement[bool]:
    """In the number, or in the name or code of the customer."""
    named = or_(contains(Customer.business_name, value), contains(Customer.code, value))
    return or_(_numbered(value), _customers(named))


def _numbered(value: str) -> ColumnElement[bool]:
    """Numbers that contain the text, of a million in a fraction of a second.

    On SQLite by keys, so that an index of numbers is read instead of the ledger; on PostgreSQL in capitals, small
    letters and as written, which takes half the time of folding every number.
    """
    if not on_postgresql():
        other = aliased(Item)
        return Item.id.in_(select(other.id).where(contains(other.number, value)))
    return or_(*(Item.number.contains(word, autoescape=True) for word in sorted({value, value.upper(), value.lower()})))


def _groups(values: tuple[str, ...], _today: date) -> ColumnElement[bool]:
    members = select(customer_groups.c.customer_id).where(customer_groups.c.group_id.in_(ids(values)))
    return Item.customer_id.in_(members)


FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("q", Kind.TEXT, _text),
        Field("state", Kind.CHOICE, _state),
        Field("customer", Kind.CHOICE, lambda values, _: Item.customer_id.in_(ids(values))),
        Field("number", Kind.WORDS, lambda values, _: Item.number.in_(values)),
        Field("code", Kind.WORDS, lambda values, _: _customers(Customer.code.in_(values))),
        Field("type", Kind.CHOICE, lambda values, _: any_of(Item.type, values, ItemType)),
        Field("status", Kind.CHOICE, lambda values, _: chosen(Item.status_id, values)),
        Field("status_type", Kind.CHOICE, lambda values, _: any_of(Item.status_type, values, StatusType)),
        Field("currency", Kind.CHOICE, lambda values, _: Item.currency.in_(values)),
        Field("collector", Kind.CHOICE, lambda values, _: _customers(chosen(Customer.collector_id, values))),
        Field("group", Kind.CHOICE, _groups),
        Field("scenario", Kind.CHOICE, lambda values, _: _customers(chosen(Customer.scenario_id, values))),
        Field("country", Kind.CHOICE, lambda values, _: _customers(Customer.country.in_(values))),
        Field("late", Kind.NUMBERS, lambda span, today: late_between(Item.due_on, span, today)),
        Field("due", Kind.DAYS, days(Item.due_on)),
        Field("issued", Kind.DAYS, days(Item.issued_on)),
        Field("cleared", Kind.DAYS, days(Item.cleared_on)),
        Field("promised", Kind.DAYS, days(Item.promised_on)),
        Field("remaining", Kind.AMOUNTS, lambda span, _: between(Item.remaining, span)),
        Field("ignored", Kind.YESNO, yes(Item.ignored.is_(True))),
        Field("held", Kind.YESNO, yes(IS_HELD)),
        Field("broken", Kind.YESNO, yes(Item.promise_broken.is_(True))),
        Field("order_number", Kind.TEXT, text(Item.order_number)),
        Field("project", Kind.TEXT, text(Item.project)),
        Field("sales_person", Kind.TEXT, text(Item.sales_person)),
        Field("payment_method", Kind.TEXT, text(Item.payment_method)),
        Field("comment", Kind.TEXT, text(Item.status_comment)),
    )
}


def fields() -> Mapping[str, Field]:
    """The fields of items, the custom ones too: one statement."""
    query = select(CustomField).where(CustomField.subject == "item").order_by(CustomField.position, CustomField.id)
    custom = custom_fields(db.session.scalars(query), Item.custom)
    return {**FIELDS, **{field.name: field for field in custom}}
