"""`dso scenario list|export|import` and `dso assign`."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from dso.cli import cli
from dso.cli.common import Acting, emit, shared_options
from dso.domain.errors import Refused
from dso.domain.permissions import Capability
from dso.models import Scenario
from dso.queries import scenarios as queries
from dso.services import actions, scenarios


@cli.group()
def scenario() -> None:
    """Dunning plans: list them, write them to files, take them in."""


@scenario.command("list")
@shared_options(reads=True)
def list_scenarios(do: Acting, as_json: bool) -> None:
    """Every scenario with its steps and how much it is used."""
    do.need(Capability.CUSTOMERS_SEE)
    emit([_shape(row) for row in queries.scenario_rows(do.entity)], as_json)


def _shape(row: queries.ScenarioRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "language": row.language,
        "steps": row.steps,
        "customers": row.customers,
        "library": row.library,
        "active": row.active,
        "paused": row.paused,
        "archived": row.archived,
    }


@scenario.command("export")
@click.argument("name")
@shared_options(reads=True)
def export_scenario(do: Acting, as_json: bool, name: str) -> None:
    """Print a scenario as a file that `scenario import` reads."""
    do.need(Capability.CUSTOMERS_SEE)
    found = scenarios.export(_find(do, name))
    click.echo(json.dumps(found, ensure_ascii=False, indent=None if as_json else 2))


@scenario.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@shared_options(day=True)
def import_scenario(do: Acting, as_json: bool, file: Path) -> None:
    """Take in a scenario file; one of the same name is brought to what the file says."""
    do.need(Capability.SETTINGS_EDIT)
    made, known = scenarios.import_file(do.entity, _read(file), today=do.today, now=do.now)
    steps = len(queries.steps_of(made))
    emit({"id": made.id, "scenario": made.name, "steps": steps, "state": "changed" if known else "new"}, as_json)


def _read(file: Path) -> object:
    try:
        if str(file) == "-":
            return json.loads(sys.stdin.read())
        return json.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise Refused("%(file)s cannot be read: %(reason)s", file=file, reason=error.strerror) from error
    except (ValueError, RecursionError) as error:
        raise Refused("%(file)s is no JSON file: %(reason)s", file=file, reason=error) from error


def _find(do: Acting, name: str) -> Scenario:
    found = queries.by_name(do.entity, name)
    if found is None:
        raise Refused('There is no scenario "%(name)s".', name=name)
    return found


@cli.group()
def assign() -> None:
    """Give customers what is theirs."""


@assign.command("scenario")
@click.argument("name")
@click.option("--customer", "codes", metavar="CODE", multiple=True, help="This customer; may be repeated.")
@click.option("--all", "everybody", is_flag=True, help="All customers of the entity.")
@shared_options(day=True)
def assign_scenario(do: Acting, as_json: bool, name: str, codes: tuple[str, ...], everybody: bool) -> None:
    """Give customers a scenario; what was planned is replaced at once. NAME "none" takes theirs away."""
    do.need(Capability.COLLECTION_WORK)
    actions.refuse_earlier(do.entity, do.today)
    if bool(codes) is everybody:
        raise click.UsageError("name customers with --customer CODE, or all of them with --all")
    chosen = None if name == "none" and queries.by_name(do.entity, name) is None else _find(do, name)
    ids = None if everybody else {do.customer(code).id for code in codes}
    count = scenarios.assign(do.entity, chosen, ids, actor=do.actor, today=do.today, now=do.now)
    emit({"scenario": chosen.name if chosen else None, "customers": count}, as_json)
