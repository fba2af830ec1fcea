"""What every operation of the API has in common: its description, its values checked, its answer as JSON."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, request
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import BadRequest, UnprocessableEntity, UnsupportedMediaType

from dso.api.answers import Error

View = TypeVar("View", bound=Callable[..., Any])
#: The largest JSON that is taken; what is larger goes as a file to the CSV endpoints.
LARGEST_JSON = 32 * 1024 * 1024
#: How the library says that a name is unknown.
_UNKNOWN = "Unknown field."
#: Errors any operation may answer, and those only one may that takes something.
ERRORS = (400, 401, 403, 404, 422, 429, 503)
OF_WRITING = (409, 413, 415)


@dataclass(frozen=True)
class Operation:
    """An operation as the document shows it."""

    summary: str
    answers: Mapping[int, type[Schema]]
    query: type[Schema] | None = None
    body: type[Schema] | None = None
    #: The body is a CSV file.
    csv: bool = False
    errors: Mapping[int, type[Schema]] = field(default_factory=dict)

    @property
    def all_answers(self) -> dict[int, type[Schema]]:
        """Answers and errors by status."""
        writes = OF_WRITING if self.body is not None or self.csv else ()
        return {**dict.fromkeys((*ERRORS, *writes), Error), **self.answers, **self.errors}


def described(
    summary: str,
    answer: type[Schema],
    *,
    query: type[Schema] | None = None,
    body: type[Schema] | None = None,
    csv: bool = False,
    also: Mapping[int, type[Schema]] | None = None,
) -> Callable[[View], View]:
    """The view is an operation of the API: it gets `query` and `body` checked, and gives a dict, with a status or not.

    `also`: other answers than 200 and the usual errors.
    """
    described_as = Operation(summary, {200: answer}, query, body, csv, also or {})

    def mark(view: View) -> View:
        @wraps(view)
        def run(**given: Any) -> Response:
            asked = _query(query or Schema, body)
            if query is not None:
                given["query"] = asked
            if body is not None:
                given["body"] = _body(body)
            found = view(**given)
            values, status = found if isinstance(found, tuple) else (found, 200)
            return answered(values, status)

        run.dso_operation = described_as  # type: ignore[attr-defined]
        return cast(View, run)

    return mark


def answered(values: Any, status: int = 200) -> Response:
    """JSON as the command line writes it: names in the order of the specification."""
    text = json.dumps(values, ensure_ascii=False)
    return Response(text, status, mimetype="application/json")


def _query(schema: type[Schema], body: type[Schema] | None = None) -> Any:
    """What the address asks; a word that is unknown is refused, because a filter that is passed over lies."""
    misplaced = [name for name in request.args if body is not None and name in body().fields]
    if misplaced:
        raise BadRequest(f"{misplaced[0]}: belongs into the JSON, not into the address.")
    repeated = [name for name, values in request.args.lists() if len(values) > 1]
    if repeated:
        raise BadRequest(f"{repeated[0]}: given more than once.")
    try:
        return schema().load(request.args.to_dict())
    except ValidationError as error:
        raise BadRequest(_sentence(error)) from error


def _body(schema: type[Schema]) -> Any:
    try:
        return schema().load(_json())
    except ValidationError as error:
        raise UnprocessableEntity(_sentence(error)) from error


def _json() -> Any:
    """The JSON of the request, its numbers as they were written: an amount is never a float."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send JSON: Content-Type: application/json.")
    request.max_content_length = LARGEST_JSON
    try:
        return json.loads(request.get_data(), parse_float=str, parse_int=str, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadRequest("This is not JSON.") from error


def _no_number(_word: str) -> Any:
    raise ValueError("JSON has no such number")


def _sentence(error: ValidationError) -> str:
    """The first thing that is wrong, and where."""
    return ": ".join([*_first(error.messages)])[:500]


def _first(messages: Any) -> list[str]:
    if isinstance(messages, Mapping):
        name, inner = next(iter(messages.items()))
        return [*([] if name == "_schema" else [str(name)]), *_first(inner)]
    said = str(messages[0] if isinstance(messages, list) else messages)
    return ["no such name is known here." if said == _UNKNOWN else said]
