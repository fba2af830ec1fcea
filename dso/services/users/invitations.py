"""Links by which a person chooses a password: 30 days, once, kept only as a hash (8.2)."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from flask import current_app
from sqlalchemy import Update, update

from dso.db import db
from dso.domain.codes import MessageKind
from dso.domain.errors import Refused
from dso.models import Entity, Invitation, User
from dso.queries.scope import entities_of
from dso.queries.users import open_invitation
from dso.services import messages
from dso.services.users import rights
from dso.services.users.signing import set_password

LIFE = timedelta(days=30)


def hashed(token: str) -> str:
    """What is kept of a link's secret."""
    return sha256(token.encode()).hexdigest()


def link_of(token: str) -> str:
    """The address a person opens."""
    return f"{current_app.config['PUBLIC_URL']}/invitation/{token}"


def issue(user: User, *, now: datetime, life: timedelta = LIFE) -> str:
    """A new secret for a link; older unused ones of the user end."""
    db.session.execute(_unused_of(user).values(used_at=now))
    token = secrets.token_urlsafe(32)
    db.session.add(Invitation(user=user, token_hash=hashed(token), expires_at=now + life))
    db.session.flush()
    return token


def invite(user: User, *, actor: User, now: datetime) -> str:
    """Send a link to choose a password, an invitation or for who has one already a reset; gives the secret."""
    rights.may_manage(actor, user)
    if not user.active:
        raise Refused("%(name)s is deactivated: activate the user first.", name=user.full_name)
    token = issue(user, now=now)
    template = "password_reset" if user.password_hash else "invitation"
    user.invited_at = now
    context = {
        "name": user.full_name,
        "inviter": actor.full_name,
        "url": link_of(token),
        "days": LIFE.days,
        "language": user.language or _entity_of(user).language,
    }
    messages.send_plain(user.email, template, context, entity=_entity_of(user), now=now, kind=MessageKind.NOTICE)
    db.session.flush()
    return token


def reset_password(user: User, password: str, *, actor: User, now: datetime) -> None:
    """Give a user another password by hand; links sent before end."""
    rights.may_manage(actor, user)
    set_password(user, password, now=now)
    db.session.execute(_unused_of(user).values(used_at=now))


def _unused_of(user: User) -> Update:
    return update(Invitation).where(Invitation.user_id == user.id, Invitation.used_at.is_(None))


def _entity_of(user: User) -> Entity:
    return entities_of(user)[0]


def accept(token: str, password: str, *, now: datetime) -> User:
    """Use a link: the password is set, the link is spent, sessions end. Refused when it is not to be used any more."""
    found = open_invitation(hashed(token), now)
    if found is None:
        raise Refused("This link was used before or is no longer valid: ask an administrator for a new one.")
    set_password(found.user, password, now=now)
    found.used_at = now
    db.session.flush()
    return found.user
