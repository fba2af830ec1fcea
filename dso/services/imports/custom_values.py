"""Custom fields of items: those a file names are merged into those the item has."""

import json
from collections.abc import Collection

from sqlalchemy import Text, cast, select, update

from dso.db import db
from dso.models import Item
from dso.services.imports.staging import CHANGED, REJECTED, SAME, Stage


def merge(stage: Stage, codes: Collection[str]) -> None:
    """Make the staged values of known items whole, and mark rows that differ in nothing else as changed."""
    rows = stage.rows
    if not codes:
        return
    staged, now = rows.c["custom"], cast(Item.custom, Text)
    query = select(rows.c.line, rows.c.change, now, staged).join(Item, Item.id == rows.c.item_id)
    for line, change, old, new in db.session.execute(query.where(rows.c.change != REJECTED, now != staged)).all():
        before = json.loads(old)
        after = {code: value for code, value in before.items() if code not in codes} | json.loads(new)
        text = old if after == before else json.dumps(after, ensure_ascii=False, sort_keys=True)
        letter = CHANGED if change == SAME and after != before else change
        db.session.execute(update(rows).where(rows.c.line == line).values(custom=text, change=letter))
