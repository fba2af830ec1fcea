"""The tabs that stand on every page of the settings."""

from flask import request, url_for
from flask_babel import gettext as _

from dso.domain.permissions import Capability
from dso.http.guard import viewer


def tabs() -> list[dict[str, object]]:
    """The pages of the settings the viewer may open; the current one is marked by its address."""
    pages = [
        ("settings.index", _("General"), Capability.SETTINGS_EDIT),
        ("company.show", _("Company"), Capability.COMPANY_EDIT),
        ("users.index", _("Users"), Capability.SETTINGS_EDIT),
        ("status_settings.index", _("Statuses"), Capability.SETTINGS_EDIT),
        ("groups.index", _("Groups"), Capability.SETTINGS_EDIT),
        ("fields.index", _("Custom fields"), Capability.SETTINGS_EDIT),
        ("api_users.index", _("API"), Capability.SETTINGS_EDIT),
        ("settings.first_steps", _("First steps"), Capability.SETTINGS_EDIT),
    ]
    section = (request.endpoint or "").partition(".")[0]
    exact = {"settings.index", "settings.first_steps"}
    here = "settings.index" if request.endpoint == "settings.save_section" else request.endpoint
    return [
        {
            "text": text,
            "url": url_for(endpoint),
            "current": here == endpoint if endpoint in exact else endpoint.startswith(f"{section}."),
        }
        for endpoint, text, right in pages
        if viewer().can(right)
    ]
