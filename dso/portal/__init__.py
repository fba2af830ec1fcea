"""The pages of debtors and colleagues: no account, no menu, no session of the application."""

from flask import Flask


def register(app: Flask) -> None:
    """Put the public pages on the application."""
    from dso.portal import downloads, pages, questions

    for module in (pages, downloads, questions):
        app.register_blueprint(module.bp)
