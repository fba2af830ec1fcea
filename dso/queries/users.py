"""People as pages and services look them up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import selectinload

from dso.db import db
from dso.domain.codes import Role
from dso.domain.errors import NotFound
from dso.models import Customer, CustomerColleague, Entity, Invitation, User, user_entities


def other_active_admins(user: User) -> int:
    """How many administrators could still log in without this one."""
    query = select(func.count()).where(User.role == Role.ADMIN, User.active.is_(True), User.id != user.id)
    return db.session.scalar(query) or 0


def open_invitation(token_hash: str, now: datetime) -> Invitation | None:
    """The invitation of a link when it may still be used, else None."""
    query = (
        select(Invitation)
        .join(User)
        .where(
            Invitation.token_hash == token_hash,
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
            User.active.is_(True),
        )
    )
    return db.session.scalar(query)


def manageable(actor: User) -> Select[User]:
    """Users whose companies are all among the actor's own."""
    query = select(User)
    own = [entity.id for entity in actor.entities]
    if not own:
        return query
    some = exists().where(user_entities.c.user_id == User.id)
    foreign = exists().where(and_(user_entities.c.user_id == User.id, not_(user_entities.c.entity_id.in_(own))))
    return query.where(some, not_(foreign))


def manageable_ids(actor: User) -> Select[int]:
    """Ids of the users the actor may manage."""
    return manageable(actor).with_only_columns(User.id)


def get_user(actor: User, user_id: int) -> User:
    """A user the actor may manage; NotFound otherwise."""
    found: User | None = db.session.scalar(manageable(actor).where(User.id == user_id))
    if found is None:
        raise NotFound("There is no such user.")
    return found


def by_email(email: str) -> User | None:
    """The user of an address, active or not."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


@dataclass(frozen=True)
class UserRow:
    """A line of the list of users."""

    id: int
    name: str
    first_name: str
    last_name: str
    email: str
    role: Role
    active: bool
    may_import: bool
    has_password: bool
    invited_at: datetime | None
    last_login_at: datetime | None
    entities: tuple[str, ...]
    deputy: str
    customers: int


def user_rows(actor: User) -> list[UserRow]:
    """All users the actor may see, active ones first, by name; four statements whatever their number."""
    ordered = manageable(actor).order_by(User.active.desc(), func.lower(User.last_name), User.first_name, User.id)
    users = db.session.scalars(ordered.options(selectinload(User.entities))).all()
    names = {row.id: f"{row.first_name} {row.last_name}".strip() for row in db.session.execute(_names()).all()}
    collected = select(Customer.collector_id, func.count()).where(Customer.archived_at.is_(None))
    portfolio = dict(db.session.execute(collected.group_by(Customer.collector_id)).all())
    return [_row(user, names, portfolio.get(user.id, 0)) for user in users]


def _names() -> Select[int, str, str]:
    return select(User.id, User.first_name, User.last_name)


def _row(user: User, names: dict[int, str], customers: int) -> UserRow:
    return UserRow(
        user.id,
        user.full_name,
        user.first_name,
        user.last_name,
        user.email,
        user.role,
        user.active,
        user.may_import,
        user.password_hash is not None,
        user.invited_at,
        user.last_login_at,
        tuple(entity.name for entity in user.entities),
        names.get(user.deputy_id or 0, ""),
        customers,
    )


def active_users(entity: Entity | None = None, roles: Sequence[Role] = ()) -> list[User]:
    """Users who can log in, of one company or of any, of some roles or of all, by name."""
    query = select(User).where(User.active.is_(True))
    if roles:
        query = query.where(User.role.in_(roles))
    if entity is not None:
        named = exists().where(user_entities.c.user_id == User.id)
        here = exists().where(user_entities.c.user_id == User.id, user_entities.c.entity_id == entity.id)
        query = query.where(or_(not_(named), here))
    return list(db.session.scalars(query.order_by(func.lower(User.last_name), User.first_name, User.id)))


def is_linked(user: User) -> bool:
    """Whether customers hang on the user, as collector or colleague."""
    collects = exists().where(Customer.collector_id == user.id)
    follows = exists().where(CustomerColleague.user_id == user.id)
    return bool(db.session.scalar(select(or_(collects, follows))))
