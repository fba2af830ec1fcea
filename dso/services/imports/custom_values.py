"""Custom fields of items: those a file names are merged into those the item has."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Text, bindparam, cast, select, update

from dso.db import db
from dso.models import Item
from dso.services.imports.staging import CHANGED, REJECTED, SAME, Stage

#: Rows held in memory at a time.
_BATCH = 5_000


def merge(stage: Stage, codes: Collection[str]) -> None:
    """Make the staged values of known items whole, and mark rows that differ in nothing else as changed."""
    rows = stage.rows
    if not codes:
        return
    staged, now = rows.c["custom"], cast(Item.custom, Text)
    query = select(rows.c.line, rows.c.change, now, staged, rows.c["custom_kept"]).join(Item, Item.id == rows.c.item_id)
    query = query.where(rows.c.change != REJECTED, now != staged).order_by(rows.c.line).limit(_BATCH)
    # Names no column has: an UPDATE would take those for values to set.
    write = update(rows).where(rows.c.line == bindparam("the_line"))
    write = write.values(custom=bindparam("whole"), change=bindparam("letter"))
    done = 0
    while found := db.session.execute(query.where(rows.c.line > done)).all():
        stage.connection.execute(write, [_merged(codes, *row) for row in found])
        done = found[-1].line


def _merged(codes: Collection[str], line: int, change: str, old: str, new: str, kept: str | None) -> dict[str, Any]:
    """What a row's custom fields and its outcome become; those of `kept` stay as they are."""
    if kept:
        codes = set(codes) - set(json.loads(kept))
    before = json.loads(old)
    after = {code: value for code, value in before.items() if code not in codes} | json.loads(new)
    text = old if after == before else json.dumps(after, ensure_ascii=False, sort_keys=True)
    return {"the_line": line, "whole": text, "letter": CHANGED if change == SAME and after != before else change}
