"""What comes with a request: its texts hold nothing that a database refuses."""

from collections.abc import Iterable, Mapping
from typing import Any

from htmx_flask.requests import HtmxAwareRequest
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.datastructures.structures import iter_multi_items


class Values(ImmutableMultiDict[str, Any]):
    """The fields of an address or a form without NUL, which no text holds and PostgreSQL refuses."""

    def __init__(self, given: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        super().__init__([(name, _clean(value)) for name, value in iter_multi_items(given or ())])


def _clean(value: Any) -> Any:
    return value.replace("\0", "") if isinstance(value, str) else value


class Request(HtmxAwareRequest):
    """A request of which every page may use every value."""

    parameter_storage_class = Values
