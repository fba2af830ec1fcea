"""What is done with ticked items at once: left out of collection, taken back, a clearing undone."""

from collections.abc import Sequence

from flask import Response, flash, request, url_for
from flask_babel import ngettext

from dso import clock
from dso.db import db
from dso.domain.errors import Refused
from dso.domain.permissions import Capability
from dso.http.addresses import ids_of
from dso.http.guard import requires, viewer
from dso.http.pages import go, safe_target
from dso.models import Item
from dso.queries.scope import get_items
from dso.services import items as services
from dso.web.items import bp


def ticked() -> Sequence[Item]:
    """The ticked items of this request, in scope; Refused when there is none."""
    texts = [part for value in request.values.getlist("items") for part in value.split(",")]
    items = get_items(viewer(), ids_of(texts))
    if not items:
        raise Refused("Tick at least one item.")
    return items


def done(words: str) -> Response:
    """Commit, say so, and go back to where the items were ticked."""
    db.session.commit()
    flash(words, "ok")
    return go(back())


def back() -> str:
    """Where the items were ticked."""
    return safe_target(request.values.get("next"), url_for("items.index"))


@bp.get("/files")
@requires(Capability.COLLECTION_WORK)
def files() -> Response:
    """To the files of the customer, where some are added to the ticked items."""
    items = ticked()
    if len({item.customer_id for item in items}) > 1:
        raise Refused("Files are added to the items of one customer at a time.")
    named = ",".join(str(item.id) for item in items)
    return go(url_for("files.index", customer_id=items[0].customer_id, items=named))


@bp.post("/ignore")
@requires(Capability.COLLECTION_WORK)
def ignore() -> Response:
    """Leave the ticked items out of collection."""
    items = ticked()
    today = clock.today(items[0].customer.entity.timezone)
    changed = services.ignore(items, actor=viewer(), today=today, now=clock.now())
    return done(ngettext("One item left out of collection.", "%(num)s items left out of collection.", len(changed)))


@bp.post("/take-back")
@requires(Capability.COLLECTION_WORK)
def take_back() -> Response:
    """Take ignored items back into collection."""
    items = ticked()
    today = clock.today(items[0].customer.entity.timezone)
    changed = services.take_back(items, actor=viewer(), today=today, now=clock.now())
    return done(
        ngettext("One item taken back into collection.", "%(num)s items taken back into collection.", len(changed))
    )


@bp.post("/reopen")
@requires(Capability.COLLECTION_WORK)
def reopen() -> Response:
    """Open items again that were cleared by hand."""
    items = ticked()
    today = clock.today(items[0].customer.entity.timezone)
    changed = services.reopen(items, actor=viewer(), today=today, now=clock.now())
    return done(ngettext("One item opened again.", "%(num)s items opened again.", len(changed)))
