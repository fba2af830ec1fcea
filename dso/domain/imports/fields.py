"""The fields a column of a file can mean, by kind of file (names of specification chapter 1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dso.domain.codes import ImportKind


class Cell(StrEnum):
    """How the cells of a field are read."""

    TEXT = "text"
    AMOUNT = "amount"
    DATE = "date"
    YESNO = "yesno"
    CURRENCY = "currency"
    COUNTRY = "country"
    LANGUAGE = "language"
    EMAIL = "email"
    ROLE = "role"
    GROUPS = "groups"
    USER = "user"
    CUSTOMER = "customer"
    SCENARIO = "scenario"
    TYPE = "type"
    SIGN = "sign"
    MOMENT = "moment"
    COLLEAGUES = "colleagues"
    GUARANTEES = "guarantees"
    BLOCKS = "blocks"
    ENTITY = "entity"
    USER_ROLE = "user_role"
    ENTITIES = "entities"
    RATE = "rate"


@dataclass(frozen=True)
class Field:
    """One application field: how it is read, how long it may be, whether a file must have it."""

    name: str
    label: str
    cell: Cell = Cell.TEXT
    length: int = 0
    required: bool = False
    #: Only our own dumps have it; templates leave it out.
    own: bool = False


def _text(name: str, label: str, length: int = 200) -> Field:
    return Field(name, label, Cell.TEXT, length)


#: Whose row it is, in files of several companies: rows of another than the one imported into are left out.
_ENTITY = Field("entity", "Company", Cell.ENTITY, 200)

_ITEMS = (
    Field("customer", "Customer", Cell.CUSTOMER, 200, required=True),
    Field("customer_unique_id", "Customer's unique identifier", Cell.CUSTOMER, 200),
    Field("number", "Number", Cell.TEXT, 100, required=True),
    Field("unique_id", "Unique identifier", Cell.TEXT, 200),
    Field("type", "Type", Cell.TYPE, 60),
    Field("erp_type", "ERP type", Cell.TYPE, 60),
    Field("issued_on", "Issue date", Cell.DATE, required=True),
    Field("due_on", "Due date", Cell.DATE, required=True),
    Field("cleared_on", "Payment date", Cell.DATE),
    Field("amount", "Initial amount incl. tax", Cell.AMOUNT, required=True),
    Field("amount_excl_tax", "Initial amount excl. tax", Cell.AMOUNT),
    Field("remaining", "Remaining incl. tax", Cell.AMOUNT),
    Field("remaining_excl_tax", "Remaining excl. tax", Cell.AMOUNT),
    Field("debit", "Debit amount", Cell.AMOUNT),
    Field("credit", "Credit amount", Cell.AMOUNT),
    Field("sign", "Debit or credit", Cell.SIGN),
    Field("currency", "Currency", Cell.CURRENCY),
    _text("order_number", "Customer's order number", 100),
    _text("order_reference", "Our order reference", 100),
    Field("ordered_on", "Order date", Cell.DATE),
    _text("project", "Project"),
    _text("sales_person", "Sales person"),
    _text("sales_admin", "Sales administration"),
    _text("payment_method", "Payment method", 100),
    _text("document_url", "Link to the document", 2000),
    _text("assigned_to", "Assigned to (factor)"),
    Field("expected_clearing_on", "Payment expected on", Cell.DATE),
    Field("ignored", "Left out of collection", Cell.YESNO),
    Field("cleared_by", "Cleared by", Cell.TEXT, 20, own=True),
    Field("cleared_amount", "Remaining before it was cleared", Cell.AMOUNT, own=True),
    _ENTITY,
)

_CUSTOMERS = (
    Field("code", "Code", Cell.TEXT, 100, required=True),
    Field("unique_id", "Unique identifier", Cell.TEXT, 200),
    Field("business_name", "Business name", Cell.TEXT, 300, required=True),
    _text("trade_name", "Trade name", 300),
    _text("legal_id", "Legal identifier", 50),
    _text("establishment_id", "Establishment identifier", 50),
    _text("vat_number", "VAT number", 50),
    _text("business_line", "Business line"),
    _text("customer_type", "Customer type", 100),
    _text("ultimate_parent_number", "Ultimate parent number", 100),
    _text("street_number", "Street number", 30),
    _text("street", "Street", 300),
    _text("street_line2", "Street, line 2", 300),
    _text("street_line3", "Street, line 3", 300),
    _text("po_box", "PO box", 100),
    _text("postal_code", "Postal code", 30),
    _text("city", "City"),
    _text("state", "State", 100),
    Field("country", "Country", Cell.COUNTRY),
    _text("phone", "Phone", 60),
    Field("email", "E-mail", Cell.EMAIL, 254),
    _text("website", "Website", 300),
    Field("language", "Language", Cell.LANGUAGE, 20),
    _text("payment_term", "Payment term"),
    _text("payment_method", "Payment method", 100),
    Field("blocked", "Blocked", Cell.YESNO),
    Field("blocked_on", "Blocked since", Cell.DATE),
    _text("comment", "Comment", 10_000),
    Field("insolvent_on", "Insolvent since", Cell.DATE),
    _text("insolvency_administrator", "Insolvency administrator", 2000),
    Field("insolvency_deadline_on", "Insolvency filing deadline", Cell.DATE),
    Field("collector", "Collector (e-mail)", Cell.USER, 254),
    Field("sales_email", "Sales colleague: e-mail", Cell.TEXT, 254),
    _text("sales_first_name", "Sales colleague: first name", 100),
    _text("sales_last_name", "Sales colleague: last name", 100),
    _text("sales_phone", "Sales colleague: phone", 60),
    Field("groups", "Groups", Cell.GROUPS, 2000),
    Field("groups_by_hand", "Groups given by hand", Cell.GROUPS, 2000, own=True),
    Field("scenario", "Scenario", Cell.SCENARIO, 200),
    Field("interactive", "Interactive e-mails", Cell.YESNO),
    Field("penalties", "Late interest", Cell.YESNO),
    Field("recovery_cost", "Fixed recovery cost", Cell.YESNO),
    Field("collected_by", "Collected by (code)", Cell.CUSTOMER, 200),
    Field("collected_by_unique_id", "Collected by (unique identifier)", Cell.CUSTOMER, 200),
    Field("paused", "Sending paused", Cell.YESNO),
    Field("colleagues", "Colleagues (e-mail:part)", Cell.COLLEAGUES, 10_000),
    _text("payment_centre", "Payment centre"),
    Field("credit_limit", "Credit limit", Cell.AMOUNT),
    Field("order_backlog", "Order backlog", Cell.AMOUNT),
    Field("insurer_guarantee", "Insurer's guarantee", Cell.AMOUNT),
    _text("insurer_reference", "Insurer's reference", 100),
    _text("insurer_rating", "Insurer's rating", 100),
    _text("guarantee_type", "Type of guarantee", 100),
    Field("guarantee_currency", "Currency of the guarantee", Cell.CURRENCY),
    Field("temporary_guarantee", "Temporary guarantee", Cell.AMOUNT),
    Field("temporary_guarantee_start", "Temporary guarantee from", Cell.DATE),
    Field("temporary_guarantee_end", "Temporary guarantee until", Cell.DATE),
    _text("risk_category", "Risk category", 20),
    _text("risk_score", "Risk score", 20),
    _text("financial_score", "Financial score", 50),
    Field("other_guarantees", "Other guarantees", Cell.GUARANTEES, own=True),
    Field("information", "Information of providers", Cell.BLOCKS, own=True),
    Field("draft", "Made by an import", Cell.YESNO, own=True),
    Field("archived_at", "Archived at", Cell.MOMENT, own=True),
    _text("contact_title", "Company contact: title", 30),
    _text("contact_first_name", "Company contact: first name", 100),
    _text("contact_last_name", "Company contact: last name", 100),
    Field("contact_email", "Company contact: e-mail", Cell.EMAIL, 254),
    _text("contact_phone", "Company contact: phone", 60),
    _text("contact_mobile", "Company contact: mobile", 60),
    _ENTITY,
)

_CONTACTS = (
    Field("customer", "Customer", Cell.CUSTOMER, 200, required=True),
    Field("customer_unique_id", "Customer's unique identifier", Cell.CUSTOMER, 200),
    Field("last_name", "Last name", Cell.TEXT, 100, required=True),
    _text("first_name", "First name", 100),
    _text("title", "Title", 30),
    Field("role", "Role", Cell.ROLE),
    Field("email", "E-mail", Cell.EMAIL, 254),
    _text("phone", "Phone", 60),
    _text("mobile", "Mobile", 60),
    Field("language", "Language", Cell.LANGUAGE, 20),
    Field("for_collection", "Contact for collection", Cell.YESNO),
    Field("bounced", "Address refused messages", Cell.YESNO, own=True),
    Field("payment_centre", "Contact of the payment centre", Cell.GROUPS, 10_000, own=True),
    _ENTITY,
)

_USERS = (
    Field("email", "E-mail", Cell.EMAIL, 254, required=True),
    Field("last_name", "Last name", Cell.TEXT, 100, required=True),
    _text("first_name", "First name", 100),
    Field("role", "Role", Cell.USER_ROLE, required=True),
    Field("active", "Active", Cell.YESNO),
    _text("job_title", "Job title", 100),
    _text("phone", "Phone", 60),
    _text("mobile", "Mobile", 60),
    Field("language", "Language", Cell.LANGUAGE, 20),
    Field("entities", "Companies", Cell.ENTITIES, 2000),
    Field("may_import", "May import data", Cell.YESNO),
    Field("signature", "Signature", Cell.TEXT, 2000, own=True),
    Field("deputy", "Deputy", Cell.EMAIL, 254, own=True),
    Field("absent_from", "Absent from", Cell.DATE, own=True),
    Field("absent_to", "Absent until", Cell.DATE, own=True),
)

_RATES = (
    Field("reference", "Reference currency", Cell.CURRENCY),
    Field("currency", "Currency", Cell.CURRENCY, required=True),
    Field("on", "Date", Cell.DATE, required=True),
    Field("units", "Units for one of the reference currency", Cell.RATE, required=True),
)

#: Kinds a file can be imported as.
FIELDS: Mapping[ImportKind, Mapping[str, Field]] = {
    ImportKind.CUSTOMERS: {field.name: field for field in _CUSTOMERS},
    ImportKind.ITEMS: {field.name: field for field in _ITEMS},
    ImportKind.CONTACTS: {field.name: field for field in _CONTACTS},
    ImportKind.USERS: {field.name: field for field in _USERS},
    ImportKind.RATES: {field.name: field for field in _RATES},
}

#: What people read for a field, by kind and name; pages translate it.
LABELS = {f"{kind.value} {name}": field.label for kind, listed in FIELDS.items() for name, field in listed.items()}

#: Kinds of records that can have fields of their own.
CUSTOMISED = (ImportKind.CUSTOMERS, ImportKind.ITEMS)
#: A target of this form is a custom field of the customer or item.
CUSTOM = "custom:"
#: What stands for "leave this column out".
IGNORE = ""


def is_custom(target: str) -> bool:
    """Whether a target is a custom field."""
    return target.startswith(CUSTOM) and len(target) > len(CUSTOM)


def missing(kind: ImportKind, targets: set[str]) -> list[Field]:
    """The required fields nothing is mapped to, other columns standing in for them counted."""
    stand_ins = {"customer": {"customer_unique_id"}, "amount": {"debit", "credit"}}
    return [
        field
        for field in FIELDS[kind].values()
        if field.required and field.name not in targets and not stand_ins.get(field.name, set()) & targets
    ]
