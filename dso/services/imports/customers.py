"""Customers files: new accounts with their defaults, known ones where a value differs (2.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, or_, select, update

from dso.db import among, db
from dso.domain.codes import EventKind
from dso.domain.imports import rejects
from dso.domain.imports.fields import CUSTOM, is_custom
from dso.domain.imports.parties import Later, PartyRow, PartyRules, changes
from dso.domain.imports.pilots import Pilots
from dso.domain.imports.rejects import Reject
from dso.models import Customer, Entity, ImportRun
from dso.services import history
from dso.services.imports import befores
from dso.services.imports.accounts_of_items import move_items
from dso.services.imports.belongings import belongings
from dso.services.imports.colleagues import SalesColleagues
from dso.services.imports.company_contacts import CompanyContacts
from dso.services.imports.groups import GroupsOfCustomers
from dso.services.imports.new_customers import defaults
from dso.services.imports.party_rows import Changes, Diff, customer_ids
from dso.services.imports.party_rows import unique_ids as unique_id_map
from dso.services.imports.shared_limits import SharedLimits

#: Fields that are columns under another name.
_COLUMNS = {"collector": "collector_id", "scenario": "scenario_id", "collected_by": "collected_by_id"}
_ELSEWHERE = (
    "groups", "groups_by_hand", "colleagues", "other_guarantees", "payment_centre", "collected_by_unique_id", "entity",
)  # fmt: skip
#: The day of a block comes and goes with it.
_BLOCK = ("blocked", "blocked_on")
_CONTACT = "contact_"
_COLLEAGUE = "sales_"
_CUSTOMERS = befores.table_of(Customer)
_MADE = "Made by the import of %(file)s"
_CHANGED = "Changed by the import of %(file)s: %(fields)s"


@dataclass(frozen=True)
class _Beside:
    """What stands in other tables about the known customers of some rows, by customer."""

    groups: Mapping[int, Any]
    contacts: Mapping[int, Any]
    belongings: Mapping[str, Mapping[int, Any]]
    colleagues: Mapping[int, Any]


def _is_column(target: str) -> bool:
    return not (is_custom(target) or target in _ELSEWHERE or target.startswith((_CONTACT, _COLLEAGUE)))


class CustomerBook:
    """The customers of an entity, compared with and written from a file."""

    def __init__(self, entity: Entity, rules: PartyRules, today: date) -> None:
        self._entity, self._rules, self._mapping, self._today = entity, rules, rules.mapping, today
        targets = rules.mapping.targets
        if "collected_by_unique_id" in targets:
            targets = {*targets, "collected_by"}
        self._by_unique_id = "unique_id" in targets
        self._dump = rules.mapping.dump
        self._columns = {target: _COLUMNS.get(target, target) for target in sorted(targets) if _is_column(target)}
        self._customs = sorted(target for target in targets if is_custom(target))
        self._groups = GroupsOfCustomers(entity, rules.mapping) if "groups" in targets else None
        self._contacts = CompanyContacts(rules.mapping)
        self._colleagues = SalesColleagues(rules)
        self._belongings = belongings(entity, targets, dump=rules.mapping.dump)
        self._limits = SharedLimits(entity, rules)
        self._pilots = Pilots(rules)
        #: Known customers with a pilot the file brings wait for its end.
        self._held: list[PartyRow] = []
        #: Customers whose pilot comes in the same file.
        self._led_later: dict[int, Later] = {}
        self._seen: set[str] = set()
        self._twice: set[str] = set()
        #: Code to the first unknown unique identifier that comes with it, and codes that come with several.
        self._coming_with: dict[str, str] = {}
        self._several: set[str] = set()

    def look_through(self, cells: Mapping[str, str]) -> None:
        """First reading: which codes stand in the file twice."""
        code, unique_id = cells.get("code", "").strip(), cells.get("unique_id", "").strip()
        self._rules.coming.update((code, unique_id))
        self._limits.look_through(cells)
        key = self._key(code, unique_id)
        (self._twice if key in self._seen else self._seen).add(key)
        new = self._by_unique_id and unique_id not in self._rules.lookups.unique_ids
        if new and self._coming_with.setdefault(code, unique_id) != unique_id:
            self._several.add(code)

    def _key(self, code: str, unique_id: str) -> str:
        """What tells a row from the others; of a dump the code does where there is no unique identifier."""
        if self._dump:
            return f"unique {unique_id}" if unique_id else f"code {code}"
        return unique_id if self._by_unique_id else code

    def held_back(self) -> list[PartyRow]:
        """Accounts of legal entities with several limits, and known customers with a pilot the file brings."""
        self._pilots.settle()
        return [self._pilots.settled(row) for row in (*self._held, *self._limits.held_back())]

    def compare(self, rows: Sequence[PartyRow]) -> tuple[list[Diff], list[Reject]]:
        """What rows would do."""
        diffs: list[Diff] = []
        rejected: list[Reject] = []
        if not rows:
            return diffs, rejected
        known = self._known(rows)
        ids = [each.id for found in known.values() for each in found]
        beside = _Beside(
            self._groups.of(ids) if self._groups else {},
            self._contacts.of(ids),
            {name: each.of(ids) for name, each in self._belongings.items()},
            self._colleagues.of(ids),
        )
        for row in rows:
            found = self._find(row, known)
            if isinstance(found, Reject):
                rejected.append(found)
            elif not self._waits(row, found):
                diffs.append(self._diff(row, found, beside))
        return diffs, rejected

    def _waits(self, row: PartyRow, known: Any) -> bool:
        """Whether only the whole file says what a row does; it is kept for then."""
        led = self._pilots.waits(row, new=known is None)
        if self._limits.holds(row, known):
            return True
        if led:
            self._held.append(row)
        return led

    def _known(self, rows: Sequence[PartyRow]) -> dict[str, list[Any]]:
        """Known customers by code, and by unique identifier."""
        codes = [row.text("code") for row in rows]
        where = [among(Customer.code, codes)]
        if self._by_unique_id:
            where.append(among(Customer.unique_id, [row.text("unique_id") for row in rows]))
        names = {"id", "code", "unique_id", "draft", "custom", "business_name", *_BLOCK, *self._columns.values()}
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
        by_unique_id = self._by_unique_id and bool(unique_id)
        value, target = (unique_id, "unique_id") if by_unique_id else (code, "code")
        if self._key(code, unique_id) in self._twice:
            reason = rejects.UNIQUE_ID_TWICE if by_unique_id else rejects.CODE_TWICE
            return Reject(row.line, self._rules.column(target), value, reason, {target: value})
        same_code = known.get(f"code {code}", [])
        alone = [each for each in same_code if each.unique_id is None]
        if self._dump:
            return next(iter(known.get(f"unique {unique_id}", []) if by_unique_id else alone), None)
        if self._by_unique_id:
            if (mine := known.get(f"unique {unique_id}")) is None and alone and code in self._several:
                return Reject(row.line, self._rules.column("code"), code, rejects.WHOSE_CODE, {"code": code})
            return next(iter(mine or alone), None)
        if len(same_code) > 1:
            return Reject(row.line, self._rules.column(target), code, rejects.SHARED_CODE, {"code": code})
        return same_code[0] if same_code else None

    def _diff(self, row: PartyRow, known: Any, beside: _Beside) -> Diff:
        code = row.text("code")
        self._colleagues.remark(row)
        if known is None:
            return Diff(row, row.text("business_name"), code)
        current = {target: getattr(known, column) for target, column in self._columns.items()}
        current |= {target: known.custom.get(target.removeprefix(CUSTOM)) for target in self._customs}
        current |= {name: each.get(known.id) for name, each in beside.belongings.items()}
        told = (*self._columns, *self._customs, *self._belongings)
        wanted = {target: row.values[target] for target in told if target in row.values}
        if wanted.get("collected_by") == known.id:
            wanted.pop("collected_by")
        found = dict(changes(current, wanted, self._mapping))
        if known.draft and not self._dump:
            found["draft"] = (True, False)
        self._follow_block(found, known)
        if self._groups:
            found |= self._groups.changes(row, beside.groups.get(known.id))
        found |= self._contacts.changes(row, beside.contacts.get(known.id), found.get("business_name"))
        found |= self._colleagues.changes(row, beside.colleagues.get(known.id))
        return Diff(row, found.get("business_name", ("", known.business_name))[1], code, known, found)

    def _since(self, blocked: bool, on: date | None) -> date | None:
        return (on or self._today) if blocked else None

    def _follow_block(self, found: dict[str, tuple[Any, Any]], known: Any) -> None:
        """The day of a block comes and goes with it, whatever columns the file has beside the block."""
        if "blocked" not in self._columns or self._dump:
            return
        blocked, on = (found.get(name, (None, getattr(known, name)))[1] for name in _BLOCK)
        since = self._since(blocked, on or known.blocked_on)
        found.pop("blocked_on", None)
        if since != known.blocked_on:
            found["blocked_on"] = (known.blocked_on, since)

    def write(self, diffs: Sequence[Diff], run: ImportRun, now: datetime) -> set[int]:
        """Write some differences; the customers touched."""
        if not diffs:
            return set()
        new = [diff for diff in diffs if diff.known is None]
        ids = self._insert(new, now)
        befores.made(run, _CUSTOMERS, ids.values())
        ids |= {id(diff): diff.known.id for diff in diffs if diff.known is not None}
        self._update([diff for diff in diffs if diff.known is not None], run, now)
        if self._groups:
            self._groups.write([(ids[id(diff)], diff) for diff in diffs], run)
        self._contacts.write([(ids[id(diff)], diff) for diff in diffs], run, now)
        self._colleagues.write([(ids[id(diff)], diff) for diff in diffs], run)
        self._hang_on(diffs, ids, run)
        move_items([ids[id(diff)] for diff in diffs if "collected_by" in diff.row.values])
        for diff in diffs:
            self._limits.note(ids[id(diff)], diff)
        told = [(ids[id(diff)], _MADE if diff.known is None else _CHANGED, diff.changes) for diff in diffs]
        self._write_down(told, run, now)
        led = [diff.known for diff in diffs if diff.known is not None and "collected_by" in diff.changes]
        return set(ids.values()) | {known.collected_by_id for known in led if known.collected_by_id is not None}

    def _hang_on(self, diffs: Sequence[Diff], ids: Mapping[int, int], run: ImportRun) -> None:
        """What belongs to them in other tables; pilots that come in the same file wait for its end."""
        for name, each in self._belongings.items():
            told = [diff for diff in diffs if diff.known is None or name in diff.changes]
            each.write({ids[id(diff)]: diff.row.values.get(name) for diff in told}, run)
        for diff in diffs:
            pilot = diff.row.values.get("collected_by")
            if isinstance(pilot, Later) and (diff.known is None or "collected_by" in diff.changes):
                self._led_later[ids[id(diff)]] = pilot

    def finish(self, run: ImportRun, now: datetime) -> set[int]:
        """Lead customers to the pilots that came with them, and give limits to all accounts of a legal entity."""
        shared = self._limits.share(run, now)
        self._write_down([(each, _CHANGED, differing) for each, differing in shared.items()], run, now)
        return {*shared, *self._lead(run)}

    def _lead(self, run: ImportRun) -> set[int]:
        if not self._led_later:
            return set()
        codes, unique_ids = customer_ids(self._entity, alone=self._dump), unique_id_map(self._entity)
        found = {
            each: unique_ids.get(pilot.reference) if pilot.unique else codes.get(pilot.reference)
            for each, pilot in self._led_later.items()
        }
        rows = [{"id": each, "collected_by_id": pilot} for each, pilot in found.items() if pilot not in (None, each)]
        if rows:
            befores.changing(run, _CUSTOMERS, rows)
            db.session.execute(update(Customer), rows)
        move_items(list(self._led_later))
        return set(self._led_later)

    def _insert(self, diffs: Sequence[Diff], now: datetime) -> dict[int, int]:
        """Make the new customers; their ids by difference."""
        if not diffs:
            return {}
        common = defaults(self._entity, now=now).values
        rows = [{**common, **self._values(diff.row, common)} for diff in diffs]
        # Told apart by what they hold: in the order of the rows, SQLite would take a statement for each.
        statement = insert(Customer).returning(Customer.code, Customer.unique_id, Customer.id)
        made = {(code, unique_id): customer_id for code, unique_id, customer_id in db.session.execute(statement, rows)}
        return {id(diff): made[row["code"], row.get("unique_id")] for diff, row in zip(diffs, rows, strict=True)}

    def _values(self, row: PartyRow, common: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of a new customer; an empty cell leaves the default."""
        values: dict[str, Any] = {"draft": False}
        for target, column in self._columns.items():
            value = row.values.get(target)
            if value is None or isinstance(value, Later):
                value = _empty(column) if self._dump else common.get(column, _empty(column))
            values[column] = value
        if "blocked" in values and not self._dump:
            values["blocked_on"] = self._since(values["blocked"], values.get("blocked_on"))
        customs = {target.removeprefix(CUSTOM): row.values.get(target) for target in self._customs}
        values["custom"] = {code: value for code, value in customs.items() if value is not None}
        return values

    def _update(self, diffs: Sequence[Diff], run: ImportRun, now: datetime) -> None:
        rows = []
        for diff in diffs:
            values = {
                self._columns.get(name, name): new
                for name, (_old, new) in diff.changes.items()
                if (name in self._columns or name in ("draft", "blocked_on")) and not isinstance(new, Later)
            }
            customs = {name.removeprefix(CUSTOM): new for name, (_o, new) in diff.changes.items() if is_custom(name)}
            if customs:
                whole = {**diff.known.custom, **customs}
                values["custom"] = {code: value for code, value in whole.items() if value is not None}
            rows.append({"id": diff.known.id, "updated_at": now, **values})
        rows.sort(key=sorted)
        if rows:
            befores.changing(run, _CUSTOMERS, rows)
            db.session.execute(update(Customer), rows)

    def _write_down(self, told: Sequence[tuple[int, str, Changes]], run: ImportRun, now: datetime) -> None:
        """What the file did stands on the customer's timeline, with old and new."""
        history.record_many([
            {
                "entity_id": self._entity.id,
                "customer_id": customer_id,
                "kind": EventKind.IMPORT,
                "text": text,
                "data": {
                    "params": {"file": run.file_name, "fields": ", ".join(differing)},
                    "import_run_id": run.id,
                    "changes": {name: [_plain(old), _plain(new)] for name, (old, new) in differing.items()},
                },
                "actor_id": run.actor_id,
                "at": now,
            }
            for customer_id, text, differing in told
        ])  # fmt: skip


def _empty(column: str) -> Any:
    """What a column holds that nobody filled."""
    default = Customer.__table__.c[column].default
    if default is None:
        return None
    return default.arg if default.is_scalar else {}


def _plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    return [_plain(each) for each in value] if isinstance(value, tuple) else str(value)
