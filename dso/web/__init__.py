"""The staff's pages: one blueprint per noun."""

from flask import Flask


def register(app: Flask) -> None:
    """Put every blueprint on the application; each part adds its line."""
    from dso.web import (
        auth,
        company,
        fields,
        files,
        groups,
        health,
        help,
        links,
        profile,
        replies,
        settings,
        status_settings,
        users,
    )

    for module in (
        auth,
        company,
        fields,
        files,
        groups,
        health,
        help,
        links,
        profile,
        replies,
        settings,
        status_settings,
        users,
    ):
        app.register_blueprint(module.bp)
