"""What the views of the scenario editor share."""

from typing import Any

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext as _

from dso import clock
from dso.db import db
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.guard import requires
from dso.http.pages import go
from dso.models import Scenario
from dso.queries import scenarios as queries

bp = Blueprint("scenarios", __name__, url_prefix="/scenarios")
edits = requires(Capability.SETTINGS_EDIT)


def when() -> dict[str, Any]:
    """Today and now, as the services take them."""
    return {"today": clock.today(current_entity().timezone), "now": clock.now()}


def find(scenario_id: int) -> Scenario:
    """The scenario of the current company."""
    return queries.get_scenario(current_entity(), scenario_id)


def back_to(scenario: Scenario, words: str = "") -> Response:
    """Commit, say it, show the scenario."""
    db.session.commit()
    flash(words or _("Saved."), "ok")
    return go(url_for("scenarios.show", scenario_id=scenario.id))
