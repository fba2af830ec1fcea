"""`dso export`: a whole entity as files that `dso import` reads back."""

from pathlib import Path

import click
from sqlalchemy import text

from dso.cli import cli
from dso.cli.common import Acting, emit, shared_options
from dso.db import db, on_postgresql
from dso.domain.permissions import Capability
from dso.services import dump


@cli.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@shared_options(reads=True)
def export(do: Acting, as_json: bool, folder: Path) -> None:
    """Write customers, contacts, items and all that was done into a new folder, as CSV files.

    `dso import dump DIR` takes them into an empty installation. Whoever sees some customers only writes those.
    """
    do.need(Capability.CUSTOMERS_SEE)
    _one_moment()
    counts = dump.write(do.entity, do.actor, folder)
    words = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    emit({"directory": str(folder), "entity": do.entity.name, "records": counts}, as_json, f"{folder}: {words}.")


def _one_moment() -> None:
    """All files show the ledger of one moment, whatever others do meanwhile. SQLite reads so by itself."""
    if on_postgresql():
        db.session.commit()
        db.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
