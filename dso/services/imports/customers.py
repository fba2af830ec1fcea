"""Customers files: new accounts with their defaults, known ones where a value differs (2.4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, insert, or_, select, update

from dso.db import db
from dso.domain.codes import OPEN_ACTION_STATES, EventKind
from dso.domain.imports import rejects
from dso.domain.imports.fields import CUSTOM, is_custom
from dso.domain.imports.parties import PartyRow, PartyRules, changes
from dso.domain.imports.rejects import Reject
from dso.models import Action, Customer, Entity, ImportRun, Item
from dso.services import history
from dso.services.imports.company_contacts import CompanyContacts
from dso.services.imports.groups import GroupsOfCustomers
from dso.services.imports.new_customers import defaults
from dso.services.imports.parties import Diff

#: Fields that are columns under another name.
_COLUMNS = {"collector": "collector_id", "scenario": "scenario_id", "collected_by": "collected_by_id"}
_ELSEWHERE = ("groups", "entity")
_CONTACT = "contact_"
_BATCH = 500
_MADE = "Made by the import of %(file)s"
_CHANGED = "Changed by the import of %(file)s: %(fields)s"


def _is_column(target: str) -> bool:
    return not (is_custom(target) or target in _ELSEWHERE or target.startswith(_CONTACT))


class CustomerBook:
    """The customers of an entity, compared with and written from a file."""

    def __init__(self, entity: Entity, rules: PartyRules) -> None:
        self._entity, self._rules, self._mapping = entity, rules, rules.mapping
        targets = rules.mapping.targets
        self._by_unique_id = "unique_id" in targets
        self._columns = {target: _COLUMNS.get(target, target) for target in sorted(targets) if _is_column(target)}
        self._customs = sorted(target for target in targets if is_custom(target))
        self._groups = GroupsOfCustomers(entity, rules.mapping) if "groups" in targets else None
        self._contacts = CompanyContacts(rules.mapping)
        self._seen: set[str] = set()
        self._twice: set[str] = set()

    def look_through(self, cells: Mapping[str, str]) -> None:
        """First reading: which codes stand in the file twice."""
        key = cells.get("unique_id" if self._by_unique_id else "code", "").strip()
        (self._twice if key in self._seen else self._seen).add(key)

    def held_back(self) -> list[PartyRow]:
        """Nothing waits for the end of a customers file."""
        return []

    def compare(self, rows: Sequence[PartyRow]) -> tuple[list[Diff], list[Reject]]:
        """What rows would do."""
        diffs: list[Diff] = []
        rejected: list[Reject] = []
        for start in range(0, len(rows), _BATCH):
            part = rows[start : start + _BATCH]
            known = self._known(part)
            ids = [each.id for found in known.values() for each in found]
            groups = self._groups.of(ids) if self._groups else {}
            contacts = self._contacts.of(ids)
            for row in part:
                found = self._find(row, known)
                if isinstance(found, Reject):
                    rejected.append(found)
                else:
                    diffs.append(self._diff(row, found, groups, contacts))
        return diffs, rejected

    def _known(self, rows: Sequence[PartyRow]) -> dict[str, list[Any]]:
        """Known customers by code, and by unique identifier."""
        codes = [row.text("code") for row in rows]
        where = [Customer.code.in_(codes)]
        if self._by_unique_id:
            where.append(Customer.unique_id.in_([row.text("unique_id") for row in rows]))
        names = {"id", "code", "unique_id", "draft", "custom", "entity_id", "business_name", *self._columns.values()}
        query = select(*(getattr(Customer, name) for name in sorted(names)))
        found: dict[str, list[Any]] = {}
        for row in db.session.execute(query.where(Customer.entity_id == self._entity.id, or_(*where))):
            found.setdefault(f"code {row.code}", []).append(row)
            if row.unique_id is not None:
                found.setdefault(f"unique {row.unique_id}", []).append(row)
        return found

    def _find(self, row: PartyRow, known: Mapping[str, list[Any]]) -> Any:
        """The known customer of a row, None for a new one, or why it is rejected."""
        code, unique_id = row.text("code"), row.text("unique_id")
        key = unique_id if self._by_unique_id else code
        target = "unique_id" if self._by_unique_id else "code"
        if key in self._twice:
            reason = rejects.UNIQUE_ID_TWICE if self._by_unique_id else rejects.CODE_TWICE
            return Reject(row.line, self._rules.column(target), key, reason, {target: key})
        same_code = known.get(f"code {code}", [])
        if self._by_unique_id:
            adopted = [each for each in same_code if each.unique_id is None]
            return next(iter(known.get(f"unique {unique_id}", adopted)), None)
        if len(same_code) > 1:
            return Reject(row.line, self._rules.column(target), code, rejects.SHARED_CODE, {"code": code})
        return same_code[0] if same_code else None

    def _diff(self, row: PartyRow, known: Any, groups: Mapping[int, Any], contacts: Mapping[int, Any]) -> Diff:
        name, code = row.text("business_name"), row.text("code")
        if known is None:
            return Diff(row, name, code)
        current = {target: getattr(known, column) for target, column in self._columns.items()}
        current |= {target: known.custom.get(target.removeprefix(CUSTOM)) for target in self._customs}
        wanted = {target: row.values[target] for target in (*self._columns, *self._customs)}
        if wanted.get("collected_by") == known.id:
            wanted.pop("collected_by")
        found = dict(changes(current, wanted, self._mapping))
        if known.draft:
            found["draft"] = (True, False)
        if self._groups:
            found |= self._groups.changes(row, groups.get(known.id))
        found |= self._contacts.changes(row, contacts.get(known.id))
        return Diff(row, name, code, known, found)

    def write(self, diffs: Sequence[Diff], run: ImportRun, now: datetime) -> set[int]:
        """Write some differences; the customers touched."""
        if not diffs:
            return set()
        new = [diff for diff in diffs if diff.known is None]
        ids = self._insert(new, now)
        ids |= {id(diff): diff.known.id for diff in diffs if diff.known is not None}
        self._update([diff for diff in diffs if diff.known is not None], now)
        if self._groups:
            self._groups.write([(ids[id(diff)], diff) for diff in diffs])
        self._contacts.write([(ids[id(diff)], diff) for diff in diffs], now)
        self._move_items([ids[id(diff)] for diff in diffs if "collected_by" in diff.row.values])
        self._write_down(diffs, ids, run, now)
        return set(ids.values())

    def finish(self, now: datetime) -> None:
        """Nothing is left to do."""

    def _insert(self, diffs: Sequence[Diff], now: datetime) -> dict[int, int]:
        """Make the new customers; their ids by difference."""
        if not diffs:
            return {}
        common = defaults(self._entity, now=now).values
        rows = [{**common, **self._values(diff.row, common)} for diff in diffs]
        db.session.execute(insert(Customer), rows)
        by = Customer.unique_id if self._by_unique_id else Customer.code
        key = "unique_id" if self._by_unique_id else "code"
        found: dict[str, int] = {}
        keys = [row[key] for row in rows]
        for start in range(0, len(keys), _BATCH):
            query = select(by, Customer.id).where(Customer.entity_id == self._entity.id)
            for name, customer_id in db.session.execute(query.where(by.in_(keys[start : start + _BATCH]))):
                found[str(name)] = customer_id
        return {id(diff): found[diff.row.text(key)] for diff in diffs}

    def _values(self, row: PartyRow, common: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of a new customer; an empty cell leaves the default."""
        values: dict[str, Any] = {"draft": False}
        for target, column in self._columns.items():
            value = row.values[target]
            if value is None:
                default = Customer.__table__.c[column].default
                fallback = default.arg if default is not None and default.is_scalar else None
                value = common.get(column, fallback)
            values[column] = value
        customs = {target.removeprefix(CUSTOM): row.values[target] for target in self._customs}
        values["custom"] = {code: value for code, value in customs.items() if value is not None}
        return values

    def _update(self, diffs: Sequence[Diff], now: datetime) -> None:
        rows = []
        for diff in diffs:
            values = {
                self._columns.get(name, name): new
                for name, (_old, new) in diff.changes.items()
                if name in self._columns or name == "draft"
            }
            customs = {name.removeprefix(CUSTOM): new for name, (_o, new) in diff.changes.items() if is_custom(name)}
            if customs:
                whole = {**diff.known.custom, **customs}
                values["custom"] = {code: value for code, value in whole.items() if value is not None}
            rows.append({"id": diff.known.id, "updated_at": now, **values})
        rows.sort(key=sorted)
        if rows:
            db.session.execute(update(Customer), rows)

    def _move_items(self, customer_ids: Sequence[int]) -> None:
        """Items are collected under the pilot of their customer."""
        pilot = select(case((Customer.collected_by_id.is_not(None), Customer.collected_by_id), else_=Customer.id))
        account = pilot.where(Customer.id == Item.customer_id).scalar_subquery()
        for start in range(0, len(customer_ids), _BATCH):
            mine = Item.customer_id.in_(customer_ids[start : start + _BATCH])
            db.session.execute(
                update(Item).where(mine, Item.account_id != account).values(account_id=account),
                execution_options={"synchronize_session": False},
            )
            self._move_actions(mine)

    def _move_actions(self, mine: ColumnElement[bool]) -> None:
        """Specific actions follow when all items they hold have moved: members of a group show none (3.8)."""
        holding = select(Item.held_by_id).where(mine, Item.held_by_id.is_not(None))
        held = Item.held_by_id == Action.id
        account = select(func.min(Item.account_id)).where(held).scalar_subquery()
        db.session.execute(
            update(Action)
            .where(
                Action.id.in_(holding),
                Action.state.in_(OPEN_ACTION_STATES),
                ~exists().where(held, Item.account_id == Action.customer_id),
            )
            .values(customer_id=account),
            execution_options={"synchronize_session": False},
        )

    def _write_down(self, diffs: Sequence[Diff], ids: Mapping[int, int], run: ImportRun, now: datetime) -> None:
        """What the file did stands on the customer's timeline, with old and new."""
        history.record_many([
            {
                "entity_id": self._entity.id,
                "customer_id": ids[id(diff)],
                "kind": EventKind.IMPORT,
                "text": _MADE if diff.known is None else _CHANGED,
                "data": {
                    "params": {"file": run.file_name, "fields": ", ".join(diff.changes)},
                    "import_run_id": run.id,
                    "changes": {name: [_plain(old), _plain(new)] for name, (old, new) in diff.changes.items()},
                },
                "actor_id": run.actor_id,
                "at": now,
            }
            for diff in diffs
        ])  # fmt: skip


def _plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    return list(value) if isinstance(value, tuple) else str(value)
