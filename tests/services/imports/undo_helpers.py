"""What the tests of taking imports back share: a ledger as text, before and after."""

from typing import Any

from sqlalchemy import select

from dso.db import Base, db
from dso.models import Entity, ImportRun
from dso.services.imports import undo
from tests.factories import NOW, TODAY

#: Set anew by whatever is written, and read by no export; a proof that is gone has the next file read the item.
_ANEW = {"id", "updated_at", "fingerprint"}
_PARTIES = ("customers", "contacts", "groups", "customer_groups", "custom_fields", "rejected_rows")


def dump(entity: Entity) -> list[tuple[str, str]]:
    """Every customer, contact, item, group and own field of the installation, column by column, in a fixed order."""
    db.session.flush()
    db.session.expire_all()
    rows: list[tuple[str, str]] = []
    for name in ("items", *_PARTIES):
        rows += sorted((name, repr(row)) for row in _rows(name))
    fresh = db.session.get_one(Entity, entity.id)
    return [*rows, ("entity", repr((fresh.ledger_at, fresh.first_import_on)))]


def _rows(name: str) -> list[dict[str, Any]]:
    table = Base.metadata.tables[name]
    query = select(*(column for column in table.columns if column.name not in _ANEW))
    if name == "rejected_rows":
        query = select(table.c.line, table.c.number, table.c.import_run_id).where(table.c.pending)
    return [dict(row._mapping) for row in db.session.execute(query)]


def last_run(entity: Entity) -> ImportRun:
    """The last run that is not taken back."""
    return undo.get(entity, None)


def take_back(entity: Entity, **days: Any) -> ImportRun:
    """Take the last import back."""
    run = last_run(entity)
    undo.undo(run, actor=None, **{"today": TODAY, "now": NOW, **days})
    return run


def refused(entity: Entity) -> list[str]:
    """What depends on the last import, in words; nothing may have changed."""
    before = dump(entity)
    try:
        take_back(entity)
    except undo.Depends as error:
        assert dump(entity) == before
        return [each.sentence for each in error.dependents]
    raise AssertionError("it was taken back")
