"""How a view answers: a page or its part, several fragments, or a way to go on."""

from typing import Any

from flask import Response, make_response, redirect, render_template
from flask import request as flask_request
from htmx_flask import request


def wants_part() -> bool:
    """Whether htmx asked for a part of the page: not for boosted links, nor when it restores history."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page(template: str, part: str | None = None, status: int = 200, **context: Any) -> Response:
    """The page, or its swappable part when htmx asked for it. One URL answers both, so `Vary` says so.

    `part` is a template file beginning with "_" that renders with the same context.
    """
    chosen = part if part and wants_part() else template
    response = make_response(render_template(chosen, **context), status)
    response.headers.add("Vary", "HX-Request")
    return response


def fragments(*parts: tuple[str, dict[str, Any]], status: int = 200, event: str | None = None) -> Response:
    """Several parts in one answer: the main one first, then out-of-band neighbours; `event` tells others to refresh."""
    body = "\n".join(render_template(template, **context) for template, context in parts)
    response = make_response(body, status)
    response.headers.add("Vary", "HX-Request")
    if event:
        response.headers["HX-Trigger"] = event
    return response


def go(url: str) -> Response:
    """After a post: on to another page. 303 for a form, 204 with HX-Redirect for htmx."""
    if flask_request.headers.get("HX-Request") and not request.htmx.boosted:
        response = make_response("", 204)
        response.headers["HX-Redirect"] = url
        return response
    return make_response(redirect(url, 303))


def safe_target(target: str | None, otherwise: str) -> str:
    """A path of this site to go on to; anything that could lead elsewhere is replaced."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return otherwise
    return otherwise if any(ord(c) < 32 for c in target) else target
