"""Definitions of custom fields of customers and items."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from dso.db import db
from dso.domain.codes import FieldType
from dso.domain.errors import Refused
from dso.models import CustomField

SUBJECTS = ("customer", "item")


@dataclass(frozen=True)
class FieldData:
    """What is kept of a field; `choices` only for lists."""

    label: str
    choices: Sequence[str] = ()


def code_of(label: str) -> str:
    """The name in files and templates: small letters, digits, underscores."""
    apart = unicodedata.normalize("NFKD", label.lower())
    plain = "".join(c for c in apart if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60]


def add(subject: str, type: FieldType, data: FieldData) -> CustomField:
    """A new field of customers or items, at the end."""
    if subject not in SUBJECTS:
        raise Refused("A custom field belongs to customers or to items.")
    label, code = data.label.strip(), code_of(data.label)
    if not code or len(label) > 100:
        raise Refused("The field needs a name of letters or digits, at most 100 of them.")
    taken = select(CustomField.id).where(CustomField.subject == subject, CustomField.code == code)
    if db.session.scalar(taken):
        raise Refused('There is a field "%(name)s" already.', name=code)
    last = db.session.scalar(select(func.max(CustomField.position)).where(CustomField.subject == subject)) or 0
    field = CustomField(subject=subject, code=code, type=type, position=last + 1)
    _put(field, data)
    db.session.add(field)
    db.session.flush()
    return field


def update(field: CustomField, data: FieldData) -> None:
    """Another label or other choices; code and type stay, for values are kept under them."""
    _put(field, data)
    db.session.flush()


def _put(field: CustomField, data: FieldData) -> None:
    choices = list(dict.fromkeys(choice.strip() for choice in data.choices if choice.strip()))
    if field.type is FieldType.LIST and not choices:
        raise Refused("A list needs at least one choice.")
    if not data.label.strip():
        raise Refused("The field needs a name.")
    field.label = data.label.strip()
    field.choices = choices if field.type is FieldType.LIST else []


def remove(field: CustomField) -> None:
    """Show the field no longer. Values stay where they are and come back with a field of the same code."""
    db.session.delete(field)
    db.session.flush()
