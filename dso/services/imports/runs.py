"""The record of a file taken in, with the file itself."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.imports.rejects import Reject
from dso.models import Entity, ImportRun, User
from dso.services import files
from dso.services.imports.options import ImportOptions
from dso.services.imports.preparing import Prepared
from dso.services.imports.report import ImportReport

#: Remarks kept one by one; all are counted.
_MOST_REMARKS = 200


def begin(
    entity: Entity, prepared: Prepared, options: ImportOptions, *, actor: User | None, today: date, now: datetime
) -> ImportRun:
    """The run, flushed, so that what it changes can name it; the original file is kept."""
    run = ImportRun(
        entity_id=entity.id,
        kind=prepared.kind,
        mode=prepared.mapping.mode if prepared.kind is ImportKind.ITEMS else None,
        on=today,
        at=now,
        actor_id=actor.id if actor else None,
        file_name=(options.file_name or prepared.path.name)[:255],
        sha256=prepared.table.sha256,
        stored_as=options.stored_as or _kept(prepared.path),
        source=options.source[:120],
    )
    db.session.add(run)
    db.session.flush()
    return run


def _kept(path: Path) -> str:
    with path.open("rb") as file:
        return files.keep(file)


def end(run: ImportRun, report: ImportReport) -> None:
    """Write the counts down."""
    run.counts = {
        **report.counts(),
        "created_customers": report.created_customers,
        "unidentified": report.unidentified,
        "remarks": dict(report.remarks),
        "receivable_before": f"{report.receivable_before:f}",
        "receivable_after": f"{report.receivable_after:f}",
        "overdue_before": f"{report.overdue_before:f}",
        "overdue_after": f"{report.overdue_after:f}",
    }
    run.options = {
        "mapping": report.mapping.as_json(),
        "remarks": [_plain(each) for each in report.remark_rows[:_MOST_REMARKS]],
    }
    report.run_id = run.id
    db.session.flush()


def _plain(remark: Reject) -> dict[str, Any]:
    return {
        "line": remark.line,
        "column": remark.column,
        "value": remark.value,
        "reason": remark.reason,
        "params": dict(remark.params),
    }
