"""Loads every command module; each part adds its line."""

from importlib import import_module

MODULES = (
    "actions",
    "api_users",
    "imports",
    "check",
    "demo",
    "export",
    "init",
    "items",
    "ledger",
    "messages",
    "replies",
    "report",
    "scenario",
    "serve",
    "setting",
    "statuses",
    "user",
)


def load() -> None:
    """Import the modules: each puts its commands on the groups of `dso.cli`."""
    for name in MODULES:
        import_module(f"dso.cli.{name}")
