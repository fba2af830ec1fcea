"""Taking an items file in: typed, staged, matched, compared; then, unless the brake stops it, written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from dso.db import data_version, db
from dso.domain.codes import ImportKind, ImportMode
from dso.domain.errors import Refused
from dso.domain.imports.brake import Braked, Effect, FullFile, Stop, stops
from dso.domain.imports.companies import Companies
from dso.domain.imports.fields import CUSTOM
from dso.domain.imports.item_columns import ItemTyper
from dso.domain.imports.item_rows import ItemRules, stage_columns
from dso.domain.imports.item_stage import AMBIGUOUS, Account, Context
from dso.domain.imports.notices import LATEST_BEHIND, PARTLY_BEHIND, is_many
from dso.domain.imports.unconverted import unconverted
from dso.domain.money import UNITS
from dso.models import Customer, Entity, ImportRun
from dso.queries import settings
from dso.queries.rates import rates
from dso.services.imports import custom_values, mappings, notices
from dso.services.imports.companies import companies
from dso.services.imports.comparing import Comparison
from dso.services.imports.difference import Difference
from dso.services.imports.filling import first_filling
from dso.services.imports.known import KnownRows, MetTwice
from dso.services.imports.matching import Matching
from dso.services.imports.options import ImportOptions
from dso.services.imports.preparing import Prepared, decided
from dso.services.imports.report import ImportReport
from dso.services.imports.staging import Stage
from dso.services.imports.writing import Writing

#: Rejected rows a report lists; all are kept with the run.
MOST_LISTED = 100_000
#: What the debits or the credits of a ledger can come to.
_MOST = Decimal(2**63 - 1) / UNITS


@dataclass
class Staged:
    """An items file in the scratch tables."""

    prepared: Prepared
    stage: Stage
    rules: ItemRules
    rows: int
    known: KnownRows
    #: The customers it names, where there are other companies they could be of.
    codes: set[str]
    #: The state of the database it was read in; None where nobody can tell.
    version: tuple[int, int] | None

    def stands(self, entity: Entity, today: date) -> bool:
        """Whether it can be compared with the ledger as it is now.

        It is on the connection its tables are in, means the same customers, and its passed-over rows are still known.
        """
        if not self.stage.stands:
            return False
        nothing_new = self.version is not None and self.version == data_version()
        means_the_same = nothing_new or self._means_the_same(entity, today)
        return means_the_same and self.known.settle(self.stage, nothing_new=nothing_new)

    def _means_the_same(self, entity: Entity, today: date) -> bool:
        """Whether no customer came, went, or moved to another pilot since the rows were typed."""
        now, then = context(entity, self.prepared, today), self.rules.context
        known = {code: account for code, account in then.customers.items() if account.id >= 0}
        return (now.customers, now.by_unique_id) == (known, then.by_unique_id)


def context(entity: Entity, prepared: Prepared, today: date) -> Context:
    """What the typing of rows needs to know of the entity."""
    query = select(
        Customer.code, Customer.unique_id, Customer.id, Customer.collected_by_id, Customer.payment_term
    ).where(Customer.entity_id == entity.id)
    dump = prepared.mapping.dump
    by_code: dict[str, Account] = {}
    by_unique_id: dict[str, Account] = {}
    for code, unique_id, customer_id, pilot_id, term in db.session.execute(query):
        account = Account(customer_id, pilot_id or customer_id, term)
        if unique_id is not None:
            by_unique_id[unique_id] = account
        if unique_id is None or not dump:
            by_code[code] = AMBIGUOUS if code in by_code else account
    customs = mappings.custom_fields(ImportKind.ITEMS, prepared.mapping, prepared.formats)
    # In a dump a code alone is that of the customer without unique identifier.
    known = by_code if dump else {**by_code, **by_unique_id}
    several = companies(entity) if "entity" in prepared.mapping.targets else Companies()
    return Context(entity.currency, today, known, by_unique_id, prepared.mapping.types, customs, several)


def stage(entity: Entity, prepared: Prepared, today: date) -> Staged:
    """Read the whole file into the scratch tables; nothing of the ledger is touched.

    A file of which only the beginning was looked at is read again should its rest speak for another reading.
    """
    staged = _read(entity, prepared, today)
    if prepared.sampled is None:
        return staged
    again = decided(entity, prepared)
    if (again.formats, again.mapping) == (prepared.formats, prepared.mapping):
        staged.prepared = again
        return staged
    staged.stage.drop()
    return _read(entity, again, today)


def _read(entity: Entity, prepared: Prepared, today: date, *, whole: bool = False) -> Staged:
    """Read the file once; `whole` types the rows too that say what they said before."""
    rules = ItemRules(prepared.mapping, prepared.formats, context(entity, prepared, today))
    typer = ItemTyper(rules, prepared.table.headers, prepared.table.rows.separator)
    scratch = Stage(stage_columns(rules))
    scratch.create()
    known = KnownRows(entity, rules, ask=not whole)
    rows, codes = 0, set[str]()
    named = _customer_place(entity, prepared)
    tail = prepared.tail(rules.context.customers)
    with scratch.loading():
        for place, (chunk, lines) in enumerate(tail.left_out(prepared.table.rows)):
            rows += len(chunk)
            columns = typer.turned(chunk)
            if named is not None:
                codes.update(columns[named] if columns else [row[named] for row in chunk if len(row) > named])
            issued = typer.cells(columns, "issued_on") if columns is not None else ()
            fresh, places, prints = known.new_to(chunk, lines, typer.prints(chunk, columns), issued)
            columns = columns if fresh is chunk else None
            if prepared.sampled is not None and place >= prepared.sampled:
                # Rows that were met were read in this very way before: they do not speak for another one.
                prepared.profile.feed(fresh, columns)
            typed = typer.chunk(fresh, places, prints, columns, prepared.table.rows.broken)
            scratch.load(typed.staged)
            scratch.reject(typed.rejects)
    tail.remark(rules.result.remarks)
    scratch.settle()
    names = {code.strip() for code in codes} - {""}
    return Staged(prepared, scratch, rules, rows, known, names, data_version())


def _customer_place(entity: Entity, prepared: Prepared) -> int | None:
    """The column of the customers where they may be another company's; None where a file says whose rows it has."""
    mapping = prepared.mapping
    if mapping.dump or "entity" in mapping.targets or not notices.has_neighbours(entity):
        return None
    places = mapping.places(prepared.table.headers)
    return places.get("customer", places.get("customer_unique_id"))


def compared(entity: Entity, staged: Staged, today: date, *, listed: int) -> tuple["ItemsImport", ImportReport]:
    """The staged file against the ledger as it is now, and what it would change."""
    if not staged.stands(entity, today):
        # Somebody changed the ledger or the customers since, or the pool gave the transaction another connection.
        staged = _again(entity, staged, today)
    work = ItemsImport(entity, staged, today=today)
    with _countable():
        try:
            return work, work.compare(listed=listed)
        except MetTwice:
            work = ItemsImport(entity, _again(entity, staged, today), today=today)
            return work, work.compare(listed=listed)


def _too_much() -> Refused:
    return Refused("The open amounts come to more than can be counted: look for wrong ones in the file.")


@contextmanager
def _countable() -> Iterator[None]:
    """Refused in words when the amounts of the file come to more than a whole number of the database holds."""
    try:
        yield
    except OperationalError as error:
        if "integer overflow" not in str(error.orig):
            raise
        raise _too_much() from error


def _again(entity: Entity, staged: Staged, today: date) -> Staged:
    staged.stage.drop()
    return _read(entity, replace(staged.prepared, sampled=None), today, whole=True)


class ItemsImport:
    """One items file against one ledger."""

    def __init__(self, entity: Entity, staged: Staged, *, today: date) -> None:
        self._entity, self._prepared, self._staged, self._today = entity, staged.prepared, staged, today
        self._comparison = Comparison(staged.stage.rows, staged.rules)
        self._difference = Difference(entity, staged.stage, self._comparison, today)
        self._full = staged.prepared.mapping.mode is ImportMode.STOCK
        self._newest: date | None = None
        self._last: FullFile | None = None

    @property
    def prepared(self) -> Prepared:
        """How the file was read."""
        return self._prepared

    def drop(self) -> None:
        """Remove the scratch tables."""
        self._staged.stage.drop()

    def compare(self, *, listed: int) -> ImportReport:
        """Find the difference and weigh it."""
        staged, result = self._staged, self._staged.rules.result
        Matching(self._entity, staged.stage, staged.rules, self._comparison).run()
        custom_values.merge(staged.stage, [each.removeprefix(CUSTOM) for each in staged.rules.customs])
        mapping = self._prepared.mapping
        report = ImportReport(ImportKind.ITEMS, mapping.mode, self._entity.currency, mapping)
        report.others = result.others
        report.rows, report.rounded = staged.rows - sum(result.others.values()), result.rounded
        report.rejected = staged.stage.rejected()
        # A file of which no row goes in says nothing of what it does not name either.
        self._difference.find(by_absence=self._full and not result.unidentified and not report.nothing_goes_in)
        report.parts = self._difference.parts(listed=listed)
        report.rejects = list(staged.stage.read_rejects(MOST_LISTED))
        report.remarks, report.remark_rows = result.remarks.counts, result.remarks.listed
        report.unidentified = result.unidentified if self._full else 0
        report.created_customers = staged.stage.strangers() if result.created else 0
        self._weigh(report)
        return report

    def _weigh(self, report: ImportReport) -> None:
        """The effect on receivable and overdue, and whether the brake stops it."""
        difference = self._difference
        report.before = difference.before()
        report.after = difference.after(report.before)
        if any(max(each.receivable - each.credits, -each.credits) > _MOST for each in report.after.values()):
            raise _too_much()
        table = rates(self._today)
        report.receivable_before, report.overdue_before = difference.converted(table, report.before, after=False)
        report.receivable_after, report.overdue_after = difference.converted(table, report.after, after=True)
        report.unconverted = unconverted(report.before, report.after, table, self._entity.currency)
        last = self._last = self._last_full()
        effect = Effect(
            full=self._full,
            rows=report.rows,
            before=report.before,
            after=report.after,
            cleared=difference.cleared(),
            recurrencied=difference.recurrencied(),
            last=last,
            unidentified=report.unidentified,
        )
        report.stops = stops(effect, settings.number(self._entity, "import.brake_percent"))
        report.stops += self._notices(report, last)

    def _notices(self, report: ImportReport, last: FullFile | None) -> list[Stop]:
        """What says that it is a file of another company, or of another year."""
        known = {code for code, account in self._staged.rules.context.customers.items() if account.id >= 0}
        found = notices.of_another_entity(self._entity, ImportKind.ITEMS, self._staged.codes, known)
        self._newest = notices.newest_in_file(self._staged.stage, self._staged.known.newest(self._today), self._today)
        opened = sum(each.items for each in report.before.values())
        behind = LATEST_BEHIND if self._full else PARTLY_BEHIND
        if self._full or is_many(report.count("new"), opened):
            before = last.newest if last else None
            found += notices.of_another_year(self._entity, self._newest, before, self._today, behind=behind)
        return found

    def _last_full(self) -> FullFile | None:
        """What the last full file left behind."""
        query = select(ImportRun.measures).where(
            ImportRun.entity_id == self._entity.id,
            ImportRun.kind == ImportKind.ITEMS,
            ImportRun.mode == ImportMode.STOCK,
            ImportRun.undone_at.is_(None),
        )
        measures = db.session.scalars(query.order_by(ImportRun.id.desc()).limit(1)).first()
        return FullFile.from_json(measures) if measures else None

    def write(self, report: ImportReport, run: ImportRun, *, now: datetime) -> Writing:
        """Write the difference; the run is flushed already."""
        left = FullFile(report.rows, report.after, self._newest)
        if report.nothing_goes_in and self._last is not None:
            # It is no measure of the next one.
            left = self._last
        run.measures = left.as_json()
        writing = Writing(self._entity, self._staged.stage, self._comparison, run)
        created = {code: account.id for code, account in self._staged.rules.result.created.items()}
        report.created_customers = writing.create_customers(created, now)
        # Known items first: PostgreSQL plans what is done to them by the ledger it has seen, which may be an empty one.
        writing.change_known(self._difference.changing())
        writing.keep_fingerprints()
        writing.clear_gone()
        with first_filling(report.count("new")):
            inserted = writing.insert_new()
        if inserted != report.count("new"):
            words = "Nothing was taken in: only %(inserted)s of %(count)s new items could be written. Try again."
            raise Refused(words, inserted=inserted, count=report.count("new"))
        # Only a full file of which every row can be told says that nothing else is missing.
        writing.keep_rejects(whole=self._full and not report.unidentified and not report.nothing_goes_in)
        entity = self._entity
        if not report.nothing_goes_in:
            entity.ledger_at = now
            entity.first_import_on = min(entity.first_import_on or self._today, self._today)
        return writing


def refuse_braked(report: ImportReport, options: ImportOptions) -> None:
    """Stop before saving when the brake says so and nobody overrides it."""
    if report.stops and not options.force:
        raise Braked(report.stops)
