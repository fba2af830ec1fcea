"""`dso setting`: business settings from the command line, with the rights of the settings page."""

import click

from dso.cli import cli
from dso.cli.common import Acting, emit, shared_options
from dso.domain import settings as rules
from dso.domain.permissions import Capability
from dso.models import Entity
from dso.queries import settings
from dso.services.settings import set_value


@cli.group()
def setting() -> None:
    """Read and change business settings."""


def _scope(do: Acting, name: str) -> Entity | None:
    """The company whose setting is meant; None = the installation: there are several and none was named."""
    return do.entity if rules.rule(name).per_entity and not do.whole else None


@setting.command("list")
@shared_options(whole=True, reads=True)
def list_settings(do: Acting, as_json: bool) -> None:
    """All settings: value, default, what they do."""
    do.need(Capability.CUSTOMERS_SEE)
    rows = [
        {
            "name": rule.name,
            "value": settings.get(_scope(do, rule.name), rule.name),
            "default": rule.default,
            "per_entity": rule.per_entity,
            "help": rule.help,
        }
        for rule in rules.RULES.values()
    ]
    emit(rows, as_json)


@setting.command("get")
@click.argument("name")
@shared_options(whole=True, reads=True)
def get_setting(do: Acting, as_json: bool, name: str) -> None:
    """One setting as it stands."""
    do.need(Capability.CUSTOMERS_SEE)
    value = settings.get(_scope(do, name), name)
    emit({"name": name, "value": value}, as_json, value)


@setting.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("value")
@shared_options(whole=True)
def set_setting(do: Acting, as_json: bool, name: str, value: str) -> None:
    """Change a setting of the company, or of the installation where companies have none of their own."""
    scope = _scope(do, name)
    set_value(scope, name, value, actor=do.actor, now=do.now)
    emit({"name": name, "value": settings.get(scope, name)}, as_json, f"{name} is now {value}.")
