"""What the records of a dump rest on, taken in before them: custom fields, groups, scenarios."""

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import FieldType
from dso.domain.errors import Refused
from dso.domain.formulas import original
from dso.models import CustomField, Entity, Group
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
    made = 0
    for path in sorted(folder.glob("*.json")):
        try:
            data = json.loads(path.read_text("utf-8-sig"))
        except (OSError, ValueError, RecursionError) as error:
            raise Refused("%(file)s is no JSON file: %(reason)s", file=path, reason=error) from error
        name = data.get("name") if isinstance(data, dict) else None
        if isinstance(name, str) and scenario_queries.by_name(entity, name) is not None:
            continue
        scenarios.import_file(entity, data, today=today, now=now)
        made += 1
    return made
