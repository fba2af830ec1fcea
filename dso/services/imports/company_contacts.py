"""The contact a customers file carries: the role "company", overwritten by each import (2.4)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from dso.db import among, db
from dso.domain.codes import ContactRole
from dso.domain.imports.mapping import FileMapping
from dso.domain.imports.parties import PartyRow, changes
from dso.models import Contact, ImportRun
from dso.services.imports import befores
from dso.services.imports.party_rows import Changes, Diff

_FIELDS = ("title", "first_name", "last_name", "email", "phone", "mobile")
_PREFIX = "contact_"
#: The company's own address and number are those of a contact who is given none.
_OWN = {"email": ("email",), "phone": ("phone",)}
#: Characters of a last name.
_NAME = 100
#: Field of the contact to the field of the file that fills it, and the value.
Said = Mapping[str, tuple[str, str | None]]
#: Old and new name of a company that changes it.
Renamed = tuple[Any, Any] | None
_CONTACTS = befores.table_of(Contact)


class CompanyContacts:
    """Compares and writes the company contacts of one file."""

    def __init__(self, mapping: FileMapping) -> None:
        self._mapping = mapping
        targets = mapping.targets
        #: Fields of the contact to those of the file that fill it, the first filled one counting.
        self._sources = {
            name: [each for each in (f"{_PREFIX}{name}", *_OWN.get(name, ())) if each in targets] for name in _FIELDS
        }
        # A dump has the contacts in a file of their own.
        self._carried = not mapping.dump and (
            "email" in targets or any(f"{_PREFIX}{name}" in targets for name in _FIELDS)
        )

    def of(self, customer_ids: Sequence[int]) -> dict[int, list[Any]]:
        """The contacts customers have now."""
        if not self._carried:
            return {}
        names = [getattr(Contact, name) for name in ("id", "customer_id", "role", *_FIELDS)]
        query = select(*names).where(among(Contact.customer_id, customer_ids)).order_by(Contact.id)
        found: dict[int, list[Any]] = {}
        for row in db.session.execute(query):
            found.setdefault(row.customer_id, []).append(row)
        return found

    def changes(self, row: PartyRow, standing: Sequence[Any] | None, renamed: Renamed) -> Changes:
        """The company contact before and after, when they differ; `renamed` is the company, old name and new."""
        known, values = self._wanted(row, standing or (), renamed)
        if not values:
            return {}
        now = {name: getattr(known, name) for name in _FIELDS} if known else {}
        return {"company_contact": (_named(now) if known else None, _named({**now, **values}))}

    def _wanted(self, row: PartyRow, standing: Sequence[Any], renamed: Renamed) -> tuple[Any, dict[str, str]]:
        """Whom a row means (None = somebody new), and what it changes; nothing without an address or a name.

        Somebody else with that address stays the only one.
        """
        said = self._said(row)
        email = str(said.get("email", ("", ""))[1] or "").lower()
        if not self._carried or not (email or "last_name" in said):
            return None, {}
        companies = [each for each in standing if each.role is ContactRole.COMPANY]
        known = next((each for each in companies if email and each.email.lower() == email), next(iter(companies), None))
        if known is None:
            taken = email and email in {each.email.lower() for each in standing}
            return None, {} if taken else self._new(said, row)
        now = {field: getattr(known, name) for name, (field, _value) in said.items()}
        found = changes(now, dict(said.values()), self._mapping)
        values = {name: found[field][1] for name, (field, _value) in said.items() if field in found}
        if renamed and "last_name" not in said and known.last_name == renamed[0][:_NAME]:
            values["last_name"] = renamed[1][:_NAME]
        return known, values

    def _said(self, row: PartyRow) -> Said:
        """What a row says of the contact; no name is none to be cleared: the contact bears one, or the company's."""
        said = {}
        for name, fields in self._sources.items():
            filled = next((each for each in fields if row.values.get(each)), None)
            if filled or (fields and name != "last_name"):
                field = filled or fields[0]
                said[name] = (field, row.values.get(field))
        return said

    def _new(self, said: Said, row: PartyRow) -> dict[str, str]:
        """A new contact; without a name it bears the company's."""
        values = {name: said[name][1] or "" if name in said else "" for name in _FIELDS}
        return {**values, "last_name": values["last_name"] or row.text("business_name")[:_NAME]}

    def write(self, diffs: Iterable[tuple[int, Diff]], run: ImportRun, now: datetime) -> None:
        """Bring the contacts to what the file says."""
        told = {
            customer_id: diff
            for customer_id, diff in diffs
            if self._carried and (diff.known is None or "company_contact" in diff.changes)
        }
        standing = self.of([customer_id for customer_id, diff in told.items() if diff.known is not None])
        new, changed = [], []
        for customer_id, diff in told.items():
            renamed = diff.changes.get("business_name")
            known, values = self._wanted(diff.row, standing.get(customer_id, ()), renamed)
            if known is not None:
                bounced = {"bounced": False} if "email" in values else {}
                changed.append({**values, **bounced, "id": known.id, "updated_at": now})
            elif values:
                of = {"customer_id": customer_id, "role": ContactRole.COMPANY}
                new.append({**values, **of, "created_at": now, "updated_at": now})
        if new:
            made = db.session.scalars(insert(Contact).returning(Contact.id), new)
            befores.made(run, _CONTACTS, made)
        if changed:
            changed.sort(key=sorted)
            befores.changing(run, _CONTACTS, changed)
            db.session.execute(update(Contact), changed)


def _named(values: Mapping[str, str]) -> str:
    name = f"{values['first_name']} {values['last_name']}".strip()
    return ", ".join(filter(None, [name, values["email"], values["phone"], values["mobile"]]))
