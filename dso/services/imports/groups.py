"""Groups of customers as a file names them: made on the fly, replaced or added as chosen (2.4)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from dso.db import among, db
from dso.domain.imports.mapping import FileMapping, GroupsMode, Policy
from dso.domain.imports.parties import PartyRow
from dso.models import Entity, Group, ImportRun, customer_groups
from dso.services.imports import befores
from dso.services.imports.party_rows import Diff

_BY_IMPORT, _BY_HAND = "1", "0"


@dataclass
class Standing:
    """The groups a customer has: those imports set, and those set by hand."""

    imported: set[str] = field(default_factory=set)
    by_hand: set[str] = field(default_factory=set)

    @property
    def names(self) -> set[str]:
        """All of them."""
        return self.imported | self.by_hand


class GroupsOfCustomers:
    """Compares and writes the groups column of one file."""

    def __init__(self, entity: Entity, mapping: FileMapping) -> None:
        self._entity, self._mapping = entity, mapping
        query = select(Group.name, Group.id).where(Group.entity_id == entity.id)
        self._ids = dict(db.session.execute(query).all())

    def of(self, customer_ids: Sequence[int]) -> dict[int, Standing]:
        """The groups customers have now."""
        links = customer_groups.c
        query = select(links.customer_id, Group.name, links.by_import).join(Group, Group.id == links.group_id)
        found: dict[int, Standing] = {}
        for customer_id, name, by_import in db.session.execute(query.where(among(links.customer_id, customer_ids))):
            standing = found.setdefault(customer_id, Standing())
            (standing.imported if by_import == _BY_IMPORT else standing.by_hand).add(name)
        return found

    def changes(self, row: PartyRow, standing: Standing | None) -> Mapping[str, tuple[Any, Any]]:
        """The groups before and after, when they differ."""
        now = standing or Standing()
        wanted = self._wanted(row.values["groups"], now)
        return (
            {}
            if wanted is None or wanted == now.names
            else {"groups": (tuple(sorted(now.names)), tuple(sorted(wanted)))}
        )

    def _wanted(self, named: tuple[str, ...] | None, now: Standing) -> set[str] | None:
        """The groups the file leaves a customer with; None = as they are."""
        policy = self._mapping.policy("groups")
        if policy is Policy.NEVER or (policy is Policy.IF_EMPTY and now.names):
            return None
        if named is None and not self._mapping.empty_clears:
            return None
        names = {name[:100] for name in named or ()}
        if self._mapping.groups is GroupsMode.ADD:
            return now.names | names
        return names if self._mapping.groups is GroupsMode.ALL else names | now.by_hand

    def write(self, diffs: Sequence[tuple[int, Diff]], run: ImportRun) -> None:
        """Bring the links to what the file says."""
        wanted = {}
        by_hand: dict[int, Collection[str]] = {}
        for customer_id, diff in diffs:
            by_hand[customer_id] = diff.row.values.get("groups_by_hand") or ()
            if diff.known is None:
                wanted[customer_id] = {name[:100] for name in diff.row.values["groups"] or ()}
            elif "groups" in diff.changes:
                wanted[customer_id] = set(diff.changes["groups"][1])
        self._make(sorted(set().union(*wanted.values()) if wanted else ()), run)
        befores.linking(run, customer_groups, [each for each, diff in diffs if "groups" in diff.changes])
        if wanted:
            self._link(dict(sorted(wanted.items())), self.of(list(wanted)), by_hand)

    def _make(self, names: Iterable[str], run: ImportRun) -> None:
        more = [{"entity_id": self._entity.id, "name": name} for name in names if name not in self._ids]
        if not more:
            return
        made = db.session.execute(insert(Group).returning(Group.name, Group.id), more)
        made_ids = dict(made.all())
        befores.made(run, befores.table_of(Group), made_ids.values())
        self._ids |= made_ids

    def _link(
        self,
        wanted: Mapping[int, set[str]],
        standing: Mapping[int, Standing],
        by_hand: Mapping[int, Collection[str]],
    ) -> None:
        gone, more = [], []
        for customer_id, names in wanted.items():
            now = standing.get(customer_id, Standing()).names
            gone += [{"customer": customer_id, "group": self._ids[name]} for name in sorted(now - names)]
            more += [
                {
                    "customer_id": customer_id,
                    "group_id": self._ids[name],
                    "by_import": _BY_HAND if name in by_hand[customer_id] else _BY_IMPORT,
                }
                for name in sorted(names - now)
            ]
        links = customer_groups.c
        if gone:
            mine = (links.customer_id == bindparam("customer"), links.group_id == bindparam("group"))
            db.session.connection().execute(delete(customer_groups).where(*mine), gone)
        if more:
            db.session.execute(insert(customer_groups), more)
