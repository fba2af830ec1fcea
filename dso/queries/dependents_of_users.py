"""What refers to people a users file made, or was done as them since: it stands in the way of taking the file back."""

from typing import Any

from sqlalchemy import Column, or_, select

from dso.db import Base, db
from dso.models import User

_OWN = ("user_entities",)


def referring(made: Any, kept: Any) -> list[tuple[str, str]]:
    """E-mail address and table of every record that names one of these users; `made` is a query of their ids.

    Users of the same file (`kept`) may name them: their deputies go back with it.
    """
    found: list[tuple[str, str]] = []
    for column in _naming_users():
        naming = select(column)
        if column.table is User.__table__:
            naming = naming.where(User.id.not_in(kept))
        query = select(User.email).where(User.id.in_(made), User.id.in_(naming))
        found += [(email, column.table.name) for email in db.session.scalars(query.order_by(User.email))]
    return sorted(set(found))


def active(made: Any) -> list[str]:
    """E-mail addresses of those who were invited or have logged in since."""
    since = or_(User.invited_at.is_not(None), User.password_set_at.is_not(None), User.last_login_at.is_not(None))
    return list(db.session.scalars(select(User.email).where(User.id.in_(made), since).order_by(User.email)))


def _naming_users() -> list[Column[Any]]:
    return [
        column
        for table in Base.metadata.sorted_tables
        if table.name not in _OWN
        for column in table.columns
        if any(key.references(User.__table__) for key in column.foreign_keys)  # type: ignore[arg-type]
    ]
