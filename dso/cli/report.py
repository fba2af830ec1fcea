"""`dso report`: figures as at any day."""

from datetime import date

import click

from dso.cli import cli
from dso.cli.common import DAY, Acting, emit, shared_options, table
from dso.domain.money import plain
from dso.domain.permissions import Capability
from dso.queries import shapes
from dso.queries.reports.aging import Aging, aging
from dso.services import exports
from dso.services.reports import aging_table


@cli.group()
def report() -> None:
    """Print a report as at a day."""


_FORMATS = click.Choice(("json", "csv", "xlsx"))


@report.command("aging")
@click.option("--as-of", "as_of", type=DAY, help="The day (default: today).")
@click.option("--format", "form", type=_FORMATS, help="How it is written.")
@shared_options(day=True, reads=True)
def aging_report(do: Acting, as_json: bool, as_of: date | None, form: str | None) -> None:
    """The aging balance per customer, in the company's currency."""
    do.need(Capability.REPORTS_SEE)
    found = aging(do.actor, do.entity, as_of=as_of or do.today, today=do.today)
    if form in ("csv", "xlsx"):
        rows = aging_table(found)
        click.echo(exports.as_csv(rows) if form == "csv" else exports.as_xlsx(rows), nl=False)
        return
    emit(shapes.aging(found), as_json or form == "json", _words(found))


def _words(found: Aging) -> str:
    """A table for a person."""
    headers = ["customer", *(bucket.label for bucket in found.buckets), "total"]
    lines = [[row.code, *(plain(amount, found.currency) for amount in (*row.amounts, row.total))] for row in found.rows]
    lines.append(["total", *(plain(amount, found.currency) for amount in (*found.amounts, found.total))])
    text = table([dict(zip(headers, line, strict=True)) for line in lines])
    apart = "".join(f"\nnot converted: {plain(amount, code)} {code}" for code, amount in found.unconverted)
    return f"{text}\n{found.as_of.isoformat()}, {found.currency}{apart}"
