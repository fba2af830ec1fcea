"""Items: the grid, the panel, and what is done with ticked ones."""

from flask import Blueprint

bp = Blueprint("items", __name__, url_prefix="/items")

from dso.web.items import acts, dialogs, listing  # noqa: E402 - the views hang on the blueprint

__all__ = ["acts", "bp", "dialogs", "listing"]
