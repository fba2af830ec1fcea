"""The links of a customer: who got one, who opened it, taking them back."""

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from dso import clock
from dso.db import db
from dso.domain.errors import NotFound
from dso.domain.permissions import Capability
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.models import Link
from dso.queries import links as queries
from dso.queries.scope import get_customer
from dso.services import links as services
from dso.services import lists
from dso.web.customers.file import head
from dso.web.downloads import table_answer

bp = Blueprint("links", __name__, url_prefix="/customers/<int:customer_id>/links")


@bp.get("")
@requires(Capability.CUSTOMERS_SEE)
def index(customer_id: int) -> Response:
    """The links, newest first."""
    customer = get_customer(viewer(), customer_id)
    rows = queries.of_customer(customer, now=clock.now())
    return page("links/index.html", "links/_list.html", links=rows, **head(customer))


@bp.get("/list.<form>")
@requires(Capability.CUSTOMERS_SEE)
def download(customer_id: int, form: str) -> Response:
    """The links as a file."""
    customer = get_customer(viewer(), customer_id)
    return table_answer(lists.links_of(customer, now=clock.now()), f"links-{customer.id}", form)


@bp.post("/<int:link_id>/revoke")
@requires(Capability.COLLECTION_WORK)
def revoke(customer_id: int, link_id: int) -> Response:
    """Take one link back."""
    customer = get_customer(viewer(), customer_id)
    link = db.session.scalar(select(Link).where(Link.id == link_id, Link.customer_id == customer.id))
    if link is None:
        raise NotFound("There is no such link.")
    services.revoke(link, actor=viewer(), now=clock.now())
    db.session.commit()
    flash(_("The link is revoked."), "ok")
    return go(url_for("links.index", customer_id=customer_id))


@bp.post("/revoke")
@requires(Capability.COLLECTION_WORK)
def revoke_all(customer_id: int) -> Response:
    """Take back all links of the customer that still live."""
    customer = get_customer(viewer(), customer_id)
    count = services.revoke_all(customer, actor=viewer(), now=clock.now())
    db.session.commit()
    flash(_("%(n)s links revoked.", n=count), "ok")
    return go(url_for("links.index", customer_id=customer_id))
