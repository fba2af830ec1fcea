"""Who comes in by a link: the link of a token, its customer, the language, and what every public answer carries."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from flask import Blueprint, Response, g, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, TooManyRequests

from dso import clock
from dso.db import db
from dso.domain.codes import Flavour
from dso.domain.errors import NotFound, Refused
from dso.extensions import limiter
from dso.http.addresses import address
from dso.http.entity import only_entity
from dso.http.errors import sentence
from dso.http.frame import bare
from dso.http.locales import LANGUAGE_NAMES, LANGUAGES
from dso.http.pages import page
from dso.models import Customer, Entity, Link
from dso.portal import keys
from dso.queries import debtors, links

PER_ADDRESS = "300 per minute; 3000 per hour"


class ClosedError(Exception):
    """The link does not open its page: 404 when it never was one, 410 when it expired or was revoked."""

    def __init__(self, status: int, entity: Entity | None = None) -> None:
        self.status = status
        self.entity = entity
        super().__init__(status)


@dataclass(frozen=True)
class Visit:
    """Somebody who came in by a live link."""

    token: str
    link: Link
    customer: Customer
    entity: Entity
    now: datetime
    today: date

    @cached_property
    def reasons(self) -> list[tuple[str, str]]:
        """What may be wrong with an invoice: names of statuses and their labels in the language of the page."""
        return debtors.reasons(g.dso_language, self.entity)

    def url(self, endpoint: str, **values: Any) -> str:
        """An address of this link's pages, in the language chosen."""
        if g.dso_language != _speakable(self.link.language, self.entity):
            values.setdefault("lang", g.dso_language)
        return url_for(endpoint, token=self.token, **values)


def enter(token: str, flavour: Flavour | None = Flavour.INTERACTIVE) -> Visit:
    """The visit of a token; ClosedError when it opens nothing. Sets language and time zone of the answer."""
    link = links.find(token, flavour)
    if link is None:
        raise ClosedError(404)
    entity = db.session.get_one(Entity, link.entity_id)
    _speak(_speakable(link.language, entity), entity)
    now = clock.now()
    if not links.is_live(link, now):
        raise ClosedError(410, entity)
    return Visit(token, link, link.customer, entity, now, clock.today(entity.timezone))


def _speakable(language: str, entity: Entity) -> str:
    """The language of the link if there is a catalogue for it, else the entity's, else English."""
    for wanted in (language, entity.language):
        if (plain := wanted.replace("_", "-").partition("-")[0].lower()) in LANGUAGES:
            return plain
    return "en"


def _speak(language: str, entity: Entity | None) -> None:
    chosen = request.args.get("lang", "")
    g.dso_language = chosen if chosen in LANGUAGES else language
    g.dso_timezone = entity.timezone if entity else "UTC"


def public_page(template: str, visit: Visit, part: str | None = None, status: int = 200, **context: Any) -> Response:
    """A page of a visit. Its form key stands for the CSRF token: there is no session here to keep one in."""
    form_key = keys.issue(visit.link)
    return page(
        template,
        part,
        status,
        visit=visit,
        entity=visit.entity,
        customer=visit.customer,
        today=visit.today,
        logo_url=url_for("portal_files.logo", token=visit.token) if visit.entity.logo_type else "",
        languages=_switch(),
        reasons=dict(visit.reasons),
        form_key=form_key,
        csrf_token=lambda: form_key,
        frame=bare(),
        **context,
    )


def _switch() -> list[tuple[str, str, str]]:
    """The other languages of this very page, with what was searched on it."""
    if request.method == "POST":
        return []
    kept = {name: values for name, values in request.args.lists() if name not in ("lang", "items")}
    here, endpoint = request.view_args or {}, request.endpoint or ""
    return [(code, name, address(endpoint, kept, **here, lang=code)) for code, name in LANGUAGE_NAMES.items()]


def _plain(status: int, heading: str, words: str, entity: Entity | None) -> Response:
    """A page that says one thing and whom to ask."""
    if "dso_language" not in g:
        _speak(request.accept_languages.best_match(LANGUAGES) or "en", entity)
    return page(
        "portal/closed.html",
        status=status,
        heading=heading,
        words=words,
        entity=entity,
        logo_url="",
        languages=[],
        csrf_token=lambda: "",
        frame=bare(),
    )


def closed(error: ClosedError) -> Response:
    """Expired, revoked and forged links all end on the same page."""
    entity = error.entity or only_entity()
    if "dso_language" not in g and entity is not None:
        _speak(request.accept_languages.best_match(LANGUAGES) or entity.language, entity)
    heading = _("This link is no longer valid")
    words = _(
        "It may have expired, or been replaced by a newer one. Please use the link in our latest message, or ask us."
    )
    return _plain(error.status, heading, words, entity)


def _refused(error: Refused) -> Response:
    db.session.rollback()
    status = 404 if isinstance(error, NotFound) else 409
    return _plain(status, _("This cannot be done"), sentence(error), only_entity())


def _wrong(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    db.session.rollback()
    if isinstance(error, TooManyRequests):
        words = _("This page was asked for very often. Please wait a minute and try again.")
        return _plain(429, _("One moment, please"), words, None)
    if isinstance(error, RequestEntityTooLarge):
        words = _("Together the files are too large. Please go back and send fewer or smaller ones.")
        return _plain(413, _("Your answer was not sent"), words, None)
    return _plain(error.code, _("This page cannot be shown"), "", None)


def _private(response: Response) -> Response:
    """Never indexed, never kept, and the address never told to another site: it is the key to the page."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def link_key() -> str:
    """What is counted per link: its signed token."""
    return f"link:{(request.view_args or {}).get('token', '')[:200]}"


def limited(per_link: str) -> Callable[[Any], Any]:
    """The view may be asked for this often by one link, and all of them together so often from one address."""

    def mark(view: Any) -> Any:
        by_link = limiter.limit(per_link, key_func=link_key)
        by_address = limiter.shared_limit(PER_ADDRESS, scope="public pages")
        return by_address(by_link(view))

    return mark


def protect(bp: Blueprint) -> None:
    """What all public pages have: headers, polite errors."""
    bp.after_request(_private)
    bp.register_error_handler(ClosedError, closed)
    bp.register_error_handler(Refused, _refused)
    bp.register_error_handler(HTTPException, _wrong)
