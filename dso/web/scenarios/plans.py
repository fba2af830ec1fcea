"""The plans: listed, made, renamed, copied, paused, put away."""

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from dso import clock
from dso.db import db
from dso.domain.codes import StartRule
from dso.domain.errors import Refused
from dso.http.entity import current_entity
from dso.http.errors import sentence
from dso.http.pages import go, page
from dso.models import Scenario
from dso.queries import scenarios as queries
from dso.services import lists, scenarios
from dso.web.downloads import table_answer
from dso.web.scenarios.common import back_to, bp, edits, find, when
from dso.web.scenarios.forms import ScenarioForm, scenario_form


@bp.get("")
@edits
def index() -> Response:
    """All scenarios with how much they are used."""
    return _list(scenario_form(None, posted=False))


@bp.get("/list.<form>")
@edits
def download(form: str) -> Response:
    """The scenarios as a file; their steps are written by `dso scenario export`."""
    return table_answer(lists.plans(current_entity()), "scenarios", form)


def _list(form: ScenarioForm, status: int = 200) -> Response:
    rows = queries.scenario_rows(current_entity())
    plans = [row for row in rows if not row.archived and not row.library]
    libraries = [row for row in rows if not row.archived and row.library]
    archived = [row for row in rows if row.archived]
    return page("scenarios/index.html", status=status, plans=plans, libraries=libraries, archived=archived, form=form)


@bp.post("")
@edits
def create() -> Response:
    """Make an empty scenario and open it."""
    form = scenario_form(None, posted=True)
    if not form.validate():
        return _list(form, 422)
    try:
        scenario = scenarios.create(
            current_entity(),
            form.name.data or "",
            now=clock.now(),
            language=form.language.data,
            start=StartRule(form.start.data),
            library=bool(form.library.data),
        )
    except Refused as refusal:
        form.name.errors = [sentence(refusal)]
        return _list(form, 422)
    return back_to(scenario, _("Add its first step now."))


def _show(scenario: Scenario, form: ScenarioForm, status: int = 200) -> Response:
    steps = queries.steps_of(scenario)
    row = next(row for row in queries.scenario_rows(current_entity()) if row.id == scenario.id)
    return page("scenarios/show.html", status=status, scenario=scenario, steps=steps, form=form, row=row)


@bp.get("/<int:scenario_id>")
@edits
def show(scenario_id: int) -> Response:
    """A scenario with its steps."""
    scenario = find(scenario_id)
    return _show(scenario, scenario_form(scenario, posted=False))


@bp.post("/<int:scenario_id>")
@edits
def update(scenario_id: int) -> Response:
    """Another name, language or way to start."""
    scenario = find(scenario_id)
    form = scenario_form(scenario, posted=True)
    if not form.validate():
        return _show(scenario, form, 422)
    entity = current_entity()
    try:
        scenarios.rename(entity, scenario, form.name.data or "")
    except Refused as refusal:
        form.name.errors = [sentence(refusal)]
        return _show(scenario, form, 422)
    rule = StartRule(form.start.data)
    scenarios.update_plan(entity, scenario, language=form.language.data, start=rule, **when())
    return back_to(scenario)


@bp.post("/<int:scenario_id>/duplicate")
@edits
def duplicate(scenario_id: int) -> Response:
    """The same plan under another name."""
    entity, scenario = current_entity(), find(scenario_id)
    names = [f"{scenario.name[:80]} ({_('copy')} {number})" for number in range(1, 100)]
    free = next((name for name in names if queries.by_name(entity, name) is None), names[-1])
    copy = scenarios.duplicate(entity, scenario, free, now=clock.now())
    return back_to(copy, _("This is the copy; give it a name of its own."))


@bp.post("/<int:scenario_id>/pause")
@edits
def pause(scenario_id: int) -> Response:
    """Stop or let go the automatic messages of a scenario."""
    scenario = find(scenario_id)
    paused = request.form.get("paused") == "1"
    scenarios.set_paused(current_entity(), scenario, paused, **when())
    return back_to(scenario, _("Its automatic messages wait.") if paused else _("Its automatic messages go on."))


@bp.post("/<int:scenario_id>/archive")
@edits
def archive(scenario_id: int) -> Response:
    """Delete a scenario nothing names; else put it away."""
    scenario = find(scenario_id)
    name = scenario.name
    scenarios.archive(current_entity(), scenario, now=clock.now())
    db.session.commit()
    flash(_("%(name)s is out of use.", name=name), "ok")
    return go(url_for("scenarios.index"))


@bp.post("/<int:scenario_id>/restore")
@edits
def restore(scenario_id: int) -> Response:
    """Take an archived scenario back into use."""
    scenario = find(scenario_id)
    scenarios.restore(scenario)
    return back_to(scenario)
