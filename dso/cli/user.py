"""`dso user`: people from the command line."""

import click
from sqlalchemy import select

from dso.cli import cli
from dso.cli.common import Acting, emit, shared_options
from dso.db import db
from dso.domain.codes import Role
from dso.domain.errors import Refused
from dso.domain.permissions import Capability
from dso.models import Entity, User
from dso.queries.users import by_email, get_user
from dso.services import users


@cli.group()
def user() -> None:
    """Add and invite people."""


@user.command()
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="What the person may do.")
@click.option("--first-name", default="", help="First name.")
@click.option("--last-name", default="", help="Last name (default: the first part of the address).")
@click.option("--import/--no-import", "may_import", default=None, help="May import data (default: by the role).")
@click.option("--only", "only", multiple=True, metavar="ENTITY", help="Works for this company only (repeatable).")
@click.option("--language", default="", type=click.Choice(["", "en", "fr"]), help="Language of the pages.")
@click.option("--password", help="Set this password instead of sending an invitation.")
@shared_options(whole=True)
def add(do: Acting, as_json: bool, email: str, role: str, password: str | None, **words: object) -> None:
    """Add a user; sends an invitation unless a password is given."""
    do.need(Capability.SETTINGS_EDIT)
    last_name = str(words["last_name"]) or email.partition("@")[0]
    new = users.NewUser(
        email=email,
        first_name=str(words["first_name"]),
        last_name=last_name,
        role=Role(role),
        may_import=words["may_import"],  # type: ignore[arg-type]
        entities=_entities(words["only"]),  # type: ignore[arg-type]
        language=str(words["language"]),
    )
    added = users.add(new, actor=do.actor, now=do.now)
    if password:
        users.set_password(added, password, now=do.now)
        emit(_shape(added), as_json, f"{added.email} may log in.")
    else:
        _send(added, do, as_json)


@user.command()
@click.argument("email")
@shared_options(whole=True)
def invite(do: Acting, as_json: bool, email: str) -> None:
    """Send an invitation again; links sent before end."""
    _send(_user(do, email), do, as_json)


@user.command()
@click.argument("email")
@click.option("--password", help="Set this password instead of sending a link.")
@shared_options(whole=True)
def reset(do: Acting, as_json: bool, email: str, password: str | None) -> None:
    """Send a link to choose a new password, or set one; all sessions of the user end when it is set."""
    found = _user(do, email)
    if password is None:
        _send(found, do, as_json)
        return
    users.reset_password(found, password, actor=do.actor, now=do.now)
    emit(_shape(found), as_json, f"{found.email} has a new password.")


def _user(do: Acting, email: str) -> User:
    do.need(Capability.SETTINGS_EDIT)
    found = by_email(email)
    if found is None:
        raise Refused('There is no user "%(email)s".', email=email)
    return get_user(do.actor, found.id)


def _entities(names: tuple[str, ...]) -> list[Entity]:
    found = db.session.scalars(select(Entity).where(Entity.name.in_(names))).all() if names else []
    unknown = set(names) - {entity.name for entity in found}
    if unknown:
        raise Refused('There is no entity "%(name)s".', name=sorted(unknown)[0])
    return list(found)


def _send(person: User, do: Acting, as_json: bool) -> None:
    token = users.invite(person, actor=do.actor, now=do.now)
    link = users.link_of(token)
    emit({**_shape(person), "link": link}, as_json, f"{person.email} chooses a password, within 30 days, at {link}")


def _shape(person: User) -> dict[str, object]:
    return {
        "id": person.id,
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "role": person.role.value,
        "active": person.active,
        "import": person.may_import,
        "entities": [entity.name for entity in person.entities],
    }
