"""The staff's pages: one blueprint per noun."""

from importlib import import_module

from flask import Flask

#: Modules with a blueprint `bp`; each part adds its line.
MODULES = (
    "actions",
    "api_users",
    "auth",
    "company",
    "customers",
    "deep_links",
    "fields",
    "files",
    "groups",
    "health",
    "help",
    "imports",
    "items",
    "links",
    "messages",
    "profile",
    "replies",
    "reports",
    "scenarios",
    "search",
    "settings",
    "statements",
    "status_settings",
    "statuses",
    "todo",
    "users",
)


def register(app: Flask) -> None:
    """Put every blueprint on the application."""
    for name in MODULES:
        app.register_blueprint(import_module(f"dso.web.{name}").bp)
