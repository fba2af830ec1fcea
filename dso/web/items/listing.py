"""The item grid across customers, its files, and the panel of one item."""

from flask import Response, request
from flask_babel import gettext as _

from dso import clock
from dso.domain.codes import ItemType, StatusType
from dso.domain.permissions import Capability
from dso.http.addresses import id_of
from dso.http.entity import current_entity
from dso.http.guard import requires, viewer
from dso.http.pages import page
from dso.queries import items as queries
from dso.queries.choices import Choices, choices
from dso.queries.criteria import NONE
from dso.queries.items.criteria import fields
from dso.queries.items.grid import DEFAULT_SORT, SIZES
from dso.queries.items.grid import found as found_items
from dso.queries.items.panel import panel
from dso.queries.scope import get_customer, get_items
from dso.services import lists
from dso.web.columns import chosen
from dso.web.criteria import chips, from_address, sort_and_page, unread
from dso.web.downloads import table_answer
from dso.web.items import bp
from dso.web.items.columns import columns


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
    states = {"open": _("open"), "cleared": _("cleared"), "all": _("all")}
    return page(
        "items/index.html",
        "items/_grid.html",
        found=found,
        today=today,
        criteria=criteria,
        choices=offered,
        columns=chosen("items", columns(), known),
        unread=unread(known, labels()),
        chips=chips(known, criteria, labels(), _names(offered, states), hidden=("state",)),
        custom=[field for name, field in known.items() if field.label],
        types=list(ItemType),
        status_types=list(status_types().items()),
    )


def _names(offered: Choices, states: dict[str, str]) -> dict[str, dict[str, str]]:
    """The words of choices that are kept as codes, for chips."""
    customer = request.args.get("customer", "")
    account = id_of(customer)
    named = {customer: get_customer(viewer(), account).business_name} if account is not None else {}
    none = {name: {**words, NONE: _("none")} for name, words in offered.names().items()}
    return {**none, "state": states, "customer": named, "status_type": status_types()}


def status_types() -> dict[str, str]:
    """What the five fixed types of statuses are called."""
    words = (_("Ongoing"), _("Promise to pay"), _("Dispute"), _("Dispute resolved"), _("Litigation"))
    return {each.value: word for each, word in zip(StatusType, words, strict=True)}


@bp.get("/list.<form>")
@requires(Capability.CUSTOMERS_SEE)
def download(form: str) -> Response:
    """All items found, as a file."""
    entity = current_entity()
    today = clock.today(entity.timezone)
    where = found_items(viewer(), entity, from_address(fields()), today=today)
    sort, _page, _size = sort_and_page(SIZES, SIZES[0])
    return table_answer(lists.items(where, sort or DEFAULT_SORT, today=today), f"items-{today}", form)


@bp.get("/<int:item_id>")
@requires(Capability.CUSTOMERS_SEE)
def show(item_id: int) -> Response:
    """Every field, status history, replies, files, actions and changes of one item."""
    item = get_items(viewer(), [item_id])[0]
    today = clock.today(item.customer.entity.timezone)
    return page("items/show.html", "items/_panel.html", item=item, panel=panel(item, today=today), today=today)
