"""Every view says who may: `@requires(Capability.X)` or `@public`; the guard refuses one that says nothing."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from dso import db as database
from dso.domain.errors import Forbidden
from dso.domain.permissions import Capability
from dso.extensions import login_manager
from dso.models import User
from dso.queries.scope import refuse_portfolio

View = TypeVar("View", bound=Callable[..., Any])
#: Endpoints of Flask and extensions that need no declaration.
_OPEN_ENDPOINTS = frozenset({"static"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


#: Blueprints whose visitors are known by something else than a session: who that is, or an error.
_IDENTIFIERS: dict[str, Callable[[], User]] = {}


def identify_by(blueprint: str, identify: Callable[[], User]) -> None:
    """Visitors of a blueprint are known by what `identify` finds in the request, never by a session cookie.

    It ends the transactions it begins.
    """
    _IDENTIFIERS[blueprint] = identify


def requires(*capabilities: Capability, writes: bool = False, reads_first: bool = False) -> Callable[[View], View]:
    """The view needs a log-in and one of the rights; `writes` for a GET that changes something (a log of openings).

    `reads_first`: a POST that begins by reading, and says itself from where on it may write.
    """

    def mark(view: View) -> View:
        view.dso_access = capabilities  # type: ignore[attr-defined]
        view.dso_writes = writes  # type: ignore[attr-defined]
        view.dso_reads_first = reads_first  # type: ignore[attr-defined]
        return view

    return mark


def signed_in(writes: bool = False) -> Callable[[View], View]:
    """The view needs a log-in and no particular right (own profile, log-out)."""
    return requires(*Capability, writes=writes)


def public(writes: bool = False) -> Callable[[View], View]:
    """Anybody may open the view."""

    def mark(view: View) -> View:
        view.dso_access = ()  # type: ignore[attr-defined]
        view.dso_writes = writes  # type: ignore[attr-defined]
        return view

    return mark


def access_of(app: Flask, endpoint: str) -> tuple[Capability, ...] | None:
    """The rights one of which a view asks for; empty = public; None = the view declares nothing."""
    if endpoint in _OPEN_ENDPOINTS:
        return ()
    return cast("tuple[Capability, ...] | None", getattr(app.view_functions[endpoint], "dso_access", None))


def viewer() -> User:
    """The person who is logged in; only called where a right was required."""
    return cast(User, current_user._get_current_object())


def check_access() -> ResponseReturnValue | None:
    """Before every request: open the right kind of transaction, then let in or answer 401/403."""
    endpoint = request.endpoint
    if endpoint is None:
        return None
    view = current_app.view_functions[endpoint]
    writes = request.method not in _SAFE or getattr(view, "dso_writes", False)
    writes = writes and not getattr(view, "dso_reads_first", False)
    g.dso_may_write = database.may_write.set(writes)
    access = access_of(current_app, endpoint)
    if access is None:
        current_app.logger.error("The view %s declares no access.", endpoint)
        abort(500)
    if not access:
        return None
    if identify := _IDENTIFIERS.get(request.blueprint or ""):
        login_manager._update_request_context_with_user(identify())
    elif not current_user.is_authenticated:
        return cast(ResponseReturnValue, login_manager.unauthorized())
    held = [capability for capability in access if viewer().can(capability)]
    if not held:
        raise Forbidden("Your role does not include this.", capability=access[0])
    if held == [Capability.DATA_IMPORT]:
        refuse_portfolio(viewer())
    return None


def forget_access(_error: BaseException | None = None) -> None:
    """After every request: the next transaction of this thread may write again."""
    token = g.pop("dso_may_write", None)
    if token is not None:
        database.may_write.reset(token)


def register(app: Flask) -> None:
    """Put the guard in front of every view."""
    app.before_request(check_access)
    app.teardown_request(forget_access)
