"""Customers: the search, the customer file, its small forms."""

from flask import Blueprint

bp = Blueprint("customers", __name__, url_prefix="/customers")

from dso.web.customers import contacts, edit, file, listing  # noqa: E402 - the views hang on the blueprint

__all__ = ["bp", "contacts", "edit", "file", "listing"]
