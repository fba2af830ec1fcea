"""The search at the top: suggestions while typing, a page without script."""

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.guard import requires, viewer
from dso.http.pages import page
from dso.queries import finding
from dso.queries.scope import may

bp = Blueprint("search", __name__)

#: Shorter texts find everything and help nobody.
SHORTEST = 2


def _pages() -> list[tuple[str, str, Capability]]:
    return [
        ("/todo", _("To-do"), Capability.COLLECTION_WORK),
        ("/customers", _("Customers"), Capability.CUSTOMERS_SEE),
        ("/items", _("Items"), Capability.CUSTOMERS_SEE),
        ("/replies", _("Replies"), Capability.COLLECTION_WORK),
        ("/messages", _("Messages"), Capability.CUSTOMERS_SEE),
        ("/reports/aging", _("Aging balance"), Capability.REPORTS_SEE),
        ("/imports", _("Import"), Capability.DATA_IMPORT),
        ("/scenarios", _("Scenarios"), Capability.SETTINGS_EDIT),
        ("/settings", _("Settings"), Capability.SETTINGS_EDIT),
    ]


@bp.get("/search")
@requires(Capability.CUSTOMERS_SEE)
def index() -> Response:
    """Customers by name, code or legal id; items by number; pages by name."""
    text = request.args.get("q", "").strip()[:100]
    entity, user = current_entity(), viewer()
    long_enough = len(text) >= SHORTEST
    pages = [(url, name) for url, name, right in _pages() if may(user, right) and text.lower() in name.lower()]
    return page(
        "search/index.html",
        "search/_hits.html",
        text=text,
        customers=finding.customers(user, entity, text) if long_enough else [],
        items=finding.items(user, entity, text) if long_enough else [],
        pages=pages if long_enough else [],
    )
