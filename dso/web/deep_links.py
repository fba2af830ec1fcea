"""Addresses a CRM or an ERP can make itself: a customer by its code."""

from flask import Blueprint, Response, request, url_for

from dso.domain.errors import NotFound
from dso.domain.permissions import Capability
from dso.http.addresses import id_of
from dso.http.entity import choose_entity
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.queries.finding import by_code

bp = Blueprint("deep_links", __name__, url_prefix="/go")


@bp.get("/customer/<path:code>")
@requires(Capability.CUSTOMERS_SEE)
def customer(code: str) -> Response:
    """On to the customer file; a page to choose from where several customers have the code."""
    found = by_code(viewer(), code, request.args.get("entity", "").strip())
    if chosen := id_of(request.args.get("id")):
        found = [each for each in found if each.id == chosen]
    if not found:
        raise NotFound('There is no customer with the code "%(code)s" that you may see.', code=code[:100])
    if len(found) > 1:
        return page("deep_links/choose.html", code=code, found=found)
    choose_entity(found[0].entity_id)
    return go(url_for("customers.show", customer_id=found[0].id))
