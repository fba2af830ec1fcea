"""The colleagues' page `/i/<token>`: what is asked about which items, and the answer to it."""

from flask import Blueprint, Response, request, send_file

from dso import db as database
from dso.db import db
from dso.domain.codes import Flavour
from dso.domain.errors import NotFound, Refused
from dso.extensions import csrf
from dso.http.guard import public
from dso.http.pages import go
from dso.models import Reply
from dso.portal import keys
from dso.portal.forms import QuestionForm, accept, blank, ids, received_files
from dso.portal.pages import LARGEST_ANSWER
from dso.portal.visits import ClosedError, Visit, enter, limited, protect, public_page
from dso.queries import links, questions, replies, statement
from dso.services import files
from dso.services import links as link_services
from dso.services import replies as services

bp = Blueprint("questions", __name__, url_prefix="/i/<token>")
protect(bp)
# As on the debtor's page: the form key proves the post.
csrf.exempt(bp)


@bp.get("")
@public(writes=True)
@limited("120 per minute")
def show(token: str) -> Response:
    """The question; the opening is noted as on the debtor's page."""
    visit = enter(token, Flavour.INTERNAL)
    if request.method == "GET":
        link_services.log_opening(visit.link, address=request.remote_addr or "", now=visit.now)
        db.session.commit()
    database.may_write.set(False)
    return _page(visit, QuestionForm(blank(visit.link)), None)


def _page(visit: Visit, form: QuestionForm, ticked: set[int] | None, status: int = 200) -> Response:
    question = questions.of_link(visit.link, today=visit.today)
    return public_page(
        "portal/question.html",
        visit,
        status=status,
        form=form,
        question=question,
        ticked={item.id for item in question.items} if ticked is None else ticked,
        earlier=replies.by_link(visit.link, today=visit.today),
        accept=accept(),
    )


@bp.post("")
@public()
@limited("30 per hour; 8 per minute")
def answer(token: str) -> Response:
    """Take in the answer, once however often it is sent."""
    if not links.is_signed(token):
        raise ClosedError(404)
    request.max_content_length = LARGEST_ANSWER
    request.max_form_memory_size = 2 * 1024 * 1024
    form, ticked = QuestionForm(), ids(request.form)
    uploads, refusal = received_files()
    visit = enter(token, Flavour.INTERNAL)
    if set(ticked) - set(questions.item_ids(visit.link)):
        raise NotFound("This page does not know one of the items you ticked.")
    key = keys.read(request.form.get("csrf_token", ""), visit.link)
    form.check(files=len(uploads), today=visit.today)
    if refusal is not None:
        form.add_error("files", refusal)
    if key is None:
        form.add_error("", Refused("This page was open for too long. Please look at your answer and send it again."))
    if form.has_errors or key is None:
        return _page(visit, form, set(ticked), 422)
    items = list(statement.items_by_id(visit.customer, ticked).values())
    received = services.take_in(
        visit.link, form.answer(), items, uploads=uploads, form_key=key, now=visit.now, today=visit.today
    )
    url = visit.url("questions.sent", reply_id=received.reply.id)
    db.session.commit()
    return go(url)


@bp.get("/sent/<int:reply_id>")
@public()
@limited("60 per minute")
def sent(token: str, reply_id: int) -> Response:
    """What was sent by this link."""
    visit = enter(token, Flavour.INTERNAL)
    reply = db.session.get(Reply, reply_id)
    if reply is None or reply.link_id != visit.link.id:
        raise NotFound("There is no such answer.")
    return public_page(
        "portal/sent.html",
        visit,
        reply=replies.one(reply, today=visit.today),
        person=None,
        back=visit.url("questions.show"),
    )


@bp.get("/files/<int:file_id>")
@public()
@limited("60 per minute")
def file(token: str, file_id: int) -> Response:
    """A file on one of the items, meant for colleagues."""
    visit = enter(token, Flavour.INTERNAL)
    found = questions.file_for_colleague(visit.link, file_id)
    if found is None:
        raise NotFound("There is no such file.")
    path = files.path_of(found.stored_as)
    return send_file(path, mimetype=found.content_type, as_attachment=True, download_name=found.name)
