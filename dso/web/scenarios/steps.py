"""The steps of a scenario: edited with their texts, tried on a real customer, moved, removed."""

from collections import defaultdict
from collections.abc import Mapping

from flask import Response, request
from flask_babel import gettext as _

from dso.db import db
from dso.domain import hashtags
from dso.domain.errors import NotFound, Refused
from dso.domain.hashtags import Family, Hashtag
from dso.domain.scenario_files import TemplateText
from dso.http.entity import current_entity
from dso.http.errors import sentence
from dso.http.frames import framed_or_why
from dso.http.guard import viewer
from dso.http.pages import page
from dso.models import Scenario, Step
from dso.queries import scenarios as queries
from dso.queries.entities import custom_fields
from dso.services import scenarios
from dso.services.messages.step_preview import preview_step
from dso.web.scenarios.common import back_to, bp, edits, find, when
from dso.web.scenarios.forms import (
    StepForm,
    language_names,
    posted_texts,
    step_file,
    step_form,
    texts_of,
)


def _family_names() -> dict[Family, str]:
    return {
        Family.LISTS: _("Lists"),
        Family.AMOUNTS: _("Amounts"),
        Family.LEADER: _("Oldest invoice"),
        Family.CUSTOMER: _("Customer"),
        Family.STATUS: _("Status"),
        Family.COMPANY: _("Our company"),
        Family.SENDER: _("Sender"),
        Family.PAGE: _("Answer page"),
        Family.OTHER: _("Other"),
    }


def _words() -> list[tuple[str, list[Hashtag]]]:
    """The hashtags by family, custom fields of customers among them."""
    found: dict[Family, list[Hashtag]] = defaultdict(list)
    for tag in hashtags.CATALOGUE.values():
        found[tag.family].append(tag)
    for field in custom_fields():
        if field.subject == "customer":
            name = f"{hashtags.CUSTOM_FIELD_PREFIX}{field.code}"
            found[Family.CUSTOMER].append(Hashtag(name, Family.CUSTOMER, field.label))
    return [(words, found[family]) for family, words in _family_names().items()]


def _show(
    scenario: Scenario,
    step: Step | None,
    form: StepForm,
    texts: Mapping[str, TemplateText],
    status: int = 200,
    problem: str = "",
) -> Response:
    more = request.args.get("language", "")
    if more and more not in texts and more.replace("-", "").isalnum() and len(more) <= 10:
        texts = {**texts, more: TemplateText()}
    customers = queries.example_customers(viewer(), current_entity(), scenario)
    return page(
        "scenarios/step.html",
        status=status,
        scenario=scenario,
        step=step,
        form=form,
        texts=texts,
        languages=dict(language_names(texts)),
        words=_words(),
        customers=customers,
        problem=problem,
    )


@bp.route("/<int:scenario_id>/steps/new", methods=["GET", "POST"])
@edits
def new_step(scenario_id: int) -> Response:
    """Add a step at the end."""
    scenario = find(scenario_id)
    return _edit(scenario, None)


@bp.route("/steps/<int:step_id>", methods=["GET", "POST"])
@edits
def edit_step(step_id: int) -> Response:
    """Change a step; open actions of its scenario follow at once."""
    step = queries.get_step(current_entity(), step_id)
    return _edit(step.scenario, step)


def _edit(scenario: Scenario, step: Step | None) -> Response:
    form = step_form(step, library=scenario.library, posted=True)
    if not form.is_submitted():
        return _show(scenario, step, form, texts_of(step))
    texts = posted_texts(request.form)
    if not form.validate():
        return _show(scenario, step, form, texts, 422)
    try:
        scenarios.save_step(current_entity(), scenario, step, step_file(form, texts), **when())
    except Refused as refusal:
        db.session.rollback()
        return _show(scenario, step, form, texts, 422, sentence(refusal))
    return back_to(scenario)


@bp.post("/<int:scenario_id>/preview")
@edits
def preview(scenario_id: int) -> Response:
    """The step as typed, to a real customer as of today; a document of its own for a frame without rights."""
    scenario = find(scenario_id)
    response = framed_or_why(lambda: _previewed(scenario))
    db.session.rollback()
    return response


def _previewed(scenario: Scenario) -> str:
    customer = queries.visible_by_code(viewer(), current_entity(), request.form.get("customer", ""))
    if customer is None:
        raise NotFound("There is no such customer.")
    language = request.form.get("preview_language", scenario.language)
    values = step_file(step_form(None, library=scenario.library, posted=True), posted_texts(request.form))
    return preview_step(scenario, values, customer, language=language, **when()).body_html


@bp.post("/steps/<int:step_id>/move")
@edits
def move_step(step_id: int) -> Response:
    """One place up or down."""
    step = queries.get_step(current_entity(), step_id)
    scenario = step.scenario
    ids = [each.id for each in queries.steps_of(scenario)]
    place = ids.index(step.id)
    other = place + (-1 if request.form.get("to") == "up" else 1)
    if 0 <= other < len(ids):
        ids[place], ids[other] = ids[other], ids[place]
        scenarios.reorder(current_entity(), scenario, ids, **when())
    return back_to(scenario, _("Moved."))


@bp.post("/steps/<int:step_id>/remove")
@edits
def remove_step(step_id: int) -> Response:
    """Take a step out of the plan; what was done by it stays in history."""
    step = queries.get_step(current_entity(), step_id)
    scenario, name = step.scenario, step.name
    scenarios.remove_step(current_entity(), scenario, step, **when())
    return back_to(scenario, _("%(name)s is out of the plan.", name=name))
