"""What was done, read back from a dump into a company in which nothing was done yet: all of it or nothing.

Nothing of it is ever sent: what had left comes back as it left, and what was waiting is nobody's to send from here,
for the installation that wrote the dump may have sent it since.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, exists, func, insert, select, update

from dso.db import db
from dso.domain.codes import ActionState, MessageKind, MessageState
from dso.domain.errors import Refused
from dso.domain.formulas import original
from dso.models import (
    Action,
    ConsumedStep,
    ContactLog,
    Customer,
    Entity,
    Item,
    ItemChange,
    Message,
    Qualification,
    Reply,
    User,
)
from dso.queries.dump_tables import HISTORY, KNOWN, WAITING, History, ItemKey, Names
from dso.services import actions, states
from dso.services.actions.sending import deferred_reviews
from dso.services.disputes import AWAITED
from dso.services.dump import history_rows
from dso.services.dump_cells import Line, parts, value
from dso.services.dump_keys import Keys, item_key, key_of
from dso.services.imports import after
from dso.services.messages import settle
from dso.services.messages.queue import READ_BACK

_UNKNOWN = "waited to leave when the dump was written: whether it left is known where it comes from"


class Past(StrEnum):
    """What a dump says of what was done."""

    NONE = "none"
    NEW = "new"
    KNOWN = "known"


def past(entity: Entity, actor: User, folder: Path) -> Past:
    """Whether a dump holds anything that was done, and whether that is here already.

    Refused when a file is missing, or when other things were done here: two histories cannot be told apart later.
    """
    there = [table for table in HISTORY if (folder / f"{table.file}.csv").is_file()]
    if not there:
        return Past.NONE
    for table in HISTORY:
        if table not in there:
            words = "%(folder)s lacks %(file)s: without it something could be sent a second time."
            raise Refused(words, folder=folder, file=f"{table.file}.csv")
    if not any(True for table in HISTORY for _part in parts(folder / f"{table.file}.csv", table.headers)):
        return Past.NONE
    if not _anything_done(entity):
        return Past.NEW
    if not _is_the_same(entity, actor, folder):
        words = "In %(entity)s something was done already: a dump with a history goes into an empty company."
        raise Refused(words, entity=entity.name)
    return Past.KNOWN


def _anything_done(entity: Entity) -> bool:
    mine = select(Customer.id).where(Customer.entity_id == entity.id)
    found = (
        *(
            exists().where(model.entity_id == entity.id)
            for model in (Qualification, Action, ContactLog, Reply, ItemChange)
        ),
        exists().where(Message.entity_id == entity.id, Message.kind == MessageKind.ACTION),
        exists().where(ConsumedStep.account_id.in_(mine)),
    )
    return any(db.session.scalar(select(each)) for each in found)


def _is_the_same(entity: Entity, actor: User, folder: Path) -> bool:
    """Whether all that was done here is what the dump says."""
    names = Names(actor, entity)
    for table in HISTORY:
        here = history_rows(table, names, actor, entity)
        next(iter(here))
        lines = (line for part in parts(folder / f"{table.file}.csv", table.headers) for line in part)
        if any(not _says(line, row, table.headers) for line, row in zip_longest(lines, here)):
            return False
    return True


def _says(line: Line | None, row: Sequence[str] | None, headers: Sequence[str]) -> bool:
    return line is not None and row is not None and list(line.cells.values()) == [original(cell) for cell in row]


def take_in(entity: Entity, folder: Path, found: Past, *, now: datetime) -> tuple[dict[str, int], list[str]]:
    """Read everything back; how many records of each file, and a sentence for each person who has no account here.

    Customers and items are in already. Of a past that is known only what those files have changed is said again.
    Accounts are reviewed by the caller (`settle_down`).
    """
    states.lock(entity, None)
    keys = Keys(entity, now)
    reading = _Reading(entity, keys, now)
    tables = [table for table in HISTORY if found is Past.NEW or table.model is Customer]
    counts = {table.file: reading.file(table, folder / f"{table.file}.csv") for table in tables}
    reading.fill_later()
    db.session.flush()
    db.session.expire_all()
    return counts, keys.remarks


class _Reading:
    """The files, one after the other."""

    def __init__(self, entity: Entity, keys: Keys, now: datetime) -> None:
        self._entity, self._keys, self._now = entity, keys, now
        self._known = db.session.scalar(select(func.max(Item.id))) or 0
        self._zone = ZoneInfo(entity.timezone)
        #: Table to rows whose pointers are to be filled when all is in.
        self._later: dict[str, list[tuple[History, int, Line]]] = {}

    def file(self, table: History, path: Path) -> int:
        """Read a file, a thousand rows in a statement."""
        count = 0
        for lines in parts(path, table.headers):
            items = self._keys.items(self._named(table, lines))
            rows = [self._row(table, line, items) for line in lines]
            if table.kept:
                _change(table, rows)
            else:
                self._insert(table, lines, rows)
            count += len(lines)
        return count

    def _named(self, table: History, lines: Sequence[Line]) -> Iterator[ItemKey]:
        columns = [part for part in table.parts if part.target == "items"]
        for line in lines:
            yield from (item_key(part, line) for part in columns if line.cells[part.headers[0]])
            if table.model is Message:
                yield from _listed(line, _object(line, "listed"))

    def _row(self, table: History, line: Line, items: dict[ItemKey, int]) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for part in table.parts:
            if part.column.name in table.later:
                row[part.column.name] = None
            elif part.target:
                row[part.column.name] = self._keys.key(part, line, items)
            else:
                row[part.column.name] = value(line, part.column)
        columns = table.table.c
        row |= {"entity_id": self._entity.id} if "entity_id" in columns else {}
        row |= {"updated_at": self._now} if "updated_at" in columns else {}
        if table.model is Action:
            row["basis"] = self._basis(row["basis"], row["leader_id"])
        elif table.model is Message:
            self._message(row, line, items)
        return row

    def _basis(self, basis: dict[str, Any], leader_id: int | None) -> dict[str, Any]:
        """What was known when an agreed credit was waited for is all that is here now."""
        source = basis.get("from")
        if isinstance(source, dict) and len(source.get("trigger") or ()) > 1:
            kind, _leader, *rest = source["trigger"]
            basis["from"] = {**source, "trigger": [kind, leader_id if _leader else 0, *rest]}
        return basis | {KNOWN: str(self._known)} if AWAITED in basis else basis

    def _message(self, row: dict[str, Any], line: Line, items: dict[ItemKey, int]) -> None:
        """A message as it stands here: what waited to leave never leaves from here."""
        if "items" in row["listed"]:
            row["listed"]["items"] = [items[each] for each in _listed(line, row["listed"]) if each in items]
        row["attachments"] = [{**each, "elsewhere": True} for each in row["attachments"]]
        row["claimed_by"] = READ_BACK
        if row["state"] in WAITING:
            row["state"], row["explanation"] = MessageState.UNCERTAIN, _UNKNOWN
            row["left_on"] = row["queued_at"].astimezone(self._zone).date()

    def _insert(self, table: History, lines: Sequence[Line], rows: list[dict[str, Any]]) -> None:
        if not table.number:
            db.session.execute(insert(table.table), rows)
            return
        made = self._keys.made[table.table.name]
        statement = insert(table.table).returning(table.table.c.id, sort_by_parameter_order=True)
        ids = db.session.scalars(statement, rows).all()
        for line, key in zip(lines, ids, strict=True):
            made[_running(line, table, made)] = key
            if any(line.cells[part.headers[0]] for part in table.parts if part.column.name in table.later):
                self._later.setdefault(table.table.name, []).append((table, key, line))

    def fill_later(self) -> None:
        """Point to what came in later: corrected acts, follow-ups, messages that left together."""
        for found in self._later.values():
            table = found[0][0]
            columns = [part for part in table.parts if part.column.name in table.later]
            rows = [
                {"key": key, **{f"to_{part.column.name}": self._keys.key(part, line, {}) for part in columns}}
                for _table, key, line in found
            ]
            values: dict[str, Any] = {part.column.name: bindparam(f"to_{part.column.name}") for part in columns}
            db.session.execute(update(table.table).where(table.table.c.id == bindparam("key")).values(values), rows)


def _running(line: Line, table: History, made: dict[int, int]) -> int:
    found = line.whole(table.number)
    if found in made:
        raise line.refused(table.number)
    return found


def _object(line: Line, column: str) -> dict[str, Any]:
    found: dict[str, Any] = value(line, Message.__table__.c[column])  # type: ignore[arg-type]
    return found


def _listed(line: Line, listed: dict[str, Any]) -> list[ItemKey]:
    found = listed.get("items", [])
    if not isinstance(found, list):
        raise line.refused("listed")
    return [key_of(each, line, "listed") for each in found]


def _change(table: History, rows: list[dict[str, Any]]) -> None:
    """Write what stands on records that are in already."""
    key = table.parts[0].column
    names = [name for name in rows[0] if name not in (key.name, "entity_id", "updated_at")]
    values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in names}
    given = [{"key": row[key.name], **{f"to_{name}": row[name] for name in names}} for row in rows]
    db.session.execute(update(table.table).where(key == bindparam("key")).values(values), given)


def settle_down(entity: Entity, *, today: date, now: datetime) -> None:
    """Let the actions whose messages were on their way end, then decide on every account."""
    after.refresh_statistics()
    query = select(Action).where(Action.entity_id == entity.id, Action.state == ActionState.QUEUED)
    with deferred_reviews():
        for action in db.session.scalars(query.order_by(Action.id)).all():
            settle.conclude(action, today=today, now=now)
    actions.review(entity, None, today=today, now=now)
