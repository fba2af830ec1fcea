"""The OpenAPI document, made from the operations themselves."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Response, current_app
from marshmallow import Schema
from werkzeug.routing import Rule

from dso.api import bp
from dso.api.operations import Operation, answered
from dso.db import LARGEST_ID
from dso.http.guard import public

_WORDS = {
    200: "Done.",
    207: "Done, but some rows were rejected.",
    400: "The address or the JSON cannot be read.",
    401: "No secret, or one that lets nobody in.",
    403: "The program's user may not do this.",
    404: "There is no such thing, or it is not the program's to see.",
    409: "Stopped by the brake, or somebody else saved at the same moment.",
    413: "Too large.",
    415: "Of a type that is not taken.",
    422: "Readable, but it cannot be done; the sentence says why.",
    429: "Asked too often.",
    503: "Somebody else writes for longer than this waits: the header Retry-After says when to come back.",
}
_ABOUT = (
    "Amounts are strings, days ISO, instants with their zone. A list comes in parts: `next` is the address of the "
    "following one, null at the end. Errors are one sentence under `error`."
)
_CSV = (
    "Semicolon CSV with a header row. Headers are the names that extractors use (`client_code`, `item_number`, …), the "
    "field names of the JSON rows, or usual words; those that mean nothing here are left out."
)


@bp.get("/v1/openapi.json")
@public()
def document() -> Response:
    """The description of every operation, for programs that make programs."""
    return answered(_document())


@cache
def _document() -> dict[str, Any]:
    spec = APISpec(
        title="dso",
        version=version("dso"),
        openapi_version="3.1.0",
        info={"description": _ABOUT},
        plugins=[MarshmallowPlugin()],
    )
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    spec.components.security_scheme("basic", {"type": "http", "scheme": "basic"})
    for rule, operation in _operations():
        methods = (rule.methods or set()) & {"GET", "POST"}
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        spec.path(path=path, operations={method.lower(): _described(rule, operation) for method in sorted(methods)})
    found: dict[str, Any] = _without_nothing(spec.to_dict())
    return found


def _without_nothing(part: Any) -> Any:
    """The document without defaults that say "nothing": what is not asked has no value of its type."""
    if isinstance(part, dict):
        return {name: _without_nothing(each) for name, each in part.items() if (name, each) != ("default", None)}
    return [_without_nothing(each) for each in part] if isinstance(part, list) else part


def _operations() -> Iterator[tuple[Rule, Operation]]:
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda each: (each.rule, each.endpoint)):
        operation = getattr(current_app.view_functions[rule.endpoint], "dso_operation", None)
        if operation is not None:
            yield rule, operation


def _described(rule: Rule, operation: Operation) -> dict[str, Any]:
    view = current_app.view_functions[rule.endpoint]
    parameters: list[dict[str, Any]] = [
        {"in": "path", "name": name, "required": True, "schema": _id()} for name in sorted(rule.arguments)
    ]
    if operation.query is not None:
        parameters.append({"in": "query", "schema": operation.query})
    described: dict[str, Any] = {
        "operationId": rule.endpoint.partition(".")[2],
        "summary": operation.summary,
        "description": " ".join((view.__doc__ or "").split()),
        "security": [{"bearer": []}, {"basic": []}],
        "parameters": parameters,
        "responses": {str(status): _answer(status, each) for status, each in sorted(operation.all_answers.items())},
    }
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": operation.body}}}
    if operation.csv:
        text = {"schema": {"type": "string", "description": _CSV}}
        described["requestBody"] = {"required": True, "content": {"text/csv": text}}
    return described


def _id() -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "maximum": LARGEST_ID}


def _answer(status: int, schema: type[Schema]) -> dict[str, Any]:
    return {"description": _WORDS[status], "content": {"application/json": {"schema": schema}}}
