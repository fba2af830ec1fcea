"""The staff's pages: one blueprint per noun."""

from flask import Flask


def register(app: Flask) -> None:
    """Put every blueprint on the application; each part adds its line."""
    from dso.web import (
        actions,
        auth,
        company,
        customers,
        fields,
        files,
        groups,
        health,
        help,
        items,
        links,
        messages,
        profile,
        replies,
        scenarios,
        reports,
        search,
        settings,
        statements,
        status_settings,
        statuses,
        todo,
        users,
    )

    for module in (
        actions,
        auth,
        company,
        customers,
        fields,
        files,
        groups,
        health,
        help,
        items,
        links,
        messages,
        profile,
        replies,
        scenarios,
        reports,
        search,
        settings,
        statements,
        status_settings,
        statuses,
        todo,
        users,
    ):
        app.register_blueprint(module.bp)
