"""Programs' log-ins: made, revoked, and let in."""

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import or_, select, update

from dso.db import db
from dso.domain.errors import Refused
from dso.models import ApiUser, User
from dso.services import history
from dso.services.users import rights

#: Begins every secret, so that a scanner of repositories knows one when it sees it.
PREFIX = "dso_"
#: How often the last use is written down: a program may ask many times a second.
NOTED_EVERY = timedelta(minutes=1)
_LONGEST_NAME = 100


def _hashed(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def make(name: str, user: User, *, actor: User, now: datetime) -> tuple[ApiUser, str]:
    """A log-in for a program in the name of a user, and its secret, which is shown this once.

    The name of a revoked one may be given again: that is how a secret is changed.
    """
    rights.may_manage(actor, user)
    name = _checked(name)
    if not user.active:
        raise Refused("%(name)s is deactivated: a program in this name could do nothing.", name=user.full_name)
    secret = f"{PREFIX}{secrets.token_urlsafe(32)}"
    found = db.session.scalar(select(ApiUser).where(ApiUser.name == name))
    if found is None:
        found = ApiUser(name=name)
        db.session.add(found)
    elif found.revoked_at is None:
        raise Refused('There is a program named "%(name)s" already: revoke it first.', name=name)
    else:
        rights.may_manage(actor, found.user)
    found.secret_hash, found.user, found.created_at = _hashed(secret), user, now
    found.revoked_at = found.last_used_at = None
    found.last_used_from = ""
    db.session.flush()
    history.record_setting(None, f"api_user {name}", "", user.email, actor=actor, now=now)
    return found, secret


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME:
        raise Refused("Give the program a name of at most 100 characters.")
    if ":" in name or not name.isprintable():
        raise Refused("The name of a program has no colon: it ends the name where log-in and secret stand in one line.")
    return name


def revoke(program: ApiUser, *, actor: User, now: datetime) -> None:
    """End a program's log-in at once; its name stays in the history."""
    rights.may_manage(actor, program.user)
    if program.revoked_at is not None:
        raise Refused('The program "%(name)s" is revoked already.', name=program.name)
    program.revoked_at = now
    db.session.flush()
    history.record_setting(None, f"api_user {program.name}", program.user.email, "", actor=actor, now=now)


def authenticate(secret: str, name: str | None = None) -> ApiUser | None:
    """The program of a secret, and of a name where one was given; None when they let nobody in.

    The same work whether the secret, the name or neither is right: one hash, one look-up by it, one comparison.
    """
    found: ApiUser | None = db.session.scalar(select(ApiUser).where(ApiUser.secret_hash == _hashed(secret)))
    wanted = found.name if found else ""
    named = hmac.compare_digest(wanted.encode(), (wanted if name is None else name).encode("utf-8", "surrogatepass"))
    if found is None or not named or found.revoked_at is not None or not found.user.active:
        return None
    return found


def is_noted(program: ApiUser, now: datetime) -> bool:
    """Whether its last use was written down a moment ago."""
    return program.last_used_at is not None and program.last_used_at > now - NOTED_EVERY


def note_use(program_id: int, address: str, *, now: datetime) -> None:
    """Write down that a program came by, and from where; at most once a minute, whoever else does the same."""
    late = or_(ApiUser.last_used_at.is_(None), ApiUser.last_used_at <= now - NOTED_EVERY)
    db.session.execute(
        update(ApiUser)
        .where(ApiUser.id == program_id, late)
        .values(last_used_at=now, last_used_from=address[:64])
        .execution_options(synchronize_session=False)
    )
