"""One action: its panel, the composer, and what a person can do with it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from dso import clock
from dso.db import db
from dso.domain.codes import MESSAGE_TYPES, OPEN_ACTION_STATES, ActionKind, ActionState, StatusType
from dso.domain.errors import Refused
from dso.domain.permissions import Capability
from dso.http.addresses import id_of, ids_of
from dso.http.errors import sentence
from dso.http.frames import framed_or_why
from dso.http.guard import requires, viewer
from dso.http.pages import go, page, safe_target
from dso.models import Action, User
from dso.queries import action_sheet
from dso.queries import statuses as status_queries
from dso.queries.scope import get_action, get_customer, get_items
from dso.services import actions, messages
from dso.services.actions import specific
from dso.web.action_forms import CallForm, ComposeForm, EndForm, RedateForm, SkipForm

bp = Blueprint("actions", __name__, url_prefix="/actions")


def _when(action: Action) -> dict[str, Any]:
    return {"today": clock.today(action.customer.entity.timezone), "now": clock.now()}


def _next(action: Action) -> str:
    return safe_target(request.values.get("next"), url_for("customers.show", customer_id=action.customer_id))


def _context(action: Action, **more: Any) -> dict[str, Any]:
    sends = action.type in MESSAGE_TYPES
    return {
        "action": action,
        "sheet": action_sheet.sheet(action),
        "sends": sends,
        "open": action.state in OPEN_ACTION_STATES,
        "next": request.values.get("next", ""),
        **_when(action),
        **more,
    }


@bp.get("/<int:action_id>")
@requires(Capability.CUSTOMERS_SEE)
def show(action_id: int) -> Response:
    """The action: its next message or call sheet, and its buttons; beside the To-do list as a part."""
    action = get_action(viewer(), action_id)
    return page("actions/show.html", "actions/_panel.html", **_context(action))


@bp.get("/<int:action_id>/do")
@requires(Capability.COLLECTION_WORK)
def do(action_id: int) -> Response:
    """Do it: the composer for a message, the call sheet for a call, completing for the rest."""
    action = get_action(viewer(), action_id)
    if action.type in MESSAGE_TYPES and action.state in OPEN_ACTION_STATES:
        draft = messages.compose(action, actor=viewer(), **_when(action))
        form = ComposeForm(
            None, subject=draft.subject, body=draft.text, to=", ".join(r.address for r in draft.recipients)
        )
        return _composer(action, draft, form)
    return page("actions/show.html", **_context(action))


@bp.get("/<int:action_id>/preview")
@bp.post("/<int:action_id>/preview")
@requires(Capability.CUSTOMERS_SEE)
def preview(action_id: int) -> Response:
    """The message as the recipient will see it; a document of its own, shown in a frame without rights."""
    action = get_action(viewer(), action_id)
    edited = request.form if request.method == "POST" else {}
    subject, body = edited.get("subject"), edited.get("body")

    def write() -> str:
        return messages.compose(action, actor=viewer(), **_when(action), subject=subject, body=body).body_html

    return framed_or_why(write)


@bp.post("/<int:action_id>/send")
@requires(Capability.COLLECTION_WORK)
def send(action_id: int) -> Response:
    """Put the edited message into the outbox, from where it leaves at once."""
    action = get_action(viewer(), action_id)
    _still_open(action)
    form = ComposeForm()
    if form.validate():
        try:
            if form.keep_open.data and action.kind is ActionKind.SPECIFIC:
                actions.send_without_ending(action)
            messages.queue_for_action(
                action,
                subject=form.subject.data or "",
                body=form.body.data or "",
                recipients=form.addresses(),
                override_reason=form.override_reason.data or "",
                actor=viewer(),
                **_when(action),
            )
            when = _when(action)
            actions.review(action.customer.entity, {action.customer_id}, today=when["today"], now=when["now"])
            db.session.commit()
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(sentence(error))
        else:
            flash(_("The message is in the outbox."), "ok")
            return go(_next(action))
    return _composer(action, messages.compose(action, actor=viewer(), **_when(action)), form, 422)


def _composer(action: Action, draft: messages.Draft, form: ComposeForm, status: int = 200) -> Response:
    warnings = [sentence(warning) for warning in draft.warnings]
    return page("actions/compose.html", status=status, **_context(action, draft=draft, warnings=warnings, form=form))


def _still_open(action: Action) -> None:
    """Held until the end of the request; Refused when somebody else was faster."""
    db.session.refresh(action, with_for_update=True)
    if action.state not in OPEN_ACTION_STATES or action.state is ActionState.QUEUED:
        raise Refused('"%(action)s" was sent or ended by somebody else meanwhile.', action=action.name)


Change = Callable[[Action, User, date, datetime], object]


def _change(action_id: int, change: Change, words: str, undo: bool = False) -> Response:
    """Change an action, commit, and say so with an undo button where there is one; refusals come as a sentence."""
    action = get_action(viewer(), action_id)
    when = _when(action)
    change(action, viewer(), when["today"], when["now"])
    db.session.commit()
    if undo:
        flash(undoable(action, words), "ok")
    else:
        flash(words, "ok")
    return go(_next(action))


def undoable(action: Action, words: str) -> Any:
    """The sentence with the address that takes it back."""
    return {"words": words, "undo": url_for("actions.undo", action_id=action.id, next=_next(action))}


@bp.route("/<int:action_id>/complete", methods=["GET", "POST"])
@requires(Capability.COLLECTION_WORK, Capability.DISPUTES_CLOSE)
def complete(action_id: int) -> Response:
    """Complete it; a dispute asks for its outcome."""
    action = get_action(viewer(), action_id)
    form = EndForm()
    disputed = action.kind is ActionKind.SPECIFIC and any(
        item.status_type is StatusType.DISPUTE for item in specific.open_items(action)
    )
    if request.method == "POST" and form.validate():
        try:
            actions.complete(
                action,
                actor=viewer(),
                **_when(action),
                outcome=form.chosen(),
                amount=form.amount.data,
                note=form.note.data,
            )
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(sentence(error))
        else:
            db.session.commit()
            flash(undoable(action, _("%(name)s completed.", name=action.name)), "ok")
            return go(_next(action))
    status = 422 if request.method == "POST" else 200
    context = _context(action, form=form, disputed=disputed)
    return page("actions/complete.html", "actions/_complete.html", status, **context)


@bp.route("/<int:action_id>/skip", methods=["GET", "POST"])
@requires(Capability.COLLECTION_WORK)
def skip(action_id: int) -> Response:
    """Skip it with a reason."""
    action, form = get_action(viewer(), action_id), SkipForm()
    if request.method == "POST" and form.validate():
        words = _("%(name)s skipped.", name=action.name)
        return _change(
            action_id,
            lambda a, u, d, n: actions.skip(a, form.reason.data or "", actor=u, today=d, now=n),
            words,
            undo=True,
        )
    status = 422 if request.method == "POST" else 200
    return page("actions/skip.html", "actions/_skip.html", status, **_context(action, form=form))


@bp.route("/<int:action_id>/redate", methods=["GET", "POST"])
@requires(Capability.COLLECTION_WORK)
def redate(action_id: int) -> Response:
    """Give it another date."""
    action = get_action(viewer(), action_id)
    form = RedateForm(on=max(action.on, clock.today(action.customer.entity.timezone)))
    if request.method == "POST" and form.validate():
        day = form.on.data
        return _change(
            action_id,
            lambda a, u, d, n: actions.redate(a, day, actor=u, today=d, now=n),
            _("%(name)s re-dated.", name=action.name),
        )
    status = 422 if request.method == "POST" else 200
    return page("actions/redate.html", "actions/_redate.html", status, **_context(action, form=form))


@bp.post("/<int:action_id>/confirm")
@requires(Capability.COLLECTION_WORK)
def confirm(action_id: int) -> Response:
    """Confirm an automatic action: it leaves on its day."""
    words = _("Confirmed: it leaves on its day.")
    return _change(action_id, lambda a, u, d, n: actions.confirm(a, actor=u, today=d, now=n), words)


@bp.post("/<int:action_id>/undo")
@requires(Capability.COLLECTION_WORK)
def undo(action_id: int) -> Response:
    """Take back a completion or a skip, as long as nothing has left."""
    return _change(action_id, lambda a, u, d, n: actions.undo(a, actor=u, today=d, now=n), _("Undone."))


@bp.post("/<int:action_id>/detach")
@requires(Capability.COLLECTION_WORK)
def detach(action_id: int) -> Response:
    """Take items out of a specific action; they rejoin the scenario at once."""
    action = get_action(viewer(), action_id)
    items = get_items(viewer(), ids_of(request.form.getlist("items")))
    when = _when(action)
    specific.detach(action, items, actor=viewer(), now=when["now"])
    actions.review(action.customer.entity, {action.customer_id}, **when)
    db.session.commit()
    flash(_("Taken out of the action."), "ok")
    return go(_next(action))


@bp.post("/<int:action_id>/resolver")
@requires(Capability.COLLECTION_WORK)
def resolver(action_id: int) -> Response:
    """Give a specific action to another resolver."""
    action = get_action(viewer(), action_id)
    text = request.form.get("resolver", "")
    people = {str(user.id): user for user in status_queries.resolvers(action.customer.entity)}
    specific.change_resolver(action, people.get(text), actor=viewer(), now=clock.now())
    db.session.commit()
    return go(_next(action))


@bp.route("/call/<int:customer_id>", methods=["GET", "POST"])
@requires(Capability.COLLECTION_WORK)
def call(customer_id: int) -> Response:
    """Write down a call with its outcome; one that belongs to a phone action completes it."""
    customer = get_customer(viewer(), customer_id)
    named = id_of(request.values.get("action"))
    action = get_action(viewer(), named) if named is not None else None
    form = CallForm()
    if request.method == "POST" and form.validate():
        today = clock.today(customer.entity.timezone)
        actions.log_call(
            action or customer, form.chosen(), form.note.data or "", actor=viewer(), today=today, now=clock.now()
        )
        db.session.commit()
        flash(_("Call noted."), "ok")
        return go(safe_target(request.values.get("next"), url_for("customers.show", customer_id=customer.id)))
    status = 422 if request.method == "POST" else 200
    context = {"customer": customer, "action": action, "form": form, "next": request.values.get("next", "")}
    return page("actions/call.html", "actions/_call.html", status, **context)
