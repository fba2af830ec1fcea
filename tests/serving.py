"""The application behind a real server on loopback, for clients that are no test clients."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from werkzeug.serving import make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def whole(app: "WSGIApplication") -> "WSGIApplication":
    """Answers are read to their end and closed before the first byte of them leaves.

    Werkzeug's server forgets to close what a browser that goes away was being sent; an open file among it is a
    warning, and so a failure, of whatever test runs when it is noticed.
    """

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        body: Any = app(environ, start)
        try:
            return [b"".join(body)]
        finally:
            if hasattr(body, "close"):
                body.close()

    return answer


@contextmanager
def served(app: "WSGIApplication", within: Callable[[], AbstractContextManager[object]] = nullcontext) -> Iterator[str]:
    """Host and port of the server, which runs in one thread, all of it within a context of its own."""
    server = make_server("127.0.0.1", 0, whole(app))

    def serve() -> None:
        with within():
            server.serve_forever()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
