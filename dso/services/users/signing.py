"""Passwords and signing in: Argon2id, a growing delay after wrong passwords, nothing that tells who has an account."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from dateutil.relativedelta import relativedelta
from sqlalchemy import delete, select

from dso.db import db
from dso.domain import lockouts, passwords
from dso.domain.codes import Role
from dso.domain.errors import Refused
from dso.models import SignInFailure, User
from dso.queries import settings
from dso.queries.users import other_active_admins

#: OWASP's floor for Argon2id: 19 MiB, two passes; quick enough to be checked inside a request.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class SignInState(StrEnum):
    """How an attempt to sign in ended."""

    IN = "in"
    WRONG = "wrong"
    LOCKED = "locked"
    RENEW = "renew"
    IDLE = "idle"


@dataclass(frozen=True)
class SignIn:
    """The end of an attempt: the user when it went well or a new password is due; how long to wait when locked."""

    state: SignInState
    user: User | None = None
    wait: timedelta = timedelta(0)


@cache
def _nobody() -> str:
    """The hash checked for an address nobody has, so that it takes as long as for one that somebody has."""
    return _hasher.hash(secrets.token_urlsafe(16))


def _matches(stored: str | None, password: str) -> bool:
    try:
        _hasher.verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def sign_in(email: str, password: str, address: str, *, now: datetime) -> SignIn:
    """Try a password; counts a failure, or ends the counting. The caller commits in either case."""
    email = email.strip().lower()[:254]
    until = _locked_until(email, address, now)
    if until is not None:
        return SignIn(SignInState.LOCKED, wait=until - now)
    user = db.session.scalar(select(User).where(User.email == email))
    right = _matches(user.password_hash if user else None, password[: passwords.LONGEST + 1])
    if user is None or not right or not user.active:
        db.session.add(SignInFailure(email=email, address=address, at=now))
        db.session.flush()
        until = _locked_until(email, address, now)
        return SignIn(SignInState.LOCKED, wait=until - now) if until else SignIn(SignInState.WRONG)
    return _welcome(user, password, address, now)


def _welcome(user: User, password: str, address: str, now: datetime) -> SignIn:
    too_old = SignInFailure.at <= now - lockouts.WINDOW
    db.session.execute(delete(SignInFailure).where((SignInFailure.email == user.email) | too_old))
    if _is_idle(user, now):
        user.active = False
        user.session_key = new_session_key()
        db.session.flush()
        return SignIn(SignInState.IDLE)
    if user.password_hash and _hasher.check_needs_rehash(user.password_hash):
        user.password_hash = _hasher.hash(password)
    if not user.session_key:
        user.session_key = new_session_key()
    months = settings.number(None, "security.password_months")
    if months and user.password_set_at and user.password_set_at + relativedelta(months=months) <= now:
        return SignIn(SignInState.RENEW, user)
    user.last_login_at = now
    user.last_login_from = address
    db.session.flush()
    return SignIn(SignInState.IN, user)


def _is_idle(user: User, now: datetime) -> bool:
    """Whether the account was not used for too long; the last administrator never is."""
    months = settings.number(None, "security.idle_months")
    used = max(filter(None, (user.last_login_at, user.password_set_at, user.created_at)))
    if not months or used + relativedelta(months=months) > now:
        return False
    return user.role is not Role.ADMIN or other_active_admins(user) > 0


def _locked_until(email: str, address: str, now: datetime) -> datetime | None:
    since = SignInFailure.at > now - lockouts.WINDOW
    rows = (
        (SignInFailure.email == email, lockouts.FREE_PER_EMAIL),
        (SignInFailure.address == address, lockouts.FREE_PER_ADDRESS),
    )
    found = []
    for mine, free in rows:
        latest = select(SignInFailure.at).where(since, mine).order_by(SignInFailure.at.desc()).limit(100)
        found.append(lockouts.locked_until(db.session.scalars(latest).all(), free, now))
    return max((until for until in found if until is not None), default=None)


def new_session_key() -> str:
    """What a session cookie carries beside the user's id; a new one ends the sessions of the old one."""
    return secrets.token_urlsafe(24)


def set_password(user: User, password: str, *, now: datetime) -> None:
    """Give a user a password that keeps the rules; ends the user's sessions everywhere."""
    passwords.check(password, personal=[user.email.partition("@")[0], user.first_name, user.last_name])
    if _matches(user.password_hash, password):
        raise Refused("Choose another password than the one until now.")
    user.password_hash = _hasher.hash(password)
    user.password_set_at = now
    user.session_key = new_session_key()
    db.session.execute(delete(SignInFailure).where(SignInFailure.email == user.email))
    db.session.flush()


def change_password(user: User, old: str, new: str, address: str, *, now: datetime) -> None:
    """Change the own password; wrong old ones count like wrong log-ins: an open browser gives no free guesses."""
    until = _locked_until(user.email, address, now)
    if until is not None:
        minutes = max(1, -(-int((until - now).total_seconds()) // 60))
        raise TooManyTries("Too many wrong passwords: try again in %(minutes)s minutes.", minutes=minutes)
    if not _matches(user.password_hash, old):
        db.session.add(SignInFailure(email=user.email, address=address, at=now))
        db.session.flush()
        raise WrongPassword("This is not your password until now.")
    set_password(user, new, now=now)


class WrongPassword(Refused):
    """The old password was wrong; the failure is written and has to be committed."""


class TooManyTries(Refused):
    """Passwords are not looked at for a while."""
