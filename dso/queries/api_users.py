"""Programs' log-ins as pages and commands show them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from dso.db import db
from dso.domain.errors import NotFound
from dso.models import ApiUser, User
from dso.queries.users import manageable_ids


@dataclass(frozen=True)
class ProgramRow:
    """A line of the list of programs."""

    id: int
    name: str
    user: str
    user_name: str
    user_active: bool
    created_at: datetime
    last_used_at: datetime | None
    last_used_from: str
    revoked_at: datetime | None


def program_rows(actor: User) -> list[ProgramRow]:
    """The programs in the name of users the actor may manage: those let in first, by name; one statement."""
    query = (
        select(ApiUser)
        .where(ApiUser.user_id.in_(manageable_ids(actor)))
        .options(joinedload(ApiUser.user))
        .order_by(ApiUser.revoked_at.is_not(None), ApiUser.name)
    )
    return [
        ProgramRow(
            each.id,
            each.name,
            each.user.email,
            each.user.full_name,
            each.user.active,
            each.created_at,
            each.last_used_at,
            each.last_used_from,
            each.revoked_at,
        )
        for each in db.session.scalars(query)
    ]


def get_program(actor: User, program_id: int) -> ApiUser:
    """A program the actor may manage; NotFound otherwise."""
    query = select(ApiUser).where(ApiUser.id == program_id, ApiUser.user_id.in_(manageable_ids(actor)))
    return _found(db.session.scalar(query))


def by_name(actor: User, name: str) -> ApiUser:
    """The program of a name; NotFound when there is none the actor may manage."""
    query = select(ApiUser).where(ApiUser.name == name.strip(), ApiUser.user_id.in_(manageable_ids(actor)))
    return _found(db.session.scalar(query))


def _found(program: ApiUser | None) -> ApiUser:
    if program is None:
        raise NotFound("There is no such program.")
    return program
