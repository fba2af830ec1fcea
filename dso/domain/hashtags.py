"""Hashtags: the words a message template may hold, and how they are found, checked and filled in.

A hashtag is ``#`` and a name of small letters, digits and underscores. The longest name wins:
``#items_list_overdue`` is never read as ``#items_list``. Values are filled in once and never read
again, so that a customer called "#my_email" stays a customer called "#my_email".
"""

import html
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dso.domain.errors import Refused


class Family(StrEnum):
    """The groups in which the side list of the template editor shows hashtags."""

    LISTS = "lists"
    AMOUNTS = "amounts"
    LEADER = "leader"
    CUSTOMER = "customer"
    STATUS = "status"
    COMPANY = "company"
    SENDER = "sender"
    PAGE = "page"
    OTHER = "other"


class Kind(StrEnum):
    """What a hashtag puts in its place."""

    TEXT = "text"
    BLOCK = "block"
    IMAGE = "image"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Hashtag:
    """One word of the catalogue, described for the people who write templates."""

    name: str
    family: Family
    description: str
    kind: Kind = Kind.TEXT

    @property
    def in_subject(self) -> bool:
        """Whether a subject line may hold it: one line of text, no table, picture or address."""
        return self.kind is Kind.TEXT


@dataclass(frozen=True, slots=True)
class Value:
    """What replaces a hashtag: its text, and its HTML where it is more than escaped text."""

    text: str
    html: str | None = None

    def as_html(self) -> str:
        """HTML for the body; plain text is escaped and keeps its lines."""
        if self.html is not None:
            return self.html
        return html.escape(self.text).replace("\n", "<br>")


CUSTOM_FIELD_PREFIX = "customer_field_"
NO_RESIZE = "_noresize"

_LIST_WORDS = {
    "items_list": "Table of what is due and of the credits that reduce it",
    "items_list_overdue": "Table of what is overdue and of the credits that reduce it",
    "items_list_not_due": "Table of what is not due yet",
    "items_list_selected": "Table of the items chosen for this action",
}
_AMOUNT_WORDS = {
    "items_amount": "Amount that is due, credits deducted",
    "items_amount_overdue": "Overdue amount, credits deducted",
    "items_amount_not_due": "Amount not due yet",
    "items_amount_selected": "Amount of the items chosen for this action",
}


def _lists() -> Iterator[Hashtag]:
    for name, words in _LIST_WORDS.items():
        yield Hashtag(name, Family.LISTS, words, Kind.BLOCK)
        yield Hashtag(
            f"{name}_exclude_late_penalties",
            Family.LISTS,
            f"{words}, without late penalties",
            Kind.BLOCK,
        )
    yield Hashtag(
        "items_list_collection_grouped_splitted",
        Family.LISTS,
        "One table per account of the group collection",
        Kind.BLOCK,
    )
    yield Hashtag("items_list_disputed", Family.LISTS, "Table of the items in dispute", Kind.BLOCK)
    yield Hashtag(
        "items_list_promised",
        Family.LISTS,
        "Table of the items with a promise to pay",
        Kind.BLOCK,
    )
    yield Hashtag("statement", Family.LISTS, "Statement of account: everything that is open", Kind.BLOCK)


def _amounts() -> Iterator[Hashtag]:
    for name, words in _AMOUNT_WORDS.items():
        yield Hashtag(name, Family.AMOUNTS, words)
        yield Hashtag(f"{name}_include_late_penalties", Family.AMOUNTS, f"{words}, with late penalties")
        yield Hashtag(f"{name}_late_penalties", Family.AMOUNTS, f"Late penalties only: {words}")


_TEXTS: dict[Family, dict[str, str]] = {
    Family.LEADER: {
        "leader_number": "Number of the oldest item that is chased",
        "leader_due_date": "Its due date",
        "leader_days_overdue": "Its days overdue",
    },
    Family.CUSTOMER: {
        "salutation": "Opening words, with the contact's name where it is known",
        "customer_name": "Name of the customer",
        "customer_code": "Code of the customer",
        "customer_address": "Address of the customer",
        "customer_legal_id": "Legal id of the customer",
        "customer_vat_number": "VAT number of the customer",
        "contact_name": "Title and last name of the contact",
        "contact_first_name": "First name of the contact",
        "payment_term": "Payment term of the customer",
    },
    Family.STATUS: {
        "status_name": "Status of the items, in words for the customer",
        "status_comment": "Comment of the status",
        "status_date": "Date of the status",
        "promised_date": "Promised date",
        "resolver_name": "Name of the resolver",
    },
    Family.COMPANY: {
        "my_company_name": "Name of our company",
        "my_company_address": "Address of our company",
        "my_company_legal_id": "Legal id of our company",
        "my_company_bank_details": "Bank details of our company",
        "penalty_rate": "Rate of late interest, per year",
        "recovery_cost": "Fixed recovery cost per overdue invoice",
    },
    Family.SENDER: {
        "my_name": "Name of the sender",
        "my_email": "E-mail address of the sender",
        "my_phone": "Phone number of the sender",
        "my_mobile": "Mobile number of the sender",
        "my_job_title": "Job title of the sender",
        "my_signature": "Signature of the sender",
    },
    Family.OTHER: {
        "today": "Date of the message",
        "action_name": "Name of the action",
        "previous_message_date": "Date of the previous message to this account",
    },
}


def _images() -> Iterator[Hashtag]:
    images = {"my_company_logo": (Family.COMPANY, "Logo of our company")}
    images["my_profile_image"] = (Family.SENDER, "Picture of the sender")
    for name, (family, words) in images.items():
        yield Hashtag(name, family, words, Kind.IMAGE)
        yield Hashtag(name + NO_RESIZE, family, f"{words}, in its own size", Kind.IMAGE)


def _page() -> Iterator[Hashtag]:
    yield Hashtag(
        "interactive_page_button",
        Family.PAGE,
        "Button that opens the customer's page",
        Kind.BLOCK,
    )
    yield Hashtag("interactive_page_link", Family.PAGE, "Address of the customer's page", Kind.LINK)


def _all() -> Iterator[Hashtag]:
    yield from _lists()
    yield from _amounts()
    for family, words in _TEXTS.items():
        for name, description in words.items():
            yield Hashtag(name, family, description)
    yield from _images()
    yield from _page()


CATALOGUE: Mapping[str, Hashtag] = {tag.name: tag for tag in _all()}
#: What pages translate.
WORDS: Mapping[str, str] = {tag.name: tag.description for tag in CATALOGUE.values()}

_HASHTAG = re.compile(r"(?<!&)#([A-Za-z][A-Za-z0-9_]*)")
_TAG = re.compile(r"<[^<>]*>")
_COLOUR = re.compile(r"[0-9a-fA-F]{3,8}")
_ADDRESS_BEFORE = re.compile(r"(?:https?|mailto|ftp):[^\s<>\"']*$")
_RICH = re.compile(r"<[/!]?[A-Za-z]")


def is_rich(body: str) -> bool:
    """Whether a template's body is HTML; if not, it is plain text, blank lines part paragraphs."""
    return _RICH.search(body) is not None


def get(name: str, custom_fields: Collection[str] = ()) -> Hashtag | None:
    """The hashtag of that name without its ``#``, or None."""
    if name.startswith(CUSTOM_FIELD_PREFIX):
        if name.removeprefix(CUSTOM_FIELD_PREFIX) in custom_fields:
            return Hashtag(name, Family.CUSTOMER, "Custom field")
        return None
    return CATALOGUE.get(name)


def used(template: str) -> list[str]:
    """Names that stand in a template, known or not, in order and once each."""
    found = (match.group(1) for match in _matches(template))
    return list(dict.fromkeys(name.rstrip("_") for name in found))


def unknown(template: str, custom_fields: Collection[str] = ()) -> list[str]:
    """Names in a template that no hashtag has."""
    return [name for name in used(template) if get(name, custom_fields) is None]


def validate(subject: str, body: str, *, custom_fields: Collection[str] = (), what: str = "template") -> None:
    """Refuse a template with a hashtag that does not exist, or with a table in its subject."""
    for name in unknown(f"{subject}\n{body}", custom_fields):
        raise Refused("%(what)s: there is no hashtag #%(name)s", what=what, name=name)
    for name in used(subject):
        tag = get(name, custom_fields)
        if tag is not None and not tag.in_subject:
            raise Refused(
                "%(what)s: #%(name)s can not stand in a subject, it is more than one line of text",
                what=what,
                name=name,
            )


def refuse_misspelt(text: str) -> None:
    """Refuse a text somebody wrote with what can only be meant as a hashtag and is none; "#urgent" is a word."""
    for name in unknown(text):
        if "_" in name and not name.startswith(CUSTOM_FIELD_PREFIX):
            raise Refused("There is no hashtag #%(name)s.", name=name)


def fill_text(template: str, values: Mapping[str, Value]) -> str:
    """Fill a line or a plain text: values as they are. Names without a value stay as written."""
    return _fill(template, values, lambda value: value.text)


def fill_html(template: str, values: Mapping[str, Value]) -> str:
    """Fill an HTML body: values escaped between tags and inside attributes alike."""
    parts: list[str] = []
    end = 0
    for tag in _TAG.finditer(template):
        parts.append(_fill(template[end : tag.start()], values, Value.as_html))
        parts.append(_fill(tag.group(), values, lambda value: html.escape(value.text)))
        end = tag.end()
    parts.append(_fill(template[end:], values, Value.as_html))
    return "".join(parts)


def _fill(text: str, values: Mapping[str, Value], form: Callable[[Value], str]) -> str:
    def replaced(match: re.Match[str]) -> str:
        name = match.group(1).rstrip("_")
        value = values.get(name)
        if value is None:
            return match.group()
        return form(value) + "_" * (len(match.group(1)) - len(name))

    return _HASHTAG.sub(replaced, text)


def _matches(template: str) -> Iterator[re.Match[str]]:
    """Hashtags of a template; colours inside tags and fragments of web addresses are none."""
    tags = [match.span() for match in _TAG.finditer(template)]
    for match in _HASHTAG.finditer(template):
        name = match.group(1)
        if name not in CATALOGUE and not name.startswith(CUSTOM_FIELD_PREFIX):
            if _COLOUR.fullmatch(name) and any(a < match.start() < b for a, b in tags):
                continue
            if _ADDRESS_BEFORE.search(template, max(0, match.start() - 500), match.start()):
                continue
        yield match
