"""The customer file: header, figures, aging strip, what happens next, statement, timeline, contacts."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from dso import clock
from dso.db import db
from dso.domain.aging import buckets
from dso.domain.codes import EventKind
from dso.domain.errors import Refused
from dso.domain.permissions import Capability
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.http.reasons import filled
from dso.models import Customer
from dso.queries import figures, replies
from dso.queries.customers.file import customer_file
from dso.queries.customers.timeline import get_entry, timeline
from dso.queries.items.grid import SIZES
from dso.queries.items.statement import STATES, statement
from dso.queries.scope import get_customer
from dso.services import lists, notes
from dso.web.criteria import sort_and_page
from dso.web.customers import bp
from dso.web.downloads import table_answer


def aging_strip(customer: Customer, amounts: Sequence[Decimal]) -> list[dict[str, Any]]:
    """The parts of the aging strip with the address that filters the statement by each."""
    parts = buckets(figures.bounds(customer.entity))
    return [
        {
            "label": _("Not due") if part.start is None else part.label,
            "amount": amount,
            "url": url_for("customers.show", customer_id=customer.id, bucket=place),
        }
        for place, (part, amount) in enumerate(zip(parts, amounts, strict=True))
    ]


def head(customer: Customer) -> dict[str, Any]:
    """What stands above the tabs of every page of a customer."""
    today = clock.today(customer.entity.timezone)
    file = customer_file(customer, today=today)
    return {
        "customer": customer,
        "entity": customer.entity,
        "file": file,
        "strips": {one.currency: aging_strip(customer, one.amounts) for one in file.figures},
        "waiting_replies": replies.waiting_of(customer, today=today),
        "bucket": request.args.get("bucket", type=int),
        "today": today,
    }


@bp.get("/<int:customer_id>")
@requires(Capability.CUSTOMERS_SEE)
def show(customer_id: int) -> Response:
    """The file with the statement of account: open items unless the address says otherwise."""
    customer = get_customer(viewer(), customer_id)
    today = clock.today(customer.entity.timezone)
    state = request.args.get("state", "open")
    state = state if state in STATES else "open"
    above = head(customer)
    sort, number, size = sort_and_page(SIZES, SIZES[1])
    shown = statement(customer, today=today, state=state, bucket=above["bucket"], sort=sort, page=number, size=size)
    return page("customers/show.html", "customers/_statement.html", **above, statement=shown, state=state)


@bp.get("/<int:customer_id>/timeline")
@requires(Capability.CUSTOMERS_SEE)
def show_timeline(customer_id: int) -> Response:
    """Everything sent, received, said and changed, newest first."""
    customer = get_customer(viewer(), customer_id)
    kind = _kind()
    shown = timeline(customer, kind=kind, page=request.args.get("page", 1, type=int))
    context: dict[str, Any] = {"timeline": shown, "kind": kind, "kinds": list(EventKind)}
    return page("customers/timeline.html", "customers/_timeline.html", **head(customer), **context)


def _kind() -> EventKind | None:
    text = request.args.get("kind", "")
    return EventKind(text) if text in set(EventKind) else None


@bp.get("/<int:customer_id>/timeline.<form>")
@requires(Capability.CUSTOMERS_SEE)
def download_timeline(customer_id: int, form: str) -> Response:
    """The timeline as a file, of one kind where the address names it."""
    customer = get_customer(viewer(), customer_id)
    return table_answer(lists.timeline(customer, _kind(), filled), f"timeline-{customer.id}", form)


@bp.post("/<int:customer_id>/notes")
@requires(Capability.ITEMS_TAG, Capability.COLLECTION_WORK)
def add_note(customer_id: int) -> Response:
    """A note on the timeline."""
    customer = get_customer(viewer(), customer_id)
    text = request.form.get("text", "").strip()
    if not text:
        raise Refused("Write a note.")
    notes.add(customer, text, actor=viewer(), now=clock.now(), pinned=request.form.get("pinned") == "1")
    db.session.commit()
    flash(_("Note added."), "ok")
    return go(url_for("customers.show_timeline", customer_id=customer.id))


@bp.post("/<int:customer_id>/notes/<int:event_id>/pin")
@requires(Capability.COLLECTION_WORK)
def pin(customer_id: int, event_id: int) -> Response:
    """Pin an entry above all others, or loosen it."""
    event = get_entry(get_customer(viewer(), customer_id), event_id)
    notes.pin(event, not event.pinned)
    db.session.commit()
    return go(url_for("customers.show_timeline", customer_id=customer_id))


@bp.get("/<int:customer_id>/contacts")
@requires(Capability.CUSTOMERS_SEE)
def show_contacts(customer_id: int) -> Response:
    """The people at the customer."""
    customer = get_customer(viewer(), customer_id)
    return page("customers/contacts.html", "customers/_contacts.html", **head(customer))
