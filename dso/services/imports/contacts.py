"""Contacts files: added, or the one with the same customer and e-mail (else same name) updated (2.4, 11.5)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from dso.db import among, db
from dso.domain.codes import ContactRole, EventKind
from dso.domain.imports.parties import PartyRow, PartyRules, changes, merged
from dso.domain.imports.rejects import SAME_CONTACT, Reject
from dso.domain.imports.words import folded, yes_no
from dso.models import Contact, Customer, Entity, ImportRun
from dso.services import history
from dso.services.imports import befores
from dso.services.imports.belongings import Centres
from dso.services.imports.party_rows import Diff

_TEXTS = ("title", "first_name", "last_name", "email", "phone", "mobile", "language")
_FIELDS = (*_TEXTS, "role", "bounced")
_CONTACTS = befores.table_of(Contact)

#: A customer with an e-mail address, or with a name where there is no address.
Key = tuple[int, str, str]


def _key(customer_id: int, email: str, name: str) -> Key:
    return (customer_id, email.lower(), "") if email else (customer_id, "", folded(name))


class ContactBook:
    """The contacts of customers, compared with and written from a file."""

    def __init__(self, entity: Entity, rules: PartyRules) -> None:
        self._rules, self._mapping, self._dump = rules, rules.mapping, rules.mapping.dump
        self._centres = Centres(entity)
        #: Payment centres to the contact that serves them.
        self._serving: dict[str, int] = {}
        self._fields = [name for name in _FIELDS if name in rules.mapping.targets]
        self._seen: set[Key] = set()
        self._twice: set[Key] = set()
        #: The last row of the file that is the contact for collection, by customer: it takes the flag.
        self._flagged: dict[int, Key] = {}
        self._held: dict[Key, list[PartyRow]] = {}
        self._matched: set[int] = set()
        #: Contacts made by this very file are nobody's namesake.
        self._made: set[int] = set()

    def look_through(self, cells: Mapping[str, str]) -> None:
        """First reading: who stands in the file twice, and who takes the flag."""
        unique_id, lookups = cells.get("customer_unique_id", "").strip(), self._rules.lookups
        code = cells.get("customer", "").strip()
        customer_id = lookups.unique_ids.get(unique_id) if unique_id else lookups.customers.get(code)
        if customer_id is None:
            return
        name = f"{cells.get('first_name', '').strip()} {cells.get('last_name', '').strip()}".strip()
        key = _key(customer_id, cells.get("email", "").strip(), name)
        (self._twice if key in self._seen else self._seen).add(key)
        if cells.get("for_collection", "").strip() and yes_no(cells["for_collection"]):
            self._flagged[customer_id] = key

    def _key_of(self, row: PartyRow) -> Key:
        name = f"{row.text('first_name')} {row.text('last_name')}".strip()
        return _key(row.values["customer"], row.text("email"), name)

    def held_back(self) -> list[PartyRow]:
        """The rows of one contact made one; a remark on each row but the first says so."""
        held = list(self._held.values())
        for first, *others in held:
            for row in others:
                target = "email" if row.text("email") else "last_name"
                column, value = self._rules.column(target), row.text(target)
                self._rules.remarks.add(row.line, column, value, SAME_CONTACT, other=str(first.line))
        self._twice.clear()
        return [merged(each) for each in held]

    def compare(self, rows: Sequence[PartyRow]) -> tuple[list[Diff], list[Reject]]:
        """What rows would do; rows of a contact that stands in the file twice wait for the end."""
        here = []
        for row in rows:
            key = self._key_of(row)
            if key in self._twice and not self._dump:
                self._held.setdefault(key, []).append(row)
            else:
                here.append(row)
        if not here:
            return [], []
        ids = {row.values["customer"] for row in here}
        known, codes = self._known(ids), self._codes(ids)
        return [self._diff(row, known.get(row.values["customer"], []), codes) for row in here], []

    def _known(self, customer_ids: Collection[int]) -> dict[int, list[Any]]:
        names = [getattr(Contact, name) for name in ("id", "customer_id", "for_collection", *_FIELDS)]
        query = select(*names).where(among(Contact.customer_id, customer_ids)).order_by(Contact.id)
        found: dict[int, list[Any]] = {}
        for row in db.session.execute(query):
            found.setdefault(row.customer_id, []).append(row)
        return found

    def _codes(self, customer_ids: Collection[int]) -> dict[int, str]:
        query = select(Customer.id, Customer.code).where(among(Customer.id, customer_ids))
        return dict(db.session.execute(query).all())

    def _diff(self, row: PartyRow, known: Sequence[Any], codes: Mapping[int, str]) -> Diff:
        name = f"{row.text('first_name')} {row.text('last_name')}".strip()
        code = codes.get(row.values["customer"], "")
        found = self._find(row, name, known)
        takes = self._flagged.get(row.values["customer"]) == self._key_of(row)
        if self._dump:
            takes = bool(row.values["for_collection"])
        if found is None:
            return Diff(row, name, code, None, {"for_collection": (False, takes)})
        self._matched.add(found.id)
        current = {each: getattr(found, each) for each in self._fields}
        wanted = {each: row.values[each] for each in self._fields if each in row.values}
        differing = dict(changes(current, wanted, self._mapping))
        if takes and not found.for_collection:
            differing["for_collection"] = (False, True)
        return Diff(row, name, code, found, differing)

    def _find(self, row: PartyRow, name: str, known: Sequence[Any]) -> Any:
        """The known contact of a row: by e-mail, else by name one whom no other row of the file is about."""
        email = row.text("email").lower()
        for each in known:
            taken = self._dump and (each.id in self._matched or each.id in self._made)
            if email and each.email.lower() == email and not taken:
                return each
        if self._dump and email:
            return None
        for each in known:
            other = _key(row.values["customer"], each.email, name if email else "")
            free = each.id not in self._matched and each.id not in self._made
            if free and other not in self._seen and folded(f"{each.first_name} {each.last_name}") == folded(name):
                return each
        return None

    def write(self, diffs: Sequence[Diff], run: ImportRun, now: datetime) -> set[int]:
        """Write some differences; the customers touched."""
        flags = {d.row.values["customer"] for d in diffs if d.changes.get("for_collection", (False, False))[1]}
        if flags:
            self._take_flags(sorted(flags), run)
        new = [diff for diff in diffs if diff.known is None]
        if new:
            # In the order of the rows SQLite takes a statement for each: only where somebody asks who is who.
            ordered = "payment_centre" in self._mapping.targets
            returning = insert(Contact).returning(Contact.id, sort_by_parameter_order=ordered)
            made = db.session.scalars(returning, [self._values(diff, now) for diff in new]).all()
            self._made.update(made)
            befores.made(run, _CONTACTS, made)
            self._serve(zip(new, made, strict=True))
        self._serve((diff, diff.known.id) for diff in diffs if diff.known is not None)
        self._update([diff for diff in diffs if diff.known is not None], run, now)
        self._write_down(diffs, run, now)
        return {diff.row.values["customer"] for diff in diffs}

    def _serve(self, written: Iterable[tuple[Diff, int]]) -> None:
        for diff, contact_id in written:
            for centre in diff.row.values.get("payment_centre") or ():
                self._serving[centre[:200]] = contact_id

    def finish(self, run: ImportRun, now: datetime) -> set[int]:
        """Give payment centres their contact."""
        self._centres.lead_to(self._serving, run)
        return set()

    def _take_flags(self, customer_ids: Sequence[int], run: ImportRun) -> None:
        """The flag moves: whoever had it loses it first."""
        statement = update(Contact).where(among(Contact.customer_id, customer_ids), Contact.for_collection)
        befores.setting(run, _CONTACTS, statement.whereclause, for_collection=True)
        db.session.execute(statement.values(for_collection=False), execution_options={"synchronize_session": False})

    def _values(self, diff: Diff, now: datetime) -> dict[str, Any]:
        row = diff.row
        values = {name: row.values[name] if row.values.get(name) is not None else "" for name in _TEXTS}
        return {
            **values,
            "customer_id": row.values["customer"],
            "role": row.values.get("role") or ContactRole.OTHER,
            "for_collection": diff.changes["for_collection"][1],
            "bounced": row.values.get("bounced") or False,
            "created_at": now,
            "updated_at": now,
        }

    def _update(self, diffs: Sequence[Diff], run: ImportRun, now: datetime) -> None:
        rows = []
        for diff in diffs:
            values = {name: new for name, (_old, new) in diff.changes.items()}
            if "email" in values:
                values.setdefault("bounced", False)
            rows.append({"id": diff.known.id, "updated_at": now, **values})
        rows.sort(key=sorted)
        if rows:
            befores.changing(run, _CONTACTS, rows)
            db.session.execute(update(Contact), rows)

    def _write_down(self, diffs: Sequence[Diff], run: ImportRun, now: datetime) -> None:
        history.record_many([
            {
                "entity_id": run.entity_id,
                "customer_id": diff.row.values["customer"],
                "kind": EventKind.CONTACT,
                "text": "Contact %(name)s added by the import of %(file)s"
                if diff.known is None
                else "Contact %(name)s changed by the import of %(file)s: %(fields)s",
                "data": {
                    "params": {"name": diff.name, "file": run.file_name, "fields": ", ".join(diff.changes)},
                    "import_run_id": run.id,
                    "changes": {name: [_plain(old), _plain(new)] for name, (old, new) in diff.changes.items()},
                },
                "actor_id": run.actor_id,
                "at": now,
            }
            for diff in diffs
        ])  # fmt: skip


def _plain(value: Any) -> str | None:
    """A value as JSON keeps it."""
    return None if value is None else str(value)
