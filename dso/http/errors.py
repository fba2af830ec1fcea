"""Errors in words: one page per kind, a short part for htmx, nothing of the inside."""

import logging

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from dso import db as database
from dso.db import db
from dso.domain.errors import BUSY, Forbidden, NotFound, OfAnotherCompany, Refused
from dso.domain.permissions import DESCRIPTIONS, Capability

log = logging.getLogger(__name__)


def sentence(error: Refused) -> str:
    """The refusal in the viewer's language."""
    translated = str(gettext(error.message))
    return translated % error.params if error.params else translated


def for_program() -> bool:
    """Whether a program asks: it gets `{"error": sentence}` instead of a page."""
    return request.path.startswith("/api/")


def problem(status: int, words: str, missing: str = "", elsewhere: OfAnotherCompany | None = None) -> Response:
    """An error page, or its part when htmx asked, or its sentence when a program did."""
    if for_program():
        response = jsonify(error=words)
        response.status_code = status
        return response
    name = f"errors/{status}.html" if status in (400, 403, 404, 409, 413, 429, 503) else "errors/500.html"
    if elsewhere is not None:
        name = "errors/other_company.html"
    if request.headers.get("HX-Request"):
        name = "errors/_problem.html"
    shown = {"words": words, "missing": missing, "status": status, "elsewhere": elsewhere}
    response = make_response(render_template(name, **shown), status)
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
    if isinstance(error, NotFound):
        return problem(404, sentence(error))
    if isinstance(error, OfAnotherCompany):
        return problem(409, sentence(error), elsewhere=error)
    return problem(422 if for_program() else 409, sentence(error))


def _at_odds(error: IntegrityError) -> Response:
    """Two people saved at one moment what there may be once, or what the other had just removed."""
    log.warning("refused by the database", exc_info=error)
    db.session.rollback()
    return problem(409, gettext("Somebody else saved something at the same moment. Look at it again, then repeat."))


def _busy(error: OperationalError) -> Response:
    """Somebody writes for longer than we wait: the answer itself only reads, so that it need not wait again."""
    if not database.is_busy(error):
        raise error
    log.warning("no turn to write", exc_info=error)
    db.session.rollback()
    database.may_write.set(False)
    response = problem(503, BUSY if for_program() else gettext(BUSY))
    response.headers["Retry-After"] = "30"
    return response


def _http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    db.session.rollback()
    # What the library says of itself is English and about URLs; the page of each kind says it better.
    ours = error.description != type(error).description and not isinstance(error, CSRFError)
    if for_program():
        return _for_program(error, ours)
    return problem(error.code, (error.description or "") if ours else "")


#: What a program is told where the library's own words are about its inside.
_SHORT = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    413: "What was sent is too large.",
    415: "What was sent is of a type that is not taken.",
    429: "Asked too often: wait a minute.",
}


def _for_program(error: HTTPException, ours: bool) -> Response:
    """The error with its headers: what to log in with, which methods there are, how long to wait."""
    status = error.code or 500
    words = (error.description or "") if ours else _SHORT.get(status, "Something went wrong on our side.")
    response = problem(status, words)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers.add(name, value)
    return response


def register(app: Flask) -> None:
    """Answer refusals and HTTP errors in words."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(IntegrityError, _at_odds)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(HTTPException, _http)
