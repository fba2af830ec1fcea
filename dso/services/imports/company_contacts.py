"""The contact a customers file carries: the role "company", overwritten by each import (2.4)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from dso.db import db
from dso.domain.codes import ContactRole
from dso.domain.imports.mapping import FileMapping
from dso.domain.imports.parties import PartyRow
from dso.models import Contact, ImportRun
from dso.services.imports import befores
from dso.services.imports.party_rows import Diff

_FIELDS = ("title", "first_name", "last_name", "email", "phone", "mobile")
_PREFIX = "contact_"
_CONTACTS = befores.table_of(Contact)


class CompanyContacts:
    """Compares and writes the company contacts of one file."""

    def __init__(self, mapping: FileMapping) -> None:
        targets = mapping.targets
        # A dump has the contacts in a file of their own.
        self._carried = not mapping.dump and (
            "email" in targets or bool({f"{_PREFIX}{name}" for name in _FIELDS} & targets)
        )

    def of(self, customer_ids: Sequence[int]) -> dict[int, list[Any]]:
        """The contacts customers have now."""
        if not self._carried:
            return {}
        names = [getattr(Contact, name) for name in ("id", "customer_id", "role", *_FIELDS)]
        query = select(*names).where(Contact.customer_id.in_(customer_ids)).order_by(Contact.id)
        found: dict[int, list[Any]] = {}
        for row in db.session.execute(query):
            found.setdefault(row.customer_id, []).append(row)
        return found

    def changes(self, row: PartyRow, standing: Sequence[Any] | None) -> Mapping[str, tuple[Any, Any]]:
        """The company contact before and after, when they differ; somebody with that address already stays as is."""
        wanted = self._wanted(row)
        if not wanted:
            return {}
        known = next((each for each in standing or () if each.role is ContactRole.COMPANY), None)
        if known is None:
            taken = {each.email.lower() for each in standing or ()}
            return {} if wanted["email"].lower() in taken - {""} else {"company_contact": (None, _named(wanted))}
        now = {name: getattr(known, name) for name in _FIELDS}
        return {} if now == wanted else {"company_contact": (_named(now), _named(wanted))}

    def _wanted(self, row: PartyRow) -> dict[str, str]:
        """The contact a row carries; without a name it bears the company's, without an address it needs a name."""
        given = {name: row.text(f"{_PREFIX}{name}") for name in _FIELDS}
        given["email"] = given["email"] or row.text("email")
        given["phone"] = given["phone"] or row.text("phone")
        if not self._carried or not (given["email"] or given["last_name"]):
            return {}
        return {**given, "last_name": given["last_name"] or row.text("business_name")[:100]}

    def write(self, diffs: Iterable[tuple[int, Diff]], run: ImportRun, now: datetime) -> None:
        """Bring the contacts to what the file says."""
        wanted = {
            customer_id: self._wanted(diff.row)
            for customer_id, diff in diffs
            if self._carried and (diff.known is None or "company_contact" in diff.changes)
        }
        ids = [customer_id for customer_id, values in wanted.items() if values]
        if not ids:
            return
        query = select(Contact.customer_id, Contact.id).where(Contact.role == ContactRole.COMPANY)
        known = {row[0]: row[1] for row in db.session.execute(query.where(Contact.customer_id.in_(ids)))}
        new = [
            {**wanted[each], "customer_id": each, "role": ContactRole.COMPANY, "created_at": now, "updated_at": now}
            for each in ids
            if each not in known
        ]
        changed = [
            {**wanted[each], "id": known[each], "bounced": False, "updated_at": now} for each in ids if each in known
        ]
        if new:
            made = db.session.scalars(insert(Contact).returning(Contact.id), new)
            befores.made(run, _CONTACTS, made)
        if changed:
            befores.changing(run, _CONTACTS, changed)
            db.session.execute(update(Contact), changed)


def _named(values: Mapping[str, str]) -> str:
    name = f"{values['first_name']} {values['last_name']}".strip()
    return ", ".join(filter(None, [name, values["email"], values["phone"], values["mobile"]]))
