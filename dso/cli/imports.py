"""`dso import`, `dso undo-import` and `dso list imports`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from dso import db as database
from dso.cli import cli, listing
from dso.cli.common import ID, Acting, emit, shared_options
from dso.db import db
from dso.domain.codes import ImportKind, ImportMode, ItemType
from dso.domain.errors import Refused
from dso.domain.imports.brake import Braked
from dso.domain.imports.dates import DayOrder
from dso.domain.imports.erp_types import named
from dso.domain.imports.rejects import UNKNOWN_TYPE, Reject, counted
from dso.domain.imports.unconverted import Unconverted
from dso.domain.permissions import Capability
from dso.queries import imports as queries
from dso.queries.import_dependents import Dependent
from dso.services import dump_reading, imports
from dso.services.imports import ImportOptions, ImportReport, undo
from dso.services.imports.report import PARTS

REJECTED, BRAKED = 2, 3
#: A folder of files instead of one.
DUMP = "dump"
_MARKS = {"comma": ",", "point": "."}
#: Characters of a cell that are printed for a person.
_MOST_PRINTED = 80
#: How a single file is read.
_OF_FILES = frozenset(
    "mode mapping_name columns types constants unsigned day_order decimal create_customers sheet encoding".split()
)


@dataclass(frozen=True)
class Pair:
    """Two words joined by an equals sign."""

    left: str
    right: str


class PairOf(click.ParamType[Any]):
    """`left=right`; the last equals sign divides."""

    def __init__(self, name: str) -> None:
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Pair:
        """Text to pair."""
        if isinstance(value, Pair):
            return value
        left, sign, right = str(value).rpartition("=")
        if not sign or not left.strip():
            self.fail(f'"{value}" has to be {self.name}', param, ctx)
        return Pair(left.strip(), right.strip())


class TypePair(PairOf):
    """`FC=FAC`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Pair:
        """Text to pair; the right side has to be an internal type."""
        pair = super().convert(value, param, ctx)
        if named(pair.right) is None:
            self.fail(f'"{pair.right}" is none of {", ".join(kind.value for kind in ItemType)}', param, ctx)
        return pair


def _reading_first(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command begins by reading: on SQLite nobody waits while a long file is read (`begin_writing` ends it)."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        token = database.may_write.set(False)
        try:
            return command(*args, **kwargs)
        finally:
            database.may_write.reset(token)

    return run


def _begin_writing() -> None:
    db.session.commit()
    database.may_write.set(True)


def _where_and_why(row: Reject) -> str:
    """Column and value, as far as there are any, and the reason; cells of a thousand letters are shortened."""
    value = [repr(_shortened(row.value))] if row.column or row.value else []
    where = " ".join(filter(None, [_shortened(row.column), *value]))
    reason = row.reason % {name: _shortened(text) for name, text in row.params.items()} if row.params else row.reason
    return f"{', ' if where else ''}{where}: {reason}"


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST_PRINTED else f"{text[: _MOST_PRINTED - 1]}…"


def _words(report: ImportReport, file: str) -> str:
    """The result for a person; every sentence on a row names the file and the line."""
    parts = [f"{report.count(part)} {part}" for part in PARTS if report.count(part)]
    lines = [
        f"{report.rows} row{'' if report.rows == 1 else 's'}: {', '.join([*parts, f'{report.rejected} rejected'])}."
    ]
    if report.rounded:
        amounts = "1 amount" if report.rounded == 1 else f"{report.rounded} amounts"
        lines.append(f"{amounts} rounded to the decimals of the currency.")
    lines += [_not_converted(each) for each in report.unconverted]
    if report.others:
        named = ", ".join(f"{name} {count}" for name, count in report.others.items())
        lines.append(f"Rows of other entities left out: {sum(report.others.values())} ({named}).")
    if report.created_customers:
        lines.append(f"Customers made as drafts: {report.created_customers}.")
    if report.unidentified:
        rows = "1 rejected row leaves" if report.unidentified == 1 else f"{report.unidentified} rejected rows leave"
        lines.append(f"Nothing was cleared by absence: {rows} open which items are missing.")
    lines += [f"{count} remark{'' if count == 1 else 's'}: {said}." for said, count in counted(report.remarks).items()]
    lines += [f"{file}, remark on line {each.line}{_where_and_why(each)}." for each in report.remark_rows[:20]]
    if (remarks := sum(report.remarks.values())) > 20:
        lines.append(f"… and {remarks - 20} more remarks.")
    lines += [f"{file}, line {each.line} rejected{_where_and_why(each)}." for each in report.rejects[:50]]
    if report.rejected > 50:
        lines.append(f"… and {report.rejected - 50} more rejected rows.")
    if held := next((each for each in report.rejects if each.reason == UNKNOWN_TYPE), None):
        lines.append(f"Types of the ERP are matched with --type {held.params['code']}=FAC and so on.")
    return "\n".join(lines)


def _not_converted(each: Unconverted) -> str:
    """What is in no figure of the company's currency, in the words of the pages."""
    told, currency = each.as_json(), each.currency
    receivable = f"Receivable {told['receivable_before']} → {told['receivable_after']} {currency}"
    overdue = f"overdue {told['overdue_before']} → {told['overdue_after']} {currency}"
    words = f"are not in the company's figures: there is no exchange rate for {currency} on the day of the import."
    return f"{receivable}, {overdue} {words}"


@cli.command("import")
@click.argument("kind", type=click.Choice([*(kind.value for kind in imports.KINDS), DUMP]))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mode", type=click.Choice([mode.value for mode in ImportMode]),
              help="Items: stock = every open item is in the file, delta = some are (default: delta).")  # fmt: skip
@click.option("--mapping", "mapping_name", default="", metavar="NAME", help="A mapping kept under this name.")
@click.option("--map", "columns", multiple=True, type=PairOf("HEADER=FIELD"), metavar="HEADER=FIELD",
              help="What a column means; an empty field leaves it out.")  # fmt: skip
@click.option("--type", "types", multiple=True, type=TypePair("ERPTYPE=TYPE"), metavar="FC=FAC",
              help="What an ERP type means.")  # fmt: skip
@click.option("--constant", "constants", multiple=True, type=PairOf("FIELD=VALUE"), metavar="FIELD=VALUE",
              help="A value every row has.")  # fmt: skip
@click.option("--unsigned", is_flag=True, default=None, help="Amounts have no sign: each gets that of its type.")
@click.option(
    "--day-order",
    type=click.Choice([order.value for order in DayOrder]),
    help="Order of day and month where the file leaves it open.",
)
@click.option("--decimal", type=click.Choice(list(_MARKS)), help="Decimal mark where the file leaves it open.")
@click.option("--create-customers", is_flag=True, default=None, help="Make unknown customers as drafts.")
@click.option("--sheet", default="", metavar="NAME", help="The sheet of a workbook.")
@click.option("--encoding", default="", metavar="NAME", help="Encoding of a text file.")
@click.option("--dry-run", is_flag=True, help="Say what it would do and change nothing.")
@click.option("--force", is_flag=True, help="Go in although the brake stops.")
@_reading_first
@shared_options(day=True)
def import_file(do: Acting, as_json: bool, kind: str, file: Path, dry_run: bool, **said: Any) -> int:
    """Take a file in: customers, contacts, items, users or rates; or a whole folder that dso export wrote (dump).

    Exit codes: 0 all in, 2 some rows rejected, 3 stopped by the brake, 1 unreadable, 64 wrong words.
    """
    do.need(Capability.DATA_IMPORT)
    if said["mode"] == ImportMode.STOCK and kind not in (ImportKind.ITEMS, DUMP):
        raise click.UsageError("--mode stock goes with items: a file of any other kind clears nothing by absence.")
    try:
        if kind == DUMP:
            return _dump(do, as_json, file, dry_run=dry_run, force=said["force"])
        return _one_file(do, as_json, ImportKind(kind), file, dry_run=dry_run, **said)
    except Braked as stop:
        db.session.rollback()
        click.echo(f"dso: {stop}", err=True)
        return BRAKED


def _one_file(do: Acting, as_json: bool, kind: ImportKind, file: Path, *, dry_run: bool, **said: Any) -> int:
    if not file.is_file():
        raise Refused('There is no file "%(file)s".', file=str(file))
    options = _options(file, **said)
    work = imports.preview if dry_run else imports.run_import
    report = work(do.entity, kind, file, options, actor=do.actor, today=do.today, now=do.now)
    emit(report.as_json(), as_json, _words(report, file.name))
    return _exit_code(report, options)


def _dump(do: Acting, as_json: bool, folder: Path, *, dry_run: bool, force: bool) -> int:
    """All of a folder, or nothing of it."""
    do.need(Capability.SETTINGS_EDIT)
    _refuse_words_of_files()
    if dry_run:
        raise Refused("A dump is tried file by file: dso import customers %(folder)s/customers.csv", folder=folder)
    _begin_writing()
    found = dump_reading.read_back(do.entity, do.actor, folder, force=force, today=do.today, now=do.now)
    said = [f"{folder}: {', '.join(f'{count} {name}' for name, count in found.counts.items())} made."]
    said += [f"{kind}: {_words(report, f'{kind}.csv')}" for kind, report in found.reports.items()]
    emit(found.as_json(), as_json, "\n".join([*said, *(f"{each}." for each in found.remarks[:50])]))
    return REJECTED if found.rejected else 0


def _refuse_words_of_files() -> None:
    """Wrong words: a dump says itself how it is read, and a word passed over lies."""
    context = click.get_current_context()
    for each in context.command.params:
        said = context.get_parameter_source(each.name or "") is ParameterSource.COMMANDLINE
        if said and each.name in _OF_FILES:
            raise click.UsageError(f"A dump says itself how it is read: leave {each.opts[0]} out.")


def _exit_code(report: ImportReport, options: ImportOptions) -> int:
    if report.stops and not options.force:
        click.echo(f"dso: {Braked(report.stops)}", err=True)
        return BRAKED
    return REJECTED if report.rejected else 0


def _options(file: Path, **said: Any) -> ImportOptions:
    return ImportOptions(
        file_name=file.name,
        mode=ImportMode(said["mode"]) if said["mode"] else None,
        mapping_name=said["mapping_name"],
        columns={pair.left: pair.right for pair in said["columns"]},
        types={pair.left: ItemType(pair.right.upper()) for pair in said["types"]},
        constants={pair.left: pair.right for pair in said["constants"]},
        unsigned=said["unsigned"],
        day_order=DayOrder(said["day_order"]) if said["day_order"] else None,
        decimal=_MARKS.get(said["decimal"] or "", ""),
        create_customers=said["create_customers"],
        sheet=said["sheet"],
        encoding=said["encoding"],
        force=said["force"],
        source="cli",
        begin_writing=_begin_writing,
    )


@cli.command("undo-import")
@click.option("--run", "run_id", type=ID, metavar="ID", help="The import (default: the last one not taken back).")
@shared_options(day=True)
def undo_import(do: Acting, as_json: bool, run_id: int | None) -> int:
    """Take the last import back: every record it touched returns to how it stood before.

    Refused (exit code 1) with the list of what depends on it: messages sent, later imports, statuses, replies, changes.
    """
    do.need(Capability.DATA_IMPORT)
    run = undo.get(do.entity, run_id)
    answer: dict[str, Any] = {"run": run.id, "kind": run.kind, "file": run.file_name}
    try:
        undo.undo(run, actor=do.actor, today=do.today, now=do.now)
    except undo.Depends as error:
        found = [_dependent(each) for each in error.dependents]
        db.session.rollback()
        lines = "\n".join(" ".join(filter(None, [each["at"], each["customer"], each["text"]])) for each in found)
        emit({**answer, "undone_at": None, "dependents": found}, as_json, lines)
        click.echo(f"dso: {error}", err=True)
        return 1
    emit({**answer, "undone_at": do.now.isoformat(), "dependents": []}, as_json, f"{answer['file']} taken back.")
    return 0


def _dependent(each: Dependent) -> dict[str, Any]:
    at = each.at.isoformat() if each.at else None
    return {"text": each.sentence, "customer": each.customer or None, "by": each.by or None, "at": at}


@listing.command("imports")
@click.option("--customer", "code", metavar="CODE", help="Only files that made or changed items of this customer.")
@shared_options(reads=True)
def list_imports(do: Acting, as_json: bool, code: str | None) -> None:
    """Files taken in, the latest first."""
    do.need(Capability.DATA_IMPORT)
    customer_id = do.customer(code).id if code else None
    emit([_shape(row) for row in queries.history(do.entity, customer_id=customer_id)], as_json)


def _shape(row: queries.RunRow) -> dict[str, Any]:
    counts = {name: row.count(name) for name in ("rows", *PARTS, "rounded", "rejected")}
    return {
        "id": row.id,
        "kind": row.kind,
        "mode": row.mode,
        "on": row.on,
        "at": row.at.isoformat(),
        "by": row.by,
        "file": row.file,
        "source": row.source,
        **counts,
        "undone_at": row.undone_at.isoformat() if row.undone_at else None,
        "undone_by": row.undone_by or None,
    }
