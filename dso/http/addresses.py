"""Numbers in addresses and forms: rows have ids that fit into the database, anything longer names nothing."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, url_for
from werkzeug.routing import IntegerConverter, Map

from dso.db import LARGEST_ID


class IdConverter(IntegerConverter):
    """`<int:…>` of every address; a longer number is no page at all (404)."""

    def __init__(
        self,
        map: Map,  # noqa: A002 - the words are werkzeug's
        fixed_digits: int = 0,
        min: int | None = None,  # noqa: A002
        max: int | None = LARGEST_ID,  # noqa: A002
    ) -> None:
        super().__init__(map, fixed_digits, min, max)


def id_of(text: str | None) -> int | None:
    """The id a form or a search names; None when the text is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def ids_of(texts: Iterable[str]) -> list[int]:
    """The ids among the texts."""
    return [found for text in texts if (found := id_of(text)) is not None]


def address(endpoint: str, query: Mapping[str, Any], /, **more: Any) -> str:
    """The address of a page with what somebody's own address asked, and more.

    Words that steer the making of addresses are no search: typed into one, they would be obeyed or end in an error.
    """
    asked = {name: value for name, value in query.items() if name not in _STEERING}
    return url_for(endpoint, **{**asked, **more})


#: The names `url_for` reads itself.
_STEERING = {"endpoint", "values", "_anchor", "_external", "_method", "_scheme"}


def register(app: Flask) -> None:
    """Must come before the addresses."""
    app.url_map.converters["int"] = IdConverter
    app.jinja_env.globals["address"] = address
