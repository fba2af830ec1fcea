"""The staff's pages: one blueprint per noun."""

from flask import Flask


def register(app: Flask) -> None:
    """Put every blueprint on the application; each part adds its line."""
    from dso.web import auth, health, help, profile

    for module in (auth, health, help, profile):
        app.register_blueprint(module.bp)
