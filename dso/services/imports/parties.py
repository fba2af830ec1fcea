"""Taking a file of any kind but items in: read in chunks, compared with what is known, written in bulk."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import insert, select

from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.imports.brake import Stop
from dso.domain.imports.parties import Lookups, PartyRow, PartyRules
from dso.domain.imports.rejects import BREAKS_OFF, TOO_MANY_CELLS, UNKNOWN_ENTITY, Reject
from dso.domain.imports.tables import Chunk
from dso.domain.imports.words import folded
from dso.emails import is_address
from dso.models import Entity, ImportRun, RejectedRow, Scenario, User
from dso.queries.import_names import Names
from dso.services.imports import mappings, notices
from dso.services.imports.companies import companies, ids_by_name
from dso.services.imports.contacts import ContactBook
from dso.services.imports.countries import countries
from dso.services.imports.customers import CustomerBook
from dso.services.imports.difference import shown
from dso.services.imports.options import FOLDER
from dso.services.imports.party_rows import Diff, customer_ids, unique_ids
from dso.services.imports.preparing import Prepared
from dso.services.imports.rates import RateBook
from dso.services.imports.report import Change, ImportReport, Part, Sample
from dso.services.imports.users import UserBook

#: The field that says which customer a row is about.
_NAMED = {ImportKind.CUSTOMERS: "code", ImportKind.CONTACTS: "customer"}


class Book(Protocol):
    """What the kinds do differently."""

    def look_through(self, cells: Mapping[str, str]) -> None:
        """First reading: what stands in the file twice."""
        ...

    def compare(self, rows: Sequence[PartyRow]) -> tuple[list[Diff], list[Reject]]:
        """What rows would do."""
        ...

    def held_back(self) -> list[PartyRow]:
        """Rows kept until the whole file was read."""
        ...

    def write(self, diffs: Sequence[Diff], run: ImportRun, now: datetime) -> set[int]:
        """Write some differences; the customers touched."""
        ...

    def finish(self, run: ImportRun, now: datetime) -> set[int]:
        """After the last row: what could only be written once all of them were in; the customers touched."""
        ...


def _book(entity: Entity, rules: PartyRules, actor: User | None, today: date, source: str) -> Book:
    makers: dict[ImportKind, Callable[[], Book]] = {
        ImportKind.CUSTOMERS: lambda: CustomerBook(entity, rules, today),
        ImportKind.CONTACTS: lambda: ContactBook(entity, rules),
        ImportKind.USERS: lambda: UserBook(rules, actor, by_nobody=source == FOLDER),
        ImportKind.RATES: lambda: RateBook(entity, rules),
    }
    return makers[rules.kind]()


class PartiesImport:
    """One file against what is known."""

    def __init__(
        self,
        entity: Entity,
        prepared: Prepared,
        *,
        today: date,
        now: datetime,
        actor: User | None = None,
        source: str = "",
    ) -> None:
        self._entity, self._prepared, self._today, self._now = entity, prepared, today, now
        mapping = prepared.mapping
        self._rules = PartyRules(prepared.kind, mapping, prepared.formats, _lookups(entity, prepared), entity.currency)
        self._places, self._tail = mapping.places(prepared.table.headers), prepared.tail()
        self._report = ImportReport(prepared.kind, None, entity.currency, mapping)
        self._companies = companies(entity) if "entity" in mapping.targets else None
        self._book = _book(entity, self._rules, actor, today, source)
        #: The first differences of each part, which a preview lists.
        self._listed: dict[str, list[Diff]] = {}

    def notices(self) -> list[Stop]:
        """What says that it is a file of another company."""
        target = _NAMED.get(self._prepared.kind, "")
        place = self._places.get(target, self._places.get(f"{target}_unique_id"))
        mapping = self._prepared.mapping
        if place is None or mapping.dump or self._companies is not None or not notices.has_neighbours(self._entity):
            return []
        codes = {row[place].strip() for rows, _ in self._chunks() for row in rows if len(row) > place}
        known = self._rules.lookups.customers
        return notices.of_another_entity(self._entity, self._prepared.kind, codes - {""}, known)

    def compare(self, *, listed: int) -> ImportReport:
        """What the file would do; nothing is written."""
        for diffs, _rejects in self._differences():
            self._count(diffs, listed)
        return self._done()

    def write(self, run: ImportRun) -> tuple[ImportReport, set[int]]:
        """Write what the file says; the report, and the customers touched."""
        touched: set[int] = set()
        for diffs, rejected in self._differences():
            self._count(diffs, 0)
            touched |= self._book.write([diff for diff in diffs if diff.part != "unchanged"], run, self._now)
            _keep_rejects(rejected, run)
        return self._done(), touched | self._book.finish(run, self._now)

    def _done(self) -> ImportReport:
        report = self._report
        for name, samples in _samples(self._listed, self._entity.currency).items():
            report.parts[name] = replace(report.parts[name], samples=samples)
        report.rows = self._prepared.profile.rows - sum(report.others.values())
        report.rounded = self._rules.rounded
        self._tail.remark(self._rules.remarks)
        report.remarks, report.remark_rows = self._rules.remarks.counts, self._rules.remarks.listed
        report.rejected = len(report.rejects)
        for rows in (report.rejects, report.remark_rows):
            rows.sort(key=lambda each: each.line)
        return report

    def _count(self, diffs: Sequence[Diff], listed: int) -> None:
        for diff in diffs:
            part = self._report.parts.get(diff.part, Part())
            self._report.parts[diff.part] = Part(part.count + 1)
            kept = self._listed.setdefault(diff.part, [])
            if len(kept) < listed and diff.part != "unchanged":
                kept.append(diff)

    def _differences(self) -> Iterator[tuple[list[Diff], list[Reject]]]:
        for rows, lines in self._chunks():
            for row, line in zip(rows, lines, strict=True):
                cells = self._cells(row)
                if self._own(cells) and not self._breaks_off(line):
                    self._book.look_through(cells)
        for chunk in self._chunks():
            read, rejected = self._read(chunk)
            yield self._compared(read, rejected)
        yield self._compared(self._book.held_back(), [])

    def _chunks(self) -> Iterator[Chunk]:
        """The rows of the file but its totals and footers."""
        return self._tail.left_out(self._prepared.table.rows)

    def _compared(self, rows: Sequence[PartyRow], rejected: list[Reject]) -> tuple[list[Diff], list[Reject]]:
        diffs, more = self._book.compare(rows)
        rejected = [*rejected, *more]
        self._report.rejects += rejected
        return diffs, rejected

    def _read(self, chunk: Chunk) -> tuple[list[PartyRow], list[Reject]]:
        width = len(self._prepared.table.headers)
        rows, rejected = [], []
        for row, line in zip(*chunk, strict=True):
            if self._breaks_off(line):
                rejected.append(Reject(line, "", row[-1].strip(), BREAKS_OFF))
                continue
            if len(row) > width and any(cell.strip() for cell in row[width:]):
                params = {"cells": str(len(row)), "headers": str(width)}
                rejected.append(Reject(line, "", row[-1].strip(), TOO_MANY_CELLS, params))
                continue
            cells = self._cells(row)
            own = self._own(cells)
            if own is False:
                self._report.others[cells["entity"].strip()] += 1
                continue
            found = self._rules.read(line, cells) if own else self._of_nobody(line, cells)
            if isinstance(found, Reject):
                rejected.append(found)
            else:
                rows.append(found)
        return rows, rejected

    def _breaks_off(self, line: int) -> bool:
        """Whether the file was cut off in this row: what it still says may be half a word."""
        return line == self._prepared.table.rows.broken

    def _own(self, cells: Mapping[str, str]) -> bool | None:
        """Whether a row is of the company imported into; None when it names one there is not."""
        return True if self._companies is None else self._companies.own(cells.get("entity", "").strip())

    def _of_nobody(self, line: int, cells: Mapping[str, str]) -> Reject:
        name = cells["entity"].strip()[:80]
        return Reject(line, self._rules.column("entity"), name, UNKNOWN_ENTITY, {"name": name})

    def _cells(self, row: Sequence[str]) -> dict[str, str]:
        return self._prepared.mapping.cells(row, self._places)


def _samples(listed: Mapping[str, Sequence[Diff]], currency: str) -> dict[str, list[Sample]]:
    """The records a preview lists, with names in the place of keys."""
    known = [diff for diffs in listed.values() for diff in diffs if diff.known is not None]
    names = Names((name, value) for diff in known for name, pair in diff.changes.items() for value in pair)

    def told(diff: Diff) -> Sequence[Change]:
        if diff.known is None:
            return ()
        found = (
            (name, [shown(names.of(name, each), currency) for each in pair]) for name, pair in diff.changes.items()
        )
        return [Change(name, old, new) for name, (old, new) in found]

    return {
        part: [Sample(each.row.line, each.name, each.customer, changes=told(each)) for each in diffs]
        for part, diffs in listed.items()
    }


def _lookups(entity: Entity, prepared: Prepared) -> Lookups:
    users = db.session.execute(select(User.email, User.id))
    scenarios = select(Scenario.name, Scenario.id).where(
        Scenario.entity_id == entity.id, Scenario.library.is_(False), Scenario.archived_at.is_(None)
    )
    return Lookups(
        countries=countries(),
        users={email.lower(): user_id for email, user_id in users},
        scenarios={folded(name): scenario_id for name, scenario_id in db.session.execute(scenarios)},
        customers=customer_ids(entity, alone=prepared.mapping.dump),
        unique_ids=unique_ids(entity),
        entities=ids_by_name() if prepared.kind is ImportKind.USERS else {},
        is_address=is_address,
        custom_fields=mappings.custom_fields(prepared.kind, prepared.mapping, prepared.formats),
    )


def _keep_rejects(rejected: Sequence[Reject], run: ImportRun) -> None:
    rows = [
        {
            "import_run_id": run.id, "line": each.line, "column": each.column[:200], "value": each.value[:500],
            "reason": each.reason, "params": dict(each.params), "customer_id": None, "number": "", "pending": False,
        }
        for each in rejected
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(RejectedRow), rows)
