"""`dso api-user`: programs that may talk to the API, from the command line."""

from datetime import datetime

import click

from dso.cli import cli
from dso.cli.common import Acting, emit, shared_options
from dso.domain.errors import Refused
from dso.domain.permissions import Capability
from dso.queries import api_users as queries
from dso.queries.users import by_email
from dso.services import api_users


@cli.group("api-user")
def api_user() -> None:
    """Let programs talk to the API."""


@api_user.command("add")
@click.argument("name")
@click.option("--user", "email", metavar="EMAIL", help="In whose name it acts (default: who runs the command).")
@shared_options(whole=True)
def add(do: Acting, as_json: bool, name: str, email: str | None) -> None:
    """Let a program in, in the name of a user, and print its secret this once.

    The secret is the bearer token of the REST API, and with NAME the password of the CSV endpoints.
    """
    do.need(Capability.SETTINGS_EDIT)
    user = by_email(email) if email else do.actor
    if user is None:
        raise Refused('There is no user "%(email)s".', email=email)
    made, secret = api_users.make(name, user, actor=do.actor, now=do.now)
    shown = {"id": made.id, "name": made.name, "user": user.email, "secret": secret}
    words = f"{made.name} may talk to the API in the name of {user.email}. Its secret, shown only now:\n{secret}"
    emit(shown, as_json, words)


@api_user.command("list")
@shared_options(whole=True, reads=True)
def list_programs(do: Acting, as_json: bool) -> None:
    """The programs, when and from where each came last."""
    do.need(Capability.SETTINGS_EDIT)
    emit([_shape(row) for row in queries.program_rows(do.actor)], as_json)


@api_user.command("revoke")
@click.argument("name")
@shared_options(whole=True)
def revoke(do: Acting, as_json: bool, name: str) -> None:
    """End a program's log-in at once."""
    do.need(Capability.SETTINGS_EDIT)
    program = queries.by_name(do.actor, name)
    api_users.revoke(program, actor=do.actor, now=do.now)
    shown = {"id": program.id, "name": program.name, "revoked_at": _iso(program.revoked_at)}
    emit(shown, as_json, f"{program.name} may no longer talk to the API.")


def _shape(row: queries.ProgramRow) -> dict[str, object]:
    return {
        "id": row.id,
        "name": row.name,
        "user": row.user,
        "created_at": _iso(row.created_at),
        "last_used_at": _iso(row.last_used_at),
        "last_used_from": row.last_used_from,
        "revoked_at": _iso(row.revoked_at),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
