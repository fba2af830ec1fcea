"""The debtor page `/p/<token>`: read the account, answer on it. Opening it changes nothing but the log of openings."""

from collections.abc import Iterator

from flask import Blueprint, Response, request

from dso import db as database
from dso.db import db
from dso.domain import replies as rules
from dso.domain.errors import NotFound, Refused
from dso.domain.uploads import LARGEST, MOST_FILES
from dso.extensions import csrf
from dso.http.guard import public
from dso.http.locales import language
from dso.http.pages import go, wants_part
from dso.models import Item, Reply
from dso.portal import keys
from dso.portal.forms import AnswerForm, accept, blank, ids, received_files, view_of
from dso.portal.visits import ClosedError, Visit, enter, limited, protect, public_page
from dso.queries import debtors, links, replies, statement
from dso.services import links as link_services
from dso.services import replies as services

bp = Blueprint("portal", __name__, url_prefix="/p/<token>")
protect(bp)
# A post is proved by its form key, which is bound to the link; the page has no session to hold another token.
csrf.exempt(bp)

PAGE_SIZE = 200
#: All files of an answer and what is around them.
LARGEST_ANSWER = MOST_FILES * LARGEST + 1024 * 1024


@bp.get("")
@public(writes=True)
@limited("120 per minute")
def show(token: str) -> Response:
    """The page. The opening is noted in a short write of its own, then everything else is only read."""
    visit = enter(token)
    if request.method == "GET" and not wants_part():
        link_services.log_opening(visit.link, address=request.remote_addr or "", now=visit.now)
        db.session.commit()
    database.may_write.set(False)
    form = AnswerForm(blank(visit.link))
    form.offer(visit.reasons)
    return _page(visit, form, set(ids(request.args)))


def _page(visit: Visit, form: AnswerForm, ticked: set[int], status: int = 200) -> Response:
    number = request.args.get("page", "1")
    at = max(int(number), 1) if number.isdecimal() and len(number) < 7 else 1
    view = view_of(request.args)
    found = statement.page(
        visit.customer, view, language=language(), today=visit.today, ticked=ticked, number=at, size=PAGE_SIZE
    )
    return public_page(
        "portal/show.html",
        visit,
        "portal/_statement.html",
        status,
        form=form,
        view=view,
        statement=found,
        page_number=at,
        page_size=PAGE_SIZE,
        earlier=replies.given_by(visit.customer, today=visit.today),
        person=debtors.person(visit.customer),
        accept=accept(),
    )


@bp.post("")
@public()
@limited("30 per hour; 8 per minute")
def answer(token: str) -> Response:
    """Take in an answer, once however often it is sent; a form with mistakes comes back as it was filled in."""
    if not links.is_signed(token):
        raise ClosedError(404)
    request.max_content_length = LARGEST_ANSWER
    request.max_form_memory_size = 2 * 1024 * 1024
    # All of it is received and the files are looked at before the database is asked anything.
    form, ticked = AnswerForm(), ids(request.form)
    uploads, refusal = received_files()
    visit = enter(token)
    items = _known(visit, ticked)
    open_items = [item for item in items if item.is_open]
    key = keys.read(request.form.get("csrf_token", ""), visit.link)
    form.offer(visit.reasons)
    form.check([_subject(item) for item in open_items], files=len(uploads), today=visit.today)
    for field, wrong in _hindrances(items, refusal, key):
        form.add_error(field, wrong)
    if form.has_errors or key is None:
        return _page(visit, form, set(ticked), 422)
    received = services.take_in(
        visit.link, form.answer(), open_items, uploads=uploads, form_key=key, now=visit.now, today=visit.today
    )
    if form.copy.data and received.new:
        services.send_copy(received.reply, language=language(), now=visit.now)
    url = visit.url("portal.sent", reply_id=received.reply.id)
    db.session.commit()
    return go(url)


def _known(visit: Visit, ticked: list[int]) -> list[Item]:
    """The ticked items; NotFound, and nothing is taken in, when one is not of this account."""
    known = statement.items_by_id(visit.customer, ticked)
    if set(ticked) - set(known):
        raise NotFound("This page does not know one of the items you ticked.")
    return list(known.values())


def _subject(item: Item) -> rules.Subject:
    return rules.Subject(item.id, item.remaining, item.currency)


def _hindrances(items: list[Item], files: Refused | None, key: str | None) -> Iterator[tuple[str, Refused]]:
    """What keeps the answer from being taken in beside what was filled in: field and reason."""
    if files is not None:
        yield "files", files
    if settled := ", ".join(item.number for item in items if not item.is_open):
        words = "%(numbers)s: settled meanwhile. Please look at what is ticked and send your answer again."
        yield "", Refused(words, numbers=settled)
    if key is None:
        yield "", Refused("This page was open for too long. Please look at your answer and send it again.")


@bp.get("/sent/<int:reply_id>")
@public()
@limited("60 per minute")
def sent(token: str, reply_id: int) -> Response:
    """What was sent by this link, as it was taken in."""
    visit = enter(token)
    reply = db.session.get(Reply, reply_id)
    if reply is None or reply.link_id != visit.link.id:
        raise NotFound("There is no such answer.")
    return public_page(
        "portal/sent.html", visit, reply=replies.one(reply, today=visit.today), person=debtors.person(visit.customer)
    )
