"""The import screens: choose a file, say what its columns mean, see the difference, take it in, look back."""

from flask import Blueprint

bp = Blueprint("imports", __name__, url_prefix="/imports")

from dso.web.imports import choosing, mapping, taking, waiting  # noqa: E402 - the views hang on the blueprint

__all__ = ["bp", "choosing", "mapping", "taking", "waiting"]
