"""Replies: what debtors and colleagues answered, to be validated, qualified or deleted."""

from datetime import date

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from dso import clock
from dso.db import db
from dso.domain.codes import Role
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.guard import requires, viewer
from dso.http.pages import go, page, safe_target
from dso.models import Entity, Reply
from dso.queries import replies as queries
from dso.queries.scope import get_reply
from dso.services import lists
from dso.services import replies as services
from dso.web.downloads import table_answer

bp = Blueprint("replies", __name__, url_prefix="/replies")
PAGE_SIZE = 50
STATES = ("new", "handled", "all")


@bp.get("")
@requires(Capability.COLLECTION_WORK)
def index() -> Response:
    """The list: new ones first to come first, a collector's own portfolio unless all are asked for."""
    user, entity = viewer(), current_entity()
    today = clock.today(entity.timezone)
    wanted = _wanted()
    number = request.args.get("page", "1")
    at = max(int(number), 1) if number.isdecimal() and len(number) < 7 else 1
    return page(
        "replies/index.html",
        "replies/_list.html",
        found=queries.search(user, entity, wanted, today=today, page=at, size=PAGE_SIZE),
        counts=queries.counts(user, entity, today=today, collector_id=wanted.collector_id),
        wanted=wanted,
        scope="own" if wanted.collector_id else "all",
        number=at,
        size=PAGE_SIZE,
    )


def _wanted() -> queries.Filter:
    """The filter of this address; a collector begins on the own portfolio."""
    args, user = request.args, viewer()
    state = args.get("state", "new")
    scope = args.get("scope", "own" if user.role is Role.COLLECTOR else "all")
    return queries.Filter(
        state=state if state in STATES else "new",
        collector_id=user.id if scope == "own" else None,
        text=args.get("text", "").strip()[:100],
        escalated=args.get("escalated") == "1",
    )


@bp.get("/list.<form>")
@requires(Capability.COLLECTION_WORK)
def download(form: str) -> Response:
    """All replies found, as a file."""
    entity = current_entity()
    today = clock.today(entity.timezone)
    return table_answer(lists.answers(viewer(), entity, _wanted(), today=today), f"replies-{today}", form)


@bp.get("/<int:reply_id>")
@requires(Capability.COLLECTION_WORK)
def show(reply_id: int) -> Response:
    """One reply: where the notice by e-mail leads."""
    reply = get_reply(viewer(), reply_id)
    return page("replies/show.html", reply=queries.one(reply, today=_today(reply)))


@bp.post("/<int:reply_id>/validate")
@requires(Capability.COLLECTION_WORK)
def validate(reply_id: int) -> Response:
    """Take the comment into the history of its items."""
    reply = get_reply(viewer(), reply_id)
    services.validate(reply, actor=viewer(), now=clock.now(), today=_today(reply))
    words = _("The reply of %(author)s is in the history now; the account's messages go on.", author=reply.author)
    return _done(words)


@bp.post("/<int:reply_id>/delete")
@requires(Capability.COLLECTION_WORK)
def delete(reply_id: int) -> Response:
    """Put the reply away; it is kept with who did it and when."""
    reply = get_reply(viewer(), reply_id)
    services.delete(reply, actor=viewer(), now=clock.now(), today=_today(reply))
    return _done(_("The reply of %(author)s was deleted; the account's messages go on.", author=reply.author))


def _done(words: str) -> Response:
    target = safe_target(request.form.get("next"), url_for("replies.index"))
    db.session.commit()
    flash(words, "ok")
    return go(target)


def _today(reply: Reply) -> date:
    return clock.today(db.session.get_one(Entity, reply.entity_id).timezone)
