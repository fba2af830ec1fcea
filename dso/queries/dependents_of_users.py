"""What refers to people a users file made, or was done as them since: it stands in the way of taking the file back."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Column, or_, select
from sqlalchemy.orm import selectinload

from dso.db import Base, db
from dso.models import ImportBefore, ImportRun, User

_OWN = ("user_entities",)
#: What it means that a record of a table names a user, as people say it.
WORDS = {
    "actions": "%(email)s is to do an action, or has confirmed or done one",
    "api_users": "A program logs in with the rights of %(email)s",
    "attachments": "%(email)s has added a file to a customer",
    "contact_logs": "%(email)s has noted a call or a conversation",
    "customer_colleagues": "%(email)s is named as a colleague on a customer",
    "customers": "%(email)s is the collector of a customer",
    "events": "Something %(email)s did stands in the history",
    "import_runs": "%(email)s has taken a file in, or back",
    "import_uploads": "%(email)s has sent a file, or asked for an import to be taken back",
    "invitations": "%(email)s was sent an invitation",
    "item_changes": "%(email)s has changed an item",
    "items": "%(email)s has given an item its status, or is to resolve its dispute",
    "messages": "Messages are sent in the name of %(email)s",
    "qualifications": "%(email)s has given items a status, or is to resolve a dispute",
    "replies": "%(email)s has handled a reply",
    "users": "%(email)s is the deputy of another user",
}
#: Subject of what is kept of how people stood when a file had been taken in: no timeline tells what was done since.
AFTER = "users after"


def referring(made: Any, kept: Any) -> list[tuple[str, str]]:
    """E-mail address of each of these users whom a record names, and what that means; `made` is a query of their ids.

    Users of the same file (`kept`) may name them: their deputies go back with it.
    """
    found: list[tuple[str, str]] = []
    for column in _naming_users():
        naming = select(column)
        if column.table is User.__table__:
            naming = naming.where(User.id.not_in(kept))
        query = select(User.email).where(User.id.in_(made), User.id.in_(naming))
        found += [(email, WORDS[column.table.name]) for email in db.session.scalars(query.order_by(User.email))]
    return sorted(set(found))


def active(made: Any) -> list[str]:
    """E-mail addresses of those who were invited or have logged in since."""
    since = or_(User.invited_at.is_not(None), User.password_set_at.is_not(None), User.last_login_at.is_not(None))
    return list(db.session.scalars(select(User.email).where(User.id.in_(made), since).order_by(User.email)))


def standing(user: User, fields: Collection[str]) -> dict[str, Any]:
    """How a person stands in these fields of a users file, as JSON keeps it."""
    apart = {"entities": sorted(each.id for each in user.entities), "deputy": user.deputy_id}
    found = {name: apart[name] if name in apart else getattr(user, name) for name in fields}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


def changed_since(run: ImportRun) -> list[str]:
    """E-mail addresses of those who no longer stand as the run left them."""
    kept = select(ImportBefore.record_id, ImportBefore.before)
    kept = kept.where(ImportBefore.import_run_id == run.id, ImportBefore.subject == AFTER)
    then: dict[int, dict[str, Any]] = dict(db.session.execute(kept).all())
    users = select(User).where(User.id.in_(kept.with_only_columns(ImportBefore.record_id)))
    now = db.session.scalars(users.options(selectinload(User.entities)).order_by(User.email))
    return [user.email for user in now if standing(user, then[user.id]) != then[user.id]]


def _naming_users() -> list[Column[Any]]:
    return [
        column
        for table in Base.metadata.sorted_tables
        if table.name not in _OWN
        for column in table.columns
        if any(key.references(User.__table__) for key in column.foreign_keys)  # type: ignore[arg-type]
    ]
