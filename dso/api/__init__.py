"""How programs talk to the product: CSV endpoints for extractors, a REST API, and its description.

Never by the session cookie of a browser, so that no other site can make a browser do anything here.
"""

from importlib import import_module

from flask import Blueprint, Flask

bp = Blueprint("api", __name__, url_prefix="/api")
#: Modules whose views hang on the blueprint.
MODULES = ("document", "feeds", "qualifying", "reading", "single", "writing")


def register(app: Flask) -> None:
    """Put the API on the application."""
    from dso.api import access
    from dso.extensions import csrf
    from dso.http import guard

    for name in MODULES:
        import_module(f"dso.api.{name}")
    guard.identify_by(bp.name, access.identify)
    csrf.exempt(bp)
    app.register_blueprint(bp)
