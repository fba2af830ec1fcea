"""The dialogue "Change status": status, e-mail, what comes next; quick promise; specific actions."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dso import clock
from dso.db import db
from dso.domain.codes import ReplyKind
from dso.domain.errors import Forbidden, Refused
from dso.domain.permissions import Capability
from dso.domain.uploads import EXTENSIONS, LARGEST, MOST_FILES
from dso.http.addresses import id_of, ids_of
from dso.http.errors import sentence
from dso.http.frames import framed_or_why
from dso.http.guard import requires, viewer
from dso.http.pages import go, page, safe_target
from dso.models import Entity, Item, Qualification, Reply
from dso.queries import statuses as queries
from dso.queries.scope import get_items, get_qualification, get_reply
from dso.services import actions, messages, replies, statuses
from dso.services.actions import specific
from dso.web.status_forms import QualifyForm, SpecificForm, TagMail, keep_files, of_act, of_reply, tagging_of

bp = Blueprint("statuses", __name__, url_prefix="/statuses")


def ticked() -> list[Item]:
    """The ticked items of this request, in scope; ids come as repeated or comma separated `items`."""
    texts = [part for value in request.values.getlist("items") for part in value.split(",")]
    return get_items(viewer(), ids_of(texts))


def _ticked_or_refused() -> list[Item]:
    items = ticked()
    if not items:
        raise Refused("Tick at least one item.")
    return items


def _review(items: Sequence[Item]) -> None:
    entity: Entity = items[0].customer.entity
    actions.review(entity, {i.account_id for i in items}, today=clock.today(entity.timezone), now=clock.now())


def _back(items: Sequence[Item]) -> str:
    otherwise = url_for("customers.show", customer_id=items[0].customer_id) if items else "/"
    return safe_target(request.values.get("next"), otherwise)


def _reply() -> Reply | None:
    """The reply the dialogue comes from: only who works on collection handles one."""
    named = id_of(request.values.get("reply"))
    if named is None:
        return None
    if not viewer().can(Capability.COLLECTION_WORK):
        raise Forbidden("Replies are handled by who works on collection.", capability=Capability.COLLECTION_WORK)
    return get_reply(viewer(), named)


def _corrected() -> Qualification | None:
    """The act of tagging the dialogue edits; the service says whether it may."""
    named = id_of(request.values.get("corrects"))
    return get_qualification(viewer(), named) if named is not None else None


def _tagged_by(act: Qualification) -> list[Item]:
    return get_items(viewer(), sorted(row.item_id for row in act.items))


def _spoken_of(reply: Reply) -> list[Item]:
    """The items of an answer; a payment with everything ticked is one of the debts, not of the credits."""
    items = [row.item for row in reply.items]
    debts = [item for item in items if item.remaining > 0]
    pays = reply.kind in (ReplyKind.PROMISE, ReplyKind.PAID)
    return debts if pays and debts else items


def _dialog(
    form: QualifyForm,
    items: Sequence[Item],
    reply: Reply | None,
    act: Qualification | None,
    status: int = 200,
    saved: int = 0,
) -> Response:
    context = {"form": form, "items": items, "reply": reply, "corrects": act, "saved": saved, **_around(items)}
    return page("statuses/dialog.html", "statuses/_dialog.html", status, **context)


def _around(items: Sequence[Item]) -> dict[str, Any]:
    """What the dialogue shows besides its form."""
    return {
        "next": _back(items),
        "accept": ",".join(f".{extension}" for extension in EXTENSIONS),
        "types": {str(each.id): each.type for each in queries.active_statuses()},
    }


@bp.get("/dialog")
@requires(Capability.ITEMS_TAG)
def dialog() -> Response:
    """The dialogue for the ticked items, filled from a reply when it comes from one, or from the act it edits."""
    reply, act = _reply(), _corrected()
    items = _tagged_by(act) if act else ticked() or (_spoken_of(reply) if reply else [])
    if not items:
        raise Refused("Tick at least one item.")
    today = clock.today(items[0].customer.entity.timezone)
    said = of_act(act) if act else of_reply(reply, today) if reply else None
    form = QualifyForm(None, obj=said)
    form.offer(items[0].customer.entity, viewer())
    return _dialog(form, items, reply, act)


@bp.post("/qualify")
@requires(Capability.ITEMS_TAG)
def qualify() -> Response:
    """Tag the items; "submit" keeps the dialogue of a reply open for its next part."""
    request.max_content_length = MOST_FILES * LARGEST + 1024 * 1024
    reply, act = _reply(), _corrected()
    items = _tagged_by(act) if act else _ticked_or_refused()
    form = QualifyForm()
    form.offer(items[0].customer.entity, viewer())
    if not form.validate():
        return _dialog(form, items, reply, act, 422)
    try:
        count = _save(form, items, reply, act)
    except Refused as error:
        db.session.rollback()
        form.form_errors.append(sentence(error))
        return _dialog(form, items, reply, act, 422)
    stays = reply is not None and request.form.get("finish") is None
    if reply and not stays:
        replies.mark_qualified(
            reply, actor=viewer(), now=clock.now(), today=clock.today(reply.customer.entity.timezone)
        )
    _review(items)
    db.session.commit()
    if stays:
        return _dialog(form, items, reply, act, saved=count)
    flash(ngettext("One item tagged.", "%(num)s items tagged.", count), "ok")
    return go(_back(items))


def _save(form: QualifyForm, items: Sequence[Item], reply: Reply | None, act: Qualification | None) -> int:
    """Tag the ticked items, and queue the e-mail that goes with it; how many were tagged."""
    entity = items[0].customer.entity
    today, now, actor = clock.today(entity.timezone), clock.now(), viewer()
    tagging = tagging_of(form)
    if act is not None:
        statuses.correct(act, tagging, actor=actor, today=today, now=now)
    elif reply is not None:
        replies.hold(reply, items)
        statuses.qualify(items, tagging, actor=actor, today=today, now=now, reply=reply)
    else:
        statuses.qualify_each(items, tagging, actor=actor, today=today, now=now)
    keep_files(form, items, actor=actor, now=now)
    TagMail.of(form).send(items, tagging, actor=actor, today=today, now=now)
    return len(items)


@bp.post("/mail")
@requires(Capability.ITEMS_TAG)
def mail() -> Response:
    """The e-mail of the dialogue, its text filled in with status, comment and items; nothing is saved."""
    items = _ticked_or_refused()
    form = _posted(items)
    try:
        if form.validate():
            draft = _draft(form, items)
            form.subject.data, form.body.data = draft.subject, draft.text
    except Refused as error:
        form.form_errors.append(sentence(error))
    context = {"form": form, "items": items, "reply": _reply(), **_around(items)}
    return page("statuses/dialog.html", "statuses/_mail.html", 422 if form.errors else 200, **context)


@bp.post("/preview")
@requires(Capability.ITEMS_TAG)
def preview() -> Response:
    """The e-mail of the dialogue as it would leave, a document of its own for a frame; nothing is saved."""
    items = _ticked_or_refused()
    return framed_or_why(lambda: _draft(_posted(items), items).body_html)


def _posted(items: Sequence[Item]) -> QualifyForm:
    form = QualifyForm()
    form.offer(items[0].customer.entity, viewer())
    return form


def _draft(form: QualifyForm, items: Sequence[Item]) -> messages.Draft:
    """Tag, write, and take back: the text speaks of the items as they will be."""
    if not form.validate():
        raise Refused("Complete the status first: the text speaks of it.")
    entity = items[0].customer.entity
    today, now, actor = clock.today(entity.timezone), clock.now(), viewer()
    tagging = tagging_of(form)
    nested = db.session.begin_nested()
    try:
        statuses.qualify_each(items, tagging, actor=actor, today=today, now=now)
        return TagMail.of(form).draft(items, tagging, actor=actor, today=today, now=now)
    finally:
        nested.rollback()


@bp.post("/quick-promise")
@requires(Capability.ITEMS_TAG)
def quick_promise() -> Response:
    """One click: the set status, promised for today + the set days, follow-up created."""
    items = _ticked_or_refused()
    entity = items[0].customer.entity
    today = clock.today(entity.timezone)
    tagging = statuses.quick_promise(entity, today)
    statuses.qualify_each(items, tagging, actor=viewer(), today=today, now=clock.now())
    _review(items)
    db.session.commit()
    flash(ngettext("Promise noted for one item.", "Promise noted for %(num)s items.", len(items)), "ok")
    return go(_back(items))


@bp.post("/remove")
@requires(Capability.ITEMS_TAG)
def remove() -> Response:
    """Take the status off the ticked items; the history keeps it."""
    items = _ticked_or_refused()
    today = clock.today(items[0].customer.entity.timezone)
    statuses.qualify_each(items, statuses.Tagging(None), actor=viewer(), today=today, now=clock.now())
    _review(items)
    db.session.commit()
    return go(_back(items))


@bp.route("/specific", methods=["GET", "POST"])
@requires(Capability.COLLECTION_WORK)
def specific_action() -> Response:
    """Plan a specific action on the ticked items."""
    items = _ticked_or_refused()
    entity = items[0].customer.entity
    form = SpecificForm()
    form.offer(entity, clock.today(entity.timezone))
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                action = specific.create(
                    items, **form.values(), actor=viewer(), today=clock.today(entity.timezone), now=clock.now()
                )
            except Refused as error:
                db.session.rollback()
                form.form_errors.append(sentence(error))
            else:
                _review(items)
                db.session.commit()
                flash(_("%(name)s planned.", name=action.name), "ok")
                return go(_back(items))
    context = {"form": form, "items": items, "next": _back(items)}
    return page("statuses/specific.html", "statuses/_specific.html", status, **context)
