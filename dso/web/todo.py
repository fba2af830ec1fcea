"""The To-do list: tabs, filters that stay, what is due now, and work on many rows at once."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dso import clock
from dso.db import db
from dso.domain.codes import ActionKind, ActionState, ReasonCode, Role, StepType
from dso.domain.errors import Refused
from dso.domain.money import parse_amount
from dso.domain.permissions import Capability
from dso.http.addresses import id_of, ids_of
from dso.http.entity import current_entity
from dso.http.errors import sentence
from dso.http.guard import requires, viewer
from dso.http.pages import go, page, safe_target
from dso.models import Action
from dso.queries import todo as queries
from dso.queries.choices import choices
from dso.queries.scope import get_action
from dso.services import actions, lists
from dso.web.downloads import table_answer

bp = Blueprint("todo", __name__)
E = TypeVar("E", bound=StrEnum)
SIZES = (50, 100, 250)
TABS = (queries.MANUAL, queries.AUTOMATIC, queries.DONE)


def _code(enum: type[E], name: str) -> E | None:
    text = request.args.get(name, "")
    return enum(text) if text in set(enum) else None


def _number(name: str) -> int | None:
    return id_of(request.args.get(name))


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _amount(name: str) -> Decimal | None:
    try:
        return parse_amount(request.args.get(name, ""))
    except ValueError:
        return None


def wanted() -> queries.TodoFilter:
    """The filter of this address; a collector begins on the own portfolio until another one is chosen."""
    collector = request.args.get("collector")
    if collector is None and viewer().role is Role.COLLECTOR:
        collector = str(viewer().id)
    return queries.TodoFilter(
        collector=id_of(collector),
        no_collector=collector == "none",
        colleague=_number("colleague"),
        group=_number("group"),
        scenario=_number("scenario"),
        type=_code(StepType, "type"),
        kind=_code(ActionKind, "kind"),
        status=_number("status"),
        country=request.args.get("country", "")[:2],
        due=request.args.get("due", ""),
        state=_code(ActionState, "state"),
        reason=_code(ReasonCode, "reason"),
        overdue_from=_amount("overdue_from"),
        overdue_to=_amount("overdue_to"),
        date_from=_day("date_from"),
        date_to=_day("date_to"),
        text=request.args.get("q", "").strip()[:200],
    )


def _paging() -> tuple[int, int]:
    size = _number("size") or SIZES[0]
    return max(1, min(_number("page") or 1, 100_000)), size if size in SIZES else SIZES[0]


@bp.get("/todo")
@requires(Capability.COLLECTION_WORK, Capability.CUSTOMERS_SEE, Capability.REPORTS_SEE)
def index() -> Response:
    """The list; who has no actions to work goes on to the customers, who sees none to the reports."""
    user = viewer()
    if not user.can(Capability.COLLECTION_WORK):
        return go(url_for("customers.index" if user.can(Capability.CUSTOMERS_SEE) else "reports.aging"))
    entity = current_entity()
    today = clock.today(entity.timezone)
    tab = _tab()
    narrowed, (number, size) = wanted(), _paging()
    found = queries.todo(
        user, entity, tab, narrowed, today=today, sort=request.args.get("sort", ""), page=number, size=size
    )
    context: dict[str, Any] = {
        "tab": tab,
        "wanted": narrowed,
        "found": found,
        "number": number,
        "size": size,
        "counters": queries.counters(user, entity, narrowed, today=today),
        "choices": choices(entity),
        "today": today,
        "entity": entity,
    }
    return page("todo/index.html", "todo/_list.html", **context)


@bp.get("/todo/list.<form>")
@requires(Capability.COLLECTION_WORK)
def download(form: str) -> Response:
    """All actions of the tab, as filtered, as a file."""
    entity = current_entity()
    today = clock.today(entity.timezone)
    table = lists.actions(viewer(), entity, _tab(), wanted(), request.args.get("sort", ""), today=today)
    return table_answer(table, f"actions-{today}", form)


def _tab() -> str:
    tab = request.args.get("tab", queries.MANUAL)
    return tab if tab in TABS else queries.MANUAL


def _chosen() -> list[Action]:
    ids = dict.fromkeys(ids_of(request.form.getlist("actions")))
    return [get_action(viewer(), each) for each in ids]


@bp.post("/todo/mass")
@requires(Capability.COLLECTION_WORK)
def mass() -> Response:
    """Confirm, complete or re-date the ticked actions; those that cannot be are named, the others go through."""
    chosen = _chosen()
    if not chosen:
        raise Refused("Tick at least one action.")
    what = request.form.get("what", "")
    done, refused = 0, []
    actions.hold(*chosen)
    for action in chosen:
        try:
            with db.session.begin_nested():
                _one(action, what)
            done += 1
        except Refused as error:
            refused.append(f"{action.customer.business_name}: {sentence(error)}")
    db.session.commit()
    if done:
        flash(ngettext("One action changed.", "%(num)s actions changed.", done), "ok")
    for words in refused[:5]:
        flash(words, "warning")
    if len(refused) > 5:
        flash(_("… and %(n)s more that could not be changed.", n=len(refused) - 5), "warning")
    return go(safe_target(request.form.get("next"), url_for("todo.index")))


def _one(action: Action, what: str) -> None:
    today, now = clock.today(current_entity().timezone), clock.now()
    if what == "confirm":
        actions.confirm(action, actor=viewer(), today=today, now=now)
    elif what == "complete":
        actions.complete(action, actor=viewer(), today=today, now=now)
    elif what == "redate":
        try:
            day = date.fromisoformat(request.form.get("on", ""))
        except ValueError as error:
            raise Refused("Say on which day.") from error
        actions.redate(action, day, actor=viewer(), today=today, now=now)
    else:
        raise Refused("Choose what to do with the ticked actions.")
