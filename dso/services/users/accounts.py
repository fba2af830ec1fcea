"""Adding, changing, activating and deactivating users."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from dso import emails
from dso.db import db
from dso.domain.codes import Role
from dso.domain.errors import Refused
from dso.domain.permissions import IMPORT_BY_DEFAULT
from dso.models import Entity, User
from dso.queries.users import other_active_admins
from dso.services.users import rights
from dso.services.users.signing import new_session_key


@dataclass(frozen=True)
class UserChanges:
    """What a manager decides about a user; `may_import` None = by the role; no entities = all of them."""

    last_name: str
    role: Role
    first_name: str = ""
    may_import: bool | None = None
    entities: Sequence[Entity] = ()
    language: str = ""
    job_title: str = ""
    phone: str = ""
    mobile: str = ""


@dataclass(frozen=True)
class NewUser(UserChanges):
    """A user to add."""

    email: str = ""


def clean_email(text: str) -> str:
    """An address as it is kept: checked and in small letters; Refused when it is none."""
    return emails.address(text).lower()


def add(new: NewUser, *, actor: User | None, now: datetime) -> User:
    """A new active user without a password; `actor` None only for the first administrator."""
    if actor is not None:
        rights.may_give(actor, new.role, new.entities)
    email = clean_email(new.email)
    if db.session.scalar(select(User.id).where(User.email == email)):
        raise Refused("There is a user with the address %(email)s already.", email=email)
    user = User(email=email, created_at=now, session_key=new_session_key())
    _put(user, new)
    db.session.add(user)
    db.session.flush()
    return user


def _put(user: User, wanted: UserChanges) -> None:
    if not wanted.last_name.strip():
        raise Refused("A user needs a last name.")
    user.first_name, user.last_name = wanted.first_name.strip(), wanted.last_name.strip()
    user.role = wanted.role
    user.may_import = wanted.role in IMPORT_BY_DEFAULT if wanted.may_import is None else wanted.may_import
    user.entities = list(wanted.entities)
    user.language = wanted.language
    user.job_title, user.phone, user.mobile = wanted.job_title, wanted.phone, wanted.mobile


def update(user: User, wanted: UserChanges, *, actor: User) -> None:
    """Change a user; there always stays an active administrator."""
    rights.may_manage(actor, user)
    rights.may_give(actor, wanted.role, wanted.entities)
    if user.role is Role.ADMIN and wanted.role is not Role.ADMIN and user.active:
        _another_admin_stays(user)
    _put(user, wanted)
    db.session.flush()


def deactivate(user: User, *, actor: User) -> None:
    """End a user's log-in; what the user did and is linked to stays."""
    rights.may_manage(actor, user)
    if user.id == actor.id:
        raise Refused("You cannot deactivate yourself.")
    if user.role is Role.ADMIN:
        _another_admin_stays(user)
    user.active = False
    user.session_key = new_session_key()
    db.session.flush()


def activate(user: User, *, actor: User) -> None:
    """Let a deactivated user log in again; without a password an invitation is needed."""
    rights.may_manage(actor, user)
    user.active = True
    db.session.flush()


def _another_admin_stays(user: User) -> None:
    if not other_active_admins(user):
        raise Refused("%(name)s is the only active administrator: name another one first.", name=user.full_name)


def set_absence(user: User, deputy: User | None, first: date | None, last: date | None, *, actor: User) -> None:
    """Name who stands in for a user, always or between two days; the user himself or a manager may."""
    if user.id != actor.id:
        rights.may_manage(actor, user)
    if deputy is not None and deputy.id == user.id:
        raise Refused("Nobody is the own deputy.")
    if deputy is not None and not deputy.active:
        raise Refused("%(name)s is deactivated and cannot stand in.", name=deputy.full_name)
    if first and last and last < first:
        raise Refused("The absence ends before it begins.")
    user.deputy_id = deputy.id if deputy else None
    user.absent_from, user.absent_to = first, last
    db.session.flush()


def update_profile(
    user: User,
    *,
    first_name: str,
    last_name: str,
    phone: str,
    mobile: str,
    job_title: str,
    signature: str,
    language: str,
) -> None:
    """What a person changes about himself."""
    if not last_name.strip():
        raise Refused("A user needs a last name.")
    user.first_name, user.last_name = first_name.strip(), last_name.strip()
    user.phone, user.mobile, user.job_title = phone, mobile, job_title
    user.signature, user.language = signature, language
    db.session.flush()


def set_language(user: User, language: str) -> None:
    """The language a person reads pages in."""
    user.language = language
    db.session.flush()
