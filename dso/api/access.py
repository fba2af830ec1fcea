"""Which program asks: by bearer token or HTTP Basic, counted, and noted."""

from flask import g, request
from limits import RateLimitItem, parse
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import TooManyRequests, Unauthorized

from dso import clock
from dso import db as database
from dso.db import db
from dso.domain.imports.sources import of_program
from dso.extensions import limiter
from dso.models import ApiUser, User
from dso.services import api_users

#: What one program may ask, and how often one network address may be wrong about its secret.
PER_PROGRAM = parse("1200 per minute")
FAILURES = parse("20 per minute")


def identify() -> User:
    """The user in whose name the program acts; 401 when its secret lets nobody in, 429 when it came too often.

    It reads in a transaction of its own, so that a request that only reads waits for nobody's write lock; only the
    note of the last use, once a minute, is a write.
    """
    token = database.may_write.set(False)
    try:
        program = _program()
        _count(PER_PROGRAM, f"program {program.id}")
        user_id, g.dso_program, g.dso_language = program.user_id, program.name, "en"
        _note(program)
        user = db.session.get_one(User, user_id)
        # Ends the reading: what the request asks of the user is read again in its own transaction.
        db.session.rollback()
    finally:
        database.may_write.reset(token)
    return user


def source() -> str:
    """The door a file came by, for the record of its import."""
    return of_program(g.dso_program)


def _program() -> ApiUser:
    address = f"address {request.remote_addr}"
    if limiter.enabled and not limiter.limiter.test(FAILURES, address):
        raise _too_often(FAILURES)
    given = _given()
    found = api_users.authenticate(*given) if given else None
    if found is None:
        db.session.rollback()
        if given:
            _count(FAILURES, address)
        words = "This secret lets nobody in: it is wrong or revoked, or its user is not active."
        ask = "Name the program: Authorization: Bearer SECRET, or HTTP Basic with its name and secret."
        raise Unauthorized(words if given else ask, www_authenticate=_challenges())
    return found


def _given() -> tuple[str, str | None] | None:
    """The secret and, of HTTP Basic, the name; None when neither was sent."""
    said = request.authorization
    if said is None:
        return None
    if said.type == "bearer" and said.token:
        return said.token, None
    if said.type == "basic":
        return said.password or "", said.username or ""
    return None


def _challenges() -> list[WWWAuthenticate]:
    return [WWWAuthenticate("Bearer", {"realm": "dso"}), WWWAuthenticate("Basic", {"realm": "dso", "charset": "UTF-8"})]


def _count(limit: RateLimitItem, who: str) -> None:
    if limiter.enabled and not limiter.limiter.hit(limit, who):
        raise _too_often(limit)


def _too_often(limit: RateLimitItem) -> TooManyRequests:
    return TooManyRequests("Asked too often: wait a minute.", retry_after=limit.get_expiry())


def _note(program: ApiUser) -> None:
    now = clock.now()
    if api_users.is_noted(program, now):
        return
    program_id = program.id
    db.session.rollback()
    token = database.may_write.set(True)
    try:
        api_users.note_use(program_id, request.remote_addr or "", now=now)
        db.session.commit()
    finally:
        database.may_write.reset(token)
