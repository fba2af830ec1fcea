"""Numbers in addresses and forms: rows have ids that fit into the database, anything longer names nothing."""

from collections.abc import Iterable
from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter

#: The largest id there can be: databases refuse longer numbers instead of finding nothing.
LARGEST_ID = 2**63 - 1


class IdConverter(IntegerConverter):
    """`<int:…>` of every address; a longer number is no page at all (404)."""

    def __init__(self, *arguments: Any, max: int = LARGEST_ID, **options: Any) -> None:  # noqa: A002 - werkzeug's word
        super().__init__(*arguments, max=max, **options)


def id_of(text: str | None) -> int | None:
    """The id a form or a search names; None when the text is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def ids_of(texts: Iterable[str]) -> list[int]:
    """The ids among the texts."""
    return [found for text in texts if (found := id_of(text)) is not None]


def register(app: Flask) -> None:
    """Must come before the addresses."""
    app.url_map.converters["int"] = IdConverter
