"""The item grid across customers, the panel of one item, and what is done with ticked items."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from dso import clock
from dso.db import db
from dso.domain.codes import ItemType, StatusType
from dso.domain.errors import Refused
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.guard import requires, viewer
from dso.http.pages import go, page, safe_target
from dso.models import Item
from dso.queries import items as queries
from dso.queries.choices import choices
from dso.queries.items.criteria import fields
from dso.queries.items.grid import DEFAULT_SORT, SIZES
from dso.queries.items.panel import panel
from dso.queries.scope import get_items
from dso.services import items as services
from dso.web.criteria import chips, from_address, sort_and_page

bp = Blueprint("items", __name__, url_prefix="/items")


def labels() -> dict[str, str]:
    """What the fields are called on the page."""
    return {
        "q": _("Text"),
        "state": _("State"),
        "customer": _("Customer"),
        "number": _("Number"),
        "code": _("Customer code"),
        "type": _("Type"),
        "status": _("Status"),
        "status_type": _("Status type"),
        "currency": _("Currency"),
        "collector": _("Collector"),
        "group": _("Group"),
        "scenario": _("Scenario"),
        "country": _("Country"),
        "late": _("Days late"),
        "due": _("Due"),
        "issued": _("Issued"),
        "cleared": _("Cleared"),
        "promised": _("Promised for"),
        "remaining": _("Remaining"),
        "ignored": _("Ignored"),
        "held": _("Held"),
        "broken": _("Broken promise"),
        "order_number": _("Order number"),
        "project": _("Project"),
        "sales_person": _("Sales person"),
        "payment_method": _("Payment method"),
        "comment": _("Comment"),
    }


@bp.get("")
@requires(Capability.CUSTOMERS_SEE)
def index() -> Response:
    """The grid: open items, oldest due date first, unless the address says otherwise."""
    entity = current_entity()
    today = clock.today(entity.timezone)
    known, offered = fields(), choices(entity)
    criteria = from_address(known)
    sort, number, size = sort_and_page(SIZES, SIZES[0])
    found = queries.grid(viewer(), entity, criteria, today=today, sort=sort or DEFAULT_SORT, page=number, size=size)
    states = {"open": _("open"), "cleared": _("cleared")}
    return page(
        "items/index.html",
        "items/_grid.html",
        found=found,
        today=today,
        criteria=criteria,
        choices=offered,
        chips=chips(known, criteria, labels(), {**offered.names(), "state": states}, hidden=("state",)),
        custom=[field for name, field in known.items() if field.label],
        types=list(ItemType),
        status_types=list(StatusType),
    )


@bp.get("/<int:item_id>")
@requires(Capability.CUSTOMERS_SEE)
def show(item_id: int) -> Response:
    """Every field, status history, replies, files, actions and changes of one item."""
    item = get_items(viewer(), [item_id])[0]
    today = clock.today(item.customer.entity.timezone)
    return page("items/show.html", "items/_panel.html", item=item, panel=panel(item, today=today), today=today)


def _ticked() -> Sequence[Item]:
    texts = [part for value in request.form.getlist("items") for part in value.split(",")]
    items = get_items(viewer(), [int(text) for text in texts if text.isdigit()])
    if not items:
        raise Refused("Tick at least one item.")
    return items


def _done(words: str) -> Response:
    db.session.commit()
    flash(words, "ok")
    return go(safe_target(request.form.get("next"), url_for("items.index")))


@bp.post("/ignore")
@requires(Capability.COLLECTION_WORK)
def ignore() -> Response:
    """Leave the ticked items out of collection."""
    items = _ticked()
    today = clock.today(items[0].customer.entity.timezone)
    changed = services.ignore(items, actor=viewer(), today=today, now=clock.now())
    return _done(_("%(n)s items left out of collection.", n=len(changed)))


@bp.post("/take-back")
@requires(Capability.COLLECTION_WORK)
def take_back() -> Response:
    """Take ignored items back into collection."""
    items = _ticked()
    today = clock.today(items[0].customer.entity.timezone)
    changed = services.take_back(items, actor=viewer(), today=today, now=clock.now())
    return _done(_("%(n)s items taken back into collection.", n=len(changed)))


@bp.post("/clear")
@requires(Capability.COLLECTION_WORK)
def clear() -> Response:
    """Clear the ticked items by hand, as paid on a day (today unless said otherwise)."""
    items = _ticked()
    today = clock.today(items[0].customer.entity.timezone)
    changed = services.clear(items, on=_paid_on(today), actor=viewer(), today=today, now=clock.now())
    return _done(_("%(n)s items cleared.", n=len(changed)))


def _paid_on(today: date) -> date:
    text = request.form.get("on", "")
    try:
        return date.fromisoformat(text) if text else today
    except ValueError as error:
        raise Refused("Say on which day.") from error


@bp.post("/reopen")
@requires(Capability.COLLECTION_WORK)
def reopen() -> Response:
    """Open items again that were cleared by hand."""
    items = _ticked()
    today = clock.today(items[0].customer.entity.timezone)
    changed = services.reopen(items, actor=viewer(), today=today, now=clock.now())
    return _done(_("%(n)s items opened again.", n=len(changed)))
