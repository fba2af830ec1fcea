"""Errors in words: one page per kind, a short part for htmx, nothing of the inside."""

import logging

from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from dso.db import db
from dso.domain.errors import Forbidden, NotFound, Refused
from dso.domain.permissions import DESCRIPTIONS, Capability

log = logging.getLogger(__name__)


def sentence(error: Refused) -> str:
    """The refusal in the viewer's language."""
    translated = str(gettext(error.message))
    return translated % error.params if error.params else translated


def problem(status: int, words: str, missing: str = "") -> Response:
    """An error page, or its part when htmx asked."""
    name = f"errors/{status}.html" if status in (400, 403, 404, 409, 413, 429) else "errors/500.html"
    if request.headers.get("HX-Request"):
        name = "errors/_problem.html"
    response = make_response(render_template(name, words=words, missing=missing, status=status), status)
    if name.endswith("_problem.html"):
        response.headers["HX-Retarget"] = "#problems"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def _refused(error: Refused) -> Response:
    db.session.rollback()
    if isinstance(error, Forbidden):
        capability = error.params.get("capability")
        missing = gettext(DESCRIPTIONS[Capability(str(capability))]) if capability else ""
        return problem(403, sentence(error), missing)
    return problem(404 if isinstance(error, NotFound) else 409, sentence(error))


def _at_odds(error: IntegrityError) -> Response:
    """Two people saved at one moment what there may be once, or what the other had just removed."""
    log.warning("refused by the database", exc_info=error)
    db.session.rollback()
    return problem(409, gettext("Somebody else saved something at the same moment. Look at it again, then repeat."))


def _http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    db.session.rollback()
    # What the library says of itself is English and about URLs; the page of each kind says it better.
    ours = error.description != type(error).description and not isinstance(error, CSRFError)
    return problem(error.code, (error.description or "") if ours else "")


def register(app: Flask) -> None:
    """Answer refusals and HTTP errors in words."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(IntegrityError, _at_odds)
    app.register_error_handler(HTTPException, _http)
