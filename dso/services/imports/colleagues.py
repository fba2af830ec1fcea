"""The sales colleague a customers file names: found by e-mail address, else by name, and linked (2.4, 2.5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from dso.db import among, db
from dso.domain.codes import ColleagueRole
from dso.domain.imports import rejects
from dso.domain.imports.parties import PartyRow, PartyRules
from dso.domain.imports.words import folded
from dso.models import CustomerColleague, ImportRun, User
from dso.services.imports import befores
from dso.services.imports.party_rows import Diff

_FIELDS = ("sales_first_name", "sales_last_name", "sales_email", "sales_phone")


@dataclass
class Standing:
    """The colleagues a customer has, and which of them imports set."""

    all: set[int] = field(default_factory=set)
    imported: set[int] = field(default_factory=set)


class SalesColleagues:
    """Compares and writes the sales colleagues of one file; somebody linked by hand stays in the part played."""

    def __init__(self, rules: PartyRules) -> None:
        self._rules = rules
        self._carried = bool({"sales_email", "sales_first_name", "sales_last_name"} & rules.mapping.targets)
        self._emails: dict[int, str] = {}
        self._by_name: dict[str, int | None] = {}
        if self._carried:
            self._look_up()

    def _look_up(self) -> None:
        for user_id, email, first, last in db.session.execute(
            select(User.id, User.email, User.first_name, User.last_name)
        ):
            name = folded(f"{first} {last}")
            self._emails[user_id] = email
            self._by_name[name] = None if name in self._by_name else user_id

    def of(self, customer_ids: Sequence[int]) -> dict[int, Standing]:
        """The colleagues customers have now."""
        found: dict[int, Standing] = {}
        if not self._carried:
            return found
        link = CustomerColleague
        query = select(link.customer_id, link.user_id, link.by_import).where(among(link.customer_id, customer_ids))
        for customer_id, user_id, by_import in db.session.execute(query):
            standing = found.setdefault(customer_id, Standing())
            standing.all.add(user_id)
            if by_import:
                standing.imported.add(user_id)
        return found

    def _named(self, row: PartyRow) -> int | None:
        """The user a row names: by e-mail address; where there is none, by a name only one user has."""
        if email := row.text("sales_email"):
            return self._rules.lookups.users.get(email.lower())
        name = f"{row.text('sales_first_name')} {row.text('sales_last_name')}".strip()
        return self._by_name.get(folded(name)) if name else None

    def remark(self, row: PartyRow) -> None:
        """Say whom the row names when nobody is found: the customer goes in without."""
        said = " ".join(filter(None, (row.text(name) for name in _FIELDS)))
        if self._carried and said and self._named(row) is None:
            column = self._rules.column("sales_email")
            self._rules.remarks.add(row.line, column, said[:80], rejects.COLLEAGUE_LEFT_OUT)

    def changes(self, row: PartyRow, standing: Standing | None) -> Mapping[str, tuple[Any, Any]]:
        """The colleagues before and after, when they differ."""
        now = standing or Standing()
        wanted = self._wanted(row, now)
        return {} if wanted == now.all else {"colleagues": (self._emailed(now.all), self._emailed(wanted))}

    def _wanted(self, row: PartyRow, now: Standing) -> set[int]:
        named = self._named(row) if self._carried else None
        if named is None:
            return now.all
        kept = now.all - now.imported if self._rules.mapping.replace_colleagues else now.all
        return kept | {named}

    def _emailed(self, ids: Iterable[int]) -> tuple[str, ...]:
        return tuple(sorted(self._emails[each] for each in ids))

    def write(self, diffs: Sequence[tuple[int, Diff]], run: ImportRun) -> None:
        """Bring the links to what the file says."""
        rows = {
            customer_id: diff.row
            for customer_id, diff in diffs
            if self._carried and (diff.known is None or "colleagues" in diff.changes)
        }
        known = [each for each, diff in diffs if each in rows and diff.known is not None]
        befores.linking(run, befores.table_of(CustomerColleague), known)
        if rows:
            self._link(dict(sorted(rows.items())), self.of(list(rows)))

    def _link(self, rows: Mapping[int, PartyRow], standing: Mapping[int, Standing]) -> None:
        gone, more = [], []
        for customer_id, row in rows.items():
            now = standing.get(customer_id, Standing())
            wanted = self._wanted(row, now)
            gone += [{"customer": customer_id, "colleague": each} for each in sorted(now.all - wanted)]
            more += [
                {"customer_id": customer_id, "user_id": each, "role": ColleagueRole.SALES, "by_import": True}
                for each in sorted(wanted - now.all)
            ]
        link = CustomerColleague
        if gone:
            mine = (link.customer_id == bindparam("customer"), link.user_id == bindparam("colleague"))
            db.session.connection().execute(delete(link).where(*mine), gone)
        if more:
            db.session.execute(insert(link), more)
