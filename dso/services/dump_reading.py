"""A whole dump read back, all of it or nothing: what records rest on, the records, what was done with them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.errors import Refused
from dso.models import Entity, ImportRun, User
from dso.queries.imports import WITH_HISTORY
from dso.services import actions, dump_basis, dump_history, imports
from dso.services.dump_history import Past
from dso.services.imports import ImportOptions, ImportReport

#: In this order: collectors and colleagues before the customers that name them.
_KINDS = (ImportKind.USERS, ImportKind.CUSTOMERS, ImportKind.CONTACTS, ImportKind.ITEMS)


@dataclass
class ReadBack:
    """What came in."""

    #: Custom fields, groups, scenarios made; records of what was done, by file.
    counts: dict[str, int] = field(default_factory=dict)
    reports: dict[str, ImportReport] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """Rows that did not go in."""
        return sum(report.rejected for report in self.reports.values())

    def as_json(self) -> dict[str, Any]:
        """Counts by file, and the sentences on what was left out."""
        reports = {kind: report.as_json() for kind, report in self.reports.items()}
        return {**self.counts, **reports, "remarks": self.remarks}


def read_back(entity: Entity, actor: User, folder: Path, *, force: bool, today: date, now: datetime) -> ReadBack:
    """Take in what `dump.write` wrote. Refused in words with file and line, and then nothing is in.

    With a history nobody is reviewed before it is there: whoever was written to would seem new. Without one each file
    is followed by what follows every import.
    """
    if not (folder / "customers.csv").is_file():
        raise Refused("%(folder)s is no folder that dso export wrote.", folder=folder)
    company = dump_basis.company(entity, folder / "company.csv")
    past = dump_history.past(entity, actor, folder)
    last = db.session.scalar(select(func.max(ImportRun.id))) or 0
    had_ledger_at = entity.ledger_at
    found = ReadBack(dump_basis.take_in(entity, folder, today=today, now=now))
    for kind in _KINDS:
        path = folder / f"{kind.value}.csv"
        if path.is_file() and not dump_basis.is_empty(path):
            options = ImportOptions(file_name=path.name, force=force, review=past is Past.NONE)
            report = imports.run_import(entity, kind, path, options, actor=actor, today=today, now=now)
            found.reports[kind.value] = report
            if kind is not ImportKind.USERS:
                _all_in(report, path.name)
    dump_basis.settle(entity, company, had_ledger_at)
    actions.refuse_earlier(entity, today)
    if past is not Past.NONE:
        counts, found.remarks = dump_history.take_in(entity, folder, past, now=now)
        found.counts |= counts
        dump_history.settle_down(entity, today=today, now=now)
        mine = (ImportRun.entity_id == entity.id, ImportRun.id > last)
        db.session.execute(update(ImportRun).where(*mine).values(source=WITH_HISTORY))
    return found


def _all_in(report: ImportReport, name: str) -> None:
    """Refused with the first row that did not go in: what is not there can have no past."""
    for each in report.rejects[:1]:
        where = f"{each.line}, {each.column}" if each.column else str(each.line)
        raise Refused(
            "%(file)s, line %(where)s: %(reason)s. Nothing was taken in.", file=name, where=where, reason=str(each)
        )
