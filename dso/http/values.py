"""What comes with a request: its texts hold nothing that a database refuses, its body is whole."""

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
    """A request of which every page may use every value.

    A body that ends before its announced length is refused when it is read (ClientDisconnected), although the server
    says that it knows where bodies end: half of a full file taken for the whole would clear the other half.
    """

    parameter_storage_class = Values

    def __init__(self, environ: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        if environ.get("CONTENT_LENGTH") and "HTTP_TRANSFER_ENCODING" not in environ:
            environ.pop("wsgi.input_terminated", None)
        super().__init__(environ, *args, **kwargs)
