"""The viewer's language, and the Jinja filters that write amounts and days in it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Flask, g, request
from flask_babel import gettext, ngettext
from flask_login import current_user
from markupsafe import Markup

from dso import formats
from dso.domain.errors import NotFound

#: Languages of the pages, each in its own words.
LANGUAGE_NAMES = {"en": "English", "fr": "Français"}
LANGUAGES = tuple(LANGUAGE_NAMES)


def language() -> str:
    """The language of this answer: of a debtor page its own, else the user's, else the browser's, else English.

    A British style of day and amount stands for plain "en".
    """
    if "dso_language" in g:
        return str(g.dso_language)
    if current_user and current_user.is_authenticated and current_user.language:
        return str(current_user.language)
    return request.accept_languages.best_match(LANGUAGES) or "en"


def regional() -> str:
    """The locale for amounts and days: the browser's region when it goes with the language."""
    if "dso_regional" not in g:
        spoken = language()
        regions = [tag for tag, _quality in request.accept_languages if tag.split("-")[0] == spoken and "-" in tag]
        g.dso_regional = regions[0] if regions else {"en": "en-GB"}.get(spoken, spoken)
    return str(g.dso_regional)


def timezone() -> str:
    """The time zone of instants on this page: the entity's; UTC where there is none yet."""
    if "dso_timezone" not in g:
        g.dso_timezone = _entity_timezone()
    return str(g.dso_timezone)


def _entity_timezone() -> str:
    from dso.http.entity import current_entity

    if not (current_user and current_user.is_authenticated):
        return "UTC"
    try:
        return current_entity().timezone
    except NotFound:
        return "UTC"


def _days_late(days: int | None) -> str:
    if days is None:
        return formats.NOTHING
    return gettext("%(n)s d", n=formats.number(days, 0, regional())) if days > 0 else ""


def _day(value: date | None) -> Markup:
    if value is None:
        return Markup(formats.NOTHING)
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), formats.day(value, regional()))


def _instant(value: datetime | None) -> Markup:
    if value is None:
        return Markup(formats.NOTHING)
    shown = formats.instant(value, regional(), timezone())
    return Markup('<time datetime="{}" title="{}">{}</time>').format(value.isoformat(), value.isoformat(), shown)


FILTERS: dict[str, Callable[..., Any]] = {
    "money": lambda value, currency: formats.money(value, currency, regional()),
    "amount": lambda value, currency: formats.amount(value, currency, regional()),
    "number": lambda value, places=0: formats.number(value, places, regional()),
    "percent": lambda value: formats.percent(value, regional()),
    "day": _day,
    "plain_day": lambda value: formats.day(value, regional()),
    "long_day": lambda value: formats.long_day(value, regional()),
    "named_day": lambda value: formats.named_day(value, regional()),
    "instant": _instant,
    "days_late": _days_late,
}


def register(app: Flask) -> None:
    """Filters and gettext in templates."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(language=language, regional=regional, ngettext=ngettext)
