"""What customers can be searched by."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from dso.db import db
from dso.domain.codes import ReasonCode
from dso.models import (
    Contact,
    Customer,
    CustomerColleague,
    CustomerState,
    CustomField,
    PaymentCentre,
    customer_groups,
)
from dso.queries.criteria import (
    Field,
    Kind,
    amounts,
    any_of,
    chosen,
    contains,
    custom_fields,
    days,
    ids,
    late_between,
    text,
    yes,
)

_TEXTS = (Customer.business_name, Customer.trade_name, Customer.code, Customer.unique_id, Customer.legal_id)


def _text(value: str, _today: date) -> ColumnElement[bool]:
    return or_(*(contains(column, value) for column in _TEXTS))


def _groups(values: tuple[str, ...], _today: date) -> ColumnElement[bool]:
    members = select(customer_groups.c.customer_id).where(customer_groups.c.group_id.in_(ids(values)))
    grouped = exists().where(customer_groups.c.customer_id == Customer.id)
    return or_(Customer.id.in_(members), ~grouped) if "none" in values else Customer.id.in_(members)


def _colleagues(values: tuple[str, ...], _today: date) -> ColumnElement[bool]:
    linked = select(CustomerColleague.customer_id).where(CustomerColleague.user_id.in_(ids(values)))
    return Customer.id.in_(linked)


def _for_collection(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """There is a contact for collection, its own or the payment centre's, that also keeps these."""
    own = exists().where(Contact.customer_id == Customer.id, Contact.for_collection.is_(True), *conditions)
    shared = (
        exists()
        .where(PaymentCentre.id == Customer.payment_centre_id, Contact.id == PaymentCentre.contact_id, *conditions)
        .correlate(Customer)
    )
    return or_(own, shared)


def _in_group_collection() -> ColumnElement[bool]:
    member = aliased(Customer)
    return or_(Customer.collected_by_id.is_not(None), exists().where(member.collected_by_id == Customer.id))


_HAS_EMAIL = _for_collection(Contact.email != "", Contact.bounced.is_(False))

#: Customers of a search stand beside their rollup row; what it lacks counts as nothing.
FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("q", Kind.TEXT, _text),
        Field("code", Kind.WORDS, lambda values, _: or_(Customer.code.in_(values), Customer.unique_id.in_(values))),
        Field("collector", Kind.CHOICE, lambda values, _: chosen(Customer.collector_id, values)),
        Field("colleague", Kind.CHOICE, _colleagues),
        Field("group", Kind.CHOICE, _groups),
        Field("scenario", Kind.CHOICE, lambda values, _: chosen(Customer.scenario_id, values)),
        Field("country", Kind.CHOICE, lambda values, _: Customer.country.in_(values)),
        Field("reason", Kind.CHOICE, lambda values, _: any_of(CustomerState.reason_code, values, ReasonCode)),
        Field("receivable", Kind.AMOUNTS, amounts(CustomerState.receivable)),
        Field("overdue", Kind.AMOUNTS, amounts(CustomerState.overdue)),
        Field("late", Kind.NUMBERS, lambda span, today: late_between(CustomerState.oldest_due_on, span, today)),
        Field("next", Kind.DAYS, days(CustomerState.next_action_on)),
        Field("last", Kind.DAYS, days(CustomerState.last_action_on)),
        Field("contact", Kind.YESNO, yes(_for_collection())),
        Field("email", Kind.YESNO, yes(_HAS_EMAIL)),
        Field("phone", Kind.YESNO, yes(_for_collection(or_(Contact.phone != "", Contact.mobile != "")))),
        Field("blocked", Kind.YESNO, yes(Customer.blocked.is_(True))),
        Field("paused", Kind.YESNO, yes(Customer.paused.is_(True))),
        Field("interactive", Kind.YESNO, yes(Customer.interactive.is_(True))),
        Field("draft", Kind.YESNO, yes(Customer.draft.is_(True))),
        Field("insolvent", Kind.YESNO, yes(Customer.insolvent_on.is_not(None))),
        Field("grouped", Kind.YESNO, yes(_in_group_collection())),
        Field("archived", Kind.YESNO, yes(Customer.archived_at.is_not(None))),
        Field("city", Kind.TEXT, text(Customer.city)),
        Field("payment_method", Kind.TEXT, text(Customer.payment_method)),
        Field("business_line", Kind.TEXT, text(Customer.business_line)),
        Field("customer_type", Kind.TEXT, text(Customer.customer_type)),
    )
}


def fields() -> Mapping[str, Field]:
    """The fields of customers, the custom ones too: one statement."""
    query = select(CustomField).where(CustomField.subject == "customer").order_by(CustomField.position, CustomField.id)
    custom = custom_fields(db.session.scalars(query), Customer.custom)
    return {**FIELDS, **{field.name: field for field in custom}}
