"""The outbox: what waits, what left, what failed, exactly as it left; and the files that went along."""

import io
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, request, send_file, url_for
from flask_babel import gettext as _

from dso import clock
from dso.db import db
from dso.domain.codes import OPEN_ACTION_STATES, Channel, MessageState
from dso.domain.errors import NotFound, Refused
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.frames import framed
from dso.http.guard import requires, viewer
from dso.http.pages import go, page, safe_target
from dso.models import Entity, Message
from dso.queries.messages import outbox
from dso.queries.scope import get_message
from dso.services import lists, messages
from dso.web.downloads import table_answer

bp = Blueprint("messages", __name__, url_prefix="/messages")
PAGE_SIZE = 50
#: Letters of one PDF: more would keep the browser waiting; those left over come with the next.
MOST_LETTERS = 200


@bp.get("")
@requires(Capability.CUSTOMERS_SEE)
def index() -> Response:
    """The list, newest first."""
    user, entity = viewer(), current_entity()
    args = request.args
    wanted = _wanted(args.get("state", ""))
    number, size = _whole(args.get("page"), 1, 1_000_000), _whole(args.get("size"), PAGE_SIZE, 250)
    return page(
        "messages/index.html",
        "messages/_list.html",
        found=outbox.search(user, entity, wanted, page=number, size=size),
        counts=outbox.counts(user, entity),
        wanted=wanted,
        number=number,
        size=size,
        most_letters=MOST_LETTERS,
    )


@bp.get("/list.<form>")
@requires(Capability.CUSTOMERS_SEE)
def download(form: str) -> Response:
    """All messages found, as a file."""
    entity = current_entity()
    table = lists.messages(viewer(), entity, _wanted(request.args.get("state", "")))
    return table_answer(table, f"messages-{clock.today(entity.timezone)}", form)


def _wanted(group: str) -> outbox.Filter:
    channel = request.values.get("channel", "")
    return outbox.Filter(
        group=group,
        channel=Channel(channel) if channel in set(Channel) else None,
        text=request.values.get("text", "").strip()[:100],
    )


def _whole(text: str | None, otherwise: int, most: int) -> int:
    return min(max(int(text), 1), most) if text and text.isdecimal() and len(text) < 9 else otherwise


@bp.get("/<int:message_id>")
@requires(Capability.CUSTOMERS_SEE)
def show(message_id: int) -> Response:
    """One message: how it stands, and its text in a frame."""
    message = get_message(viewer(), message_id)
    return page("messages/show.html", "messages/_message.html", message=message, can_do=_can_do(message))


def _can_do(message: Message) -> dict[str, bool]:
    """What a person may do with a message in its state."""
    again = message.state in (MessageState.FAILED, MessageState.UNCERTAIN) or (
        message.state is MessageState.CANCELLED
        and (message.action is None or message.action.state in OPEN_ACTION_STATES)
    )
    return {
        "cancel": message.state in (MessageState.QUEUED, MessageState.FAILED),
        "send_again": again,
        "mark_as_sent": message.state is MessageState.UNCERTAIN,
        "letter": message.channel is Channel.LETTER and bool(message.body_html),
    }


@bp.get("/<int:message_id>/text")
@requires(Capability.CUSTOMERS_SEE)
def text(message_id: int) -> Response:
    """Exactly what left, or would have; of a message that waits what it would say now. For a frame without rights."""
    message = get_message(viewer(), message_id)
    return framed(messages.document(message, today=_today(message), now=clock.now()))


@bp.get("/<int:message_id>/letter.pdf")
@requires(Capability.CUSTOMERS_SEE, writes=True)
def letter(message_id: int) -> Response:
    """The letter to print; who works on collection marks it as fetched by this."""
    message = get_message(viewer(), message_id)
    content = messages.letter_pdf(message)
    if viewer().can(Capability.COLLECTION_WORK):
        messages.mark_printed(message, actor=viewer(), now=clock.now())
        db.session.commit()
    return _download(content, f"{message.id}.pdf", "application/pdf")


@bp.post("/letters.pdf")
@requires(Capability.COLLECTION_WORK)
def letters() -> Response:
    """The letters that wait to be printed, as the list is narrowed, in one PDF; from now on they count as printed."""
    user, entity = viewer(), current_entity()
    found = outbox.to_print(user, entity, _wanted(outbox.TO_PRINT), most=MOST_LETTERS)
    if not found:
        raise Refused("No letter waits to be printed.")
    content = messages.print_letters(found, actor=user, now=clock.now())
    db.session.commit()
    return _download(content, f"{clock.today(entity.timezone).isoformat()}.pdf", "application/pdf")


@bp.get("/<int:message_id>/files/<int:number>")
@requires(Capability.CUSTOMERS_SEE)
def file(message_id: int, number: int) -> Response:
    """A file that went along."""
    message = get_message(viewer(), message_id)
    if number >= len(message.attachments):
        raise NotFound("There is no such file.")
    found = messages.attachment(message, number, today=_today(message))
    return _download(found.content, found.name, found.content_type)


def _download(content: bytes, name: str, content_type: str) -> Response:
    sent: Any = send_file(io.BytesIO(content), mimetype=content_type, as_attachment=True, download_name=name)
    response: Response = sent
    return response


@bp.post("/<int:message_id>/cancel")
@requires(Capability.COLLECTION_WORK)
def cancel(message_id: int) -> Response:
    """Take a waiting message back."""
    message = get_message(viewer(), message_id)
    messages.cancel(message, actor=viewer(), today=_today(message), now=clock.now())
    return _done(message, _("The message was cancelled."))


@bp.post("/<int:message_id>/send-again")
@requires(Capability.COLLECTION_WORK)
def send_again(message_id: int) -> Response:
    """Queue a failed, cancelled or uncertain message again."""
    message = get_message(viewer(), message_id)
    messages.send_again(message, actor=viewer(), now=clock.now())
    return _done(message, _("The message is in the outbox again."))


@bp.post("/<int:message_id>/mark-as-sent")
@requires(Capability.COLLECTION_WORK)
def mark_as_sent(message_id: int) -> Response:
    """An uncertain message is known to have arrived."""
    message = get_message(viewer(), message_id)
    messages.mark_as_sent(message, actor=viewer(), now=clock.now())
    return _done(message, _("The message is marked as sent."))


def _done(message: Message, words: str) -> Response:
    target = safe_target(request.form.get("next"), url_for("messages.show", message_id=message.id))
    db.session.commit()
    flash(words, "ok")
    return go(target)


def _today(message: Message) -> date:
    return clock.today(db.session.get_one(Entity, message.entity_id).timezone)
