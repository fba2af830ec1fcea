"""Settings in words, the sending switch, the first steps."""

from flask import Blueprint, Response, current_app, flash, request, url_for
from flask_babel import gettext as _

from dso import clock
from dso.db import db
from dso.domain.errors import Forbidden, NotFound, Refused
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.errors import sentence
from dso.http.forms import Form
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.models import Entity
from dso.queries import entities as queries
from dso.queries import settings
from dso.queries.scope import entities_of
from dso.services.entities import TEST_SENT
from dso.services.settings import needed_right, save, set_value
from dso.web.settings.controls import SECTIONS, Section
from dso.web.settings.forms import default_words, section_form, text_of
from dso.web.settings.tabs import tabs

bp = Blueprint("settings", __name__, url_prefix="/settings")
_edits = requires(Capability.SETTINGS_EDIT)
_switches = requires(Capability.COMPANY_EDIT)
WHOLE = "all"


def _scope() -> Entity | None:
    """The company whose values are shown; None = those of all companies that have none of their own."""
    whole = request.values.get("for") == WHOLE and len(entities_of(viewer())) > 1 and not viewer().entities
    return None if whole else current_entity()


def _may_change(section: Section) -> bool:
    return all(viewer().can(needed_right(control.name)) for control in section.controls)


def _show(status: int = 200, **changed: Form) -> Response:
    entity, scope = current_entity(), _scope()
    sections = [
        {
            "section": section,
            "form": changed.get(section.key) or section_form(section, entity, scope, posted=False),
            "locked": not _may_change(section),
            "defaults": {control.field: default_words(control, entity) for control in section.controls},
        }
        for section in SECTIONS
    ]
    return page(
        "settings/index.html",
        status=status,
        tabs=tabs(),
        sections=sections,
        entity=entity,
        scope=scope,
        several=len(entities_of(viewer())) > 1 and not viewer().entities,
        live=settings.is_live(entity),
        paused=bool(settings.value(entity, "sending.paused")),
    )


@bp.get("")
@_edits
def index() -> Response:
    """All settings of a company with their defaults."""
    return _show()


@bp.post("/sections/<key>")
@_edits
def save_section(key: str) -> Response:
    """Keep one section; what does not fit stays beside its field."""
    section = next((each for each in SECTIONS if each.key == key), None)
    if section is None:
        raise NotFound("There are no such settings.")
    scope = _scope()
    form = section_form(section, current_entity(), scope, posted=True)
    if form.validate() and _kept(section, form, scope):
        db.session.commit()
        flash(_("Saved: %(section)s. Plans follow with the next day's work.", section=section.title), "ok")
        query = {"for": WHOLE} if scope is None else {}
        return go(url_for("settings.index", _anchor=key, **query))  # type: ignore[arg-type]
    return _show(422, **{key: form})


def _kept(section: Section, form: Form, scope: Entity | None) -> bool:
    for control in section.controls:
        field = form[control.field]
        try:
            save(scope, control.name, text_of(control, field), actor=viewer(), now=clock.now())
        except Forbidden:
            raise
        except Refused as refusal:
            db.session.rollback()
            field.errors = [sentence(refusal)]
            return False
    return True


@bp.post("/pause")
@_edits
def pause() -> Response:
    """Stop or go on with automatic sending of this company."""
    wanted = "on" if request.form.get("paused") == "on" else "off"
    set_value(current_entity(), "sending.paused", wanted, actor=viewer(), now=clock.now())
    db.session.commit()
    words = _("Automatic sending is paused.") if wanted == "on" else _("Automatic sending goes on.")
    flash(words, "ok")
    return go(url_for("settings.index"))


@bp.get("/live")
@_switches
def live() -> Response:
    """Ask before sending is turned on or off, and say what happens."""
    steps = _steps(current_entity())
    facts = queries.live_facts()
    ramp_up = settings.number(current_entity(), "sending.ramp_up")
    return page("settings/live.html", steps=steps, facts=facts, ramp_up=ramp_up, live=settings.is_live())


@bp.post("/live")
@_switches
def switch() -> Response:
    """Turn sending on, or back to test mode."""
    mode = "live" if request.form.get("mode") == "live" else "test"
    set_value(None, "sending.mode", mode, actor=viewer(), now=clock.now())
    db.session.commit()
    on = _("Sending is on. The next day's work decides what leaves first.")
    flash(on if mode == "live" else _("Test mode: messages stay in the outbox from now on."), "ok")
    return go(url_for("settings.index"))


def _steps(entity: Entity) -> queries.FirstSteps:
    by_installation = bool(current_app.config["DSO"].smtp_url)
    return queries.first_steps(entity, installation_server=by_installation, test_words=TEST_SENT)


@bp.get("/first-steps")
@_edits
def first_steps() -> Response:
    """What a new company has to do until the first reminder leaves."""
    entity = current_entity()
    return page("settings/first_steps.html", steps=_steps(entity), entity=entity, tabs=tabs())
