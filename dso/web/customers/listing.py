"""The customer search: filters, columns, sort, pages and totals, all in the address."""

from flask import Response
from flask_babel import gettext as _

from dso import clock
from dso.domain.codes import ReasonCode
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.guard import requires, viewer
from dso.http.pages import page
from dso.queries.choices import Choices, choices
from dso.queries.criteria import NONE
from dso.queries.customers.criteria import fields
from dso.queries.customers.search import SIZES, search
from dso.queries.customers.search import found as found_customers
from dso.services import lists
from dso.web.columns import chosen
from dso.web.criteria import chips, from_address, sort_and_page, unread
from dso.web.customers import bp
from dso.web.customers.columns import columns
from dso.web.downloads import table_answer


def labels() -> dict[str, str]:
    """What the fields are called on the page."""
    return {
        "q": _("Text"),
        "code": _("Codes"),
        "collector": _("Collector"),
        "colleague": _("Colleague"),
        "group": _("Group"),
        "scenario": _("Scenario"),
        "country": _("Country"),
        "reason": _("Reason"),
        "receivable": _("Receivable"),
        "overdue": _("Overdue"),
        "late": _("Days late"),
        "next": _("Next action"),
        "last": _("Last action"),
        "contact": _("Has a contact for collection"),
        "email": _("Has its e-mail"),
        "phone": _("Has its phone"),
        "blocked": _("Blocked"),
        "paused": _("Paused"),
        "interactive": _("Interactive"),
        "draft": _("Made by an import"),
        "insolvent": _("Insolvent"),
        "grouped": _("Part of a group collection"),
        "archived": _("Archived"),
        "city": _("City"),
        "payment_method": _("Payment method"),
        "business_line": _("Business line"),
        "customer_type": _("Customer type"),
    }


def reasons() -> list[tuple[str, str]]:
    """Reason codes with a word each."""
    words = {
        ReasonCode.ACTION_DUE: _("Action due"),
        ReasonCode.ACTION_PLANNED: _("Action planned"),
        ReasonCode.TO_CONFIRM: _("To confirm"),
        ReasonCode.REPLY_WAITING: _("Answer waiting"),
        ReasonCode.NO_CONTACT: _("Cannot be reached"),
        ReasonCode.NO_SCENARIO: _("No scenario"),
        ReasonCode.SCENARIO_EMPTY: _("Never chased automatically"),
        ReasonCode.SCENARIO_FINISHED: _("Scenario finished"),
        ReasonCode.NOTHING_CHASEABLE: _("Nothing to chase"),
        ReasonCode.COVERED_BY_CREDITS: _("Covered by credits"),
        ReasonCode.BELOW_MINIMUM: _("Below the minimum"),
        ReasonCode.BUDGET: _("Contact budget used up"),
        ReasonCode.PAUSED: _("Sending paused"),
        ReasonCode.LEDGER_OLD: _("Ledger too old"),
        ReasonCode.LEDGER_INCOMPLETE: _("Ledger incomplete"),
        ReasonCode.INSOLVENT: _("Insolvent"),
        ReasonCode.COLLECTED_BY: _("Collected by another account"),
        ReasonCode.NO_OPEN_ITEMS: _("Nothing open"),
    }
    return [(code.value, word) for code, word in words.items()]


@bp.get("")
@requires(Capability.CUSTOMERS_SEE)
def index() -> Response:
    """The search; highest overdue first unless the address says otherwise."""
    entity = current_entity()
    today = clock.today(entity.timezone)
    known, offered = fields(), choices(entity)
    criteria = from_address(known)
    sort, number, size = sort_and_page(SIZES, SIZES[0])
    found = search(viewer(), entity, criteria, today=today, sort=sort or "-overdue", page=number, size=size)
    return page(
        "customers/index.html",
        "customers/_list.html",
        found=found,
        entity=entity,
        today=today,
        criteria=criteria,
        choices=offered,
        reasons=reasons(),
        reason_words=dict(reasons()),
        columns=chosen("customers", columns(), known),
        unread=unread(known, labels()),
        chips=chips(known, criteria, labels(), _names(offered)),
        custom=[field for field in known.values() if field.label],
    )


def _names(offered: Choices) -> dict[str, dict[str, str]]:
    """The words of choices that are kept as codes, for chips."""
    found = {name: {**words, NONE: _("none")} for name, words in offered.names().items()}
    return {**found, "reason": dict(reasons())}


@bp.get("/list.<form>")
@requires(Capability.CUSTOMERS_SEE)
def download(form: str) -> Response:
    """All customers found, as a file."""
    entity = current_entity()
    today = clock.today(entity.timezone)
    where = found_customers(viewer(), entity, from_address(fields()), today=today)
    sort, _page, _size = sort_and_page(SIZES, SIZES[0])
    return table_answer(lists.customers(entity, where, sort), f"customers-{today}", form)


@bp.get("/contacts.<form>")
@requires(Capability.CUSTOMERS_SEE)
def contacts_download(form: str) -> Response:
    """The contacts of all customers found, as a file."""
    entity = current_entity()
    today = clock.today(entity.timezone)
    where = found_customers(viewer(), entity, from_address(fields()), today=today)
    return table_answer(lists.contacts(where), f"contacts-{today}", form)
