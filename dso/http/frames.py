"""Mails shown inside a page: documents of their own, in a frame without rights."""

from collections.abc import Callable

from flask import Response, make_response
from markupsafe import Markup

from dso.domain.errors import Refused
from dso.http.errors import sentence

#: A mail may show its own styles and pictures, and nothing else: no script, no link, no request.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"


def framed(html: str) -> Response:
    """The answer a frame of our own pages shows."""
    response = make_response(html)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def framed_or_why(write: Callable[[], str]) -> Response:
    """The document that `write` gives, or in words why there is none."""
    try:
        return framed(write())
    except Refused as error:
        return framed(str(Markup("<!doctype html><title>-</title><p>{}</p>").format(sentence(error))))
