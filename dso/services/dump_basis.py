"""What the records of a dump rest on, taken in before them: custom fields, groups, scenarios."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import FieldType
from dso.domain.errors import Refused
from dso.domain.formulas import original
from dso.models import Customer, CustomField, Entity, Group
from dso.queries import scenarios as scenario_queries
from dso.services import scenarios
from dso.services.custom_fields import SUBJECTS


def take_in(entity: Entity, folder: Path, *, today: date, now: datetime) -> dict[str, int]:
    """Make the custom fields, groups and scenarios nobody knows yet; how many of each. Known ones stay as they are."""
    return {
        "custom_fields": _custom_fields(folder / "custom_fields.csv"),
        "groups": _groups(entity, folder / "groups.csv"),
        "scenarios": _scenarios(entity, folder / "scenarios", today, now),
    }


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a file of the dump; none when it is not there. Refused when it is no table."""
    if not path.is_file():
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                yield {name: original(value or "") for name, value in row.items() if isinstance(name, str)}
    except (UnicodeError, csv.Error) as error:
        raise Refused("%(file)s cannot be read: %(reason)s", file=path, reason=error) from error


def company(entity: Entity, path: Path) -> dict[str, Any]:
    """When the ledger of the dump was taken in and when its last day was worked; Refused for another currency."""
    row = next(_rows(path), None)
    if row is None:
        return {}
    if row.get("currency") != entity.currency:
        words = "The dump is of a company in %(other)s, %(entity)s is in %(own)s: they have to be the same."
        raise Refused(words, other=row.get("currency", ""), entity=entity.name, own=entity.currency)
    try:
        at, on = row.get("ledger_at"), row.get("last_run_on")
        return {
            "ledger_at": datetime.fromisoformat(at).astimezone(UTC) if at else None,
            "last_run_on": date.fromisoformat(on) if on else None,
        }
    except ValueError as error:
        raise Refused("%(file)s cannot be read: %(reason)s", file=path, reason=error) from error


def settle(entity: Entity, found: dict[str, Any], had_ledger_at: datetime | None) -> None:
    """A ledger is as old as it was when it was written: reading it back makes nothing of it newer."""
    if found.get("ledger_at") is not None:
        entity.ledger_at = max(found["ledger_at"], had_ledger_at or found["ledger_at"])
    if found.get("last_run_on") is not None:
        entity.last_run_on = max(found["last_run_on"], entity.last_run_on or date.min)
    db.session.flush()


def is_empty(path: Path) -> bool:
    """Whether a file of the dump holds no records."""
    return next(_rows(path), None) is None


def _custom_fields(path: Path) -> int:
    known = {(each.subject, each.code) for each in db.session.scalars(select(CustomField))}
    made = [row for row in _rows(path) if (row.get("subject", ""), row.get("code", "")) not in known]
    for row in made:
        db.session.add(_definition(path, row))
    db.session.flush()
    return len(made)


def _definition(path: Path, row: dict[str, str]) -> CustomField:
    try:
        if row["subject"] not in SUBJECTS or not 0 < len(row["code"]) <= 60:
            raise ValueError(row)
        return CustomField(
            subject=row["subject"],
            code=row["code"],
            label=row["label"][:100] or row["code"],
            type=FieldType(row["type"]),
            choices=[str(each) for each in json.loads(row["choices"] or "[]")],
            position=int(row["position"]),
        )
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        words = '%(file)s holds a custom field that cannot be made: "%(code)s".'
        raise Refused(words, file=path, code=row.get("code", "")) from error


def _groups(entity: Entity, path: Path) -> int:
    known = set(db.session.scalars(select(Group.name).where(Group.entity_id == entity.id)))
    names = {row.get("name", "").strip()[:100] for row in _rows(path)} - known - {""}
    db.session.add_all(Group(entity_id=entity.id, name=name) for name in sorted(names))
    db.session.flush()
    return len(names)


def _scenarios(entity: Entity, folder: Path, today: date, now: datetime) -> int:
    """Scenarios of the dump: in a company without customers in the place of what `dso init` put there.

    Elsewhere those of the same name stay as they are.
    """
    empty = db.session.scalar(select(Customer.id).where(Customer.entity_id == entity.id).limit(1)) is None
    made, names = 0, set()
    for path in sorted(folder.glob("*.json")):
        data = _decoded(path)
        name = data.get("name") if isinstance(data, dict) else None
        known = scenario_queries.by_name(entity, name) if isinstance(name, str) else None
        names.add(name)
        if known is not None and (not empty or scenarios.export(known) == data):
            continue
        scenarios.import_file(entity, data, today=today, now=now)
        made += 1
    if empty and names:
        scenarios.archive_shipped(entity, names, now=now)
    return made


def _decoded(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise Refused("%(file)s is no JSON file: %(reason)s", file=path, reason=error) from error
